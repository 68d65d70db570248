//! Aggregates and calls over windows in plans.

use super::{Planner, name};
use crate::check::tree::{
    AggregateCall, ColumnId, Frame, FrameEnd, Select, Sort, WindowCall, WindowFunction,
};
use crate::error::Result;
use crate::functions::{Aggregate, Ranking};
use crate::syntax::ast::FrameUnit;
use datafusion::common::{Column, ScalarValue};
use datafusion::functions_aggregate as aggregates;
use datafusion::functions_window as windows;
use datafusion::logical_expr::expr::{
    AggregateFunction, NullTreatment, WindowFunction as Windowed, WindowFunctionParams,
};
use datafusion::logical_expr::{
    AggregateUDF, Expr as Planned, LogicalPlanBuilder, SortExpr, WindowFrame, WindowFrameBound,
    WindowFrameUnits, WindowFunctionDefinition, WindowUDF, cast, lit,
};
use heapwise_engine::table::Kind;
use std::sync::Arc;

impl Planner<'_> {
    /// The planned form of an aggregate.
    pub(super) fn aggregate(&self, call: &AggregateCall) -> Result<Planned> {
        let parts = self.parts(call)?;
        let call = AggregateFunction::new_udf(
            parts.function,
            parts.arguments,
            parts.distinct,
            parts.filter,
            parts.order,
            parts.nulls,
        );
        Ok(Planned::AggregateFunction(call))
    }

    fn parts(&self, call: &AggregateCall) -> Result<Parts> {
        let mut arguments = self.all(&call.arguments)?;
        let numeric = matches!(
            call.function,
            Aggregate::Median
                | Aggregate::Percentile
                | Aggregate::ApproxPercentile
                | Aggregate::StdDev
                | Aggregate::Variance
        );
        if numeric {
            let float = |argument| cast(argument, Kind::Float.data_type());
            arguments = arguments.into_iter().map(float).collect();
        }
        let mut order = self.sort_keys(&call.order)?;
        if let (Aggregate::Percentile | Aggregate::ApproxPercentile, Some(value)) =
            (call.function, arguments.first())
        {
            order = vec![SortExpr::new(value.clone(), true, false)];
        }
        if arguments.is_empty() {
            arguments.push(lit(1_i64));
        }
        let filter = call.filter.as_ref().map(|filter| self.expr(filter).map(Box::new)).transpose()?;
        let extreme = matches!(call.function, Aggregate::Min | Aggregate::Max | Aggregate::AnyValue);
        let nulls = (call.function == Aggregate::Collect).then_some(NullTreatment::IgnoreNulls);
        let function = aggregate(call.function);
        Ok(Parts { function, arguments, distinct: call.distinct && !extreme, filter, order, nulls })
    }

    /// The rows with a column for each call over a window.
    pub(super) fn windows(&self, plan: LogicalPlanBuilder, select: &Select) -> Result<LogicalPlanBuilder> {
        let before: Vec<Planned> = plan.schema().columns().into_iter().map(Planned::Column).collect();
        let mut keys = Vec::new();
        let calls = select.windows.iter().map(|(_, call)| self.window(call, &mut keys));
        let calls = calls.collect::<Result<Vec<_>>>()?;
        // Keys are columns: of others DataFusion may not see that the rows are sorted by them.
        let plan = match keys.is_empty() {
            true => plan,
            false => self.done(plan.project(before.iter().cloned().chain(keys).collect::<Vec<_>>()))?,
        };
        let input = plan.build().map_err(|error| self.failed(&error))?;
        // A plan gives such columns the text of the call as their name.
        let named = calls.iter().zip(&select.windows).map(|(planned, (id, call))| {
            let column = Planned::Column(Column::new_unqualified(planned.schema_name().to_string()));
            let column = if counts(&call.function) { cast(column, Kind::Count.data_type()) } else { column };
            column.alias(name(*id))
        });
        let named: Vec<Planned> = before.into_iter().chain(named).collect();
        let plan = self.done(LogicalPlanBuilder::window_plan(input, calls))?;
        self.done(LogicalPlanBuilder::from(plan).project(named))
    }

    /// The groups with counts that are signed, as all our counts are.
    pub(super) fn signed(
        &self,
        plan: LogicalPlanBuilder,
        aggregates: &[(ColumnId, AggregateCall)],
    ) -> Result<LogicalPlanBuilder> {
        let unsigned = |column: &Column| {
            let mut calls = aggregates.iter();
            calls.any(|(id, call)| call.function == Aggregate::ApproxDistinct && name(*id) == column.name)
        };
        if !plan.schema().columns().iter().any(unsigned) {
            return Ok(plan);
        }
        let columns = plan.schema().columns().into_iter().map(|column| match unsigned(&column) {
            true => cast(Planned::Column(column.clone()), Kind::Count.data_type()).alias(column.name),
            false => Planned::Column(column),
        });
        let columns: Vec<Planned> = columns.collect();
        self.done(plan.project(columns))
    }

    /// A call; what it is of, and those of its keys that are no columns, are added to `keys`.
    fn window(&self, call: &WindowCall, keys: &mut Vec<Planned>) -> Result<Planned> {
        let mut partition_by = self.all(&call.partition)?;
        let mut order_by = self.sort_keys(&call.order)?;
        partition_by
            .iter_mut()
            .chain(order_by.iter_mut().map(|key| &mut key.expr))
            .for_each(|key| column(key, keys));
        let mut params = WindowFunctionParams {
            args: Vec::new(),
            partition_by,
            order_by,
            window_frame: frame(call),
            filter: None,
            null_treatment: None,
            distinct: false,
        };
        let fun = match &call.function {
            WindowFunction::Aggregate(call) => {
                let parts = self.parts(call)?;
                params.args = parts.arguments;
                (params.filter, params.null_treatment) = (parts.filter, parts.nulls);
                params.distinct = parts.distinct;
                WindowFunctionDefinition::AggregateUDF(parts.function)
            }
            WindowFunction::Ranking(which, arguments) => {
                params.args = self.all(arguments)?;
                WindowFunctionDefinition::WindowUDF(ranking(*which))
            }
        };
        // What a call is of, too: calls that simplifying makes equal would be taken for one, and not be found again.
        let of = params.args.first_mut().filter(|_| !is_ntile(call));
        of.into_iter()
            .chain(params.filter.iter_mut().map(|filter| &mut **filter))
            .for_each(|x| column(x, keys));
        Ok(Planned::WindowFunction(Box::new(Windowed { fun, params })))
    }

    pub(super) fn sort_keys(&self, keys: &[Sort]) -> Result<Vec<SortExpr>> {
        let key = |key: &Sort| Ok(SortExpr::new(self.expr(&key.expr)?, !key.descending, key.nulls_first));
        keys.iter().map(key).collect()
    }
}

