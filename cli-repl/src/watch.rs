//! Shows how far the engine is, on standard error, once it has taken half a second.

use crate::args::Options;
use heapwise_engine::progress::{Progress, Unit};
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// What is faster than this needs no bar.
const PATIENCE: Duration = Duration::from_millis(500);
/// Between two looks at the counters.
const INTERVAL: Duration = Duration::from_millis(100);

const BYTES: &str = "{msg:<12} [{bar:30}] {bytes:>10} / {total_bytes}, {prefix}";
const OBJECTS: &str = "{msg:<12} [{bar:30}] {human_pos:>12} / {human_len} objects, {prefix}";
const UNKNOWN: &str = "{msg:<12} {spinner} {prefix}";

/// A bar that follows a [`Progress`] until it is dropped.
pub(crate) struct Watch {
    thread: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Watch {
    /// Begins to watch, unless the user wants no progress or does not look.
    pub(crate) fn start(progress: &Arc<Progress>, options: &Options) -> Watch {
        if options.no_progress || !std::io::stderr().is_terminal() {
            return Watch { thread: None };
        }
        let (stop, stopped) = channel();
        let progress = progress.clone();
        let thread = std::thread::spawn(move || {
            if stopped.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                follow(&progress, || stopped.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout));
            }
        });
        Watch { thread: Some((stop, thread)) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.thread.take() {
            drop(stop);
            // A bar that broke is no reason to fail.
            drop(thread.join());
        }
    }
}

/// Draws the running phase until `wait` says that it is over; nothing stays on the screen.
fn follow(progress: &Progress, wait: impl Fn() -> bool) {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let mut shown = None;
    loop {
        let running = progress.phases().pop().filter(|phase| phase.seconds.is_none());
        if let Some(phase) = running {
            let (done, total) = progress.counts();
            if shown != Some((phase.started, total)) {
                shown = Some((phase.started, total));
                bar.reset();
                bar.set_style(style(phase.unit, total));
                bar.set_message(phase.name);
                bar.set_length(total);
            }
            bar.set_position(done);
            bar.set_prefix(pace(phase.unit, done, total, phase.started.elapsed()));
            bar.tick();
        } else if shown.take().is_some() {
            bar.finish_and_clear();
        }
        if !wait() {
            break;
        }
    }
    bar.finish_and_clear();
}

fn style(unit: Unit, total: u64) -> ProgressStyle {
    let template = match (unit, total) {
        (_, 0) => UNKNOWN,
        (Unit::Bytes, _) => BYTES,
        (Unit::Objects, _) => OBJECTS,
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The mean rate of the phase so far and the time that is left at it; the time alone where it counts nothing.
fn pace(unit: Unit, done: u64, total: u64, elapsed: Duration) -> String {
    let passed = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    if total == 0 || done == 0 {
        return format!("{}s", passed / 1000);
    }
    let rate = done.saturating_mul(1000) / passed;
    let left = total.saturating_sub(done) / rate.max(1);
    match unit {
        Unit::Bytes => format!("{}/s, {left}s left", HumanBytes(rate)),
        Unit::Objects => format!("{}/s, {left}s left", HumanCount(rate)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_right() {
        for template in [BYTES, OBJECTS, UNKNOWN] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn rate_and_rest_are_of_the_phase_so_far() {
        let check = |unit, done, total, seconds, expected: &str| {
            assert_eq!(pace(unit, done, total, Duration::from_secs(seconds)), expected);
        };
        check(Unit::Bytes, 2 << 20, 8 << 20, 2, "1.00 MiB/s, 6s left");
        check(Unit::Objects, 3_000_000, 4_000_000, 2, "1,500,000/s, 0s left");
        check(Unit::Objects, 0, 4, 2, "2s");
        check(Unit::Bytes, 5, 0, 3, "3s");
    }

    #[test]
    fn a_bar_ends_with_the_work() {
        let progress = Progress::default();
        progress.begin("objects", Unit::Objects, 10);
        let looks = std::cell::Cell::new(0);
        follow(&progress, || {
            looks.set(looks.get() + 1);
            looks.get() < 3
        });
        assert_eq!(looks.get(), 3);
    }
}
