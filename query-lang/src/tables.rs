//! Tables that are made when a query asks for them: the open dumps, and what table functions give.

use crate::dump::Dump;
use crate::functions::TableFunction;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, RecordBatchOptions, StringArray, UInt32Array};
use heapwise_engine::error::{Error, Result};
use heapwise_engine::holders::{self, Path, Reference};
use heapwise_engine::id::ObjectId;
use heapwise_engine::table::{Column, Kind, Table, schema};
use std::ops::Range;
use std::sync::Arc;

/// The name of the table of open dumps.
pub(crate) const DUMPS: &str = "dumps";

/// A table whose rows are known.
struct Fixed {
    name: &'static str,
    doc: &'static str,
    columns: &'static [Column],
    rows: usize,
    arrays: Vec<ArrayRef>,
}

impl Table for Fixed {
    fn name(&self) -> &'static str {
        self.name
    }

    fn doc(&self) -> &'static str {
        self.doc
    }

    fn columns(&self) -> &'static [Column] {
        self.columns
    }

    fn rows(&self) -> u64 {
        self.rows as u64
    }

    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch> {
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(self.rows);
        let (start, end) = (place(rows.start), place(rows.end));
        let count = end.saturating_sub(start);
        let described: Vec<Column> = columns.iter().map(|&column| self.columns[column]).collect();
        let arrays = columns.iter().map(|&column| self.arrays[column].slice(start, count)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        RecordBatch::try_new_with_options(schema(&described), arrays, &options)
            .map_err(|error| Error::Input(error.to_string()))
    }
}

const fn column(name: &'static str, kind: Kind, doc: &'static str) -> Column {
    Column { name, kind, doc }
}

const DUMP_COLUMNS: &[Column] = &[
    column("alias", Kind::Text, "the name of the dump in queries"),
    column("path", Kind::Text, "the file"),
    column("objects", Kind::Count, "the number of objects in it"),
    column("classes", Kind::Count, "the number of classes in it"),
];

/// The table of open dumps.
pub(crate) fn dumps(open: &[Arc<Dump>]) -> Arc<dyn Table> {
    let texts = |text: fn(&Dump) -> &str| -> ArrayRef {
        Arc::new(open.iter().map(|dump| Some(text(dump))).collect::<StringArray>())
    };
    let counts = |count: fn(&Dump) -> usize| -> ArrayRef {
        Arc::new(open.iter().map(|dump| i64::try_from(count(dump)).ok()).collect::<Int64Array>())
    };
    Arc::new(Fixed {
        name: DUMPS,
        doc: "open dumps",
        columns: DUMP_COLUMNS,
        rows: open.len(),
        arrays: vec![
            texts(|dump| &dump.alias),
            texts(|dump| &dump.path),
            counts(|dump| dump.snapshot.object_count()),
            counts(|dump| dump.snapshot.class_count()),
        ],
    })
}

const OBJECT: Column = column("object", Kind::Object, "the object");
const SHALLOW: Column = column("shallow", Kind::Bytes, "its shallow size in bytes");
const RETAINED: Column = column("retained", Kind::Bytes, "its retained size in bytes");

const PATH_COLUMNS: &[Column] = &[
    column("path", Kind::Count, "the number of the path, from 1"),
    column("step", Kind::Count, "the number of the step, from 0 at the root's object"),
    OBJECT,
    column("via", Kind::Text, "the field, index or other form by which the previous step holds it"),
    column("root", Kind::Text, "at step 0: the kind of the root"),
    column("thread", Kind::Object, "at step 0: the thread whose root it is"),
];
const CHAIN_COLUMNS: &[Column] =
    &[column("step", Kind::Count, "how far above, from 1"), OBJECT, SHALLOW, RETAINED];
const SET_COLUMNS: &[Column] = &[OBJECT, SHALLOW, RETAINED];
const OUT_COLUMNS: &[Column] =
    &[column("via", Kind::Text, "the field or index that holds it"), OBJECT, SHALLOW, RETAINED];
