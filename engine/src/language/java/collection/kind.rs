//! What the classes of a snapshot are among the collections.

use super::layouts::{LAYOUTS, Layout};
use super::shape::Shape;
use crate::format::hprof::{FieldType, Value};
use crate::id::{ClassId, ObjectId};
use crate::store::Snapshot;
use crate::value::{Data, Slot, field_value, static_object};

/// Fields of the shape with the most.
pub(super) const MOST_FIELDS: usize = 3;

/// A layout with the places of its fields in the objects of one class.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) shape: Shape,
    pub(super) slots: [Option<Slot>; MOST_FIELDS],
    /// What stands for null, or for no element.
    pub(super) mask: Option<ObjectId>,
}

/// A collection with what its class says of it.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) id: ObjectId,
    pub(super) kind: Kind,
    /// `None` for arrays.
    data: Option<Data<'a>>,
}

impl<'a> Found<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, id: ObjectId, kind: Kind) -> Found<'a> {
        Found { snapshot, id, kind, data: Data::of(snapshot, id) }
    }

    /// The object in field `field` of the shape.
    pub(super) fn object(&self, field: usize) -> Option<ObjectId> {
        self.data?.object(self.kind.slots[field])
    }

    /// The integer in field `field` of the shape itself.
    pub(super) fn integer(&self, field: usize) -> Option<i64> {
        self.data?.integer(self.kind.slots[field])
    }

    /// The integer in field `field` of the shape, or in the `value` of the object there.
    pub(super) fn number(&self, field: usize) -> Option<i64> {
        match self.data?.value(self.kind.slots[field])? {
            Value::Object(_) => match field_value(self.snapshot, self.object(field)?, "value")? {
                Value::Int(value) => Some(value.into()),
                Value::Long(value) => Some(value),
                _ => None,
            },
            _ => self.integer(field),
        }
    }

    /// The number in field `field`, if it counts something.
    pub(super) fn count(&self, field: usize) -> Option<u64> {
        u64::try_from(self.number(field)?).ok()
    }

    /// Whether the class has field `field` of the shape.
    pub(super) fn has(&self, field: usize) -> bool {
        self.kind.slots[field].is_some()
    }

    /// `None` for what stands for null.
    pub(super) fn unmasked(&self, object: Option<ObjectId>) -> Option<ObjectId> {
        object.filter(|_| object != self.kind.mask)
    }
}

/// The kind of each class, by class id, as a place in the list of kinds.
pub(super) fn kinds(snapshot: &Snapshot) -> (Vec<Option<u32>>, Vec<Kind>) {
    let mut rows: Vec<Option<usize>> = vec![None; snapshot.class_count()];
    for (row, layout) in LAYOUTS.iter().enumerate().rev() {
        snapshot.classes().named(layout.class).for_each(|class| rows[class.index()] = Some(row));
    }
    let mut kinds = Vec::new();
    let places = snapshot.classes().ids().map(|class| {
        kinds.push(kind(snapshot, class, &rows)?);
        u32::try_from(kinds.len() - 1).ok()
    });
    (places.collect(), kinds)
}

/// The kind of a class, from its own rows or those of the nearest class above it that fit.
fn kind(snapshot: &Snapshot, class: ClassId, rows: &[Option<usize>]) -> Option<Kind> {
    if snapshot.classes().get(class).element == Some(FieldType::Object) {
        return Some(Kind { shape: Shape::References, slots: [None; MOST_FIELDS], mask: None });
    }
    let named = |above: ClassId| {
        let first = rows[above.index()]?;
        let same = |layout: &&Layout| layout.class == LAYOUTS[first].class;
        LAYOUTS[first..].iter().take_while(same).find_map(|layout| fit(snapshot, class, above, layout))
    };
    snapshot.classes().chain(class).find_map(named)
}

fn fit(snapshot: &Snapshot, class: ClassId, above: ClassId, layout: &Layout) -> Option<Kind> {
    let mut slots = [None; MOST_FIELDS];
    for (slot, field) in slots.iter_mut().zip(layout.fields) {
        *slot = Some(Slot::find_above(snapshot, class, above, field)?);
    }
    let mask = layout.mask.and_then(|(class, field)| static_object(snapshot, class, field));
    Some(Kind { shape: layout.shape, slots, mask })
}
