//! The tables `strings`, `loaders` and `properties`.

use super::batch::{batch, clamp, column, counts, no_such, objects, texts};
use super::{Column, Kind, Table};
use crate::error::Result;
use crate::id::{ClassId, ObjectId};
use crate::ingest::Loaders;
use crate::language::java::system_properties;
use crate::store::{Amount, Snapshot};
use crate::value::text;
use arrow_array::RecordBatch;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

const STRINGS: &[Column] = &[
    column("object", Kind::Object, "the java.lang.String; of a Go dump the letters"),
    column("value", Kind::Text, "its content"),
    column("length", Kind::Count, "characters of its content (Unicode, a surrogate pair is one)"),
    column("shallow", Kind::Bytes, "bytes of the string object itself"),
    column("retained", Kind::Bytes, "bytes that it retains"),
];

/// The table `strings`.
pub(super) struct Strings {
    snapshot: Arc<Snapshot>,
    ids: OnceLock<Vec<u32>>,
}

impl Strings {
    /// The strings of a snapshot; they are looked up on first use.
    pub(super) fn new(snapshot: Arc<Snapshot>) -> Strings {
        Strings { snapshot, ids: OnceLock::new() }
    }

    fn ids(&self) -> &[u32] {
        self.ids.get_or_init(|| {
            let class = if self.snapshot.go().is_some() { "string" } else { "java.lang.String" };
            let classes = self.snapshot.classes_named(class);
            self.snapshot.instances(&classes, self.snapshot.ids())
        })
    }
}

impl Table for Strings {
    fn name(&self) -> &'static str {
        "strings"
    }

    fn doc(&self) -> &'static str {
        "every java.lang.String with its content; of a Go dump the letters of strings that lie in the heap"
    }

    fn columns(&self) -> &'static [Column] {
        STRINGS
    }

    fn rows(&self) -> u64 {
        self.ids().len() as u64
    }

    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch> {
        let ids = self.ids();
        let snapshot = &self.snapshot;
        batch(STRINGS, columns, clamp(rows, ids.len()), |name, rows| {
            let ids = ids[rows].iter().map(|&id| ObjectId(id));
            match name {
                "object" => objects(ids.map(Some)),
                "value" => texts(ids.map(|id| text(snapshot, id))),
                "length" => {
                    counts(ids.map(|id| text(snapshot, id).map_or(0, |text| text.chars().count() as u64)))
                }
                "shallow" => counts(ids.map(|id| snapshot.shallow(id))),
                "retained" => counts(ids.map(|id| snapshot.retained(id))),
                name => no_such(name),
            }
        })
    }
}

const LOADERS: &[Column] = &[
    column("object", Kind::Object, "the class loader; null for the boot loader"),
    column("class", Kind::Class, "the loader's class; null for the boot loader"),
    column("classes", Kind::Count, "classes that it has loaded"),
    column("instances", Kind::Count, "instances of these classes"),
    column("shallow", Kind::Bytes, "bytes of these instances"),
    column("retained", Kind::Bytes, "bytes that the loader, its classes and their instances retain as a set"),
];

/// The table `loaders`.
pub(super) struct LoaderTable {
    snapshot: Arc<Snapshot>,
    rows: OnceLock<(Loaders, Vec<(u64, Amount)>)>,
}

impl LoaderTable {
    /// The class loaders of a snapshot; they are looked up on first use.
    pub(super) fn new(snapshot: Arc<Snapshot>) -> LoaderTable {
        LoaderTable { snapshot, rows: OnceLock::new() }
    }

    /// The loaders, and for each its classes and their instances.
    fn table(&self) -> &(Loaders, Vec<(u64, Amount)>) {
        self.rows.get_or_init(|| {
            let classes = self.snapshot.classes();
            let loaders = Loaders::new(classes, &self.snapshot.objects().class);
            let mut sums = vec![(0, Amount::default()); loaders.objects.len()];
            for (row, &loader) in classes.rows().iter().zip(&loaders.of_class) {
                let (count, amount) = &mut sums[loader as usize];
                *count += 1;
                amount.objects += row.instances;
                amount.bytes += row.shallow;
            }
            (loaders, sums)
        })
    }
}

impl Table for LoaderTable {
    fn name(&self) -> &'static str {
        "loaders"
    }

    fn doc(&self) -> &'static str {
        "class loaders: the boot loader, and every object that is one"
    }

    fn columns(&self) -> &'static [Column] {
        LOADERS
    }

    fn rows(&self) -> u64 {
        self.table().1.len() as u64
    }

    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch> {
        let (loaders, sums) = self.table();
        let snapshot = &self.snapshot;
        let retained = &snapshot.held().loader_retained;
        batch(LOADERS, columns, clamp(rows, sums.len()), |name, rows| {
            let mut ids = loaders.objects[rows.clone()].iter();
            let amounts = sums[rows.clone()].iter();
            match name {
                "object" => objects(ids.by_ref().copied()),
                "class" => {
                    let rank = |class: ClassId| snapshot.name_rank(class);
                    let ranks = ids.map(|id| id.map(|id| rank(snapshot.class_of(id))));
                    Ok(Arc::new(ranks.collect::<arrow_array::UInt32Array>()))
                }
                "classes" => counts(amounts.map(|sum| sum.0)),
                "instances" => counts(amounts.map(|sum| sum.1.objects)),
                "shallow" => counts(amounts.map(|sum| sum.1.bytes)),
                "retained" => counts(rows.map(|row| retained.get(row).copied().unwrap_or(0))),
                name => no_such(name),
            }
        })
    }
}

const PROPERTIES: &[Column] =
    &[column("key", Kind::Text, "the property's name"), column("value", Kind::Text, "its value")];

/// The table `properties`.
pub(super) struct Properties {
    snapshot: Arc<Snapshot>,
    rows: OnceLock<Vec<(String, String)>>,
}

impl Properties {
    /// The system properties of a snapshot; they are read on first use.
    pub(super) fn new(snapshot: Arc<Snapshot>) -> Properties {
        Properties { snapshot, rows: OnceLock::new() }
    }

    fn table(&self) -> &[(String, String)] {
        self.rows.get_or_init(|| system_properties(&self.snapshot))
    }
}

impl Table for Properties {
    fn name(&self) -> &'static str {
        "properties"
    }

    fn doc(&self) -> &'static str {
        "the system properties of the process"
    }

    fn columns(&self) -> &'static [Column] {
        PROPERTIES
    }

    fn rows(&self) -> u64 {
        self.table().len() as u64
    }

    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch> {
        let table = self.table();
        batch(PROPERTIES, columns, clamp(rows, table.len()), |name, rows| {
            let rows = table[rows].iter();
            match name {
                "key" => texts(rows.map(|row| Some(&row.0))),
                "value" => texts(rows.map(|row| Some(&row.1))),
                name => no_such(name),
            }
        })
    }
}
