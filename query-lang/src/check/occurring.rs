//! The classes that the objects of a path really have: found by following the path from all objects of its source.

use super::Checker;
use super::scope::Origin;
use super::tree::{Expr, Node};
use crate::error::{Diagnostic, Result};
use crate::source::Source;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, ArrayRef, Int64Array, UInt32Array};
use arrow_schema::Schema;
use heapwise_engine::id::{ClassId, ObjectId};
use heapwise_engine::table::Kind;
use std::ops::Range;
use std::sync::Arc;

/// Units of a source that are followed at a time.
const CHUNK: u64 = 64 << 10;

impl Checker<'_> {
    /// The classes of the objects that `path` gives for the rows of its source, by id; `None` when `path` is not made
    /// of fields and elements from one scanned column.
    ///
    /// Costs one gather for each step over all objects of the source.
    pub(super) fn occurring(&self, path: &Expr) -> Result<Option<Vec<ClassId>>> {
        let Some((source, column)) = self.root(path) else { return Ok(None) };
        let mut seen = vec![false; path.ty.dump.as_ref().map_or(0, |dump| dump.snapshot.class_count())];
        let mut start = 0;
        while start < source.units() {
            self.go_on(path.span)?;
            let ids = self.follow(path, &source, column, start..start + CHUNK)?;
            let Some(dump) = &path.ty.dump else { return Ok(None) };
            for id in ids.as_primitive::<UInt32Type>().iter().flatten() {
                seen[dump.snapshot.class_of(ObjectId(id)).index()] = true;
            }
            start += CHUNK;
        }
        let classes = (0..u32::MAX).map(ClassId).zip(seen).filter(|&(_, seen)| seen);
        Ok(Some(classes.map(|(class, _)| class).collect()))
    }

    /// The scan that the path starts from.
    fn root(&self, path: &Expr) -> Option<(Source, usize)> {
        if !path.ty.is(Kind::Object) {
            return None;
        }
        match &path.node {
            Node::Column(id) | Node::Outer(id) => match self.origins.get(id.0)? {
                Origin::Scan(source, column) => Some((source.clone(), *column)),
                Origin::Computed(value) => self.root(value),
                Origin::Attribute(..) | Origin::Derived => None,
            },
            Node::Read(_, _, operands) => {
                let constant = operands.iter().skip(1).all(|operand| matches!(operand.node, Node::Int(_)));
                if constant { self.root(operands.first()?) } else { None }
            }
            _ => None,
        }
    }

    fn follow(&self, path: &Expr, source: &Source, column: usize, units: Range<u64>) -> Result<ArrayRef> {
        let failed = |error| super::failed(path.span, &error);
        if let Node::Column(id) | Node::Outer(id) = &path.node
            && let Some(Origin::Computed(value)) = self.origins.get(id.0)
        {
            return self.follow(value, source, column, units);
        }
        match &path.node {
            Node::Column(_) | Node::Outer(_) if column == 0 && matches!(source, Source::Objects(..)) => {
                Ok(Arc::new(UInt32Array::from(source.ids(units))))
            }
            Node::Column(_) | Node::Outer(_) => {
                let schema = Arc::new(Schema::new(vec![source.field(column, "object")]));
                let rows = source.rows(&schema, &[column], units).map_err(failed)?;
                Ok(Arc::clone(rows.column(0)))
            }
            Node::Read(dump, read, operands) => {
                let ids = self.follow(&operands[0], source, column, units)?;
                let rest = operands.iter().skip(1).map(|operand| constant(operand, ids.len()));
                let arguments: Vec<ArrayRef> = std::iter::once(Arc::clone(&ids)).chain(rest).collect();
                read.apply(dump, &arguments, self.context.cancel).map_err(failed)
            }
            _ => Err(Diagnostic::check(path.span, "this is no path of fields", "")),
        }
    }
}

fn constant(operand: &Expr, rows: usize) -> ArrayRef {
    let value = if let Node::Int(value) = operand.node { value } else { 0 };
    Arc::new(Int64Array::from_value(value, rows))
}
