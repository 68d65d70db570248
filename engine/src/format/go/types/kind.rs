//! What sort of type a type is.

use serde::{Deserialize, Serialize};

/// The kinds of Go (`internal/abi.Kind`), and those of what the runtime keeps behind maps, channels and functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// A type of which nothing is known but its name, and its size perhaps.
    #[default]
    Unknown,
    /// `bool`.
    Bool,
    /// `int`, `int8` … `int64`: signed, of the type's size.
    Int,
    /// `uint`, `uint8` … `uint64`, `uintptr`: unsigned, of the type's size.
    Uint,
    /// `float32`, `float64`.
    Float,
    /// `complex64`, `complex128`: two floats.
    Complex,
    /// `count` elements.
    Array,
    /// A word that points to the channel's [`Kind::ChanHeader`].
    Chan,
    /// A word that points to a [`Kind::Closure`].
    Func,
    /// Two words: an interface table and the value; the interface has methods.
    Interface,
    /// Two words: a type descriptor and the value (`any`).
    Eface,
    /// A word that points to the map's [`Kind::MapHeader`].
    Map,
    /// A word that points to a value of the element type.
    Pointer,
    /// Three words: pointer to the first element, length, capacity.
    Slice,
    /// Two words: pointer to the bytes, length.
    String,
    /// Fields.
    Struct,
    /// A word that points to anything.
    UnsafePointer,
    /// What a map is: `runtime.hmap` before Go 1.24, `internal/runtime/maps.Map` since.
    MapHeader,
    /// What a channel is: `runtime.hchan`.
    ChanHeader,
    /// What a function value is: a code pointer, then the captured variables.
    Closure,
}

impl Kind {
    /// The kind of a number of `internal/abi.Kind`.
    ///
    /// Interfaces are all [`Kind::Interface`] here: only their methods tell an `any`.
    pub fn of_abi(number: u8) -> Kind {
        match number {
            1 => Kind::Bool,
            2..=6 => Kind::Int,
            7..=12 => Kind::Uint,
            13..=14 => Kind::Float,
            15..=16 => Kind::Complex,
            17 => Kind::Array,
            18 => Kind::Chan,
            19 => Kind::Func,
            20 => Kind::Interface,
            21 => Kind::Map,
            22 => Kind::Pointer,
            23 => Kind::Slice,
            24 => Kind::String,
            25 => Kind::Struct,
            26 => Kind::UnsafePointer,
            _ => Kind::Unknown,
        }
    }

    /// Whether a value is one pointer word.
    pub fn is_pointer_word(self) -> bool {
        matches!(self, Kind::Chan | Kind::Func | Kind::Map | Kind::Pointer | Kind::UnsafePointer)
    }
}
