//! Typed tree to DataFusion's logical plan. Every column goes by its own number, so that no name can clash.

mod calls;
mod expr;
mod late;
mod relation;
mod scalar;
mod set;

use crate::cancel::CancelToken;
use crate::check::tree::{Body, ColumnId, Query, Select, Sort};
use crate::error::{Diagnostic, Result, Span};
use crate::syntax::ast::SetOperation;
use arrow_array::RecordBatch;
use arrow_schema::{Schema, SchemaRef};
use datafusion::common::{Column, DataFusionError};
use datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, SortExpr};
use heapwise_engine::error::Error;
use heapwise_engine::table::Kind;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// The key of a field's metadata that holds the alias of the dump whose objects or classes it shows.
pub const DUMP_KEY: &str = "heapwise.dump";

/// Plans to be run one after the other, and what their rows are.
#[derive(Debug)]
pub(crate) struct Program {
    /// The plans; more than one for a UNION ALL without ORDER BY.
    pub(crate) parts: Vec<LogicalPlan>,
    /// Rows to leave out at the start of all of them.
    pub(crate) offset: usize,
    /// Rows to give of all of them.
    pub(crate) limit: Option<usize>,
    /// Names, types and kinds of the columns.
    pub(crate) schema: SchemaRef,
}

/// Runs a query that others need the rows of before they can be planned.
pub(crate) type Evaluate<'a> = dyn Fn(&Query) -> Result<Vec<RecordBatch>> + 'a;

/// The program of a query; `span` is the statement's.
pub(crate) fn plan(
    query: &Query,
    span: Span,
    cancel: &CancelToken,
    evaluate: &Evaluate<'_>,
) -> Result<Program> {
    let planner = Planner { cancel, span, evaluate, sets: RefCell::new(HashMap::new()) };
    let mut operands = Vec::new();
    operands_of(query, &mut operands);
    let several = operands.len() > 1;
    let parts = operands.into_iter().map(|operand| planner.top(operand)).collect::<Result<_>>()?;
    let fields: Vec<_> = query
        .output
        .iter()
        .map(|output| {
            let kind = output.ty.kind.unwrap_or(Kind::Text);
            let mut field = kind.field(&output.name);
            if let Some(dump) = &output.ty.dump {
                let mut metadata = field.metadata().clone();
                metadata.insert(DUMP_KEY.to_owned(), dump.alias.clone());
                field = field.with_metadata(metadata);
            }
            field
        })
        .collect();
    let (offset, limit) = if several { (query.offset.unwrap_or(0), query.limit) } else { (0, None) };
    Ok(Program { parts, offset, limit, schema: Arc::new(Schema::new(fields)) })
}

/// The operands of a UNION ALL whose order is theirs, one after the other.
fn operands_of<'q>(query: &'q Query, operands: &mut Vec<&'q Query>) {
    match &query.body {
        Body::Set(SetOperation::Union, true, left, right) if query.written_keys == 0 => {
            for side in [left, right] {
                match side.limit.is_none() && side.offset.is_none() {
                    true => operands_of(side, operands),
                    false => operands.push(side),
                }
            }
        }
        _ => operands.push(query),
    }
}

/// Makes plans for one statement.
struct Planner<'a> {
    cancel: &'a CancelToken,
    span: Span,
    evaluate: &'a Evaluate<'a>,
    /// The rows of sets that were computed, by where their query lies.
    sets: RefCell<HashMap<*const Query, Vec<RecordBatch>>>,
}

