//! Arrow's IPC file format and Parquet: batches go out as they come, with ids resolved.

use super::arrays::resolved;
use crate::failure::Result;
use crate::session::Dumps;
use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::io::Write;

/// Rows of a Parquet row group: what is held in memory until it is written.
const GROUP_ROWS: usize = 1 << 17;

/// Writes one answer in a binary format.
pub(super) struct Binary {
    names: Vec<String>,
    encoder: Encoder,
}

/// What makes bytes of batches, into a buffer that is emptied after each.
enum Encoder {
    Arrow(Box<FileWriter<Vec<u8>>>),
    Parquet(Box<ArrowWriter<Vec<u8>>>),
}

/// The schema of the columns of `schema` as they are written.
fn written(schema: &SchemaRef, names: &[String], dumps: &Dumps) -> Result<SchemaRef> {
    let empty = RecordBatch::new_empty(schema.clone());
    Ok(resolved(&empty, names, |field| dumps.of(field))?.schema())
}

impl Binary {
    /// An IPC file of the columns of `schema` under `names`.
    pub(super) fn arrow(schema: &SchemaRef, names: Vec<String>, dumps: &Dumps) -> Result<Binary> {
        let schema = written(schema, &names, dumps)?;
        let writer = FileWriter::try_new(Vec::new(), &schema)?;
        Ok(Binary { names, encoder: Encoder::Arrow(Box::new(writer)) })
    }

    /// A Parquet file of the columns of `schema` under `names`, compressed with Snappy.
    pub(super) fn parquet(schema: &SchemaRef, names: Vec<String>, dumps: &Dumps) -> Result<Binary> {
        let schema = written(schema, &names, dumps)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .build();
        let writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties))?;
        Ok(Binary { names, encoder: Encoder::Parquet(Box::new(writer)) })
    }

    pub(super) fn rows(&mut self, batch: &RecordBatch, dumps: &Dumps, out: &mut dyn Write) -> Result<()> {
        let batch = resolved(batch, &self.names, |field| dumps.of(field))?;
        let buffer = match &mut self.encoder {
            Encoder::Arrow(writer) => {
                writer.write(&batch)?;
                writer.get_mut()
            }
            Encoder::Parquet(writer) => {
                writer.write(&batch)?;
                writer.inner_mut()
            }
        };
        out.write_all(buffer)?;
        buffer.clear();
        Ok(())
    }

    pub(super) fn end(self, out: &mut dyn Write) -> Result<()> {
        let rest = match self.encoder {
            Encoder::Arrow(writer) => {
                let mut writer = writer;
                writer.finish()?;
                writer.into_inner()?
            }
            Encoder::Parquet(writer) => writer.into_inner()?,
        };
        Ok(out.write_all(&rest)?)
    }
}
