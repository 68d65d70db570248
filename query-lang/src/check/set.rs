//! Queries as sets of objects: arguments of functions that take all their objects at once.

use super::Checker;
use super::scope::{Found, Origin, Scope};
use super::short::{alone, plain};
use super::tree::{AggregateCall, ColumnId, Expr, Node, Output, Query, Relation, Select, SetQuery, Subquery};
use super::types::Type;
use crate::error::{Diagnostic, Result, Span};
use crate::functions::{Aggregate, Parameter};
use crate::syntax::ast::{self, Item, JoinKind, Joined};
use heapwise_engine::table::Kind;
use std::sync::Arc;

impl Checker<'_> {
    /// The set that a sub-query or a named result is; `None` for other expressions, and for queries of other values
    /// where the parameter takes those too.
    pub(super) fn set_query(
        &mut self,
        scope: &Scope<'_>,
        argument: &ast::Expr,
        parameter: Parameter,
    ) -> Result<Option<Expr>> {
        let Some(query) = self.query_of(scope, argument) else { return Ok(None) };
        let checked = self.set_rows(scope, &query)?;
        let first = &checked.output[0];
        if !first.ty.is(Kind::Object) {
            if parameter == Parameter::Any {
                return Ok(None);
            }
            let message = format!("a set of objects is needed here, the first column is {}", first.ty.name());
            return Err(Diagnostic::check(argument.span, message, "no objects")
                .hint("select the objects themselves: SELECT x FROM … x"));
        }
        Ok(Some(self.list_of(&Arc::new(checked), 0, argument.span)))
    }

    /// The query of a set, ready to run by itself where it looks at nothing outside.
    pub(super) fn set_rows(&mut self, scope: &Scope<'_>, query: &ast::Query) -> Result<Query> {
        let mut checked = self.query(query, Some(scope))?;
        if !checked.looks_outside() {
            self.unnest(&mut checked)?;
        }
        Ok(checked)
    }

    /// The query that an argument is, or that its name stands for.
    pub(super) fn query_of(&self, scope: &Scope<'_>, argument: &ast::Expr) -> Option<ast::Query> {
        match &argument.node {
            ast::Node::Query(query) => Some(query.as_ref().clone()),
            ast::Node::Name(name, None)
                if self.is_named(&name.text)
                    && matches!(scope.name(&name.text, name.span), Found::Nothing) =>
            {
                Some(all_of(name))
            }
            _ => None,
        }
    }

    /// A column of a query as a list.
    pub(super) fn list_of(&mut self, query: &Arc<Query>, column: usize, span: Span) -> Expr {
        let ty = query.output[column].ty.clone();
        let list = Type { kind: ty.kind.map(Kind::list), ..ty.clone() };
        let mut own = query.as_ref().clone();
        if !own.looks_outside() {
            return Expr { node: Node::Set(SetQuery(Arc::clone(query)), column), ty: list, span };
        }
        let columns: Vec<ColumnId> = query.output.iter().map(|_| self.column(Origin::Derived)).collect();
        let value = Expr { node: Node::Column(columns[column]), ty, span };
        let relation = Relation::Query(Box::new(own), columns);
        let collected = self.collected(relation, value, list.clone(), span);
        Expr { node: Node::Scalarized(Subquery(Box::new(collected))), ty: list, span }
    }

    /// `SELECT array_agg(value) FROM relation`.
    fn collected(&mut self, relation: Relation, value: Expr, list: Type, span: Span) -> Query {
        let call = AggregateCall {
            function: Aggregate::Collect,
            arguments: vec![value],
            distinct: false,
            order: Vec::new(),
            filter: None,
        };
        let (aggregate, id) = (self.column(Origin::Derived), self.column(Origin::Derived));
        let item = Expr { node: Node::Column(aggregate), ty: list.clone(), span };
        let select = Select {
            grouped: true,
            aggregates: vec![(aggregate, call)],
            items: vec![(id, item)],
            ..Select::of(relation)
        };
        Query::of(select, vec![Output { name: "set".to_owned(), id, ty: list }])
    }
}

/// `SELECT * FROM name`.
fn all_of(name: &ast::Name) -> ast::Query {
    let class = ast::ClassName { text: name.text.clone(), plain: true, span: name.span };
    let relation = ast::Relation {
        source: ast::Source::Name(class),
        dump: None,
        alias: None,
        columns: Vec::new(),
        lateral: false,
        span: name.span,
    };
    let from = vec![Joined { kind: JoinKind::Cross, relation, on: None, using: Vec::new() }];
    alone(plain(vec![Item::Star(None, name.span)], from, name.span))
}
