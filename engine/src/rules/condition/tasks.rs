//! Tasks and the threads that run them.

use super::In;
use crate::format::hprof::Value;
use crate::language::java::thread_facts;
use crate::value::field_value;

/// `java.util.concurrent.FutureTask.state` of a cancelled task, and of later ones.
const FUTURE_CANCELLED: i32 = 4;

/// `java.util.TimerTask.state` of a cancelled task.
const TIMER_CANCELLED: i32 = 3;

/// Whether the first task behind the edge was cancelled.
pub(super) fn is_cancelled(at: In) -> bool {
    let is = |above: &String, class: &str| above == class;
    for step in &at.path.steps[at.edge..] {
        let mut classes = std::iter::once(&step.kind.name).chain(&step.kind.ancestors);
        let least = classes.find_map(|class| match () {
            () if is(class, "java.util.concurrent.FutureTask") => Some(FUTURE_CANCELLED),
            () if is(class, "java.util.TimerTask") => Some(TIMER_CANCELLED),
            () => None,
        });
        if let (Some(least), Some(object)) = (least, step.object) {
            return matches!(field_value(at.snapshot, object, "state"), Some(Value::Int(state)) if state >= least);
        }
    }
    false
}

/// Whether the thread that holds by the edge waits or is blocked.
pub(super) fn waits(at: In) -> bool {
    matches!(thread_facts(at.snapshot, at.owner).state, Some("WAITING" | "TIMED_WAITING" | "BLOCKED"))
}
