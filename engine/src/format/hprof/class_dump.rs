//! A class dump: its relatives, statics and fields.

use super::field_type::FieldType;
use crate::error::{Error, Result};
use crate::id::{Address, Offset};
use crate::input::Cursor;

/// A class as the dump describes it; the lists lie in the dump and are decoded as they are walked.
#[derive(Clone, Copy, Debug)]
pub struct ClassDump<'a> {
    /// Where the sub-record stands.
    pub offset: Offset,
    /// The class object.
    pub address: Address,
    /// The superclass; 0 for `java.lang.Object`.
    pub super_class: Address,
    /// The class loader; 0 for the boot loader.
    pub loader: Address,
    /// The signers array.
    pub signers: Address,
    /// The protection domain.
    pub protection_domain: Address,
    /// Two words that the format reserves; HotSpot writes 0.
    pub reserved: [Address; 2],
    /// Bytes of an instance's fields, the superclasses' included, as the writer counts them.
    pub instance_size: u32,
    id_size: u8,
    constants: List<'a>,
    statics: List<'a>,
    fields: List<'a>,
}

/// A constant in a class dump; HotSpot writes none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Constant<'a> {
    /// Its place in the constant pool.
    pub index: u16,
    /// Its type.
    pub value_type: FieldType,
    /// Its value, for [`super::read_value`].
    pub value: &'a [u8],
}

/// A static field and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Static<'a> {
    /// The identifier of its name.
    pub name: u64,
    /// Its type.
    pub value_type: FieldType,
    /// Its value, for [`super::read_value`].
    pub value: &'a [u8],
    /// Where the value stands in the dump.
    pub offset: Offset,
}

/// An instance field that the class itself declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The identifier of its name.
    pub name: u64,
    /// Its type.
    pub field_type: FieldType,
}

/// A counted list, checked: it holds `count` whole entries.
#[derive(Clone, Copy, Debug)]
struct List<'a> {
    count: u16,
    bytes: &'a [u8],
    offset: Offset,
}

impl<'a> ClassDump<'a> {
    /// Reads what follows the tag, which stood at `offset`.
    pub(super) fn read(offset: Offset, cursor: &mut Cursor<'a>, id_size: u8) -> Result<ClassDump<'a>> {
        let address = Address(cursor.id(id_size)?);
        cursor.skip(4)?;
        Ok(ClassDump {
            offset,
            address,
            super_class: Address(cursor.id(id_size)?),
            loader: Address(cursor.id(id_size)?),
            signers: Address(cursor.id(id_size)?),
            protection_domain: Address(cursor.id(id_size)?),
            reserved: [Address(cursor.id(id_size)?), Address(cursor.id(id_size)?)],
            instance_size: cursor.u4()?,
            id_size,
            constants: List::read(cursor, |cursor| read_constant(cursor, id_size).map(drop))?,
            statics: List::read(cursor, |cursor| read_static(cursor, id_size).map(drop))?,
            fields: List::read(cursor, |cursor| read_field(cursor, id_size).map(drop))?,
        })
    }

    /// The constants.
    pub fn constants(&self) -> impl Iterator<Item = Constant<'a>> + use<'a> {
        let id_size = self.id_size;
        self.constants.entries(move |cursor| read_constant(cursor, id_size))
    }

    /// The static fields, in the order of the file.
    pub fn statics(&self) -> impl Iterator<Item = Static<'a>> + use<'a> {
        let id_size = self.id_size;
        self.statics.entries(move |cursor| read_static(cursor, id_size))
    }

    /// The instance fields of the class itself, in the order in which instances hold them.
    pub fn fields(&self) -> impl Iterator<Item = Field> + use<'a> {
        let id_size = self.id_size;
        self.fields.entries(move |cursor| read_field(cursor, id_size))
    }
}

impl<'a> List<'a> {
    fn read(cursor: &mut Cursor<'a>, skip: impl Fn(&mut Cursor<'a>) -> Result<()>) -> Result<List<'a>> {
        let count = cursor.u2()?;
        let (offset, all) = (cursor.offset(), cursor.rest());
        for _ in 0..count {
            skip(cursor)?;
        }
        let used = all.len() - cursor.rest().len();
        Ok(List { count, bytes: &all[..used], offset })
    }

    fn entries<T>(self, read: impl Fn(&mut Cursor<'a>) -> Result<T>) -> impl Iterator<Item = T> {
        let mut cursor = Cursor::new(self.bytes, self.offset);
        (0..self.count).map_while(move |_| read(&mut cursor).ok())
    }
}

fn read_constant<'a>(cursor: &mut Cursor<'a>, id_size: u8) -> Result<Constant<'a>> {
    let index = cursor.u2()?;
    let value_type = read_type(cursor)?;
    let value = cursor.take(usize::from(value_type.size(id_size)))?;
    Ok(Constant { index, value_type, value })
}

fn read_static<'a>(cursor: &mut Cursor<'a>, id_size: u8) -> Result<Static<'a>> {
    let name = cursor.id(id_size)?;
    let value_type = read_type(cursor)?;
    let offset = cursor.offset();
    let value = cursor.take(usize::from(value_type.size(id_size)))?;
    Ok(Static { name, value_type, value, offset })
}

fn read_field(cursor: &mut Cursor<'_>, id_size: u8) -> Result<Field> {
    Ok(Field { name: cursor.id(id_size)?, field_type: read_type(cursor)? })
}

/// The type code at the cursor.
fn read_type(cursor: &mut Cursor<'_>) -> Result<FieldType> {
    let offset = cursor.offset();
    let code = cursor.u1()?;
    FieldType::from_code(code).ok_or_else(|| Error::dump(offset, "a type code", code.to_string()))
}
