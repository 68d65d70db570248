//! HPROF, the dump format of HotSpot and Android: bytes → records.
//!
//! The specification is the comment at the head of HotSpot's `heapDumper.cpp`. [`outline`] hops over the
//! top-level records and finds the units of work; [`SubRecords`] reads the heap in one unit.

pub mod field_type;
pub mod layout;
mod value;
mod names;
mod header;
mod strings;
mod tables;
mod record;
mod tag;
mod hop;
mod root;
mod class_dump;
mod sub_record;
mod resync;
mod unit;
mod sub_records;
mod segment;
mod outline;
mod scan;

pub use class_dump::{ClassDump, Constant, Field, Static};
pub use field_type::FieldType;
pub use header::Header;
pub use hop::Hop;
pub use names::java_name;
pub use outline::Outline;
pub use root::{Root, RootKind};
pub use scan::outline;
pub use strings::Strings;
pub use sub_record::{HeapInfo, Ids, Instance, ObjectArray, PrimitiveArray, SubRecord};
pub use sub_records::SubRecords;
pub use tables::{HeapSummary, LoadClass, StackFrame, StackTrace, StartThread, Tables};
pub use unit::{Span, Unit};
pub use value::{Value, read_value};

/// The tags of sub-records, as [`Hop::tag`] gives them.
pub mod tags {
    pub use super::tag::{
        CLASS, HEAP_INFO, INSTANCE, OBJECT_ARRAY, PRIMITIVE_ARRAY, PRIMITIVE_ARRAY_NO_DATA,
        ROOT_THREAD_OBJECT,
    };
}
