//! Arrow and Parquet files hold the rows that JSON shows.

use crate::program::run;
use crate::sample::sample;
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt64Type};
use arrow_ipc::reader::FileReader;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use std::fs::File;
use std::path::Path;

const QUERY: &str = "SELECT e, e.@class AS class, e.@shallow AS bytes, outbounds(e) AS held \
                     FROM com.acme.Entry e ORDER BY e.@address";

fn arrow(file: &Path) -> Vec<RecordBatch> {
    let reader = FileReader::try_new(File::open(file).unwrap(), None).unwrap();
    reader.collect::<Result<_, _>>().unwrap()
}

fn parquet(file: &Path) -> Vec<RecordBatch> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap();
    reader.build().unwrap().collect::<Result<_, _>>().unwrap()
}

/// The rows of a batch in JSON's form.
fn rows(batch: &RecordBatch) -> Vec<Value> {
    let object = |column: &dyn arrow_array::Array, row: usize| {
        let parts = column.as_struct();
        let class = parts.column(0).as_string::<i32>().value(row);
        let address = parts.column(1).as_primitive::<UInt64Type>().value(row);
        serde_json::json!({"class": class, "address": format!("{address:#x}")})
    };
    let row = |row: usize| {
        let held = batch.column(3).as_list::<i32>().value(row);
        serde_json::json!({
            "e": object(batch.column(0), row),
            "class": batch.column(1).as_string::<i32>().value(row),
            "bytes": batch.column(2).as_primitive::<Int64Type>().value(row),
            "held": (0..held.len()).map(|item| object(&held, item)).collect::<Vec<_>>(),
        })
    };
    (0..batch.num_rows()).map(row).collect()
}

#[test]
fn binary_files_hold_what_json_shows() {
    let sample = sample();
    let directory = sample.directory.path();
    let query = |arguments: &[&str]| {
        let ran = run(directory, &[&["query", "a.hprof", QUERY, "--format"], arguments].concat(), "");
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out
    };
    let expected: Vec<Value> = serde_json::from_str(&query(&["json"])).unwrap();
    query(&["arrow", "-o", "rows.arrow"]);
    query(&["parquet", "-o", "rows.parquet"]);
    for batches in [arrow(&directory.join("rows.arrow")), parquet(&directory.join("rows.parquet"))] {
        assert_eq!(batches.iter().flat_map(rows).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_file_holds_one_answer_and_an_empty_one_has_its_columns() {
    let sample = sample();
    let directory = sample.directory.path();
    let two = run(directory, &["query", "a.hprof", "SELECT 1; SELECT 2", "--format", "arrow", "-o", "x"], "");
    assert_eq!(two.code, 2, "{two:?}");
    assert!(two.err.contains("one answer") && !directory.join("x").exists(), "{two:?}");
    let none = "SELECT e FROM com.acme.Entry e WHERE false";
    let ran = run(directory, &["query", "a.hprof", none, "--format", "parquet", "-o", "x"], "");
    assert_eq!(ran.code, 0, "{ran:?}");
    let file = ParquetRecordBatchReaderBuilder::try_new(File::open(directory.join("x")).unwrap()).unwrap();
    assert_eq!(file.schema().field(0).name(), "e");
    assert!(parquet(&directory.join("x")).is_empty());
}
