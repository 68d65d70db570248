//! One part of a scan: every n-th chunk of a source, ascending.

use super::best::Search;
use super::exec::Scan;
use crate::source::Chosen;
use crate::udf::external;
use arrow_array::RecordBatch;
use datafusion::common::Result;
use heapwise_engine::error::Error;
use std::sync::Arc;

/// Rows of a dense source that are read at a time: enough to keep vectors busy, little enough for LIMIT.
const ROWS: u64 = 16 << 10;
/// Ids that are searched at a time for objects of some classes.
const IDS: u64 = 64 << 10;
/// Fewer rows than this are gathered before a batch goes on.
const MIN_ROWS: usize = 4 << 10;

/// Every `step`-th chunk of a source, read as it is asked for.
#[derive(Debug)]
pub(super) struct Part {
    scan: Arc<Scan>,
    search: Option<Search>,
    next: u64,
    step: u64,
}

/// How many chunks a scan has.
pub(super) fn chunks(scan: &Scan) -> u64 {
    scan.source.units().div_ceil(chunk(scan)).max(1)
}

fn chunk(scan: &Scan) -> u64 {
    if scan.source.is_dense() { ROWS } else { IDS }
}

impl Part {
    /// The chunks `first`, `first + step` …
    pub(super) fn new(scan: Arc<Scan>, first: u64, step: u64) -> Part {
        let search = scan.best.as_ref().map(super::best::Best::search);
        Part { scan, search, next: first, step }
    }

    /// The next batch; `None` at the end and after an error.
    pub(super) fn batch(&mut self) -> Option<Result<RecordBatch>> {
        let batch = self.read().transpose();
        if matches!(batch, Some(Err(_))) {
            self.next = u64::MAX;
        }
        batch
    }

    fn read(&mut self) -> Result<Option<RecordBatch>> {
        let scan = Arc::clone(&self.scan);
        let mut rows = Chosen::default();
        while rows.len() < MIN_ROWS && self.next < chunks(&scan) {
            if scan.cancel.is_cancelled() {
                return Err(external(Error::Interrupted));
            }
            let chunk = chunk(&scan);
            let found = self.kept(scan.source.chosen(self.next * chunk..(self.next + 1) * chunk))?;
            self.next = self.next.saturating_add(self.step);
            rows = rows.and(found);
            // Rows of a table are read with those between them, which those of two chunks are far apart for.
            if !rows.is_empty() && rows.are_of_a_table() {
                break;
            }
        }
        if rows.is_empty() {
            return Ok(None);
        }
        scan.source.read(&scan.schema, &scan.columns, &rows).map(Some).map_err(external)
    }

    /// Those for which the conditions hold.
    fn kept(&mut self, mut rows: Chosen) -> Result<Chosen> {
        for filter in &self.scan.filters {
            if rows.is_empty() {
                return Ok(rows);
            }
            rows = filter.kept(&self.scan.source, rows)?;
        }
        match &mut self.search {
            Some(search) if !rows.is_empty() => search.kept(&self.scan.source, rows),
            _ => Ok(rows),
        }
    }
}
