//! For each row of a relation the rows of a function: a node of ours in DataFusion's plans.
//!
//! It stands for what SQL calls LATERAL: the arguments of the function may be columns of the relation. Rows come in the
//! order of the relation and, for each of its rows, in that of the function.

mod node;
mod exec;
mod planner;

pub(crate) use node::ApplyNode;
pub(crate) use planner::ApplyPlanner;
