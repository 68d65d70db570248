//! Writes HPROF dumps from a few lines of code.
//!
//! ```
//! use heapwise_testdata::hprof::{Hprof, Options, Root, Type, Value};
//!
//! let mut dump = Hprof::new(Options::default());
//! let node = dump.class("com.acme.Node", &[("next", Type::Object), ("value", Type::Int)]);
//! let tail = dump.instance(node, &[Value::NULL, Value::Int(2)]);
//! let head = dump.instance(node, &[Value::Object(tail), Value::Int(1)]);
//! dump.set_static(node, "HEAD", Value::Object(head));
//! let worker = dump.thread("worker-1", &["com.acme.Main.run:12", "java.lang.Thread.run"]);
//! dump.root(Root::JavaFrame { thread: worker.serial, frame: 0 }, tail);
//! let bytes: Vec<u8> = dump.bytes();
//! # assert!(bytes.starts_with(b"JAVA PROFILE 1.0.2\0"));
//! ```
//!
//! Objects are named by their addresses, which ascend in the order in which they are made. Mistakes in
//! a test (a field that is not there, a value of another type) panic.

mod options;
mod values;
mod heap;
mod java;
mod records;
mod write;

pub use heap::Hprof;
pub use java::Thread;
pub use options::{Options, Order, Segments};
pub use records::Root;
pub use values::{Type, Value};