impl Planner<'_> {
    /// The plan of a whole statement: sorted, and with the storage types of its kinds.
    fn top(&self, query: &Query) -> Result<LogicalPlan> {
        let plan = self.query(query, true)?;
        let items = query.output.iter().map(|output| {
            let data_type = output.ty.kind.unwrap_or(Kind::Text).data_type();
            datafusion::logical_expr::cast(col(output.id), data_type).alias(name(output.id))
        });
        self.done(plan.project(items.collect::<Vec<_>>()))?.build().map_err(|error| self.failed(&error))
    }

    /// The plan of a query. Rows inside others need an order only where it decides which of them come.
    fn query(&self, query: &Query, top: bool) -> Result<LogicalPlanBuilder> {
        let ordered = top || query.limit.is_some() || query.offset.is_some();
        let sort: &[Sort] = if ordered { &query.sort } else { &[] };
        match &query.body {
            Body::Select(select) if !select.distinct && query.limit.is_none() => {
                let plan = self.items_then_sorted(self.input(select)?, select, sort)?;
                self.limited(plan, query)
            }
            Body::Select(select) if !select.distinct => {
                let plan = self.input(select)?;
                let plan = self.limited(self.sorted(plan, sort)?, query)?;
                if query.written_keys > 0 {
                    self.items(plan, &late::gathered(select))
                } else {
                    self.items(plan, select)
                }
            }
            Body::Select(select) => {
                let plan = self.items(self.input(select)?, select)?;
                let plan = self.done(plan.distinct())?;
                self.limited(self.sorted(plan, sort)?, query)
            }
            Body::Set(operation, all, left, right) => {
                let plan = self.set(*operation, *all, left, right, query)?;
                self.limited(self.sorted(plan, sort)?, query)
            }
        }
    }

    /// Everything of a SELECT up to HAVING.
    fn input(&self, select: &Select) -> Result<LogicalPlanBuilder> {
        let mut plan = self.relation(&select.relation)?;
        if let Some(filter) = &select.filter {
            plan = self.done(plan.filter(self.expr(filter)?))?;
        }
        if select.grouped {
            plan = self.grouped(plan, select)?;
        }
        if let Some(having) = &select.having {
            plan = self.done(plan.filter(self.expr(having)?))?;
        }
        if !select.windows.is_empty() {
            plan = self.windows(plan, select)?;
        }
        Ok(plan)
    }

    fn grouped(&self, plan: LogicalPlanBuilder, select: &Select) -> Result<LogicalPlanBuilder> {
        let keys = select.keys.iter().map(|(id, key)| Ok(self.expr(key)?.alias(name(*id))));
        let calls = select.aggregates.iter().map(|(id, call)| Ok(self.aggregate(call)?.alias(name(*id))));
        let keys = keys.collect::<Result<Vec<Expr>>>()?;
        let mut calls = calls.collect::<Result<Vec<Expr>>>()?;
        if keys.is_empty() && calls.is_empty() {
            calls.push(datafusion::functions_aggregate::expr_fn::count(datafusion::logical_expr::lit(1_i64)));
        }
        let of_all = keys.is_empty();
        let mut plan = self.done(plan.aggregate(keys, calls))?;
        if of_all {
            // DataFusion pushes conditions without columns below, where they do not take away the one row; not past a limit.
            plan = self.done(plan.limit(0, Some(1)))?;
        }
        self.signed(plan, &select.aggregates)
    }

    fn items(&self, plan: LogicalPlanBuilder, select: &Select) -> Result<LogicalPlanBuilder> {
        let items = select.items.iter().map(|(id, item)| Ok(self.expr(item)?.alias(name(*id))));
        let items = items.collect::<Result<Vec<Expr>>>()?;
        self.done(plan.project(items))
    }

    /// The items are computed below the sort, where all threads work; what only sorts goes along and is dropped.
    ///
    /// With a limit it is the other way round: the sort comes first and spares the items of all other rows.
    fn items_then_sorted(
        &self,
        plan: LogicalPlanBuilder,
        select: &Select,
        sort: &[Sort],
    ) -> Result<LogicalPlanBuilder> {
        let mut items = Vec::new();
        for (id, item) in &select.items {
            items.push(self.expr(item)?.alias(name(*id)));
        }
        let mut keys = Vec::new();
        for (i, key) in sort.iter().enumerate() {
            let expr = self.expr(&key.expr)?;
            if matches!(expr, Expr::Literal(..)) || keys.iter().any(|(_, _, other)| *other == expr) {
                continue;
            }
            let place = format!("k{i}");
            items.push(expr.clone().alias(place.as_str()));
            keys.push((place, key, expr));
        }
        if keys.is_empty() {
            return self.done(plan.project(items));
        }
        let plan = self.done(plan.project(items))?;
        let keys = keys.into_iter().map(|(place, key, _)| {
            let column = Expr::Column(Column::new_unqualified(place));
            SortExpr::new(column, !key.descending, key.nulls_first)
        });
        let plan = self.done(plan.sort(keys.collect::<Vec<_>>()))?;
        self.done(plan.project(select.items.iter().map(|(id, _)| col(*id)).collect::<Vec<_>>()))
    }

    /// Keys are columns, which a projection adds where they are none: of others DataFusion may not see that rows are
    /// sorted by them, and rows without columns it does not sort.
    fn sorted(&self, plan: LogicalPlanBuilder, sort: &[Sort]) -> Result<LogicalPlanBuilder> {
        let mut keys: Vec<SortExpr> = Vec::new();
        for key in sort {
            let expr = self.expr(&key.expr)?;
            let constant = matches!(expr, Expr::Literal(..));
            if !constant && !keys.iter().any(|other| other.expr == expr) {
                keys.push(SortExpr::new(expr, !key.descending, key.nulls_first));
            }
        }
        if keys.is_empty() {
            return Ok(plan);
        }
        let mut columns: Vec<Expr> = plan.schema().columns().into_iter().map(Expr::Column).collect();
        let before = columns.len();
        for (i, key) in keys.iter_mut().enumerate() {
            if !matches!(key.expr, Expr::Column(_)) {
                let place = format!("k{i}");
                let column = Expr::Column(Column::new_unqualified(place.as_str()));
                columns.push(std::mem::replace(&mut key.expr, column).alias(place));
            }
        }
        let plan = if columns.len() > before { self.done(plan.project(columns))? } else { plan };
        self.done(plan.sort(keys))
    }

    fn limited(&self, plan: LogicalPlanBuilder, query: &Query) -> Result<LogicalPlanBuilder> {
        match (query.offset, query.limit) {
            (None, None) => Ok(plan),
            (offset, limit) => self.done(plan.limit(offset.unwrap_or(0), limit)),
        }
    }

    fn set(
        &self,
        operation: SetOperation,
        all: bool,
        left: &Query,
        right: &Query,
        whole: &Query,
    ) -> Result<LogicalPlanBuilder> {
        let side = |query: &Query| {
            let renamed = query.output.iter().zip(&whole.output).map(|(from, to)| {
                let data_type = to.ty.kind.unwrap_or(Kind::Text).data_type();
                datafusion::logical_expr::cast(col(from.id), data_type).alias(name(to.id))
            });
            self.done(self.query(query, false)?.project(renamed.collect::<Vec<_>>()))
        };
        let (left, right) = (side(left)?, side(right)?);
        let right = right.build().map_err(|error| self.failed(&error))?;
        match (operation, all) {
            (SetOperation::Union, true) => self.done(left.union(right)),
            (SetOperation::Union, false) => self.done(left.union_distinct(right)),
            (operation, all) => {
                let (left, right) = if all {
                    (self.numbered(left)?, self.numbered(right.into())?)
                } else {
                    (left, right.into())
                };
                let left = left.build().map_err(|error| self.failed(&error))?;
                let right = right.build().map_err(|error| self.failed(&error))?;
                let joined = match operation {
                    SetOperation::Intersect => LogicalPlanBuilder::intersect(left, right, all),
                    _ => LogicalPlanBuilder::except(left, right, all),
                };
                let plan = LogicalPlanBuilder::from(joined.map_err(|error| self.failed(&error))?);
                self.done(plan.project(whole.output.iter().map(|output| col(output.id)).collect::<Vec<_>>()))
            }
        }
    }

    /// The rows, repeats numbered, by which DataFusion's INTERSECT ALL and EXCEPT ALL tell how often a row comes.
    fn numbered(&self, plan: LogicalPlanBuilder) -> Result<LogicalPlanBuilder> {
        let columns: Vec<Expr> = plan.schema().columns().into_iter().map(Expr::Column).collect();
        let number =
            datafusion::functions_window::expr_fn::row_number().partition_by(columns.clone()).build();
        let number = self.done(number)?;
        let name = number.schema_name().to_string();
        let plan = self.done(plan.window([number]))?;
        let number = Expr::Column(Column::new_unqualified(name)).alias("number");
        self.done(plan.project(columns.into_iter().chain([number]).collect::<Vec<_>>()))
    }

    fn done<T>(&self, result: datafusion::common::Result<T>) -> Result<T> {
        result.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &DataFusionError) -> Diagnostic {
        failed(self.span, error)
    }
}

