//! One table as one Arrow IPC file: written once, mapped when it is read.
#![expect(unsafe_code, reason = "maps files")]

use super::output::{Cached, Output, Written};
use crate::error::{Error, Result};
use arrow_array::cast::AsArray;
use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::{Buffer, ScalarBuffer};
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::root_as_footer;
use arrow_ipc::writer::FileWriter;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

/// So many bytes of small parts of a file are gathered.
const BUFFER: usize = 8 << 10;

/// Writes `columns` as the one record batch of a file at `path`, which is not yet on the disk.
pub(super) fn write(path: &Path, columns: Vec<(&str, ArrayRef)>, cached: Cached) -> Result<Written> {
    let fail = |error: arrow_schema::ArrowError| Error::index(path, error.to_string());
    let failed = |error| Error::file(path, error);
    let batch = RecordBatch::try_from_iter(columns).map_err(fail)?;
    let output = Output::create(path, cached).map_err(failed)?;
    let output = BufWriter::with_capacity(BUFFER, output);
    let mut writer = FileWriter::try_new(output, &batch.schema()).map_err(fail)?;
    writer.write(&batch).and_then(|()| writer.finish()).map_err(fail)?;
    let output = writer.into_inner().map_err(fail)?;
    output.into_inner().map_err(|error| error.into_error()).and_then(Output::finish).map_err(failed)
}

/// The record batch of `file`, which is at `path`, without a copy of its columns.
pub(super) fn read(file: &File, path: &Path) -> Result<RecordBatch> {
    // SAFETY: files of an index are written under another name, renamed, and never changed in place.
    let map = unsafe { memmap2::Mmap::map(file) }.map_err(|error| Error::file(path, error))?;
    let bytes = Buffer::from(bytes::Bytes::from_owner(map));
    decode(&bytes).map_err(|reason| Error::index(path, reason))
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

#[cfg(test)]
mod tests {
    use super::super::entry::FileEntry;
    use super::*;
    use arrow_array::UInt64Array;
    use arrow_array::types::UInt64Type;
    use std::path::PathBuf;
    use std::sync::atomic::AtomicU64;

    fn written(rows: u64, cached: Cached) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let column = Arc::new(UInt64Array::from_iter_values(0..rows));
        let path = directory.path().join("t.arrow");
        let written = write(&path, vec![("x", column as ArrayRef)], cached).unwrap();
        let found = FileEntry::of(directory.path(), "t.arrow").unwrap();
        assert_eq!((found.bytes, found.checksum), (written.bytes, format!("{:016x}", written.checksum)));
        (directory, path)
    }

    fn open(path: &Path) -> Result<RecordBatch> {
        read(&File::open(path).unwrap(), path)
    }

    #[test]
    fn what_is_written_is_read() {
        for pieces in [0, 3, 100] {
            for rows in [0, 1, 1000, 131_072, 3_000_000] {
                let left = AtomicU64::new(pieces << 20);
                let (_directory, path) = written(rows, Cached::Within(&left));
                let values = column::<UInt64Type>(&open(&path).unwrap(), "x").unwrap();
                assert!(values.iter().copied().eq(0..rows));
            }
        }
    }

    #[test]
    fn a_cut_file_is_noticed() {
        let (_directory, path) = written(1000, Cached::Whole);
        let bytes = std::fs::read(&path).unwrap();
        for length in (0..bytes.len()).step_by(61) {
            std::fs::write(&path, &bytes[..length]).unwrap();
            assert!(open(&path).is_err(), "{length} bytes");
        }
    }
}
