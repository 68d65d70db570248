//! What decides the class of a slot: its type, or without one what the dump has of its layout.

use crate::format::go::Params;
use std::collections::HashMap;

/// The class of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ClassKey {
    /// A type that was found.
    Typed {
        /// Its row in the table of types.
        ty: u32,
        /// What the slot holds of it: [`crate::format::go::infer::Shape`] as a number.
        shape: u8,
    },
    /// A structure of the runtime that a record of the dump names.
    Runtime(&'static str),
    /// The allocator's type, by the address of its descriptor.
    Header {
        /// The descriptor.
        type_address: u64,
        /// Bytes of the slot.
        bytes: u32,
    },
    /// Which of the words are pointers, the lowest bit first.
    Mask {
        /// Bytes of the slot.
        bytes: u32,
        /// At most 64 words.
        mask: u64,
    },
    /// Bytes of a slot without pointers.
    Plain(u32),
    /// More words than a mask has, some of them pointers.
    Large,
    /// More bytes than the largest size class, none of them pointers.
    LargePlain,
}

/// The largest size class in bytes.
const LARGEST_CLASS: u32 = 32768;

/// Masks that are told apart; a corrupt dump may have one for each slot.
const MOST_MASKS: usize = 1 << 16;

impl ClassKey {
    /// The class of a slot with these contents and pointers at `places`.
    #[inline]
    pub(super) fn of(params: &Params, contents: &[u8], places: &[usize]) -> ClassKey {
        let bytes = u32::try_from(contents.len()).unwrap_or(u32::MAX);
        if places.is_empty() {
            return if bytes > LARGEST_CLASS { ClassKey::LargePlain } else { ClassKey::Plain(bytes) };
        }
        let first = places.first().map(|&place| place as u64);
        if params.header_bytes(bytes.into(), first) > 0
            && let Some(type_address) = params.word(contents, 0)
        {
            return ClassKey::Header { type_address, bytes };
        }
        let width = usize::from(params.pointer_bytes);
        if bytes as usize > 64 * width {
            return ClassKey::Large;
        }
        // A width is a power of two.
        let word = |place: &usize| (place >> width.trailing_zeros()).min(63);
        let mask = places.iter().map(|place| 1 << word(place)).fold(0, |mask, bit: u64| mask | bit);
        ClassKey::Mask { bytes, mask }
    }

    /// Where an [`Interner`] looks for it first.
    #[inline]
    fn place(self) -> usize {
        let number = match self {
            ClassKey::Typed { ty, shape } => u64::from(ty) << 2 | u64::from(shape),
            ClassKey::Header { type_address, bytes } => type_address ^ u64::from(bytes),
            ClassKey::Mask { bytes, mask } => mask << 12 ^ u64::from(bytes),
            ClassKey::Plain(bytes) => u64::from(bytes),
            ClassKey::Runtime(_) | ClassKey::Large | ClassKey::LargePlain => 0,
        };
        // The product spreads the lower bits over the upper ones.
        (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % RECENT
    }

    /// What such a class is called: plainly what is known of it. Typed ones have a name already.
    pub(super) fn name(self, type_name: impl Fn(u64) -> Option<String>) -> String {
        match self {
            ClassKey::Typed { ty, .. } => format!("type {ty}"),
            ClassKey::Runtime(name) => name.to_owned(),
            ClassKey::Header { type_address, bytes } => match type_name(type_address) {
                Some(name) => format!("{name} <{bytes} bytes>"),
                None => format!("<{bytes} bytes, type at 0x{type_address:x}>"),
            },
            ClassKey::Mask { bytes, mask } if mask.is_power_of_two() => {
                format!("<{bytes} bytes, pointer at word {}>", words(mask))
            }
            ClassKey::Mask { bytes, mask } => format!("<{bytes} bytes, pointers at words {}>", words(mask)),
            ClassKey::Plain(bytes) => format!("<{bytes} bytes, no pointers>"),
            ClassKey::Large => "<large, pointers>".to_owned(),
            ClassKey::LargePlain => "<large, no pointers>".to_owned(),
        }
    }
}

/// The numbers of the bits that are set: `0-3,5`.
fn words(mask: u64) -> String {
    let mut parts = Vec::new();
    let mut rest = mask;
    let mut at = 0;
    while rest != 0 {
        let skipped = rest.trailing_zeros();
        let (start, ones) = (at + skipped, (rest >> skipped).trailing_ones());
        parts.push(if ones == 1 { start.to_string() } else { format!("{start}-{}", start + ones - 1) });
        at = start + ones;
        rest = if at >= 64 { 0 } else { mask >> at };
    }
    parts.join(",")
}

/// Keys to small numbers.
#[derive(Debug)]
pub(super) struct Interner {
    numbers: HashMap<ClassKey, u32>,
    /// The keys by their numbers.
    pub(super) keys: Vec<ClassKey>,
    /// Keys that were asked for lately: neighbours in a heap mostly share a few classes.
    recent: Vec<Option<(ClassKey, u32)>>,
}

/// Keys that an interner finds without a hash table: a power of two.
const RECENT: usize = 256;

impl Default for Interner {
    fn default() -> Interner {
        Interner { numbers: HashMap::new(), keys: Vec::new(), recent: vec![None; RECENT] }
    }
}

impl Interner {
    /// The number of a key.
    #[inline]
    pub(super) fn number(&mut self, key: ClassKey) -> u32 {
        let place = key.place();
        match self.recent[place] {
            Some((known, number)) if known == key => number,
            _ => {
                let number = self.look_up(key);
                self.recent[place] = Some((key, number));
                number
            }
        }
    }

    fn look_up(&mut self, key: ClassKey) -> u32 {
        let is_new_mask = matches!(key, ClassKey::Mask { .. }) && self.keys.len() >= MOST_MASKS;
        let key = match self.numbers.contains_key(&key) {
            false if is_new_mask => ClassKey::Large,
            _ => key,
        };
        let keys = &mut self.keys;
        *self.numbers.entry(key).or_insert_with(|| {
            keys.push(key);
            u32::try_from(keys.len() - 1).unwrap_or(u32::MAX)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_known() {
        let check = |key: ClassKey, name: &str| assert_eq!(key.name(|_| None), name);
        check(ClassKey::Mask { bytes: 64, mask: 0b10_1111 }, "<64 bytes, pointers at words 0-3,5>");
        check(ClassKey::Mask { bytes: 512, mask: u64::MAX }, "<512 bytes, pointers at words 0-63>");
        check(ClassKey::Mask { bytes: 512, mask: 1 << 63 }, "<512 bytes, pointer at word 63>");
        check(ClassKey::Plain(16), "<16 bytes, no pointers>");
        check(ClassKey::Header { type_address: 0x4a, bytes: 640 }, "<640 bytes, type at 0x4a>");
        let known = ClassKey::Header { type_address: 1, bytes: 640 };
        assert_eq!(known.name(|_| Some("main.T".into())), "main.T <640 bytes>");
    }

    #[test]
    fn a_key_has_one_number() {
        let mut interner = Interner::default();
        let keys = [ClassKey::Large, ClassKey::Plain(8), ClassKey::Large, ClassKey::Plain(8)];
        assert_eq!(keys.map(|key| interner.number(key)), [0, 1, 0, 1]);
    }
}
