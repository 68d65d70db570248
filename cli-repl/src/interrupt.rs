//! Ctrl-C: stops what runs; pressed again, it ends the process.

use crate::failure::{Failure, Result};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How to stop what runs now; `None` when nothing runs.
static STOP: Mutex<Option<Box<dyn Fn() + Send>>> = Mutex::new(None);
static PRESSED: AtomicBool = AtomicBool::new(false);

/// Makes Ctrl-C ours. To be called once.
pub(crate) fn install() {
    // Where the handler cannot be set, Ctrl-C ends the process as it always did.
    drop(ctrlc::set_handler(on_press));
}

/// Runs `work`; Ctrl-C meanwhile calls `stop`, and the failure of the stopped work becomes "interrupted".
pub(crate) fn during<T>(stop: impl Fn() + Send + 'static, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let before = lock().replace(Box::new(stop));
    let result = work();
    *lock() = before;
    result.map_err(|failure| if is_pressed() { Failure::Interrupted } else { failure })
}

/// An error once Ctrl-C was pressed.
pub(crate) fn check() -> Result<()> {
    if is_pressed() { Err(Failure::Interrupted) } else { Ok(()) }
}

/// Forgets an earlier Ctrl-C: the prompt goes on to the next statement.
pub(crate) fn reset() {
    PRESSED.store(false, Ordering::Relaxed);
}

fn is_pressed() -> bool {
    PRESSED.load(Ordering::Relaxed)
}

fn on_press() {
    let again = PRESSED.swap(true, Ordering::Relaxed);
    match lock().as_ref() {
        Some(stop) if !again => stop(),
        // Nothing to stop, or it does not stop: the user wants out.
        _ => std::process::exit(130),
    }
}

fn lock() -> MutexGuard<'static, Option<Box<dyn Fn() + Send>>> {
    STOP.lock().unwrap_or_else(PoisonError::into_inner)
}
