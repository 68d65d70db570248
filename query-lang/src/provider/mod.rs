//! Sources as DataFusion scans them: in parallel, in the order of rows, and no more of them than a query needs.
//!
//! Conditions are evaluated within the scan, chunk by chunk and the cheap ones first; other columns are read for the
//! rows that are left. Of a query that sorts and takes a few rows, each chunk gives only those that can be among them.

mod filter;
mod best;
mod part;
mod exec;
mod table;
mod rule;

pub(crate) use rule::BestRows;
pub(crate) use table::Provider;
