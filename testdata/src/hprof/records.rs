//! The bytes of records: numbers, identifiers, roots.

use super::values::{Type, Value};

/// What holds a root; `thread` is a thread's serial, `frame` a place in its stack from the innermost, 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the format's")]
pub enum Root {
    Unknown,
    JniGlobal,
    JniLocal { thread: u32, frame: u32 },
    JavaFrame { thread: u32, frame: u32 },
    NativeStack { thread: u32 },
    StickyClass,
    ThreadBlock { thread: u32 },
    MonitorUsed,
    Thread { thread: u32, stack: u32 },
    InternedString,
    Finalizing,
    Debugger,
    ReferenceCleanup,
    VmInternal,
    JniMonitor { thread: u32, depth: u32 },
    Unreachable,
}

/// Bytes in the making.
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    pub(super) id_size: u8,
}

impl Writer {
    pub(super) fn new(id_size: u8) -> Writer {
        Writer { bytes: Vec::new(), id_size }
    }

    pub(super) fn u1(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub(super) fn u2(&mut self, value: usize) {
        let value = u16::try_from(value).expect("at most 65,535 entries in a class");
        self.bytes.extend(value.to_be_bytes());
    }

    pub(super) fn u4(&mut self, value: u32) {
        self.bytes.extend(value.to_be_bytes());
    }

    pub(super) fn u8(&mut self, value: u64) {
        self.bytes.extend(value.to_be_bytes());
    }

    pub(super) fn count(&mut self, value: usize) {
        self.u4(u32::try_from(value).expect("a length of 32 bits"));
    }

    pub(super) fn id(&mut self, value: u64) {
        match self.id_size {
            4 => self.u4(u32::try_from(value).expect("an address of 32 bits")),
            _ => self.u8(value),
        }
    }

    pub(super) fn type_code(&mut self, value_type: Type) {
        self.u1(value_type as u8);
    }

    pub(super) fn value(&mut self, value: Value) {
        match value {
            Value::Object(address) => self.id(address),
            Value::Boolean(value) => self.u1(u8::from(value)),
            Value::Char(value) => self.bytes.extend(value.to_be_bytes()),
            Value::Float(value) => self.bytes.extend(value.to_be_bytes()),
            Value::Double(value) => self.bytes.extend(value.to_be_bytes()),
            Value::Byte(value) => self.bytes.extend(value.to_be_bytes()),
            Value::Short(value) => self.bytes.extend(value.to_be_bytes()),
            Value::Int(value) => self.bytes.extend(value.to_be_bytes()),
            Value::Long(value) => self.bytes.extend(value.to_be_bytes()),
        }
    }

    /// A top-level record.
    pub(super) fn record(&mut self, tag: u8, body: &[u8]) {
        self.u1(tag);
        self.u4(0);
        self.count(body.len());
        self.bytes.extend(body);
    }

    /// The sub-record of a root.
    pub(super) fn root(&mut self, root: Root, object: u64) {
        self.u1(root.tag());
        self.id(object);
        match root {
            // The native reference: any number.
            Root::JniGlobal => self.id(0xbeef),
            Root::JniLocal { thread, frame } | Root::JavaFrame { thread, frame } => self.pair(thread, frame),
            Root::JniMonitor { thread, depth } => self.pair(thread, depth),
            Root::Thread { thread, stack } => self.pair(thread, stack),
            Root::NativeStack { thread } | Root::ThreadBlock { thread } => self.u4(thread),
            _ => {}
        }
    }

    fn pair(&mut self, first: u32, second: u32) {
        self.u4(first);
        self.u4(second);
    }
}

impl Root {
    fn tag(self) -> u8 {
        match self {
            Root::Unknown => 0xff,
            Root::JniGlobal => 0x01,
            Root::JniLocal { .. } => 0x02,
            Root::JavaFrame { .. } => 0x03,
            Root::NativeStack { .. } => 0x04,
            Root::StickyClass => 0x05,
            Root::ThreadBlock { .. } => 0x06,
            Root::MonitorUsed => 0x07,
            Root::Thread { .. } => 0x08,
            Root::InternedString => 0x89,
            Root::Finalizing => 0x8a,
            Root::Debugger => 0x8b,
            Root::ReferenceCleanup => 0x8c,
            Root::VmInternal => 0x8d,
            Root::JniMonitor { .. } => 0x8e,
            Root::Unreachable => 0x90,
        }
    }
}
