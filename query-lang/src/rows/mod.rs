//! The rows of functions in FROM, made one after the other and sent in batches.

mod arguments;
mod sink;
mod graph;
mod sets;
mod contents;
mod compare;

pub(crate) use arguments::Arguments;
pub(crate) use sink::{Cell, Sink};

use crate::dump::Dump;
use crate::functions::TableFunction;
use heapwise_engine::error::Result;
use heapwise_engine::language::Collections;
use heapwise_engine::table::Kind;
use std::sync::Arc;

/// A function with all that does not depend on rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Call {
    /// Which.
    pub(crate) function: TableFunction,
    /// In which dump.
    pub(crate) dump: Arc<Dump>,
    /// The dumps that it compares; else none.
    pub(crate) dumps: Vec<Arc<Dump>>,
    /// Names and kinds of its columns; the last numbers the rows of a call, from 0.
    pub(crate) columns: Vec<(String, Kind)>,
    /// Whether a call without rows gives one of nulls.
    pub(crate) outer: bool,
}

impl Call {
    /// The name in plans.
    pub(crate) fn name(&self) -> String {
        format!("{:?}", self.function).to_lowercase()
    }
}

/// Calls the function with the arguments of each of `count` rows.
///
/// # Errors
/// Those of the engine; [`heapwise_engine::error::Error::Interrupted`] when the query was stopped.
pub(crate) fn run(call: &Call, arguments: &Arguments, count: usize, sink: &mut Sink<'_>) -> Result<()> {
    use TableFunction::{
        BigDrops, Diff, Dominated, DominatorTree, Dominators, Edges, Elements, Entries, Fields, Growth,
        Inbound, LoaderDiff, MergedPaths, Outbound, PathTree, Paths, Reachable, RetainedSet, Statics,
        Suspects, WhatIf,
    };
    let mut paths = None;
    let collections = Collections::new(&call.dump.snapshot);
    for row in 0..count {
        sink.begin(row)?;
        if sink.is_done() {
            return Ok(());
        }
        match call.function {
            Paths => graph::paths(call, arguments, row, &mut paths, sink)?,
            Dominated => graph::dominated(call, arguments, row, sink)?,
            Dominators => graph::dominators(call, arguments, row, sink)?,
            DominatorTree => graph::dominator_tree(call, arguments, row, sink)?,
            BigDrops => graph::big_drops(call, arguments, row, sink)?,
            Outbound | Inbound => graph::references(call, arguments, row, sink)?,
            MergedPaths => sets::merged_paths(call, arguments, row, sink)?,
            RetainedSet => sets::retained_set(call, arguments, row, sink)?,
            WhatIf => sets::what_if(call, arguments, row, sink)?,
            Reachable => sets::reachable(call, arguments, row, sink)?,
            Entries => contents::entries(&collections, arguments, row, sink)?,
            Elements => contents::elements(&collections, call, arguments, row, sink)?,
            Fields | Statics => contents::fields(call, arguments, row, sink)?,
            Diff => compare::classes(call, sink)?,
            LoaderDiff => compare::loaders(call, sink)?,
            Growth => compare::growth(call, sink)?,
            Edges => compare::edges(call, sink)?,
            PathTree => compare::path_tree(call, sink)?,
            Suspects => compare::suspects(call, sink)?,
        }
        sink.end(row)?;
    }
    Ok(())
}
