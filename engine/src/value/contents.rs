//! Whether two objects have the same contents, and a number that then is the same.

use super::body::{instance, record, referred, value_at};
use super::slot::{Data, Slot};
use super::text::Units;
use crate::format::hprof::{ObjectArray, PrimitiveArray, SubRecord, Value};
use crate::id::{ClassId, ObjectId};
use crate::store::{Field, Snapshot};
use std::hash::Hasher;
use twox_hash::XxHash3_64;

/// Classes whose objects are their letters.
const LETTERS: [&str; 3] = ["java.lang.String", "java.lang.StringBuilder", "java.lang.StringBuffer"];

/// Classes of boxed primitives.
const BOXED: [&str; 8] = [
    "java.lang.Boolean",
    "java.lang.Character",
    "java.lang.Byte",
    "java.lang.Short",
    "java.lang.Integer",
    "java.lang.Long",
    "java.lang.Float",
    "java.lang.Double",
];

/// Compares objects of a snapshot by their contents; cheap to make.
///
/// The contents of an object are the name of its class and
/// - of a string or builder, its letters, however they are encoded,
/// - of an array of primitive values, its elements, bit by bit,
/// - of an array of references, its elements in their order,
/// - of another instance, its fields in the order of the dump, by bits;
/// - a class object, and what the dump does not have, is itself only.
///
/// A reference counts as the contents of what it refers to where that is a string, a builder, a boxed primitive or an
/// array of primitive values, and otherwise as the object itself, which is never one of another snapshot.
#[derive(Clone, Debug)]
pub struct Contents<'a> {
    snapshot: &'a Snapshot,
    letters: Vec<(ClassId, [Option<Slot>; 4])>,
    boxed: Vec<ClassId>,
}