const IN_COLUMNS: &[Column] =
    &[column("via", Kind::Text, "the field or index of the object that refers"), OBJECT, SHALLOW, RETAINED];

/// The columns of a table function's rows.
pub(crate) fn columns(function: TableFunction) -> &'static [Column] {
    match function {
        TableFunction::Paths => PATH_COLUMNS,
        TableFunction::Dominated => SET_COLUMNS,
        TableFunction::Dominators => CHAIN_COLUMNS,
        TableFunction::Outbound => OUT_COLUMNS,
        TableFunction::Inbound => IN_COLUMNS,
    }
}

/// The rows of a table function for an object; `count` limits paths (1).
pub(crate) fn call(
    function: TableFunction,
    dump: &Dump,
    object: u32,
    count: Option<usize>,
) -> Result<Arc<dyn Table>> {
    let (snapshot, id) = (dump.snapshot.as_ref(), ObjectId(object));
    let (name, arrays) = match function {
        TableFunction::Paths => ("paths", paths(&holders::paths(snapshot, id, count.unwrap_or(1))?)),
        TableFunction::Dominated => {
            ("dominated", sized(dump, &holders::dominated(snapshot, Some(id), usize::MAX)))
        }
        TableFunction::Dominators => {
            let chain = holders::dominator_chain(snapshot, id);
            let steps: ArrayRef = Arc::new((1_i64..).take(chain.len()).collect::<Int64Array>());
            ("dominators", std::iter::once(steps).chain(sized(dump, &chain)).collect())
        }
        TableFunction::Outbound => ("outbound", references(dump, &holders::outbound(snapshot, id)?)),
        TableFunction::Inbound => ("inbound", references(dump, &holders::inbound(snapshot, id)?)),
    };
    let rows = arrays.first().map_or(0, |array| array.len());
    Ok(Arc::new(Fixed { name, doc: "rows of a table function", columns: columns(function), rows, arrays }))
}

fn paths(paths: &[Path]) -> Vec<ArrayRef> {
    let steps = || {
        paths.iter().zip(1_i64..).flat_map(|(path, number)| {
            path.steps.iter().zip(0_i64..).map(move |(step, place)| (path, number, step, place))
        })
    };
    vec![
        Arc::new(steps().map(|(_, number, ..)| number).collect::<Int64Array>()),
        Arc::new(steps().map(|(.., place)| place).collect::<Int64Array>()),
        Arc::new(steps().map(|(_, _, step, _)| step.object.0).collect::<UInt32Array>()),
        Arc::new(steps().map(|(_, _, step, _)| step.via.as_deref()).collect::<StringArray>()),
        Arc::new(
            steps().map(|(path, .., at)| (at == 0).then_some(path.root.as_str())).collect::<StringArray>(),
        ),
        Arc::new(
            steps()
                .map(|(path, .., at)| path.thread.filter(|_| at == 0).map(|it| it.0))
                .collect::<UInt32Array>(),
        ),
    ]
}

fn references(dump: &Dump, references: &[Reference]) -> Vec<ArrayRef> {
    let via: ArrayRef =
        Arc::new(references.iter().map(|reference| Some(reference.via.as_str())).collect::<StringArray>());
    let objects: Vec<ObjectId> = references.iter().map(|reference| reference.object).collect();
    std::iter::once(via).chain(sized(dump, &objects)).collect()
}

/// Objects, shallow and retained sizes.
fn sized(dump: &Dump, objects: &[ObjectId]) -> Vec<ArrayRef> {
    let bytes = |size: &dyn Fn(ObjectId) -> u64| -> ArrayRef {
        Arc::new(objects.iter().map(|&id| i64::try_from(size(id)).ok()).collect::<Int64Array>())
    };
    vec![
        Arc::new(objects.iter().map(|id| id.0).collect::<UInt32Array>()),
        bytes(&|id| dump.snapshot.shallow(id)),
        bytes(&|id| dump.snapshot.retained(id)),
    ]
}
