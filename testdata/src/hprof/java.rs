//! Objects of the Java library that every dump has: strings, threads.

use super::heap::Hprof;
use super::records::Root;
use super::values::{Type, Value};

/// A thread and its numbers in the dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The `java.lang.Thread`.
    pub object: u64,
    /// Its number in roots.
    pub serial: u32,
    /// The number of its stack trace.
    pub stack: u32,
}

impl Hprof {
    /// A `java.lang.String`; its address.
    ///
    /// Where the test made the class itself, its fields `value`, `coder`, `offset`, `count` are set as far as they are
    /// there, and without `coder` the value is a `char[]`; otherwise the class is that of JDK 9 and later.
    pub fn string(&mut self, text: &str) -> u64 {
        let fields = [("value", Type::Object), ("hash", Type::Int), ("coder", Type::Byte)];
        let class =
            self.find_class("java.lang.String").unwrap_or_else(|| self.class("java.lang.String", &fields));
        let units: Vec<u16> = text.encode_utf16().collect();
        let has = |dump: &Hprof, name: &str| dump.all_fields(class).iter().any(|field| field.0 == name);
        let latin: Option<Vec<u8>> = units.iter().map(|unit| u8::try_from(*unit).ok()).collect();
        let value = match (&latin, has(self, "coder")) {
            (_, false) => {
                let chars: Vec<Value> = units.iter().map(|unit| Value::Char(*unit)).collect();
                self.array(Type::Char, &chars)
            }
            (Some(latin), true) => self.byte_array(latin),
            // The order of bytes is that of the dumped machine; nearly all are little endian.
            (None, true) => {
                self.byte_array(&units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>())
            }
        };
        let string = self.instance(class, &[]);
        self.set(string, "value", Value::Object(value));
        if has(self, "coder") {
            self.set(string, "coder", Value::Byte(i8::from(latin.is_none())));
        }
        if has(self, "count") {
            let count = i32::try_from(units.len()).expect("a short string");
            self.set(string, "count", Value::Int(count));
        }
        string
    }

    /// A thread with its root and stack, the innermost frame first, each `com.acme.Main.run` or `….run:12` (line).
    pub fn thread(&mut self, name: &str, frames: &[&str]) -> Thread {
        let fields = [("name", Type::Object)];
        let class =
            self.find_class("java.lang.Thread").unwrap_or_else(|| self.class("java.lang.Thread", &fields));
        let name = self.string(name);
        let object = self.instance(class, &[]);
        self.set(object, "name", Value::Object(name));
        self.stacks.push(frames.iter().map(|frame| (*frame).to_owned()).collect());
        let serial = u32::try_from(self.stacks.len()).expect("few threads");
        // HotSpot's trace 1 is an empty one that all objects name.
        let thread = Thread { object, serial, stack: serial + 1 };
        self.root(Root::Thread { thread: serial, stack: thread.stack }, object);
        thread
    }

    /// Makes `object` a local variable in frame `frame` of `thread`.
    pub fn local(&mut self, thread: Thread, frame: u32, object: u64) {
        self.root(Root::JavaFrame { thread: thread.serial, frame }, object);
    }
}
