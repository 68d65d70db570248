//! One table as one Arrow IPC file: written once, mapped when it is read.
#![expect(unsafe_code, reason = "maps files")]

use crate::error::{Error, Result};
use arrow_array::cast::AsArray;
use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::{Buffer, ScalarBuffer};
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::root_as_footer;
use arrow_ipc::writer::FileWriter;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::hash::Hasher;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use twox_hash::XxHash3_64;

/// What the manifest knows of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// The file's name in its directory.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// XXH3-64 of all its bytes, in hexadecimal.
    pub checksum: String,
    /// XXH3-64 of a sample of its blocks (see [`sample`]), in hexadecimal: checked on every opening.
    pub sample: String,
}

/// Writes `columns` as the one record batch of `directory/name.arrow`; the file is not yet on the disk.
pub fn write(directory: &Path, name: &str, columns: Vec<(&str, ArrayRef)>) -> Result<(FileEntry, File)> {
    let name = format!("{name}.arrow");
    let path = directory.join(&name);
    let fail = |error: arrow_schema::ArrowError| Error::index(&path, error.to_string());
    let batch = RecordBatch::try_from_iter(columns).map_err(fail)?;
    let file = File::create_new(&path).map_err(|error| Error::file(&path, error))?;
    let hashing = Hashing { file, hash: XxHash3_64::new() };
    let mut writer =
        FileWriter::try_new(BufWriter::with_capacity(1 << 20, hashing), &batch.schema()).map_err(fail)?;
    writer.write(&batch).and_then(|()| writer.finish()).map_err(fail)?;
    let buffered = writer.into_inner().map_err(fail)?;
    let hashing = buffered.into_inner().map_err(|error| Error::file(&path, error.into_error()))?;
    let checksum = hex(hashing.hash.finish());
    let bytes = map(&path)?;
    let entry = FileEntry { name, bytes: bytes.len() as u64, checksum, sample: sample(&bytes) };
    Ok((entry, hashing.file))
}

/// What the manifest is to know of a file that is no table: its name and all its bytes.
pub fn describe(name: &str, bytes: &[u8]) -> FileEntry {
    let checksum = hex(XxHash3_64::oneshot(bytes));
    FileEntry { name: name.to_owned(), bytes: bytes.len() as u64, checksum, sample: sample(bytes) }
}

/// Whether `bytes` are those of the file that `entry` describes, by size and sample; `verify` checks every byte.
pub fn is_whole(bytes: &[u8], entry: &FileEntry, verify: bool) -> bool {
    bytes.len() as u64 == entry.bytes
        && sample(bytes) == entry.sample
        && (!verify || hex(XxHash3_64::oneshot(bytes)) == entry.checksum)
}

/// The record batch of the file that `entry` describes, without a copy of its columns.
///
/// The file must have the size and the sample of the entry; `verify` checks every byte.
pub fn read(directory: &Path, entry: &FileEntry, verify: bool) -> Result<RecordBatch> {
    let path = directory.join(&entry.name);
    let bytes = map(&path)?;
    if !is_whole(&bytes, entry, verify) {
        return Err(Error::index(&path, "its checksum is wrong"));
    }
    decode(&bytes).map_err(|reason| Error::index(&path, reason))
}

/// The column `name` of a batch as plain values.
pub fn column<T: ArrowPrimitiveType>(batch: &RecordBatch, name: &str) -> Result<ScalarBuffer<T::Native>> {
    let array = named(batch, name)?.as_primitive_opt::<T>().ok_or_else(|| missing(name))?;
    if array.null_count() > 0 { Err(missing(name)) } else { Ok(array.values().clone()) }
}

/// The column `name` of a batch as text.
pub fn text(batch: &RecordBatch, name: &str) -> Result<Vec<String>> {
    let array = named(batch, name)?.as_string_opt::<i32>().ok_or_else(|| missing(name))?;
    Ok(array.iter().map(|value| value.unwrap_or_default().to_owned()).collect())
}

/// A hash of the first and last block of 4 KiB and of 62 evenly spaced ones between; of all bytes up to 16 MiB.
pub fn sample(bytes: &[u8]) -> String {
    const BLOCK: usize = 4096;
    const BLOCKS: usize = 64;
    if bytes.len() <= 16 << 20 {
        return hex(XxHash3_64::oneshot(bytes));
    }
    let mut hash = XxHash3_64::new();
    let step = (bytes.len() - BLOCK) / (BLOCKS - 1);
    for block in 0..BLOCKS {
        let start = if block + 1 == BLOCKS { bytes.len() - BLOCK } else { block * step };
        hash.write(&bytes[start..start + BLOCK]);
    }
    hex(hash.finish())
}

