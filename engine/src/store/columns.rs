//! The columns of objects and references, by object id.

use super::folder::{Folder, Tables};
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
    pub(crate) fn write(&self, folder: &Folder) -> Result<u64> {
        let columns = vec![
            ("address", u32s(&self.address.low)),
            ("offset", u32s(&self.offset.low)),
            ("class", u32s(&self.class)),
            ("length", u32s(&self.length)),
        ];
        let bytes = folder.write("objects", columns)?;
        let high =
            write_high(folder, "address", &self.address)? + write_high(folder, "offset", &self.offset)?;
        Ok(bytes + high)
    }

    pub(crate) fn read(tables: &Tables) -> Result<Objects> {
        let batch = tables.read("objects")?;
        let wide = |name| read_high(tables, name, ipc::column::<UInt32Type>(&batch, name)?);
        Ok(Objects {
            address: wide("address")?,
            offset: wide("offset")?,
            class: ipc::column::<UInt32Type>(&batch, "class")?,
            length: ipc::column::<UInt32Type>(&batch, "length")?,
        })
    }
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
        let tree = tables.read("dominators")?;
        let retained = |name| ipc::column::<UInt64Type>(&tables.read(name)?, "retained");
        Ok(Held {
            dominator: ipc::column::<UInt32Type>(&tree, "dominator")?,
            retained: read_high(tables, "retained", ipc::column::<UInt32Type>(&tree, "retained")?)?,
            class_retained: retained("class_retained")?,
            loader_retained: retained("loader_retained")?,
        })
    }
}

/// Writes the columns of a dominator tree by object; see [`Held`].
pub(crate) fn write_tree(folder: &Folder, dominator: ScalarBuffer<u32>, retained: &Wide) -> Result<u64> {
    let tree = vec![("dominator", u32s(&dominator)), ("retained", u32s(&retained.low))];
    Ok(folder.write("dominators", tree)? + write_high(folder, "retained", retained)?)
}

/// Writes the retained sizes of classes or loaders; see [`Held`].
pub(crate) fn write_retained(folder: &Folder, name: &str, retained: Vec<u64>) -> Result<u64> {
    folder.write(name, vec![("retained", u64s(&retained.into()))])
}

impl References {
    pub(crate) fn write(&self, folder: &Folder, name: &str) -> Result<u64> {
        let starts = format!("{name}_starts");
        let bytes = folder.write(&starts, vec![("start", u32s(&self.starts.low))])?;
        let high = write_high(folder, &starts, &self.starts)?;
        Ok(bytes + high + folder.write(name, vec![("object", u32s(&self.ids))])?)
    }

    pub(crate) fn read(tables: &Tables, name: &str) -> Result<References> {
        let starts = format!("{name}_starts");
        let low = ipc::column::<UInt32Type>(&tables.read(&starts)?, "start")?;
        Ok(References {
            starts: read_high(tables, &starts, low)?,
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

/// Writes where the upper halves of a column change; the lower ones are a column among others.
fn write_high(folder: &Folder, name: &str, wide: &Wide) -> Result<u64> {
    let columns = vec![("row", u32s(&wide.rows)), ("high", u32s(&wide.high))];
    folder.write(&format!("{name}_high"), columns)
}

/// The column of which `low` are the lower halves.
fn read_high(tables: &Tables, name: &str, low: ScalarBuffer<u32>) -> Result<Wide> {
    let batch = tables.read(&format!("{name}_high"))?;
    let rows = ipc::column::<UInt32Type>(&batch, "row")?;
    Ok(Wide { low, rows, high: ipc::column::<UInt32Type>(&batch, "high")? })
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
