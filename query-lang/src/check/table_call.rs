//! Table functions in FROM, whose arguments are known when the query is checked.

use super::Checker;
use super::scope::{Entry, Origin, Scope};
use super::tree::{ColumnId, Expr, Node, Relation, TableCall};
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span, nearest};
use crate::functions::{self, Role, TableFunction};
use crate::syntax::ast::{self, Name};
use crate::tables;
use heapwise_engine::table::Kind;
use std::sync::Arc;

impl Checker<'_> {
    pub(super) fn function(
        &mut self,
        scope: &Scope<'_>,
        dump: &Arc<Dump>,
        name: &Name,
        arguments: &[ast::Expr],
        alias: Option<&Name>,
        span: Span,
    ) -> Result<(Relation, Entry)> {
        let function = self.table_function(name)?;
        let (object, count) = match arguments {
            [object] => (object, None),
            [object, count] if function == TableFunction::Paths => {
                (object, Some(self.positive(scope, count)?))
            }
            _ => {
                let signature = functions::find(&name.text).map_or("", |function| function.signature);
                return Err(Diagnostic::check(
                    span,
                    format!("`{}` takes the address of an object", name.text),
                    "wrong arguments",
                )
                .hint(format!("write {signature}")));
            }
        };
        let object = self.constant_object(dump, object)?;
        let described = tables::columns(function);
        let columns: Vec<ColumnId> = (0..=described.len()).map(|_| self.column(Origin::Derived)).collect();
        let order = columns[described.len()];
        let alias = alias.map_or_else(|| name.text.clone(), |alias| alias.text.clone());
        let entry = self.entry(dump, alias, described, &columns, order);
        let call = TableCall { function, dump: Arc::clone(dump), object, count, span };
        Ok((Relation::Call(call, columns), entry))
    }

    fn table_function(&self, name: &Name) -> Result<TableFunction> {
        let found = functions::find(&name.text);
        if let Some(Role::Table(function)) = found.map(|function| function.role) {
            return Ok(function);
        }
        let message = match found {
            Some(_) => format!("`{}` gives one value, not rows", name.text),
            None => format!("there is no table function `{}`", name.text),
        };
        let error = Diagnostic::check(name.span, message, "cannot stand in FROM");
        let tables = functions::FUNCTIONS.iter().filter(|function| matches!(function.role, Role::Table(_)));
        let names: Vec<&str> = tables.map(|function| function.name).collect();
        Err(match nearest(&name.text, names.iter().copied()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("table functions: {}", names.join(", "))),
        })
    }

    fn constant_object(&mut self, dump: &Dump, argument: &ast::Expr) -> Result<u32> {
        let value = self.expr(&Scope::default(), argument).map_err(|error| match argument.node {
            ast::Node::Parameter(_) => error,
            _ => Diagnostic::check(argument.span, "an address is needed here", "not an address")
                .hint("write an address such as 0x7f001234; arguments from rows are not supported yet"),
        })?;
        match value.node {
            Node::Address(address) => self.object_at(dump, address, value.span),
            _ => Err(Diagnostic::check(
                value.span,
                format!("an address is needed here, this is {}", value.ty.name()),
                "not an address",
            )
            .hint("write an address such as 0x7f001234")),
        }
    }

    /// A count that is known when the query is checked.
    pub(super) fn positive(&mut self, scope: &Scope<'_>, expr: &ast::Expr) -> Result<usize> {
        let value: Expr = self.expr(scope, expr)?;
        match value.node {
            Node::Int(count) if value.ty.is(Kind::Count) && count >= 0 => {
                Ok(usize::try_from(count).unwrap_or(usize::MAX))
            }
            _ => Err(Diagnostic::check(
                expr.span,
                "a number that is not negative is needed here",
                "not a count",
            )),
        }
    }
}
