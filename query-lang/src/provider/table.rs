//! A source under the column names of a plan.

use super::exec::ScanExec;
use crate::cancel::CancelToken;
use crate::source::Source;
use arrow_schema::{Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Result, project_schema};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

/// A source under the column names of a plan.
#[derive(Debug)]
pub(crate) struct Provider {
    source: Arc<Source>,
    schema: SchemaRef,
    cancel: CancelToken,
}

impl Provider {
    /// The source with one name for each of its columns.
    pub(crate) fn new(source: Source, names: &[String], cancel: &CancelToken) -> Provider {
        let order = source.order();
        let fields =
            names.iter().enumerate().map(|(i, name)| source.field(i, name).with_nullable(i != order));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Provider { source: Arc::new(source), schema, cancel: cancel.clone() }
    }
}

#[async_trait]
impl TableProvider for Provider {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let columns = match projection {
            Some(columns) => columns.clone(),
            None => (0..self.schema.fields().len()).collect(),
        };
        let schema = project_schema(&self.schema, projection)?;
        let threads = state.config().target_partitions();
        let scan = ScanExec::new(Arc::clone(&self.source), schema, columns, threads, self.cancel.clone());
        Ok(Arc::new(scan?.limited(limit)))
    }
}
