//! The types of fields, statics and array elements.

use serde::{Deserialize, Serialize};

/// A basic type by its code in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum FieldType {
    /// A reference; as wide as the file's identifiers, whatever it was in the process.
    Object = 2,
    /// One byte, 0 or 1.
    Boolean = 4,
    /// A UTF-16 unit.
    Char = 5,
    /// IEEE 754, 32 bits.
    Float = 6,
    /// IEEE 754, 64 bits.
    Double = 7,
    /// 8 bits, signed.
    Byte = 8,
    /// 16 bits, signed.
    Short = 9,
    /// 32 bits, signed.
    Int = 10,
    /// 64 bits, signed.
    Long = 11,
}

impl FieldType {
    /// One more than the highest code in the file.
    pub(super) const CODES: usize = FieldType::Long as usize + 1;

    /// The type with this code in the file.
    #[inline]
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

    /// Bytes of one value in the file; `id_size` is 4 or 8.
    #[inline]
    pub fn size(self, id_size: u8) -> u8 {
        match self {
            FieldType::Object => id_size,
            FieldType::Boolean | FieldType::Byte => 1,
            FieldType::Char | FieldType::Short => 2,
            FieldType::Float | FieldType::Int => 4,
            FieldType::Double | FieldType::Long => 8,
        }
    }

    /// The type's Java spelling (`int`), `None` for references.
    pub fn primitive_name(self) -> Option<&'static str> {
        Some(match self {
            FieldType::Object => return None,
            FieldType::Boolean => "boolean",
            FieldType::Char => "char",
            FieldType::Float => "float",
            FieldType::Double => "double",
            FieldType::Byte => "byte",
            FieldType::Short => "short",
            FieldType::Int => "int",
            FieldType::Long => "long",
        })
    }
}
