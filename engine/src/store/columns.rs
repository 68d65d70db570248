//! The columns of objects and references, by object id.

use super::folder::{Folder, ReadNext, Tables};
use super::ipc;
use crate::error::{Error, Result};
use crate::graph::Csr;
use crate::wide::Wide;
use arrow_array::types::{UInt8Type, UInt32Type, UInt64Type};
use arrow_array::{ArrayRef, RecordBatch, UInt8Array, UInt32Array, UInt64Array};
use arrow_buffer::ScalarBuffer;
use std::path::Path;
use std::sync::Arc;

/// What the dump says of each object; all columns have one row per object, in address order.
#[derive(Clone, Debug)]
pub struct Objects {
    /// Addresses, strictly ascending.
    pub address: Wide,
    /// Where the object's record starts in the dump, in bytes.
    pub offset: Wide,
    /// The class, below the number of classes.
    pub class: ScalarBuffer<u32>,
    /// Elements of an array; 0 for other objects.
    pub length: ScalarBuffer<u32>,
}

/// How well the roots reach each object.
#[derive(Clone, Debug)]
pub struct Reached {
    /// The number of a strength, 0 (strong) to 5 (unreachable).
    pub strength: ScalarBuffer<u8>,
    /// References on a shortest path from a root or a class of the application; `NO_OBJECT` where unreachable.
    pub depth: ScalarBuffer<u32>,
}

/// The dominator tree of the references that hold.
#[derive(Clone, Debug)]
pub struct Held {
    /// The immediate dominator; `NO_OBJECT` under the virtual root and where not held.
    pub dominator: ScalarBuffer<u32>,
    /// Retained size in bytes; 0 where not held.
    pub retained: Wide,
    /// Retained size in bytes of the instances of each class as a set.
    pub class_retained: ScalarBuffer<u64>,
    /// Retained size in bytes of each class loader's instances and classes as a set, by row of the loader table.
    pub loader_retained: ScalarBuffer<u64>,
}

/// References by one of their ends: those of object i are `ids[starts[i]..starts[i + 1]]`.
#[derive(Clone, Debug)]
pub struct References {
    /// One row more than there are objects; ascending from 0.
    pub starts: Wide,
    /// Ids of objects.
    pub ids: ScalarBuffer<u32>,
}

/// Referents of reference objects, which do not hold strongly; sorted by `from`.
#[derive(Clone, Debug)]
pub struct Specials {
    /// The reference object.
    pub from: ScalarBuffer<u32>,
    /// Its referent.
    pub to: ScalarBuffer<u32>,
    /// The number of the strength.
    pub strength: ScalarBuffer<u8>,
}

impl Objects {
    /// Writes all columns, in parallel; see [`Objects`].
    pub(crate) fn write(&self, folder: &Folder) -> Result<u64> {
        let Objects { address, offset, class, length } = self;
        let (addresses, others) = rayon::join(
            || write_addresses(folder, address),
            || write_records(folder, offset, (class, length)),
        );
        Ok(addresses? + others?)
    }

    pub(crate) fn read(tables: &Tables) -> Result<Objects> {
        let batch = tables.read("objects")?;
        Ok(Objects {
            address: read_wide(tables, "addresses", "address")?,
            offset: read_wide(tables, "offsets", "offset")?,
            class: ipc::column::<UInt32Type>(&batch, "class")?,
            length: ipc::column::<UInt32Type>(&batch, "length")?,
        })
    }
}

/// Writes the offset, class and length of each object, in parallel; see [`Objects`].
pub(crate) fn write_records(
    folder: &Folder,
    offset: &Wide,
    (class, length): (&ScalarBuffer<u32>, &ScalarBuffer<u32>),
) -> Result<u64> {
    let (offsets, others) = rayon::join(
        || write_wide(folder, ReadNext::Later, "offsets", ("offset", offset)),
        || {
            let columns = vec![("class", u32s(class)), ("length", u32s(length))];
            folder.write_for(ReadNext::Here, "objects", columns)
        },
    );
    Ok(offsets? + others?)
}

/// Writes the address of each object; see [`Objects`].
pub(crate) fn write_addresses(folder: &Folder, address: &Wide) -> Result<u64> {
    write_wide(folder, ReadNext::Later, "addresses", ("address", address))
}

impl Reached {
    pub(crate) fn write(&self, folder: &Folder) -> Result<u64> {
        folder.write("reached", vec![("strength", u8s(&self.strength)), ("depth", u32s(&self.depth))])
    }

    pub(crate) fn read(batch: &RecordBatch) -> Result<Reached> {
        Ok(Reached {
            strength: ipc::column::<UInt8Type>(batch, "strength")?,
            depth: ipc::column::<UInt32Type>(batch, "depth")?,
        })
    }
}

