//! The columns of objects and references, by object id.

use super::ipc::{self, FileEntry};
use super::manifest::Manifest;
use crate::error::{Error, Result};
use arrow_array::types::{UInt8Type, UInt32Type, UInt64Type};
use arrow_array::{ArrayRef, RecordBatch, UInt8Array, UInt32Array, UInt64Array};
use arrow_buffer::ScalarBuffer;
use std::path::Path;
use std::sync::Arc;

/// What the dump says of each object; all columns have one row per object, in address order.
#[derive(Clone, Debug)]
pub struct Objects {
    /// Addresses, strictly ascending.
    pub address: ScalarBuffer<u64>,
    /// Where the object's record starts in the dump, in bytes.
    pub offset: ScalarBuffer<u64>,
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
    pub retained: ScalarBuffer<u64>,
    /// Retained size in bytes of the instances of each class as a set.
    pub class_retained: ScalarBuffer<u64>,
    /// Retained size in bytes of each class loader's instances and classes as a set, by row of the loader table.
    pub loader_retained: ScalarBuffer<u64>,
}

/// References by one of their ends: those of object i are `ids[starts[i]..starts[i + 1]]`.
#[derive(Clone, Debug)]
pub struct References {
    /// One row more than there are objects; ascending from 0.
    pub starts: ScalarBuffer<u64>,
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
    pub(crate) fn write(&self, directory: &Path) -> Result<FileEntry> {
        let columns = vec![
            ("address", u64s(&self.address)),
            ("offset", u64s(&self.offset)),
            ("class", u32s(&self.class)),
            ("length", u32s(&self.length)),
        ];
        ipc::write(directory, "objects", columns)
    }

    pub(crate) fn read(batch: &RecordBatch) -> Result<Objects> {
        Ok(Objects {
            address: ipc::column::<UInt64Type>(batch, "address")?,
            offset: ipc::column::<UInt64Type>(batch, "offset")?,
            class: ipc::column::<UInt32Type>(batch, "class")?,
            length: ipc::column::<UInt32Type>(batch, "length")?,
        })
    }
}

impl Reached {
    pub(crate) fn write(&self, directory: &Path) -> Result<FileEntry> {
        ipc::write(
            directory,
            "reached",
            vec![("strength", u8s(&self.strength)), ("depth", u32s(&self.depth))],
        )
    }

    pub(crate) fn read(batch: &RecordBatch) -> Result<Reached> {
        Ok(Reached {
            strength: ipc::column::<UInt8Type>(batch, "strength")?,
            depth: ipc::column::<UInt32Type>(batch, "depth")?,
        })
    }
}

impl Held {
    pub(crate) fn write(&self, directory: &Path) -> Result<Vec<FileEntry>> {
        let tree = vec![("dominator", u32s(&self.dominator)), ("retained", u64s(&self.retained))];
        Ok(vec![
            ipc::write(directory, "dominators", tree)?,
            ipc::write(directory, "class_retained", vec![("retained", u64s(&self.class_retained))])?,
            ipc::write(directory, "loader_retained", vec![("retained", u64s(&self.loader_retained))])?,
        ])
    }

    pub(crate) fn read(directory: &Path, manifest: &Manifest, verify: bool) -> Result<Held> {
        let batch = |name| ipc::read(directory, manifest.file(directory, name)?, verify);
        let tree = batch("dominators")?;
        let retained = |batch: RecordBatch| ipc::column::<UInt64Type>(&batch, "retained");
        Ok(Held {
            dominator: ipc::column::<UInt32Type>(&tree, "dominator")?,
            retained: ipc::column::<UInt64Type>(&tree, "retained")?,
            class_retained: retained(batch("class_retained")?)?,
            loader_retained: retained(batch("loader_retained")?)?,
        })
    }
}

impl References {
    pub(crate) fn write(&self, directory: &Path, name: &str) -> Result<Vec<FileEntry>> {
        let starts = ipc::write(directory, &format!("{name}_starts"), vec![("start", u64s(&self.starts))])?;
        let ids = ipc::write(directory, name, vec![("object", u32s(&self.ids))])?;
        Ok(vec![starts, ids])
    }

    pub(crate) fn read(
        directory: &Path,
        manifest: &Manifest,
        name: &str,
        verify: bool,
    ) -> Result<References> {
        let batch = |name: &str| ipc::read(directory, manifest.file(directory, name)?, verify);
        Ok(References {
            starts: ipc::column::<UInt64Type>(&batch(&format!("{name}_starts"))?, "start")?,
            ids: ipc::column::<UInt32Type>(&batch(name)?, "object")?,
        })
    }

    /// The ids at the other end of the references of object `index`; none where the columns are inconsistent.
    pub fn of(&self, index: usize) -> &[u32] {
        let position = |i: usize| self.starts.get(i).and_then(|&start| usize::try_from(start).ok());
        let range = position(index).zip(position(index + 1));
        range.and_then(|(start, end)| self.ids.get(start..end)).unwrap_or_default()
    }
}

impl Specials {
    pub(crate) fn write(&self, directory: &Path) -> Result<FileEntry> {
        let columns =
            vec![("from", u32s(&self.from)), ("to", u32s(&self.to)), ("strength", u8s(&self.strength))];
        ipc::write(directory, "special_references", columns)
    }

    pub(crate) fn read(batch: &RecordBatch) -> Result<Specials> {
        Ok(Specials {
            from: ipc::column::<UInt32Type>(batch, "from")?,
            to: ipc::column::<UInt32Type>(batch, "to")?,
            strength: ipc::column::<UInt8Type>(batch, "strength")?,
        })
    }
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
