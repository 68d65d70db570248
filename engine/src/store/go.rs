//! What the index of a Go dump holds besides the tables: where its objects stand, and what was found of types.

use super::entry::FileEntry;
use super::folder::Folder;
use super::ipc;
use super::manifest::Manifest;
use super::snapshot::ObjectKind;
use crate::error::{Error, Result};
use crate::format::go::exe::Linked;
use crate::format::go::infer::Shape;
use crate::format::go::types::{Kind, Part, TypeId, Types};
use crate::format::go::{Params, Records, records};
use crate::id::ClassId;
use arrow_array::types::{UInt8Type, UInt32Type, UInt64Type};
use arrow_array::{ArrayRef, RecordBatch, UInt8Array, UInt32Array, UInt64Array};
use arrow_buffer::ScalarBuffer;
use serde::{Deserialize, Serialize};
use std::io::{Read, Seek};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The name of the file in the index.
const FILE: &str = "go.json";

/// What only Go dumps have.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GoIndex {
    /// The parts of the dump, in bytes, that hold nothing but records of objects: all other records are read again when
    /// they are asked for.
    pub objects: Vec<Range<u64>>,
    /// Slots that the runtime wrote though they are no objects.
    pub phantoms: u64,
    /// The machine and the runtime.
    pub params: Params,
    /// The program's types; none without an executable.
    pub types: Types,
    /// By class, the row of its type, and what its objects hold of it ([`crate::format::go::infer::Shape`] as a number).
    pub class_types: Vec<Option<(u32, u8)>>,
    /// The executable that the types come from, and how much higher the process had it in memory than it was linked for.
    pub exe: Option<(PathBuf, u64)>,
    /// What is known of each object's type; `None` without an executable.
    #[serde(skip)]
    pub counts: Option<Counts>,
    /// Objects of which typed pointers see a part only; `None` without an executable.
    #[serde(skip)]
    pub unseen: Option<Unseen>,
    #[serde(skip)]
    made: Made,
}

/// What is made when it is first asked for.
#[derive(Debug, Default)]
struct Made {
    /// The parts of each class's objects.
    parts: OnceLock<Vec<Vec<Part>>>,
    records: OnceLock<Records>,
    /// `None` where the executable is gone or another one by now.
    linked: OnceLock<Option<Linked>>,
}

/// It follows from the rest.
impl PartialEq for Made {
    fn eq(&self, _: &Made) -> bool {
        true
    }
}

impl GoIndex {
    /// The type of the objects of a class, and whether they hold many values of it, where it is known.
    pub fn type_of(&self, class: ClassId) -> Option<(TypeId, Shape)> {
        let (ty, shape) = (*self.class_types.get(class.index())?)?;
        let shape =
            [Shape::Value, Shape::Array, Shape::Text].into_iter().find(|known| *known as u8 == shape)?;
        Some((TypeId(ty), shape))
    }

    /// What can be read by a name of the objects of a class that hold one value; of others nothing.
    pub fn parts(&self, class: ClassId) -> &[Part] {
        let of = |class: usize| match self.type_of(ClassId(u32::try_from(class).unwrap_or(u32::MAX))) {
            Some((ty, Shape::Value)) => self.types.parts(ty, self.params.pointer_bytes),
            _ => Vec::new(),
        };
        let all = self.made.parts.get_or_init(|| (0..self.class_types.len()).map(of).collect());
        all.get(class.index()).map(Vec::as_slice).unwrap_or_default()
    }

    /// What the objects of a class are: elements without pointers are primitive.
    pub(super) fn kind(&self, class: ClassId) -> ObjectKind {
        let Some((ty, shape)) = self.type_of(class) else { return ObjectKind::Instance };
        let row = self.types.get(ty);
        let elem = match shape {
            Shape::Value if row.kind == Kind::Array => row.elem.map_or(row, |elem| self.types.get(elem)),
            Shape::Value => return ObjectKind::Instance,
            _ => row,
        };
        match elem.kind {
            Kind::Bool | Kind::Int | Kind::Uint | Kind::Float | Kind::Complex => ObjectKind::PrimitiveArray,
            _ => ObjectKind::ObjectArray,
        }
    }

    /// Bytes that the program was linked with; `None` where the index knows no executable, or it is not there any more.
    pub fn linked(&self, address: u64, count: usize) -> Option<&[u8]> {
        let open = || {
            let (path, slide) = self.exe.as_ref()?;
            Linked::open(path, *slide).ok()
        };
        self.made.linked.get_or_init(open).as_ref()?.bytes(address, count)
    }

