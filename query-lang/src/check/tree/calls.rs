//! Calls of aggregates, and calls over windows.

use super::{Expr, Sort};
use crate::functions::{Aggregate, Ranking};
use crate::syntax::ast::FrameUnit;

/// An aggregate function with its arguments; none counts rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AggregateCall {
    /// Which.
    pub(crate) function: Aggregate,
    /// Of what.
    pub(crate) arguments: Vec<Expr>,
    /// Of distinct values.
    pub(crate) distinct: bool,
    /// In which order values come.
    pub(crate) order: Vec<Sort>,
    /// Of which rows.
    pub(crate) filter: Option<Expr>,
}

/// A function over a window of rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WindowCall {
    /// What is computed.
    pub(crate) function: WindowFunction,
    /// Rows with the same values are seen together.
    pub(crate) partition: Vec<Expr>,
    /// In which order.
    pub(crate) order: Vec<Sort>,
    /// How much of the partition.
    pub(crate) frame: Option<Frame>,
    /// Whether the order of rows with equal keys matters.
    pub(crate) by_row: bool,
}

impl AggregateCall {
    /// All expressions in it.
    pub(crate) fn operands_mut(&mut self) -> Vec<&mut Expr> {
        let keys = self.order.iter_mut().map(|key| &mut key.expr);
        self.arguments.iter_mut().chain(keys).chain(&mut self.filter).collect()
    }
}

impl WindowCall {
    /// All expressions in it.
    pub(crate) fn operands_mut(&mut self) -> Vec<&mut Expr> {
        let arguments = match &mut self.function {
            WindowFunction::Aggregate(call) => call.operands_mut(),
            WindowFunction::Ranking(_, arguments) => arguments.iter_mut().collect(),
        };
        let keys = self.order.iter_mut().map(|key| &mut key.expr);
        arguments.into_iter().chain(&mut self.partition).chain(keys).collect()
    }
}

/// What is computed over a window.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WindowFunction {
    /// An aggregate of the frame.
    Aggregate(AggregateCall),
    /// Something of the row's place.
    Ranking(Ranking, Vec<Expr>),
}

/// The frame of a window; offsets are numbers of rows or groups, or distances of keys.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    /// What the ends count.
    pub(crate) unit: FrameUnit,
    /// The first row.
    pub(crate) start: FrameEnd,
    /// The last row.
    pub(crate) end: FrameEnd,
}

/// An end of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum FrameEnd {
    /// So many before; `None`: the first.
    Preceding(Option<u64>),
    /// The current row.
    Current,
    /// So many after; `None`: the last.
    Following(Option<u64>),
}