/// The number of parts stays a literal.
fn is_ntile(call: &WindowCall) -> bool {
    matches!(call.function, WindowFunction::Ranking(Ranking::Ntile, _))
}

/// A key as a column that `keys` makes.
fn column(key: &mut Planned, keys: &mut Vec<Planned>) {
    if matches!(key, Planned::Column(_) | Planned::Literal(..)) {
        return;
    }
    let name = format!("w{}", keys.len());
    let key = std::mem::replace(key, Planned::Column(Column::new_unqualified(name.as_str())));
    keys.push(key.alias(name));
}

/// What an aggregate consists of.
struct Parts {
    function: Arc<AggregateUDF>,
    arguments: Vec<Planned>,
    distinct: bool,
    filter: Option<Box<Planned>>,
    order: Vec<SortExpr>,
    nulls: Option<NullTreatment>,
}

fn aggregate(which: Aggregate) -> Arc<AggregateUDF> {
    match which {
        Aggregate::Count => aggregates::count::count_udaf(),
        Aggregate::Sum => aggregates::sum::sum_udaf(),
        Aggregate::Avg => aggregates::average::avg_udaf(),
        Aggregate::Min | Aggregate::AnyValue => aggregates::min_max::min_udaf(),
        Aggregate::Max => aggregates::min_max::max_udaf(),
        Aggregate::Median => aggregates::median::median_udaf(),
        Aggregate::Percentile => aggregates::percentile_cont::percentile_cont_udaf(),
        Aggregate::ApproxPercentile => aggregates::approx_percentile_cont::approx_percentile_cont_udaf(),
        Aggregate::ApproxDistinct => aggregates::approx_distinct::approx_distinct_udaf(),
        Aggregate::StdDev => aggregates::stddev::stddev_udaf(),
        Aggregate::Variance => aggregates::variance::var_samp_udaf(),
        Aggregate::Collect => aggregates::array_agg::array_agg_udaf(),
        Aggregate::Join => aggregates::string_agg::string_agg_udaf(),
        Aggregate::All => aggregates::bool_and_or::bool_and_udaf(),
        Aggregate::Any => aggregates::bool_and_or::bool_or_udaf(),
    }
}

