//! Where instances of a class have a field, looked up once and read from many of them.

use super::body::{instance, referred, value_at};
use super::read::integer;
use crate::format::hprof::{FieldType, Value};
use crate::id::{ClassId, ObjectId};
use crate::store::{Field, Snapshot};

/// The place of a field in the data of all instances of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The byte of the data at which the value begins.
    place: u32,
    /// The type of the value.
    pub(crate) kind: FieldType,
}

impl Slot {
    /// The field `name` of instances of `class`, the nearest to the class where several have the name.
    pub(crate) fn find(snapshot: &Snapshot, class: ClassId, name: &str) -> Option<Slot> {
        Slot::find_above(snapshot, class, class, name)
    }

    /// The field `name` that `above`, or the nearest class above it, gives to instances of `class`, which is below:
    /// fields of the classes between are others, whatever their name.
    pub(crate) fn find_above(
        snapshot: &Snapshot,
        class: ClassId,
        above: ClassId,
        name: &str,
    ) -> Option<Slot> {
        let classes = snapshot.classes();
        let inherited = |field: &Field| classes.chain(above).any(|declaring| declaring == field.class);
        let mut fields = classes.instance_fields(class, snapshot.info().id_size);
        let (field, place) = fields.find(|(field, _)| field.name == name && inherited(field))?;
        Some(Slot { place: u32::try_from(place).ok()?, kind: field.kind })
    }
}

/// The data of one instance. A field without a slot reads as one that the dump lacks.
#[derive(Clone, Copy)]
pub(crate) struct Data<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) id: ObjectId,
    body: &'a [u8],
}

impl<'a> Data<'a> {
    /// The data of `id`; `None` where it is no instance, or the dump lacks it.
    pub(crate) fn of(snapshot: &'a Snapshot, id: ObjectId) -> Option<Data<'a>> {
        Some(Data { snapshot, id, body: instance(snapshot, id)? })
    }

    /// The value of a field.
    #[inline]
    pub(crate) fn value(&self, slot: Option<Slot>) -> Option<Value> {
        let slot = slot?;
        value_at(self.body, slot.place as usize, slot.kind, self.snapshot.info().id_size)
    }

    /// The object that a field refers to; `None` for null too.
    #[inline]
    pub(crate) fn object(&self, slot: Option<Slot>) -> Option<ObjectId> {
        referred(self.snapshot, self.id, self.value(slot)?)
    }

    /// The integer that a field holds, whatever its width.
    pub(crate) fn integer(&self, slot: Option<Slot>) -> Option<i64> {
        integer(self.value(slot)?)
    }
}

/// Fields by name of objects of a few classes: the slots of a class are looked up when its first object comes.
pub(crate) struct Slots<'a, const N: usize> {
    snapshot: &'a Snapshot,
    names: [&'static str; N],
    known: Vec<(ClassId, [Option<Slot>; N])>,
}

impl<'a, const N: usize> Slots<'a, N> {
    /// A reader of the fields `names`.
    pub(crate) fn new(snapshot: &'a Snapshot, names: [&'static str; N]) -> Slots<'a, N> {
        Slots { snapshot, names, known: Vec::new() }
    }

    /// The data of `id`, with the places of the fields; `None` where it is no instance.
    #[inline]
    pub(crate) fn read(&mut self, id: ObjectId) -> Option<(Data<'a>, [Option<Slot>; N])> {
        let data = Data::of(self.snapshot, id)?;
        let class = self.snapshot.class_of(id);
        if let Some(known) = self.known.iter().find(|known| known.0 == class) {
            return Some((data, known.1));
        }
        let slots = self.names.map(|name| Slot::find(self.snapshot, class, name));
        if self.known.len() == MOST_CLASSES {
            self.known.clear();
        }
        self.known.push((class, slots));
        Some((data, slots))
    }
}

/// Nodes of one collection are of one or two classes; a corrupt dump may have more than a short list serves well.
const MOST_CLASSES: usize = 8;
