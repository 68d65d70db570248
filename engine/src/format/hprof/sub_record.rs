//! One sub-record of the heap, decoded.

use super::class_dump::{ClassDump, read_type};
use super::field_type::FieldType;
use super::hop::{Hop, hop};
use super::root::Root;
use super::tag;
use crate::error::{Error, Result};
use crate::id::{Address, Offset};
use crate::input::{Cursor, index};

/// What the heap consists of.
#[derive(Clone, Copy, Debug)]
pub enum SubRecord<'a> {
    /// An object that is held from outside the heap.
    Root(Root),
    /// A class.
    Class(ClassDump<'a>),
    /// An object with fields.
    Instance(Instance<'a>),
    /// An array of references.
    ObjectArray(ObjectArray<'a>),
    /// An array of primitive values.
    PrimitiveArray(PrimitiveArray<'a>),
    /// Android: the heap of the objects that follow.
    HeapInfo(HeapInfo),
}

/// An object with fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instance<'a> {
    /// Where the sub-record stands.
    pub offset: Offset,
    /// The object.
    pub address: Address,
    /// Its class.
    pub class: Address,
    /// Its fields' values: those of its class first, then its superclass's, and so on.
    pub body: &'a [u8],
}

/// An array of references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectArray<'a> {
    /// Where the sub-record stands.
    pub offset: Offset,
    /// The array.
    pub address: Address,
    /// The array's class.
    pub class: Address,
    /// Its elements.
    pub elements: Ids<'a>,
}

/// An array of primitive values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrimitiveArray<'a> {
    /// Where the sub-record stands.
    pub offset: Offset,
    /// The array.
    pub address: Address,
    /// The type of its elements.
    pub element: FieldType,
    /// How many elements it has.
    pub length: u32,
    /// The elements, big endian; `None` where Android left them out.
    pub body: Option<&'a [u8]>,
}

/// Android: the heap that the next objects belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeapInfo {
    /// Number of the heap.
    pub heap: u32,
    /// The identifier of its name (`app`, `image`, `zygote`).
    pub name: u64,
}

/// A list of identifiers in the dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ids<'a> {
    bytes: &'a [u8],
    id_size: u8,
}

impl<'a> Ids<'a> {
    /// The identifiers in `bytes`, each of `id_size` bytes (4 or 8).
    pub fn new(bytes: &'a [u8], id_size: u8) -> Ids<'a> {
        Ids { bytes, id_size }
    }

    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len() / usize::from(self.id_size)
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The one at `index`, if there is.
    #[inline]
    pub fn get(&self, index: usize) -> Option<Address> {
        let size = usize::from(self.id_size);
        let start = index.checked_mul(size)?;
        Some(Address(read_id(self.bytes.get(start..)?.get(..size)?)))
    }

    /// All, in order.
    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Address> + use<'a> {
        self.bytes.chunks_exact(usize::from(self.id_size)).map(|id| Address(read_id(id)))
    }
}

#[inline]
fn read_id(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |id, &byte| id << 8 | u64::from(byte))
}

impl<'a> SubRecord<'a> {
    /// The sub-record that stands at `offset` in the dump `bytes`.
    ///
    /// # Errors
    /// [`Error::Dump`] where there is none.
    pub fn at(bytes: &'a [u8], offset: Offset, id_size: u8) -> Result<SubRecord<'a>> {
        let start = index(offset);
        let hop =
            hop(bytes, start, id_size).ok_or_else(|| Error::dump(offset, "a sub-record", "other bytes"))?;
        let record = bytes.get(start..hop.end_index()).unwrap_or_default();
        SubRecord::read(&hop, Cursor::new(record, offset), id_size)
    }

    /// Where it stands, if it is an instance or an array.
    #[inline]
    pub fn object_offset(&self) -> Option<Offset> {
        match self {
            SubRecord::Instance(instance) => Some(instance.offset),
            SubRecord::ObjectArray(array) => Some(array.offset),
            SubRecord::PrimitiveArray(array) => Some(array.offset),
            SubRecord::Root(_) | SubRecord::Class(_) | SubRecord::HeapInfo(_) => None,
        }
    }

    /// Decodes the sub-record `hop`, whose bytes `cursor` holds.
    pub(super) fn read(hop: &Hop, mut cursor: Cursor<'a>, id_size: u8) -> Result<SubRecord<'a>> {
        cursor.skip(1)?;
        let cursor = &mut cursor;
        Ok(match hop.tag {
            tag::CLASS => SubRecord::Class(ClassDump::read(hop.offset, cursor, id_size)?),
            tag::INSTANCE => SubRecord::Instance(Instance::read(hop.offset, cursor, id_size)?),
            tag::OBJECT_ARRAY => SubRecord::ObjectArray(ObjectArray::read(hop.offset, cursor, id_size)?),
            tag::PRIMITIVE_ARRAY => SubRecord::PrimitiveArray(PrimitiveArray::read(hop, cursor, id_size)?),
            tag::PRIMITIVE_ARRAY_NO_DATA => {
                let array = PrimitiveArray::read(hop, cursor, id_size)?;
                SubRecord::PrimitiveArray(PrimitiveArray { body: None, ..array })
            }
            tag::HEAP_INFO => SubRecord::HeapInfo(HeapInfo { heap: cursor.u4()?, name: cursor.id(id_size)? }),
            root => SubRecord::Root(Root::read(root, cursor, id_size)?),
        })
    }
}

impl<'a> Instance<'a> {
    fn read(offset: Offset, cursor: &mut Cursor<'a>, id_size: u8) -> Result<Instance<'a>> {
        let address = Address(cursor.id(id_size)?);
        cursor.skip(4)?;
        let class = Address(cursor.id(id_size)?);
        cursor.skip(4)?;
        Ok(Instance { offset, address, class, body: cursor.rest() })
    }
}

impl<'a> ObjectArray<'a> {
    fn read(offset: Offset, cursor: &mut Cursor<'a>, id_size: u8) -> Result<ObjectArray<'a>> {
        let address = Address(cursor.id(id_size)?);
        cursor.skip(8)?;
        let class = Address(cursor.id(id_size)?);
        Ok(ObjectArray { offset, address, class, elements: Ids::new(cursor.rest(), id_size) })
    }
}

impl<'a> PrimitiveArray<'a> {
    fn read(hop: &Hop, cursor: &mut Cursor<'a>, id_size: u8) -> Result<PrimitiveArray<'a>> {
        let address = Address(cursor.id(id_size)?);
        cursor.skip(4)?;
        let length = cursor.u4()?;
        let element = read_type(cursor)?;
        Ok(PrimitiveArray { offset: hop.offset, address, element, length, body: Some(cursor.rest()) })
    }
}
