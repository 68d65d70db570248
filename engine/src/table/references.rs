//! The table `references`.

use super::batch::{batch, clamp, column, no_such, objects, texts};
use super::{Column, Kind, Table};
use crate::error::Result;
use crate::graph::Strength;
use crate::holders::vias_of_stored;
use crate::id::ObjectId;
use crate::store::Snapshot;
use arrow_array::RecordBatch;
use std::ops::Range;
use std::sync::Arc;

const COLUMNS: &[Column] = &[
    column("source", Kind::Object, "the object that refers"),
    column("via", Kind::Text, "by what: a field, [i] for an element, <super> … for the ties of a class"),
    column("target", Kind::Object, "the object that is referred to"),
    column("strength", Kind::Text, "strong, or how a java.lang.ref.Reference holds its referent"),
];

/// The table `references`: strong ones by source, then referents. Those from objects to their class are left out.
pub(super) struct References(pub Arc<Snapshot>);

impl References {
    fn strong(&self) -> usize {
        self.0.outbound().ids.len()
    }

    /// Source, target and strength of the reference in this row.
    fn row(&self, row: usize) -> (ObjectId, ObjectId, Strength) {
        if let Some(special) = row.checked_sub(self.strong()).map(|row| self.0.specials()[row]) {
            return (ObjectId(special.from), ObjectId(special.to), special.strength);
        }
        let outbound = self.0.outbound();
        let after = outbound.starts.view().partition_point(|start| start <= row as u64);
        let source = u32::try_from(after.saturating_sub(1)).unwrap_or(u32::MAX);
        (ObjectId(source), ObjectId(outbound.ids[row]), Strength::Strong)
    }

    /// The names of the references in `rows`; an object with many of them is read once, not once for each.
    fn names(&self, rows: Range<usize>) -> Vec<Option<String>> {
        let outbound = self.0.outbound();
        let place = |object: usize| usize::try_from(outbound.starts.get(object)).unwrap_or(usize::MAX);
        let mut names = Vec::with_capacity(rows.len());
        let mut row = rows.start;
        while row < rows.end.min(self.strong()) {
            let source = self.row(row).0;
            let (start, end) = (place(source.index()), place(source.index() + 1));
            let until = end.min(rows.end);
            let stored = &outbound.ids[start..end];
            names.extend(vias_of_stored(&self.0, source, stored, row - start..until - start));
            row = until;
        }
        names.extend((row..rows.end).map(|_| Some("referent".to_owned())));
        names
    }
}

impl Table for References {
    fn name(&self) -> &'static str {
        "references"
    }

    fn doc(&self) -> &'static str {
        "references between objects, each once; those from an object to its class are not listed"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn rows(&self) -> u64 {
        (self.strong() + self.0.specials().len()) as u64
    }

    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch> {
        let count = self.strong() + self.0.specials().len();
        batch(COLUMNS, columns, clamp(rows, count), |name, mut rows| match name {
            "source" => objects(rows.map(|row| Some(self.row(row).0))),
            "via" => texts(self.names(rows).into_iter()),
            "target" => objects(rows.map(|row| Some(self.row(row).1))),
            "strength" => texts(rows.by_ref().map(|row| Some(self.row(row).2.name()))),
            name => no_such(name),
        })
    }
}