    /// The records of the dump `bytes` besides objects.
    pub fn records(&self, bytes: &[u8]) -> &Records {
        self.made.records.get_or_init(|| records(bytes, &self.objects))
    }
}

/// What was found of the types of objects, by object.
#[derive(Clone, Debug, PartialEq)]
pub struct Counts {
    /// Values in the object, one after another; bytes of a text; 0 without a type.
    pub count: ScalarBuffer<u32>,
    /// What told the type: [`crate::format::go::infer::Source`] as a number.
    pub source: ScalarBuffer<u8>,
    /// How sure it is: [`crate::format::go::infer::Confidence`] as a number.
    pub confidence: ScalarBuffer<u8>,
}

/// Objects of which typed pointers see a part only, ascending.
#[derive(Clone, Debug, PartialEq)]
pub struct Unseen {
    /// The object.
    pub object: ScalarBuffer<u32>,
    /// Bytes that nothing covers, even by its capacity.
    pub outside: ScalarBuffer<u64>,
    /// Bytes that slices have as capacity only.
    pub spare: ScalarBuffer<u64>,
}

impl Unseen {
    /// Writes the table `unseen` into an index.
    pub(crate) fn write(&self, folder: &Folder) -> Result<u64> {
        let u64s = |column: &ScalarBuffer<u64>| Arc::new(UInt64Array::new(column.clone(), None));
        let object = Arc::new(UInt32Array::new(self.object.clone(), None));
        let columns: Vec<(&str, ArrayRef)> =
            vec![("object", object), ("outside", u64s(&self.outside)), ("spare", u64s(&self.spare))];
        folder.write("unseen", columns)
    }

    /// What [`Unseen::write`] wrote.
    pub(crate) fn read(batch: &RecordBatch) -> Result<Unseen> {
        Ok(Unseen {
            object: ipc::column::<UInt32Type>(batch, "object")?,
            outside: ipc::column::<UInt64Type>(batch, "outside")?,
            spare: ipc::column::<UInt64Type>(batch, "spare")?,
        })
    }
}

impl Counts {
    /// Writes the table `typing` into an index.
    pub(crate) fn write(&self, folder: &Folder) -> Result<u64> {
        let u8s = |column: &ScalarBuffer<u8>| Arc::new(UInt8Array::new(column.clone(), None));
        let count = Arc::new(UInt32Array::new(self.count.clone(), None));
        let columns: Vec<(&str, ArrayRef)> =
            vec![("count", count), ("source", u8s(&self.source)), ("confidence", u8s(&self.confidence))];
        folder.write("typing", columns)
    }

    /// What [`Counts::write`] wrote.
    pub(crate) fn read(batch: &RecordBatch) -> Result<Counts> {
        Ok(Counts {
            count: ipc::column::<UInt32Type>(batch, "count")?,
            source: ipc::column::<UInt8Type>(batch, "source")?,
            confidence: ipc::column::<UInt8Type>(batch, "confidence")?,
        })
    }
}

impl GoIndex {
    /// Writes it into an index.
    pub(crate) fn write(&self, directory: &Path) -> Result<FileEntry> {
        let path = directory.join(FILE);
        let text = serde_json::to_vec(self).map_err(|error| Error::index(&path, error.to_string()))?;
        std::fs::write(&path, &text).map_err(|error| Error::file(&path, error))?;
        FileEntry::of(directory, FILE)
    }

    /// What [`GoIndex::write`] wrote.
    pub(crate) fn read(directory: &Path, manifest: &Manifest, verify: bool) -> Result<Option<GoIndex>> {
        let Some(entry) = &manifest.go else { return Ok(None) };
        let path = directory.join(&entry.name);
        let (mut file, mut text) = (entry.open(directory, verify)?, Vec::new());
        let read = file.rewind().and_then(|()| file.read_to_end(&mut text));
        read.map_err(|error| Error::file(&path, error))?;
        let mut index: GoIndex =
            serde_json::from_slice(&text).map_err(|error| Error::index(&path, error.to_string()))?;
        if !index.types.is_empty() {
            let tables = manifest.tables(directory, verify);
            index.counts = Some(Counts::read(&tables.read("typing")?)?);
            index.unseen = Some(Unseen::read(&tables.read("unseen")?)?);
        }
        Ok(Some(index))
    }
}