/// The name of a column in plans.
fn name(id: ColumnId) -> String {
    format!("c{}", id.0)
}

/// A column in plans.
fn col(id: ColumnId) -> Expr {
    Expr::Column(Column::new_unqualified(name(id)))
}

/// What DataFusion could not do, as a diagnostic on the statement.
pub(crate) fn failed(span: Span, error: &DataFusionError) -> Diagnostic {
    match error.find_root() {
        DataFusionError::External(inner) => match inner.downcast_ref::<Error>() {
            Some(error) => crate::check::failed(span, error),
            None => Diagnostic::run(span, inner.to_string()),
        },
        DataFusionError::ResourcesExhausted(reason) => {
            Diagnostic::run(span, format!("the memory limit is reached: {}", first_line(reason))).hint(
                "raise it with --memory-limit, or select fewer columns or rows before sorting and grouping",
            )
        }
        DataFusionError::NotImplemented(reason) if reason.contains("ubquery") => {
            Diagnostic::run(span, "a sub-query cannot stand in this place yet")
                .hint("join with the sub-query in FROM, or compare with it in WHERE")
        }
        DataFusionError::NotImplemented(reason) => {
            Diagnostic::run(span, format!("this form cannot be run yet: {}", first_line(reason)))
        }
        other => Diagnostic::run(span, first_line(&other.strip_backtrace())),
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
