//! What a `java.lang.Thread` object says of its thread.

use crate::format::hprof::Value;
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::{field_object, field_value, text};

/// A thread as its object describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadFacts {
    /// Its name; `None` where it was given none.
    pub name: Option<String>,
    /// Whether it is a daemon; `None` where the dump does not tell.
    pub daemon: Option<bool>,
    /// Its `java.lang.Thread.State`; `None` where the dump does not tell.
    pub state: Option<&'static str>,
}

/// Reads a thread object; since JDK 19 daemon and status lie in `Thread.holder`.
pub fn thread_facts(snapshot: &Snapshot, thread: ObjectId) -> ThreadFacts {
    let holder = field_object(snapshot, thread, "holder").unwrap_or(thread);
    let daemon = match field_value(snapshot, holder, "daemon") {
        Some(Value::Boolean(daemon)) => Some(daemon),
        _ => None,
    };
    ThreadFacts {
        name: name(snapshot, thread),
        daemon,
        state: platform_state(snapshot, holder).or_else(|| virtual_state(snapshot, thread)),
    }
}

/// JDK 6 to 8 have the name as a `char[]`, later ones as a string.
fn name(snapshot: &Snapshot, thread: ObjectId) -> Option<String> {
    text(snapshot, field_object(snapshot, thread, "name")?)
}

/// The state of a platform thread, from the JVMTI bits as `jdk.internal.misc.VM.toThreadState` reads them.
fn platform_state(snapshot: &Snapshot, holder: ObjectId) -> Option<&'static str> {
    let Some(Value::Int(status)) = field_value(snapshot, holder, "threadStatus") else { return None };
    let has = |bits: i32| status & bits != 0;
    Some(match () {
        () if has(0x0004) => "RUNNABLE",
        () if has(0x0400) => "BLOCKED",
        () if has(0x0010) => "WAITING",
        () if has(0x0020) => "TIMED_WAITING",
        () if has(0x0002) => "TERMINATED",
        () if !has(0x0001) => "NEW",
        () => "RUNNABLE",
    })
}

/// The state of a virtual thread (`java.lang.VirtualThread.state`, JDK 21 to 25; the bit 0x100 marks it suspended).
fn virtual_state(snapshot: &Snapshot, thread: ObjectId) -> Option<&'static str> {
    let Some(Value::Int(state)) = field_value(snapshot, thread, "state") else { return None };
    Some(match state & !0x100 {
        0 => "NEW",
        3..=5 => "WAITING",
        6..=8 => "TIMED_WAITING",
        12..=15 => "BLOCKED",
        99 => "TERMINATED",
        _ => "RUNNABLE",
    })
}
