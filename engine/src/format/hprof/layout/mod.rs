//! How the dumped runtime laid objects out: the sizes that an HPROF file does not carry.
//!
//! The file has neither header size nor reference width nor alignment. [`infer`] finds them from the
//! distances between neighbours in memory; [`Sizes`] then has the exact size of every class.

mod shape;
mod gaps;
mod arrays;
mod text;
mod counts;
mod body;
mod builder;
mod classic;
mod android;
mod hidden;
mod release;
mod sizes;
mod infer;
#[cfg(test)]
mod tests;

pub use arrays::ArraySizes;
pub use gaps::Gaps;
pub use infer::infer;
pub use shape::ClassShape;
pub use sizes::{Learnt, Sizes};

use serde::{Deserialize, Serialize};

/// What decides the size of every object of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Bytes of a machine word: 4 or 8.
    pub word_bytes: u8,
    /// Bytes of a reference in the heap: 4 or 8.
    pub reference_bytes: u8,
    /// Bytes before the first field: 8 (32 bit, or compact headers), 12 (compressed class pointers) or 16.
    pub header_bytes: u8,
    /// Objects begin at multiples of this many bytes.
    pub alignment: u16,
    /// The order in which fields are placed.
    pub packing: Packing,
    /// Where the elements of an array begin.
    pub arrays: ArrayStart,
    /// The release of Java whose hidden fields are assumed: 8, 11, 17, 21, 25 …
    pub release: u32,
    /// How this layout was found.
    pub source: Source,
}

/// The order in which a runtime places the fields of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Packing {
    /// HotSpot to JDK 14: `layout_fields` of `classFileParser.cpp`.
    Classic,
    /// HotSpot since JDK 15: `fieldLayoutBuilder.cpp`, which fills gaps of superclasses.
    Builder,
    /// Android's runtime: `LinkFields` of `class_linker.cc`.
    Android,
}

/// Where the elements of an array begin, after the header and the four bytes of the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ArrayStart {
    /// At the next machine word (HotSpot to JDK 22).
    Word,
    /// At the next multiple of the element's size (HotSpot since JDK 23, JDK-8139457, and Android).
    Element,
}

/// How a layout was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// The user gave it.
    Given,
    /// The dump has no two neighbours to tell it from: the most usual one.
    Assumed,
    /// From the smallest distance after the objects of each class, and after arrays of each type and length.
    Inferred {
        /// Classes and arrays whose size is exactly the smallest distance seen.
        exact: u32,
        /// Classes and arrays that would overlap their neighbour.
        overlapping: u32,
        /// Classes and arrays with a neighbour in the dump.
        observed: u32,
    },
}

impl Layout {
    /// The usual layout of HotSpot on 64 bit with `release` of Java and a heap below 32 GB.
    pub fn hotspot_64(release: u32) -> Layout {
        Layout {
            word_bytes: 8,
            reference_bytes: 4,
            header_bytes: 12,
            alignment: 8,
            packing: if release < 15 { Packing::Classic } else { Packing::Builder },
            arrays: if release < 23 { ArrayStart::Word } else { ArrayStart::Element },
            release,
            source: Source::Assumed,
        }
    }

    /// The layout of HotSpot on 32 bit with `release` of Java.
    pub fn hotspot_32(release: u32) -> Layout {
        Layout { word_bytes: 4, header_bytes: 8, ..Layout::hotspot_64(release) }
    }

    /// The layout of Android's runtime, the same on 32 and 64 bit.
    pub fn android() -> Layout {
        Layout {
            word_bytes: 4,
            header_bytes: 8,
            packing: Packing::Android,
            arrays: ArrayStart::Element,
            ..Layout::hotspot_64(8)
        }
    }

    /// What a `jdk.internal.vm.StackChunk` occupies, in bytes: `class_bytes` of fields, then `words` of stack
    /// (its field `size`) and a bit for every reference that they can hold (`instanceStackChunkKlass.inline.hpp`).
    pub fn stack_chunk_bytes(&self, class_bytes: u32, words: u32) -> u64 {
        let word = u64::from(self.word_bytes);
        let stack = u64::from(words) * word;
        let bits = stack / u64::from(self.reference_bytes.max(1));
        self.align(u64::from(class_bytes) + stack + bits.div_ceil(word * 8) * word)
    }

    /// `bytes` rounded up to a whole object.
    fn align(&self, bytes: u64) -> u64 {
        align_up(bytes, u64::from(self.alignment))
    }
}

/// `value` rounded up to a multiple of `step`: most often a power of two, for which there is no division.
#[inline]
fn align_up(value: u64, step: u64) -> u64 {
    let beyond = value.saturating_add(step.saturating_sub(1));
    if step.is_power_of_two() { beyond & !(step - 1) } else { beyond / step.max(1) * step.max(1) }
}
