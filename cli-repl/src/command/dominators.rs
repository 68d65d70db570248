//! `dominators`: the top of the dominator tree, the largest retained size first.

use crate::failure::Result;
use crate::session::{Answer, Dump};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, UInt32Array};
use arrow_schema::{Schema, SchemaRef};
use heapwise_engine::holders::dominated;
use heapwise_engine::id::ObjectId;
use heapwise_engine::store::Snapshot;
use heapwise_engine::table::Kind;
use std::sync::Arc;

/// Rows made at a time.
const BATCH_ROWS: usize = 8192;

/// The rows: object, shallow, retained, percent of all that is retained.
pub(crate) fn answer(dump: &Dump) -> Answer<'static> {
    let schema = Arc::new(Schema::new(vec![
        Kind::Object.field("object"),
        Kind::Bytes.field("shallow"),
        Kind::Bytes.field("retained"),
        Kind::Float.field("percent"),
    ]));
    let snapshot = dump.snapshot.clone();
    let tops = dominated(&snapshot, None, usize::MAX);
    let total = Some(tops.len() as u64);
    let starts = (0..tops.len()).step_by(BATCH_ROWS);
    let rows = schema.clone();
    let batches = starts.map(move |start| {
        let end = tops.len().min(start + BATCH_ROWS);
        batch(&snapshot, &tops[start..end], rows.clone())
    });
    Answer { schema, batches: Box::new(batches), total }
}

fn batch(snapshot: &Snapshot, objects: &[ObjectId], schema: SchemaRef) -> Result<RecordBatch> {
    let all = snapshot.info().retained_total;
    let bytes = |size: u64| i64::try_from(size).unwrap_or(i64::MAX);
    let retained = |id: &ObjectId| snapshot.retained(*id);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(UInt32Array::from_iter_values(objects.iter().map(|id| id.0))),
        Arc::new(Int64Array::from_iter_values(objects.iter().map(|id| bytes(snapshot.shallow(*id))))),
        Arc::new(Int64Array::from_iter_values(objects.iter().map(|id| bytes(retained(id))))),
        Arc::new(Float64Array::from_iter_values(objects.iter().map(|id| percent(retained(id), all)))),
    ];
    Ok(RecordBatch::try_new(schema, columns)?)
}

/// In hundredths of a percent, as exact as two decimals are.
fn percent(part: u64, all: u64) -> f64 {
    if all == 0 {
        return 0.0;
    }
    let hundredths = (u128::from(part) * 10_000 + u128::from(all) / 2) / u128::from(all);
    // A part of the whole: at most 10,000.
    f64::from(u32::try_from(hundredths).unwrap_or(u32::MAX)) / 100.0
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn percents_have_two_decimals() {
        for (part, all, expected) in
            [(0, 0, 0.0), (1, 3, 33.33), (2, 3, 66.67), (u64::MAX, u64::MAX, 100.0), (1, 1_000_000, 0.0)]
        {
            assert!((percent(part, all) - expected).abs() < 1e-9, "{part} of {all}");
        }
    }
}