/// What an object consists of.
enum Content<'a> {
    Letters(Units<'a>),
    Primitives(PrimitiveArray<'a>),
    References(ObjectArray<'a>),
    Fields(&'a [u8]),
    /// Nothing but itself.
    Itself,
}

/// What a field or element that is a reference counts as.
#[derive(Clone, Copy)]
enum Reference {
    Null,
    /// The contents of this object.
    Contents(ObjectId),
    /// This object.
    Object(ObjectId),
    /// An address at which the dump has no object.
    Lost(u64),
}

impl<'a> Contents<'a> {
    /// The contents of the objects of `snapshot`.
    pub fn new(snapshot: &'a Snapshot) -> Contents<'a> {
        let named = |name: &&str| snapshot.classes().named(name).collect::<Vec<ClassId>>();
        let slots = |class| {
            (class, ["value", "coder", "offset", "count"].map(|field| Slot::find(snapshot, class, field)))
        };
        let letters = LETTERS.iter().flat_map(named).map(slots).collect();
        Contents { snapshot, letters, boxed: BOXED.iter().flat_map(named).collect() }
    }

    /// A number that is the same for the same contents, on every run and platform: XXH3 (64 bits) of the class's name, a
    /// zero byte, and the contents: letters as UTF-16 (little endian), elements and fields by their bits, references as
    /// 8 bytes each.
    pub fn hash(&self, id: ObjectId) -> u64 {
        let mut hasher = XxHash3_64::new();
        hasher.write(self.class_name(id).as_bytes());
        hasher.write_u8(0);
        match self.content(id) {
            Content::Letters(units) => write_units(&mut hasher, units),
            Content::Primitives(array) => hasher.write(array.body.unwrap_or_default()),
            Content::References(array) => array
                .elements
                .iter()
                .for_each(|element| hasher.write(&self.bits(id, Value::Object(element)).to_le_bytes())),
            Content::Fields(body) => {
                self.values(id, body).for_each(|(_, value)| hasher.write(&self.bits(id, value).to_le_bytes()))
            }
            Content::Itself => hasher.write(&id.0.to_le_bytes()),
        }
        hasher.finish()
    }

    /// Whether object `a` here and object `b` of `other` have the same contents: compared, not hashed.
    pub fn same(&self, a: ObjectId, other: &Contents<'_>, b: ObjectId) -> bool {
        let itself = std::ptr::eq(self.snapshot, other.snapshot) && a == b;
        itself || self.class_name(a) == other.class_name(b) && self.same_contents(a, other, b)
    }

    fn same_contents(&self, a: ObjectId, other: &Contents<'_>, b: ObjectId) -> bool {
        match (self.content(a), other.content(b)) {
            (Content::Letters(units), Content::Letters(others)) => units.same(others),
            (Content::Primitives(array), Content::Primitives(others)) => {
                array.element == others.element && array.body.is_some() && array.body == others.body
            }
            (Content::References(array), Content::References(others)) => {
                let pairs = array.elements.iter().zip(others.elements.iter());
                let value = |(here, there)| (Value::Object(here), Value::Object(there));
                array.elements.len() == others.elements.len()
                    && pairs.map(value).all(|(here, there)| self.same_value((a, here), other, (b, there)))
            }
            (Content::Fields(body), Content::Fields(others)) => {
                let (mut here, mut there) = (self.values(a, body), other.values(b, others));
                std::iter::from_fn(|| Some((here.next(), there.next())))
                    .take_while(|pair| pair.0.is_some() || pair.1.is_some())
                    .all(|pair| self.same_field(a, pair.0, other, b, pair.1))
            }
            _ => false,
        }
    }

    fn same_field(
        &self,
        a: ObjectId,
        here: Option<(&Field, Value)>,
        other: &Contents<'_>,
        b: ObjectId,
        there: Option<(&Field, Value)>,
    ) -> bool {
        let (Some((here, value)), Some((there, other_value))) = (here, there) else { return false };
        here.name == there.name
            && here.kind == there.kind
            && self.same_value((a, value), other, (b, other_value))
    }

    /// Whether a value of an object here counts as the same as a value of an object there.
    fn same_value(&self, here: (ObjectId, Value), other: &Contents<'_>, there: (ObjectId, Value)) -> bool {
        let (Value::Object(_), Value::Object(_)) = (here.1, there.1) else {
            return bits(here.1) == bits(there.1);
        };
        let here_too = std::ptr::eq(self.snapshot, other.snapshot);
        match (self.reference(here.0, here.1), other.reference(there.0, there.1)) {
            (Reference::Null, Reference::Null) => true,
            (Reference::Contents(a), Reference::Contents(b)) if here_too && a == b => true,
            // What has contents of its own has no references that lead further.
            (Reference::Contents(a), Reference::Contents(b)) => self.same(a, other, b),
            (Reference::Object(a), Reference::Object(b)) => here_too && a == b,
            (Reference::Lost(a), Reference::Lost(b)) => here_too && a == b,
            _ => false,
        }
    }

    fn class_name(&self, id: ObjectId) -> &'a str {
        self.snapshot.class_name(self.snapshot.class_of(id))
    }

    fn content(&self, id: ObjectId) -> Content<'a> {
        match record(self.snapshot, id) {
            Some(SubRecord::PrimitiveArray(array)) => Content::Primitives(array),
            Some(SubRecord::ObjectArray(array)) => Content::References(array),
            Some(SubRecord::Instance(instance)) => {
                self.units(id).map_or(Content::Fields(instance.body), Content::Letters)
            }
            _ => Content::Itself,
        }
    }

    fn units(&self, id: ObjectId) -> Option<Units<'a>> {
        let class = self.snapshot.class_of(id);
        let (_, slots) = self.letters.iter().find(|known| known.0 == class)?;
        Units::of_string(&Data::of(self.snapshot, id)?, slots)
    }

    /// The fields of an instance that its data has.
    fn values(&self, id: ObjectId, body: &'a [u8]) -> impl Iterator<Item = (&'a Field, Value)> + use<'a> {
        let id_size = self.snapshot.info().id_size;
        let fields = self.snapshot.classes().instance_fields(self.snapshot.class_of(id), id_size);
        fields.map_while(move |(field, place)| Some((field, value_at(body, place, field.kind, id_size)?)))
    }

    fn reference(&self, near: ObjectId, value: Value) -> Reference {
        let Value::Object(address) = value else { return Reference::Null };
        match referred(self.snapshot, near, value) {
            None if address.0 == 0 => Reference::Null,
            None => Reference::Lost(address.0),
            Some(id) if self.is_content(id) => Reference::Contents(id),
            Some(id) => Reference::Object(id),
        }
    }

    /// Whether a reference to the object counts as its contents, which then hold no reference that counts so itself.
    fn is_content(&self, id: ObjectId) -> bool {
        let class = self.snapshot.class_of(id);
        match self.snapshot.classes().get(class).element {
            Some(element) => element.primitive_name().is_some(),
            None if self.letters.iter().any(|known| known.0 == class) => self.units(id).is_some(),
            None => self.boxed.contains(&class) && self.is_primitive(id),
        }
    }

    /// Whether no field of an instance is a reference.
    fn is_primitive(&self, id: ObjectId) -> bool {
        let Some(body) = instance(self.snapshot, id) else { return false };
        self.values(id, body).all(|(field, _)| field.kind.primitive_name().is_some())
    }

    fn bits(&self, near: ObjectId, value: Value) -> u64 {
        let Value::Object(_) = value else { return bits(value) };
        match self.reference(near, value) {
            Reference::Null => 0,
            Reference::Contents(id) => self.hash(id),
            Reference::Object(id) => XxHash3_64::oneshot(&id.0.to_le_bytes()),
            Reference::Lost(address) => XxHash3_64::oneshot(&address.to_le_bytes()),
        }
    }
}

/// A primitive value by its bits, so that a NaN is itself.
fn bits(value: Value) -> u64 {
    match value {
        Value::Object(address) => address.0,
        Value::Boolean(value) => u64::from(value),
        Value::Char(value) => u64::from(value),
        Value::Float(value) => u64::from(value.to_bits()),
        Value::Double(value) => value.to_bits(),
        Value::Byte(value) => u64::from(value.cast_unsigned()),
        Value::Short(value) => u64::from(value.cast_unsigned()),
        Value::Int(value) => u64::from(value.cast_unsigned()),
        Value::Long(value) => value.cast_unsigned(),
    }
}

/// Hashes the letters as UTF-16, little endian, a few at a time.
fn write_units(hasher: &mut XxHash3_64, units: Units<'_>) {
    let mut block = [0; 256];
    let mut filled = 0;
    for unit in units.iter() {
        block[filled..filled + 2].copy_from_slice(&unit.to_le_bytes());
        filled += 2;
        if filled == block.len() {
            hasher.write(&block);
            filled = 0;
        }
    }
    hasher.write(&block[..filled]);
}
