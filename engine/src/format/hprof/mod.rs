//! HPROF: what HotSpot and Android write.

pub mod field_type;
pub mod layout;
