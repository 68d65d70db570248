//! Ctrl-C: stops what runs; pressed again when that does not stop, it ends the process.

use crate::failure::{Failure, Result};
use std::process::exit;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long work has to stop before a further Ctrl-C ends the process. People press it twice by habit.
const GRACE: Duration = Duration::from_secs(2);

static STATE: Mutex<State> = Mutex::new(State { stop: None, pressed: None, others: false });

struct State {
    /// How to stop what runs now; `None` when nothing runs.
    stop: Option<Box<dyn Fn() + Send>>,
    /// When Ctrl-C was pressed first, since [`reset`].
    pressed: Option<Instant>,
    /// Whether another program has the terminal: Ctrl-C is meant for it, too, and never ends this one.
    others: bool,
}

/// Makes Ctrl-C ours. To be called once.
pub(crate) fn install() {
    // Where the handler cannot be set, Ctrl-C ends the process as it always did.
    drop(ctrlc::set_handler(on_press));
}

/// Runs `work`; Ctrl-C meanwhile calls `stop`, and the failure of the stopped work becomes "interrupted".
pub(crate) fn during<T>(stop: impl Fn() + Send + 'static, work: impl FnOnce() -> Result<T>) -> Result<T> {
    check()?;
    let before = lock().stop.replace(Box::new(stop));
    let result = work();
    lock().stop = before;
    result.map_err(|failure| if is_pressed() { Failure::Interrupted } else { failure })
}

/// Stops what runs, as Ctrl-C does, but nobody pressed it: who reads the answer has left.
pub(crate) fn stop() {
    if let Some(stop) = &lock().stop {
        stop();
    }
}

/// Notes that Ctrl-C was pressed, as another program tells that it has stopped.
pub(crate) fn note() {
    lock().pressed.get_or_insert_with(Instant::now);
}

/// Runs `work`, which waits for another program that has the terminal. Ctrl-C meanwhile stops what runs, and no
/// second one ends the process.
pub(crate) fn leaving_it_to_others<T>(work: impl FnOnce() -> T) -> T {
    let before = std::mem::replace(&mut lock().others, true);
    let result = work();
    lock().others = before;
    result
}

/// An error once Ctrl-C was pressed.
pub(crate) fn check() -> Result<()> {
    if is_pressed() { Err(Failure::Interrupted) } else { Ok(()) }
}

/// Forgets an earlier Ctrl-C: the prompt goes on to the next statement.
pub(crate) fn reset() {
    lock().pressed = None;
}

fn is_pressed() -> bool {
    lock().pressed.is_some()
}

fn on_press() {
    let mut state = lock();
    let first = *state.pressed.get_or_insert_with(Instant::now);
    match &state.stop {
        Some(stop) if state.others || first.elapsed() < GRACE => stop(),
        // Nothing to stop, or it does not stop: the user wants out.
        _ => exit(130),
    }
}

fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}
