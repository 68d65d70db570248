//! Roots: why an object is alive.

use super::tag;
use crate::error::Result;
use crate::id::Address;
use crate::input::Cursor;

/// What holds a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RootKind {
    /// The writer did not know, or did not say.
    Unknown,
    /// A global reference of native code.
    JniGlobal,
    /// A local reference of native code.
    JniLocal,
    /// A local variable of a Java frame.
    JavaFrame,
    /// The stack of a native method.
    NativeStack,
    /// A class of the boot loader.
    StickyClass,
    /// A thread that waits.
    ThreadBlock,
    /// A monitor that is held.
    MonitorUsed,
    /// A live thread.
    Thread,
    /// Android: an interned string.
    InternedString,
    /// Android: an object that waits for its finalizer.
    Finalizing,
    /// Android: held by a debugger.
    Debugger,
    /// Android: a reference that is being cleared.
    ReferenceCleanup,
    /// Android: held by the virtual machine.
    VmInternal,
    /// Android: a monitor held by native code.
    JniMonitor,
    /// Android: held by nothing; listed to complete the dump.
    Unreachable,
}

/// A root record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Root {
    /// What holds it.
    pub kind: RootKind,
    /// The object that is held.
    pub object: Address,
    /// The number of the thread that holds it, or that it is.
    pub thread_serial: Option<u32>,
    /// The place of the frame in the thread's stack trace, the innermost 0; `None` where it is unknown (-1).
    pub frame: Option<u32>,
    /// The stack trace of a [`RootKind::Thread`].
    pub stack_serial: Option<u32>,
}

impl Root {
    /// Reads what follows `tag`.
    pub(super) fn read(tag: u8, cursor: &mut Cursor<'_>, id_size: u8) -> Result<Root> {
        let kind = RootKind::of(tag);
        let object = Address(cursor.id(id_size)?);
        let mut root = Root { kind, object, thread_serial: None, frame: None, stack_serial: None };
        match kind {
            RootKind::JniLocal | RootKind::JavaFrame | RootKind::JniMonitor => {
                root.thread_serial = Some(cursor.u4()?);
                root.frame = Some(cursor.u4()?).filter(|frame| *frame != u32::MAX);
            }
            RootKind::NativeStack | RootKind::ThreadBlock => root.thread_serial = Some(cursor.u4()?),
            RootKind::Thread => {
                root.thread_serial = Some(cursor.u4()?);
                root.stack_serial = Some(cursor.u4()?);
            }
            // The identifier of the native reference means nothing in a dump.
            RootKind::JniGlobal => cursor.skip(usize::from(id_size))?,
            _ => {}
        }
        Ok(root)
    }
}

impl RootKind {
    fn of(tag: u8) -> RootKind {
        match tag {
            tag::ROOT_JNI_GLOBAL => RootKind::JniGlobal,
            tag::ROOT_JNI_LOCAL => RootKind::JniLocal,
            tag::ROOT_JAVA_FRAME => RootKind::JavaFrame,
            tag::ROOT_NATIVE_STACK => RootKind::NativeStack,
            tag::ROOT_STICKY_CLASS => RootKind::StickyClass,
            tag::ROOT_THREAD_BLOCK => RootKind::ThreadBlock,
            tag::ROOT_MONITOR_USED => RootKind::MonitorUsed,
            tag::ROOT_THREAD_OBJECT => RootKind::Thread,
            tag::ROOT_INTERNED_STRING => RootKind::InternedString,
            tag::ROOT_FINALIZING => RootKind::Finalizing,
            tag::ROOT_DEBUGGER => RootKind::Debugger,
            tag::ROOT_REFERENCE_CLEANUP => RootKind::ReferenceCleanup,
            tag::ROOT_VM_INTERNAL => RootKind::VmInternal,
            tag::ROOT_JNI_MONITOR => RootKind::JniMonitor,
            tag::ROOT_UNREACHABLE => RootKind::Unreachable,
            _ => RootKind::Unknown,
        }
    }
}
