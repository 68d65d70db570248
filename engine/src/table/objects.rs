//! The table `objects`, whose columns are also the attributes `x.@name` of any object.

use super::batch::{addresses, batch, clamp, classes, column, counts, no_such, optional_counts, texts};
use super::{Column, Kind, Table};
use crate::error::Result;
use crate::id::{NO_OBJECT, ObjectId};
use crate::store::Snapshot;
use crate::value::array_length;
use arrow_array::{ArrayRef, Int64Array, RecordBatch};
use std::ops::Range;
use std::sync::Arc;

/// The columns.
pub const COLUMNS: &[Column] = &[
    column("id", Kind::Count, "the object's row: dense, in address order"),
    column("address", Kind::Address, "where the object was in the process"),
    column("class", Kind::Class, "name of its class"),
    column("kind", Kind::Text, "instance, object array, primitive array or class"),
    column("length", Kind::Count, "elements of an array; null for other objects"),
    column("shallow", Kind::Bytes, "bytes that the object itself occupies"),
    column(
        "retained",
        Kind::Bytes,
        "bytes that would be freed with it; 0 for what no counted reference holds",
    ),
    column(
        "dominator",
        Kind::Object,
        "the nearest object that every path from the roots passes; null under the virtual root",
    ),
    column(
        "strength",
        Kind::Text,
        "strongest way the roots reach it: strong, soft, weak, finalizer, phantom or unreachable",
    ),
    column(
        "depth",
        Kind::Count,
        "references on a shortest path from a root or a static field's class; null if unreachable",
    ),
    column("root", Kind::Text, "why the runtime keeps it, for roots; else null"),
    column("loader", Kind::Object, "the class loader of its class; null for the boot loader"),
];

/// The table of all objects.
pub struct Objects(pub Arc<Snapshot>);

impl Table for Objects {
    fn name(&self) -> &'static str {
        "objects"
    }

    fn doc(&self) -> &'static str {
        "every object of the dump, class objects and unreachable ones too"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn rows(&self) -> u64 {
        self.0.object_count() as u64
    }

    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch> {
        let rows = clamp(rows, self.0.object_count());
        let ids: Vec<u32> = (0..).skip(rows.start).take(rows.len()).collect();
        batch(COLUMNS, columns, rows, |name, _| attribute_named(&self.0, name, &ids))
    }
}

/// The column at position `column` of [`COLUMNS`] of the objects `ids`, row by row.
///
/// # Errors
/// [`crate::error::Error::Input`] when there is no such column.
pub fn attribute(snapshot: &Snapshot, column: usize, ids: &[u32]) -> Result<ArrayRef> {
    attribute_named(snapshot, COLUMNS.get(column).map_or("", |column| column.name), ids)
}

fn attribute_named(snapshot: &Snapshot, name: &str, ids: &[u32]) -> Result<ArrayRef> {
    let objects = ids.iter().map(|&id| ObjectId(id));
    match name {
        "id" => Ok(Arc::new(Int64Array::from_iter_values(ids.iter().map(|&id| i64::from(id))))),
        "address" => addresses(objects.map(|id| snapshot.address(id).0)),
        "class" => classes(objects.map(|id| snapshot.name_rank(snapshot.class_of(id)))),
        "kind" => texts(objects.map(|id| Some(snapshot.kind(id).name()))),
        "length" => optional_counts(objects.map(|id| array_length(snapshot, id))),
        "shallow" => {
            let sizes = snapshot.sizes();
            counts(objects.map(|id| sizes.shallow(id)))
        }
        "retained" => counts(objects.map(|id| snapshot.retained(id))),
        "dominator" => super::batch::objects(objects.map(|id| snapshot.dominator(id))),
        "strength" => texts(objects.map(|id| Some(snapshot.strength(id).name()))),
        "depth" => optional_counts(objects.map(|id| {
            Some(snapshot.reached().depth[id.index()]).filter(|&depth| depth != NO_OBJECT).map(u64::from)
        })),
        "root" => texts(objects.map(|id| root(snapshot, id))),
        "loader" => super::batch::objects(objects.map(|id| loader(snapshot, id))),
        name => no_such(name),
    }
}

/// The kinds of roots that an object is, the most telling first.
fn root(snapshot: &Snapshot, id: ObjectId) -> Option<String> {
    let mut kinds: Vec<&str> = snapshot.stacks().roots_of(id).iter().map(|root| root.kind.name()).collect();
    kinds.dedup();
    (!kinds.is_empty()).then(|| kinds.join(", "))
}

fn loader(snapshot: &Snapshot, id: ObjectId) -> Option<ObjectId> {
    let class = snapshot.class_of_object(id).unwrap_or_else(|| snapshot.class_of(id));
    snapshot.classes().get(class).loader_object
}
