//! One sub-record seen from outside: what it is and where it ends, its body left alone.

use super::field_type::FieldType;
use super::tag;
use crate::id::{Address, Offset};
use crate::input::index;

/// The outside of a sub-record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// What it is, see [`super::tags`].
    pub tag: u8,
    /// Where its tag stands.
    pub offset: Offset,
    /// Where it ends.
    pub end: Offset,
    /// The object, class or root that it describes; a heap's name for a heap info.
    pub address: Address,
    /// The class of an instance or object array, the type code of a primitive array, else 0.
    pub class: u64,
    /// Bytes of an instance's fields, elements of an array, else 0.
    pub length: u32,
}

impl Hop {
    pub(super) fn end_index(&self) -> usize {
        index(self.end)
    }

    /// Whether it can be meant as a sub-record: objects have addresses, and those are aligned.
    pub(super) fn is_plausible(&self) -> bool {
        let is_object = |address: u64| address != 0 && address.is_multiple_of(4);
        match self.tag {
            tag::INSTANCE | tag::OBJECT_ARRAY => is_object(self.address.0) && is_object(self.class),
            tag::HEAP_INFO => true,
            _ => is_object(self.address.0),
        }
    }

    /// How much a plausible sub-record proves: one that names a class is hardly one by chance.
    pub(super) fn proof(&self) -> usize {
        match self.tag {
            tag::INSTANCE | tag::OBJECT_ARRAY | tag::CLASS => 4,
            _ => 1,
        }
    }
}

/// The sub-record at `at`; `None` if its tag is unknown or it does not end within `bytes`.
#[inline]
pub(super) fn hop(bytes: &[u8], at: usize, id_size: u8) -> Option<Hop> {
    let rest = bytes.get(at..)?;
    let tag = *rest.first()?;
    let (address, class, length, size) = match tag {
        tag::INSTANCE => instance(rest, id_size)?,
        tag::OBJECT_ARRAY => object_array(rest, id_size)?,
        tag::PRIMITIVE_ARRAY => primitive_array(rest, id_size)?,
        tag::PRIMITIVE_ARRAY_NO_DATA => primitive_array_no_data(rest, id_size)?,
        tag::CLASS => class(rest, id_size)?,
        tag::HEAP_INFO => (id_at(rest, 5, id_size)?, 0, 0, 5 + u64::from(id_size)),
        _ => (id_at(rest, 1, id_size)?, 0, 0, root_bytes(tag, id_size)?),
    };
    if size > rest.len() as u64 {
        return None;
    }
    let offset = at as u64;
    let end = Offset(offset + size);
    Some(Hop { tag, offset: Offset(offset), end, address: Address(address), class, length })
}

/// Whether a class dump can begin at `at`, by its first fields alone: the whole can be long, and this is asked often.
pub(super) fn begins_class(bytes: &[u8], at: usize, id_size: u8) -> bool {
    let id = usize::from(id_size);
    let rest = bytes.get(at..).unwrap_or_default();
    let is_aligned = |at| id_at(rest, at, id_size).is_some_and(|id| id.is_multiple_of(4));
    // Address, superclass, and the constants, of which no known writer has any.
    id_at(rest, 1, id_size).is_some_and(|address| address != 0)
        && is_aligned(1)
        && is_aligned(5 + id)
        && u2_at(rest, 9 + 7 * id) == Some(0)
}

/// Address, class, length and size in the file.
type Outside = (u64, u64, u32, u64);

/// tag, address, stack serial, class, length, fields.
#[inline]
fn instance(rest: &[u8], id_size: u8) -> Option<Outside> {
    let id = usize::from(id_size);
    let length = u4_at(rest, 5 + 2 * id)?;
    Some((
        id_at(rest, 1, id_size)?,
        id_at(rest, 5 + id, id_size)?,
        length,
        head(9, 2, id_size) + u64::from(length),
    ))
}