impl Held {
    pub(crate) fn read(tables: &Tables) -> Result<Held> {
        let retained = |name| ipc::column::<UInt64Type>(&tables.read(name)?, "retained");
        Ok(Held {
            dominator: ipc::column::<UInt32Type>(&tables.read("dominators")?, "dominator")?,
            retained: read_wide(tables, "retained", "retained")?,
            class_retained: retained("class_retained")?,
            loader_retained: retained("loader_retained")?,
        })
    }
}

/// Writes the dominator of each object; see [`Held`].
pub(crate) fn write_dominators(folder: &Folder, dominator: &ScalarBuffer<u32>) -> Result<u64> {
    folder.write("dominators", vec![("dominator", u32s(dominator))])
}

/// Writes the retained size of each object; see [`Held`].
pub(crate) fn write_retained(folder: &Folder, retained: &Wide) -> Result<u64> {
    write_wide(folder, ReadNext::Later, "retained", ("retained", retained))
}

/// Writes the retained sizes of classes or loaders; see [`Held`].
pub(crate) fn write_group_retained(folder: &Folder, name: &str, retained: Vec<u64>) -> Result<u64> {
    folder.write(name, vec![("retained", u64s(&retained.into()))])
}

impl References {
    /// Writes them as the table `name` and tables whose names begin with it; `next` tells who reads them next.
    pub(crate) fn write(&self, folder: &Folder, next: ReadNext, name: &str) -> Result<u64> {
        let bytes = write_wide(folder, next, &format!("{name}_starts"), ("start", &self.starts))?;
        Ok(bytes + folder.write_for(next, name, vec![("object", u32s(&self.ids))])?)
    }

    pub(crate) fn read(tables: &Tables, name: &str) -> Result<References> {
        let starts = format!("{name}_starts");
        Ok(References {
            starts: read_wide(tables, &starts, "start")?,
            ids: ipc::column::<UInt32Type>(&tables.read(name)?, "object")?,
        })
    }

    /// The columns as the graph takes them.
    pub fn view(&self) -> Csr<'_> {
        Csr { starts: self.starts.view(), targets: &self.ids }
    }

    /// The ids at the other end of the references of object `index`; none where the columns are inconsistent.
    pub fn of(&self, index: usize) -> &[u32] {
        if index + 1 >= self.starts.len() {
            return &[];
        }
        let (start, end) = self.starts.view().pair(index);
        let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
        range.and_then(|(start, end)| self.ids.get(start..end)).unwrap_or_default()
    }
}

impl Specials {
    pub(crate) fn write(&self, folder: &Folder) -> Result<u64> {
        let columns =
            vec![("from", u32s(&self.from)), ("to", u32s(&self.to)), ("strength", u8s(&self.strength))];
        folder.write("special_references", columns)
    }

    pub(crate) fn read(batch: &RecordBatch) -> Result<Specials> {
        Ok(Specials {
            from: ipc::column::<UInt32Type>(batch, "from")?,
            to: ipc::column::<UInt32Type>(batch, "to")?,
            strength: ipc::column::<UInt8Type>(batch, "strength")?,
        })
    }
}

/// Writes the lower halves of a column as the only one of a table, and where the upper ones change as another table.
fn write_wide(folder: &Folder, next: ReadNext, table: &str, (column, wide): (&str, &Wide)) -> Result<u64> {
    let bytes = folder.write_for(next, table, vec![(column, u32s(&wide.low))])?;
    let highs = vec![("row", u32s(&wide.rows)), ("high", u32s(&wide.high))];
    Ok(bytes + folder.write(&format!("{table}_high"), highs)?)
}

/// A column that [`write_wide`] has written.
fn read_wide(tables: &Tables, table: &str, column: &str) -> Result<Wide> {
    let low = ipc::column::<UInt32Type>(&tables.read(table)?, column)?;
    let highs = tables.read(&format!("{table}_high"))?;
    let rows = ipc::column::<UInt32Type>(&highs, "row")?;
    Ok(Wide { low, rows, high: ipc::column::<UInt32Type>(&highs, "high")? })
}

/// An error where a column of an index has another number of rows than it must have.
pub(crate) fn expect_rows(directory: &Path, what: &str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::index(directory, format!("{what} has {found} rows instead of {expected}")))
}

fn u8s(values: &ScalarBuffer<u8>) -> ArrayRef {
    Arc::new(UInt8Array::new(values.clone(), None))
}

fn u32s(values: &ScalarBuffer<u32>) -> ArrayRef {
    Arc::new(UInt32Array::new(values.clone(), None))
}

fn u64s(values: &ScalarBuffer<u64>) -> ArrayRef {
    Arc::new(UInt64Array::new(values.clone(), None))
}
