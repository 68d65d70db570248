//! Writes an answer in one of the formats, as its batches arrive, up to a limit.

use super::binary::Binary;
use super::cell::{Heading, headings};
use super::columns::Columns;
use super::csv::Csv;
use super::json::Json;
use super::number::thousands;
use super::sink::Sink;
use super::table::Table;
use crate::args::Format;
use crate::failure::Result;
use crate::interrupt;
use crate::session::{Answer, Dumps};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// How long to go on counting rows that are not shown, so as to say how many there are.
const COUNTING: Duration = Duration::from_millis(100);

/// How to show an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// The format.
    pub(crate) format: Format,
    /// The most rows to show; `None` for all.
    pub(crate) limit: Option<u64>,
    /// What the user writes to see all: `--limit 0`, or `:limit 0` at the prompt.
    pub(crate) show_all: &'static str,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The rows.
    pub(crate) rows: u64,
    /// The rows that the limit kept out.
    pub(crate) more: More,
}

/// The rows beyond a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum More {
    /// None: the answer is whole.
    #[default]
    None,
    /// This many.
    Exactly(u64),
    /// At least this many; counting the rest would take long.
    AtLeast(u64),
}

/// Writes `answer` to `sink`.
pub(crate) fn write(answer: Answer, view: View, dumps: &Dumps, sink: &mut Sink) -> Result<Shown> {
    let mut writer = Writer::new(view.format, &answer.schema, dumps, sink)?;
    let mut batches = answer.batches;
    let mut shown = Shown::default();
    let mut hidden = 0;
    while hidden == 0
        && let Some(batch) = batches.next()
    {
        interrupt::check()?;
        let batch = batch?;
        let left = view.limit.map_or(u64::MAX, |limit| limit - shown.rows);
        let rows = batch.num_rows().min(usize::try_from(left).unwrap_or(usize::MAX));
        writer.rows(&batch.slice(0, rows), dumps, sink)?;
        sink.flush()?;
        shown.rows += rows as u64;
        hidden = (batch.num_rows() - rows) as u64;
    }
    writer.end(sink)?;
    // The rows are on the screen before those that are not are counted.
    sink.flush()?;
    if hidden > 0 {
        shown.more = match answer.total {
            Some(total) => More::Exactly(total - shown.rows),
            None => count(hidden, batches)?,
        };
    }
    if view.format == Format::Table {
        shown.write_more(view.show_all, sink)?;
    }
    Ok(shown)
}

/// Counts rows for a while.
fn count(seen: u64, batches: impl Iterator<Item = Result<RecordBatch>>) -> Result<More> {
    let deadline = Instant::now() + COUNTING;
    let mut rows = seen;
    for batch in batches {
        rows += batch?.num_rows() as u64;
        if Instant::now() >= deadline {
            return Ok(More::AtLeast(rows));
        }
    }
    Ok(More::Exactly(rows))
}

impl Shown {
    fn write_more(self, show_all: &str, out: &mut dyn Write) -> io::Result<()> {
        match self.more {
            More::None => Ok(()),
            More::Exactly(1) => writeln!(out, "… 1 more row; {show_all} shows all"),
            More::Exactly(rows) => writeln!(out, "… {} more rows; {show_all} shows all", thousands(rows)),
            More::AtLeast(_) => writeln!(out, "… more rows; {show_all} shows all"),
        }
    }
}

/// The writer of one format.
enum Writer {
    Table(Table),
    Json(Json),
    Csv(Csv),
    Binary(Binary),
    /// Of a statement that answers nothing.
    Nothing,
}

impl Writer {
    fn new(format: Format, schema: &SchemaRef, dumps: &Dumps, sink: &mut Sink) -> Result<Writer> {
        let headings = headings(schema);
        if headings.is_empty() {
            return Ok(Writer::Nothing);
        }
        let names = |headings: Vec<Heading>| headings.into_iter().map(|heading| heading.name).collect();
        Ok(match format {
            Format::Table => Writer::Table(Table::new(headings, sink.begin_table())),
            Format::Json => Writer::Json(Json::new(&headings, false)?),
            Format::JsonLines => Writer::Json(Json::new(&headings, true)?),
            Format::Csv => Writer::Csv(Csv::new(&headings, sink)?),
            Format::Arrow => Writer::Binary(Binary::arrow(schema, names(headings), dumps)?),
            Format::Parquet => Writer::Binary(Binary::parquet(schema, names(headings), dumps)?),
        })
    }

    fn rows(&mut self, batch: &RecordBatch, dumps: &Dumps, out: &mut dyn Write) -> Result<()> {
        if let Writer::Binary(binary) = self {
            return binary.rows(batch, dumps, out);
        }
        let columns = Columns::new(batch, matches!(self, Writer::Table(_)), |field| dumps.of(field))?;
        let mut cells = Vec::new();
        for row in 0..batch.num_rows() {
            columns.read(row, &mut cells);
            match self {
                Writer::Table(table) => table.row(&cells, out)?,
                Writer::Json(json) => json.row(&cells, out)?,
                Writer::Csv(csv) => csv.row(&cells, out)?,
                Writer::Binary(_) | Writer::Nothing => {}
            }
        }
        Ok(())
    }

    fn end(self, out: &mut dyn Write) -> Result<()> {
        match self {
            Writer::Table(mut table) => Ok(table.end(out)?),
            Writer::Json(mut json) => Ok(json.end(out)?),
            Writer::Binary(binary) => binary.end(out),
            Writer::Csv(_) | Writer::Nothing => Ok(()),
        }
    }
}
