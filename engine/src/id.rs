//! The numbers of the engine: where something was in the process, and which row it is here.

use serde::{Deserialize, Serialize};

/// The address of an object in the dumped process (in HPROF also the identifier of a class).
///
/// Valid only within one dump: collectors move objects between two dumps of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Address(pub u64);

/// The row of an object in the snapshot's columns: dense, in address order.
///
/// A dump holds at most `u32::MAX - 1` objects; [`NO_OBJECT`] marks "none" in columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub u32);

/// "No object" in a column of object ids; never a row.
pub const NO_OBJECT: u32 = u32::MAX;

/// The row of a class in the snapshot's class table: dense.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub u32);

/// A position in the bytes of a dump (after decompression), counted from its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset(pub u64);

impl ObjectId {
    /// The position of this object in a column.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl ClassId {
    /// The position of this class in the class table.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "0x{:x}", self.0)
    }
}

impl std::fmt::Display for Offset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "offset {}", self.0)
    }
}