/// tag, address, stack serial, length, class, elements.
#[inline]
fn object_array(rest: &[u8], id_size: u8) -> Option<Outside> {
    let id = usize::from(id_size);
    let length = u4_at(rest, 5 + id)?;
    let size = head(9, 2, id_size) + u64::from(length) * u64::from(id_size);
    Some((id_at(rest, 1, id_size)?, id_at(rest, 9 + id, id_size)?, length, size))
}

/// tag, address, stack serial, length, element type, elements.
#[inline]
fn primitive_array(rest: &[u8], id_size: u8) -> Option<Outside> {
    let (address, code, length, head) = primitive_array_no_data(rest, id_size)?;
    let code_byte = *rest.get(9 + usize::from(id_size))?;
    let element = FieldType::from_code(code_byte).filter(|element| *element != FieldType::Object)?;
    Some((address, code, length, head + u64::from(length) * u64::from(element.size(id_size))))
}

/// tag, address, stack serial, length, element type.
#[inline]
fn primitive_array_no_data(rest: &[u8], id_size: u8) -> Option<Outside> {
    let id = usize::from(id_size);
    let code = *rest.get(9 + id)?;
    FieldType::from_code(code).filter(|element| *element != FieldType::Object)?;
    Some((id_at(rest, 1, id_size)?, u64::from(code), u4_at(rest, 5 + id)?, head(10, 1, id_size)))
}

/// tag, address, stack serial, 6 identifiers, instance size, then three counted lists.
fn class(rest: &[u8], id_size: u8) -> Option<Outside> {
    let mut at = 9 + 7 * usize::from(id_size);
    // Constants have an index before the type, statics a name.
    at = skip_values(rest, at, 2, id_size)?;
    at = skip_values(rest, at, usize::from(id_size), id_size)?;
    at = skip_fields(rest, at, id_size)?;
    Some((id_at(rest, 1, id_size)?, 0, 0, at as u64))
}

/// Steps over a count and as many entries of `key` bytes, a type and its value.
fn skip_values(rest: &[u8], mut at: usize, key: usize, id_size: u8) -> Option<usize> {
    let count = u2_at(rest, at)?;
    at += 2;
    for _ in 0..count {
        let value = FieldType::from_code(*rest.get(at + key)?)?;
        at += key + 1 + usize::from(value.size(id_size));
    }
    Some(at)
}

/// Steps over a count and as many entries of a name and a type.
fn skip_fields(rest: &[u8], mut at: usize, id_size: u8) -> Option<usize> {
    let count = u2_at(rest, at)?;
    at += 2;
    for _ in 0..count {
        FieldType::from_code(*rest.get(at + usize::from(id_size))?)?;
        at += usize::from(id_size) + 1;
    }
    Some(at)
}

/// The size of a root with `tag`.
#[inline]
fn root_bytes(tag: u8, id_size: u8) -> Option<u64> {
    Some(match tag {
        tag::ROOT_JNI_GLOBAL => head(1, 2, id_size),
        tag::ROOT_JNI_LOCAL | tag::ROOT_JAVA_FRAME | tag::ROOT_THREAD_OBJECT | tag::ROOT_JNI_MONITOR => {
            head(9, 1, id_size)
        }
        tag::ROOT_NATIVE_STACK | tag::ROOT_THREAD_BLOCK => head(5, 1, id_size),
        _ if tag::is_known(tag) => head(1, 1, id_size),
        _ => return None,
    })
}

/// `bytes` and `ids` identifiers.
#[inline]
fn head(bytes: u64, ids: u64, id_size: u8) -> u64 {
    bytes + ids * u64::from(id_size)
}

#[inline]
fn u2_at(rest: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*rest.get(at..)?.first_chunk()?))
}

#[inline]
fn u4_at(rest: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*rest.get(at..)?.first_chunk()?))
}

#[inline]
fn id_at(rest: &[u8], at: usize, id_size: u8) -> Option<u64> {
    if id_size == 8 {
        return Some(u64::from_be_bytes(*rest.get(at..)?.first_chunk()?));
    }
    u4_at(rest, at).map(u64::from)
}
