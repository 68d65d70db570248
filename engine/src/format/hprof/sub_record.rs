//! One sub-record of the heap, decoded.

use super::class_dump::ClassDump;
use super::field_type::FieldType;
use super::hop::{Hop, hop};
use super::root::Root;
use super::tag;
use crate::error::{Error, Result};
use crate::id::{Address, Offset};
use crate::input::{Cursor, index};

/// What the heap consists of.
#[derive(Clone, Debug)]
pub enum SubRecord<'a> {
    /// An object that is held from outside the heap.
    Root(Root),
    /// A class; boxed, since classes are few, and their size would be moved with every object.
    Class(Box<ClassDump<'a>>),
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
        SubRecord::read(&hop, record, id_size)
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

    /// Decodes the sub-record `hop`, whose bytes are `record`, from its tag to its end.
    #[inline]
    pub(super) fn read(hop: &Hop, record: &'a [u8], id_size: u8) -> Result<SubRecord<'a>> {
        // Nearly all are objects, of which the hop knows everything but the body, which ends the record.
        match hop.tag {
            tag::INSTANCE => Ok(SubRecord::Instance(Instance::new(hop, record))),
            tag::OBJECT_ARRAY => Ok(SubRecord::ObjectArray(ObjectArray::new(hop, record, id_size))),
            tag::PRIMITIVE_ARRAY | tag::PRIMITIVE_ARRAY_NO_DATA => {
                PrimitiveArray::new(hop, record, id_size).map(SubRecord::PrimitiveArray)
            }
            _ => SubRecord::read_other(hop, record, id_size),
        }
    }

    #[inline(never)]
    fn read_other(hop: &Hop, record: &'a [u8], id_size: u8) -> Result<SubRecord<'a>> {
        let cursor = &mut Cursor::new(record, hop.offset);
        Ok(match cursor.u1()? {
            tag::CLASS => SubRecord::Class(Box::new(ClassDump::read(hop.offset, cursor, id_size)?)),
            tag::HEAP_INFO => SubRecord::HeapInfo(HeapInfo { heap: cursor.u4()?, name: cursor.id(id_size)? }),
            root => SubRecord::Root(Root::read(root, cursor, id_size)?),
        })
    }
}

impl<'a> Instance<'a> {
    #[inline]
    fn new(hop: &Hop, record: &'a [u8]) -> Instance<'a> {
        let body = tail(record, u64::from(hop.length));
        Instance { offset: hop.offset, address: hop.address, class: Address(hop.class), body }
    }
}

impl<'a> ObjectArray<'a> {
    #[inline]
    fn new(hop: &Hop, record: &'a [u8], id_size: u8) -> ObjectArray<'a> {
        let elements = Ids::new(tail(record, u64::from(hop.length) * u64::from(id_size)), id_size);
        ObjectArray { offset: hop.offset, address: hop.address, class: Address(hop.class), elements }
    }
}

impl<'a> PrimitiveArray<'a> {
    #[inline]
    fn new(hop: &Hop, record: &'a [u8], id_size: u8) -> Result<PrimitiveArray<'a>> {
        let element = u8::try_from(hop.class).ok().and_then(FieldType::from_code);
        let Some(element) = element else {
            return Err(Error::dump(hop.offset, "a type code", hop.class.to_string()));
        };
        let bytes = u64::from(hop.length) * u64::from(element.size(id_size));
        let body = (hop.tag == tag::PRIMITIVE_ARRAY).then(|| tail(record, bytes));
        Ok(PrimitiveArray { offset: hop.offset, address: hop.address, element, length: hop.length, body })
    }
}

/// The last `count` bytes of `record`, all of it if it has fewer.
#[inline]
fn tail(record: &[u8], count: u64) -> &[u8] {
    let start = record.len().saturating_sub(index(Offset(count)));
    record.get(start..).unwrap_or_default()
}