/// Whether DataFusion gives an unsigned number.
fn counts(function: &WindowFunction) -> bool {
    use Ranking::{DenseRank, Ntile, Rank, RowNumber};
    match function {
        WindowFunction::Ranking(which, _) => matches!(which, RowNumber | Rank | DenseRank | Ntile),
        WindowFunction::Aggregate(call) => call.function == Aggregate::ApproxDistinct,
    }
}

fn ranking(which: Ranking) -> Arc<WindowUDF> {
    match which {
        Ranking::RowNumber => windows::row_number::row_number_udwf(),
        Ranking::Rank => windows::rank::rank_udwf(),
        Ranking::DenseRank => windows::rank::dense_rank_udwf(),
        Ranking::PercentRank => windows::rank::percent_rank_udwf(),
        Ranking::CumeDist => windows::cume_dist::cume_dist_udwf(),
        Ranking::Ntile => windows::ntile::ntile_udwf(),
        Ranking::Lag => windows::lead_lag::lag_udwf(),
        Ranking::Lead => windows::lead_lag::lead_udwf(),
        Ranking::First => windows::nth_value::first_value_udwf(),
        Ranking::Last => windows::nth_value::last_value_udwf(),
        Ranking::Nth => windows::nth_value::nth_value_udwf(),
    }
}

fn frame(call: &WindowCall) -> WindowFrame {
    let Some(frame) = &call.frame else {
        let strict = call.by_row && !call.order.is_empty();
        return WindowFrame::new((!call.order.is_empty()).then_some(strict));
    };
    let units = match frame.unit {
        FrameUnit::Rows => WindowFrameUnits::Rows,
        FrameUnit::Range => WindowFrameUnits::Range,
        FrameUnit::Groups => WindowFrameUnits::Groups,
    };
    WindowFrame::new_bounds(units, bound(frame, call, frame.start), bound(frame, call, frame.end))
}

fn bound(frame: &Frame, call: &WindowCall, end: FrameEnd) -> WindowFrameBound {
    // Distances of keys have the type of the key; rows and groups are counted.
    let float = call.order.first().is_some_and(|key| key.expr.ty.is(Kind::Float));
    let distance = |count: Option<u64>| match frame.unit {
        FrameUnit::Range => {
            let signed = count.map(|count| i64::try_from(count).unwrap_or(i64::MAX));
            #[expect(clippy::cast_precision_loss, reason = "a distance between floats")]
            let as_float = count.map(|count| count as f64);
            if float { ScalarValue::Float64(as_float) } else { ScalarValue::Int64(signed) }
        }
        _ => ScalarValue::UInt64(count),
    };
    match end {
        FrameEnd::Preceding(count) => WindowFrameBound::Preceding(distance(count)),
        FrameEnd::Current => WindowFrameBound::CurrentRow,
        FrameEnd::Following(count) => WindowFrameBound::Following(distance(count)),
    }
}
