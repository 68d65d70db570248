//! Sets: queries that run before the plan, so that functions get all their objects at once.

use super::Planner;
use super::expr::null;
use crate::check::tree::Query;
use crate::error::{Diagnostic, Result};
use arrow_array::{Array, ArrayRef, ListArray};
use arrow_buffer::OffsetBuffer;
use arrow_schema::Field;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::Expr as Planned;
use heapwise_engine::table::Kind;
use std::sync::Arc;

impl Planner<'_> {
    /// A column of the rows of a query, as the literal of a list.
    pub(super) fn set_literal(
        &self,
        query: &Arc<Query>,
        column: usize,
        kind: Option<Kind>,
    ) -> Result<Planned> {
        let Some(Kind::List(item)) = kind else { return Ok(null(kind)) };
        let place = Arc::as_ptr(query);
        if !self.sets.borrow().contains_key(&place) {
            let rows = (self.evaluate)(query)?;
            self.sets.borrow_mut().insert(place, rows);
        }
        let sets = self.sets.borrow();
        let batches = sets.get(&place).map(Vec::as_slice).unwrap_or_default();
        let parts: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(column).as_ref()).collect();
        let failed = |error: arrow_schema::ArrowError| Diagnostic::run(self.span, error.to_string());
        let values: ArrayRef = match parts.as_slice() {
            [] => arrow_array::new_empty_array(&item.data_type()),
            parts => arrow_select::concat::concat(parts).map_err(failed)?,
        };
        if i32::try_from(values.len()).is_err() {
            return Err(Diagnostic::run(self.span, "a set of more than 2^31 objects does not fit"));
        }
        let field = Arc::new(Field::new_list_field(item.data_type(), true));
        let offsets = OffsetBuffer::from_lengths([values.len()]);
        let list = ListArray::try_new(field, offsets, values, None).map_err(failed)?;
        Ok(Planned::Literal(ScalarValue::List(Arc::new(list)), None))
    }
}
