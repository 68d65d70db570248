//! By which names the instances of each class of a dump refer to others.

use super::symbols::{Symbol, Symbols};
use super::words::Words;
use crate::format::hprof::{FieldType, SubRecord};
use crate::id::{ClassId, NO_OBJECT, ObjectId};
use crate::ingest::permanent_classes;
use crate::language::java::{class_name, is_book};
use crate::store::{Class, Field, Snapshot, classes};
use crate::value::record;

/// A reference field of the instances of a class.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    /// Its name.
    pub(super) via: Symbol,
    /// The byte of the data at which the reference begins.
    place: usize,
    /// Whether it is the runtime's own book-keeping.
    pub(super) is_book: bool,
}

/// What the references of an object look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// None at all.
    Leaf,
    /// An instance whose stored references are those of its slots that are not null.
    Instance,
    /// An array.
    Array,
    /// A class object, mostly.
    Class,
    /// Words of Go, some of which are pointers.
    Words,
}

/// How the names of class objects begin; the name of the class follows.
pub(super) const CLASS: &str = "class ";

/// The classes of one dump under names that all dumps share.
pub(super) struct Layouts {
    /// By class: its name.
    pub(super) names: Vec<Symbol>,
    /// By class: the name of its class object, where it has one.
    class_names: Vec<Option<Symbol>>,
    /// By class: what its instances refer to.
    pub(super) shapes: Vec<Shape>,
    /// By class: its slots in the order in which the index stores references.
    slots: Vec<Vec<Slot>>,
    /// By class: whether its loader lives as long as the process.
    pub(super) permanent: Vec<bool>,
    /// What the words of objects are called; of Go dumps only.
    pub(super) words: Option<Words>,
}

impl Layouts {
    pub(super) fn new(snapshot: &Snapshot, symbols: &mut Symbols) -> Layouts {
        let table = snapshot.classes();
        let names = table.rows().iter().map(|row| symbols.intern(&class_name(&row.name))).collect();
        let class_name = |row: &Class| {
            Some(symbols.intern(&format!("{CLASS}{}", class_name(&row.name))))
                .filter(|_| row.object.is_some())
        };
        let class_names = table.rows().iter().map(class_name).collect();
        let mut slots: Vec<Vec<Slot>> = table.ids().map(|class| slots(snapshot, class, symbols)).collect();
        let words = Words::new(snapshot, symbols);
        let shapes = table.ids().map(|class| match table.get(class).element {
            _ if words.is_some() => Shape::Words,
            Some(FieldType::Object) => Shape::Array,
            Some(_) => Shape::Leaf,
            None if table.get(class).name == classes::CLASS => Shape::Class,
            None if slots[class.index()].is_empty() => Shape::Leaf,
            None => Shape::Instance,
        });
        let shapes = shapes.collect();
        let mut permanent = vec![false; table.len()];
        for object in permanent_classes(table, &snapshot.objects().class) {
            if let Some(class) = table.of_object(object) {
                permanent[class.index()] = true;
            }
        }
        slots.iter_mut().for_each(Vec::shrink_to_fit);
        Layouts { names, class_names, shapes, slots, permanent, words }
    }

    /// The name of an object's class; of a class object, `class` and the class that it stands for.
    pub(super) fn name_of(&self, snapshot: &Snapshot, object: u32) -> Symbol {
        let id = ObjectId(object);
        let class = snapshot.class_of(id);
        let stands_for =
            (self.shapes[class.index()] == Shape::Class).then(|| snapshot.class_of_object(id)).flatten();
        let name = stands_for.and_then(|class| self.class_names[class.index()]);
        name.unwrap_or(self.names[class.index()])
    }

    /// Calls `take` with the slot of each stored reference of an instance, in order.
    ///
    /// Where all slots are in use nothing is read from the dump.
    pub(super) fn each(
        &self,
        snapshot: &Snapshot,
        id: u32,
        class: ClassId,
        stored: &[u32],
        mut take: impl FnMut(&Slot, u32),
    ) {
        let slots = &self.slots[class.index()];
        if slots.len() == stored.len() {
            slots.iter().zip(stored).for_each(|(slot, &to)| take(slot, to));
            return;
        }
        let Some(SubRecord::Instance(instance)) = record(snapshot, ObjectId(id)) else { return };
        let size = usize::from(snapshot.info().id_size);
        let address = |slot: &Slot| address_at(instance.body, slot.place, size);
        let used = slots.iter().filter(|slot| address(slot) != 0).count();
        let mut rest = stored.iter();
        if used == stored.len() {
            slots.iter().filter(|slot| address(slot) != 0).zip(rest).for_each(|(slot, &to)| take(slot, to));
            return;
        }
        // Some lead nowhere: what they name is not stored.
        let addresses = &snapshot.objects().address;
        let mut next = rest.next();
        for slot in slots {
            let Some(&to) = next else { return };
            if addresses.get(to as usize) == address(slot) {
                take(slot, to);
                next = rest.next();
            }
        }
    }
}

fn address_at(body: &[u8], place: usize, size: usize) -> u64 {
    let bytes = body.get(place..).and_then(|rest| rest.get(..size)).unwrap_or_default();
    bytes.iter().fold(0, |address, &byte| address << 8 | u64::from(byte))
}

/// The slots that hold strongly; what the collector links, and referents, is stored elsewhere.
fn slots(snapshot: &Snapshot, class: ClassId, symbols: &mut Symbols) -> Vec<Slot> {
    const REFERENCE: &str = "java.lang.ref.Reference";
    let classes = snapshot.classes();
    let is_special = classes.chain(class).any(|above| {
        let kinds = ["Soft", "Weak", "Final", "Phantom"];
        let name = classes.get(above).name.strip_prefix("java.lang.ref.");
        name.is_some_and(|name| kinds.iter().any(|kind| name.strip_suffix("Reference") == Some(kind)))
    });
    let is_stored = |field: &Field| {
        let declaring = &classes.get(field.class).name;
        let hidden = declaring == REFERENCE
            && (field.name == "discovered" || (is_special && field.name == "referent"));
        field.kind == FieldType::Object && !hidden
    };
    let fields =
        classes.instance_fields(class, snapshot.info().id_size).filter(|(field, _)| is_stored(field));
    let fields: Vec<(&Field, usize)> = fields.collect();
    let slot = |(field, place): (&Field, usize)| Slot {
        via: symbols.intern(&field.name),
        place,
        is_book: is_book(&classes.get(field.class).name, &field.name),
    };
    fields.into_iter().map(slot).collect()
}

/// The class object of each class whose class objects no permanent loader keeps; `NO_OBJECT` for the others.
pub(super) fn passing_classes(snapshot: &Snapshot, layouts: &Layouts) -> Vec<u32> {
    let object = |(row, permanent): (&crate::store::Class, &bool)| match row.object {
        Some(object) if !permanent => object.0,
        _ => NO_OBJECT,
    };
    snapshot.classes().rows().iter().zip(&layouts.permanent).map(object).collect()
}
