//! The types of fields and array elements, as HPROF numbers them.

use serde::{Deserialize, Serialize};

/// The type of a field or of an array's elements; the number is its code in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum FieldType {
    /// A reference to an object, or null.
    Object = 2,
    /// `boolean`.
    Boolean = 4,
    /// `char`.
    Char = 5,
    /// `float`.
    Float = 6,
    /// `double`.
    Double = 7,
    /// `byte`.
    Byte = 8,
    /// `short`.
    Short = 9,
    /// `int`.
    Int = 10,
    /// `long`.
    Long = 11,
}

impl FieldType {
    /// The type with this code in the file.
    pub fn from_code(code: u8) -> Option<FieldType> {
        Some(match code {
            2 => FieldType::Object,
            4 => FieldType::Boolean,
            5 => FieldType::Char,
            6 => FieldType::Float,
            7 => FieldType::Double,
            8 => FieldType::Byte,
            9 => FieldType::Short,
            10 => FieldType::Int,
            11 => FieldType::Long,
            _ => return None,
        })
    }

    /// How many bytes a value has, where a reference has `id_size` bytes.
    pub fn size(self, id_size: u8) -> u8 {
        match self {
            FieldType::Object => id_size,
            FieldType::Boolean | FieldType::Byte => 1,
            FieldType::Char | FieldType::Short => 2,
            FieldType::Float | FieldType::Int => 4,
            FieldType::Double | FieldType::Long => 8,
        }
    }
}
