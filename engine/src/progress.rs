//! What a long computation tells its caller, and how the caller stops it.

use crate::error::{Error, Result};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// Shared by the thread that works and the thread that watches: counters one way, cancel the other.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
    cancelled: AtomicBool,
    phases: Mutex<Vec<Phase>>,
}

/// One phase of the work, in the order in which they began.
#[derive(Clone, Debug)]
pub struct Phase {
    /// A stable, short name: `objects`, `references`, `dominators` …
    pub name: &'static str,
    /// When it began.
    pub started: Instant,
    /// How long it took; `None` while it runs.
    pub seconds: Option<f64>,
    /// What [`Progress::add`] counts in this phase.
    pub unit: Unit,
    /// Bytes of the dump that it reads, or of the index that it wrote.
    pub bytes: u64,
}

/// What a phase counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes of the dump or of the index.
    Bytes,
    /// Objects.
    Objects,
}

impl Progress {
    /// Ends the running phase, if any, and begins `name`, of which `total` units are to be done.
    pub fn begin(&self, name: &'static str, unit: Unit, total: u64) {
        self.end();
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        let bytes = if unit == Unit::Bytes { total } else { 0 };
        self.lock().push(Phase { name, started: Instant::now(), seconds: None, unit, bytes });
    }

    /// Does `work`, which writes as many bytes as it returns, as a phase beside the running one.
    ///
    /// It is listed before the running phase when it is over; nobody sees it run.
    pub fn beside(&self, name: &'static str, work: impl FnOnce() -> Result<u64>) -> Result<()> {
        let started = Instant::now();
        let bytes = work()?;
        let seconds = Some(started.elapsed().as_secs_f64());
        let mut phases = self.lock();
        let running = phases.last().is_some_and(|last| last.seconds.is_none());
        let place = phases.len() - usize::from(running);
        phases.insert(place, Phase { name, started, seconds, unit: Unit::Bytes, bytes });
        Ok(())
    }

    /// Ends the running phase.
    pub fn end(&self) {
        if let Some(phase) = self.lock().last_mut().filter(|phase| phase.seconds.is_none()) {
            phase.seconds = Some(phase.started.elapsed().as_secs_f64());
        }
    }

    /// Counts `units` more as done; an error when the caller has cancelled.
    ///
    /// Call it once for some thousand objects, not for each.
    pub fn add(&self, units: u64) -> Result<()> {
        self.done.fetch_add(units, Ordering::Relaxed);
        self.check()
    }

    /// An error when the caller has cancelled.
    pub fn check(&self) -> Result<()> {
        if self.cancelled.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(()) }
    }

    /// Asks the work to stop at its next [`Progress::add`].
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Units done and to be done in the running phase; a total of 0 means unknown.
    pub fn counts(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// The phases so far.
    pub fn phases(&self) -> Vec<Phase> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Phase>> {
        self.phases.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