fn named<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef> {
    batch.column_by_name(name).ok_or_else(|| missing(name))
}

fn missing(column: &str) -> Error {
    Error::index(Path::new(column), "a column is missing or has another type")
}

fn decode(bytes: &Buffer) -> std::result::Result<RecordBatch, String> {
    let trailer = bytes.len().checked_sub(10).ok_or("it is too short")?;
    let tail = bytes[trailer..].try_into().map_err(|_| "it is too short")?;
    let length = read_footer_length(tail).map_err(|error| error.to_string())?;
    let start = trailer.checked_sub(length).ok_or("its footer is too long")?;
    let footer = root_as_footer(&bytes[start..trailer]).map_err(|error| error.to_string())?;
    let schema = footer.schema().ok_or("it has no schema")?;
    let decoder = FileDecoder::new(Arc::new(fb_to_schema(schema)), footer.version());
    let blocks = footer.recordBatches().ok_or("it has no record batch")?;
    let block = blocks.iter().next().ok_or("it has no record batch")?;
    let offset = usize::try_from(block.offset()).map_err(|_| "its block is out of range")?;
    let metadata = usize::try_from(block.metaDataLength()).map_err(|_| "its block is out of range")?;
    let body = usize::try_from(block.bodyLength()).map_err(|_| "its block is out of range")?;
    let length = metadata.checked_add(body).filter(|&length| offset <= start && length <= start - offset);
    let data = bytes.slice_with_length(offset, length.ok_or("its block is out of range")?);
    let batch = decoder.read_record_batch(block, &data).map_err(|error| error.to_string())?;
    batch.ok_or_else(|| "it has no record batch".to_owned())
}

fn map(path: &Path) -> Result<Buffer> {
    let file = File::open(path).map_err(|error| Error::file(path, error))?;
    // SAFETY: files of an index are written under another name, renamed, and never changed in place.
    let map = unsafe { memmap2::Mmap::map(&file) }.map_err(|error| Error::file(path, error))?;
    Ok(Buffer::from(bytes::Bytes::from_owner(map)))
}

fn hex(hash: u64) -> String {
    format!("{hash:016x}")
}

/// Bytes that are written and hashed at a time.
const PIECE: usize = 256 << 10;

struct Hashing {
    file: File,
    hash: XxHash3_64,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        // A piece that stays in the processor's cache between the two.
        let written = self.file.write(&bytes[..bytes.len().min(PIECE)])?;
        self.hash.write(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::UInt64Array;
    use arrow_array::types::UInt64Type;

    fn written(rows: u64) -> (tempfile::TempDir, FileEntry) {
        let directory = tempfile::tempdir().unwrap();
        let column = Arc::new(UInt64Array::from_iter_values(0..rows));
        let entry = write(directory.path(), "t", vec![("x", column as ArrayRef)]).unwrap().0;
        (directory, entry)
    }

    #[test]
    fn what_is_written_is_read() {
        for rows in [0, 1, 1000, 3_000_000] {
            let (directory, entry) = written(rows);
            let batch = read(directory.path(), &entry, true).unwrap();
            let values = column::<UInt64Type>(&batch, "x").unwrap();
            assert!(values.iter().copied().eq(0..rows));
        }
    }

    #[test]
    fn a_changed_byte_is_noticed() {
        let (directory, entry) = written(1000);
        let path = directory.path().join(&entry.name);
        let bytes = std::fs::read(&path).unwrap();
        for position in (0..bytes.len()).step_by(97) {
            let mut changed = bytes.clone();
            changed[position] ^= 0x10;
            std::fs::write(&path, changed).unwrap();
            assert!(read(directory.path(), &entry, false).is_err(), "byte {position}");
        }
    }

    #[test]
    fn a_cut_file_is_noticed_even_when_its_entry_was_forged() {
        let (directory, _) = written(1000);
        let path = directory.path().join("t.arrow");
        let bytes = std::fs::read(&path).unwrap();
        for length in (0..bytes.len()).step_by(61) {
            std::fs::write(&path, &bytes[..length]).unwrap();
            let forged = FileEntry {
                name: "t.arrow".into(),
                bytes: length as u64,
                checksum: String::new(),
                sample: sample(&bytes[..length]),
            };
            assert!(read(directory.path(), &forged, false).is_err(), "{length} bytes");
        }
    }
}
