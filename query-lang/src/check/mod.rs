//! Tree to typed tree: names, types and forms; what is wrong is said here, with advice.

pub(crate) mod tree;
pub(crate) mod types;
mod scope;
mod occurring;
mod classes;
mod attributes;
mod fields;
mod elements;
mod instance_of;
mod parts;
mod names;
mod pattern;
mod compare;
mod arithmetic;
mod shown;
mod scalar;
mod call;
mod expr;
mod subquery;
mod aggregate;
mod window;
mod short;
mod set;
mod table_call;
mod relation;
mod from;
mod items;
mod sets;
mod query;
mod unnest;

use crate::cancel::CancelToken;
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span};
use crate::stored::Stored;
use crate::syntax::ast;
pub(crate) use attributes::{ATTRIBUTE_ALIASES, OWN_ATTRIBUTES};
pub(crate) use classes::quoted_if_odd;

use aggregate::Groups;
use heapwise_engine::table::Kind;
use scope::Origin;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use tree::{ColumnId, Expr, Query};

/// What a query may refer to.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The text that spans count in.
    pub(crate) text: &'a str,
    /// The open dumps; the first is the default.
    pub(crate) dumps: &'a [Arc<Dump>],
    /// What LET has kept.
    pub(crate) results: &'a [Arc<Stored>],
    /// The values of `$name`.
    pub(crate) parameters: &'a BTreeMap<String, String>,
    /// Checks that look at objects stop when this is thrown.
    pub(crate) cancel: &'a CancelToken,
}

/// The typed tree of `query`.
pub(crate) fn check(context: Context<'_>, query: &ast::Query) -> Result<Query> {
    let mut checker = Checker::new(context);
    let mut checked = checker.query(query, None)?;
    checker.unnest(&mut checked)?;
    checked.name_apart();
    Ok(checked)
}

/// The typed tree of a query of one item, which must be a truth value.
pub(crate) fn condition(context: Context<'_>, query: &ast::Query) -> Result<Query> {
    let checked = check(context, query)?;
    let ty = &checked.output[0].ty;
    match ty.kind {
        Some(Kind::Bool) | None => Ok(checked),
        _ => {
            let what = ty.name();
            Err(Diagnostic::check(
                query.span,
                format!("a condition is needed here, this is {what}"),
                format!("is {what}"),
            )
            .hint("compare it with something: ASSERT (SELECT count(*) FROM …) < 10, 'too many'"))
        }
    }
}

/// More copied nodes are refused.
const MAX_COPIES: usize = 20_000;

/// The state of one check.
struct Checker<'a> {
    context: Context<'a>,
    /// What is known of each column, by its id.
    origins: Vec<Origin>,
    /// The queries of WITH that are visible here.
    named: Vec<ast::Common>,
    /// The aggregates of the SELECTs that are being checked, innermost last.
    groups: Vec<Groups>,
    /// How many relations were met.
    relations: usize,
    /// How many nodes of expressions were copied.
    copies: Cell<usize>,
}

impl<'a> Checker<'a> {
    fn new(context: Context<'a>) -> Checker<'a> {
        Checker {
            context,
            origins: Vec::new(),
            named: Vec::new(),
            groups: Vec::new(),
            relations: 0,
            copies: Cell::new(0),
        }
    }

    /// A new column.
    fn column(&mut self, origin: Origin) -> ColumnId {
        self.origins.push(origin);
        ColumnId(self.origins.len() - 1)
    }

    /// The text of a span, blanks folded.
    fn words(&self, span: Span) -> String {
        let text = self.context.text.get(span.start..span.end).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The dump of that alias, or the first.
    fn dump(&self, alias: Option<&ast::Name>, span: Span) -> Result<Arc<Dump>> {
        let dumps = self.context.dumps;
        let Some(alias) = alias else {
            return dumps
                .first()
                .cloned()
                .ok_or_else(|| Diagnostic::check(span, "no dump is open", "needs a dump"));
        };
        let found = dumps.iter().find(|dump| dump.alias.eq_ignore_ascii_case(&alias.text));
        found.cloned().ok_or_else(|| {
            let names: Vec<&str> = dumps.iter().map(|dump| dump.alias.as_str()).collect();
            Diagnostic::check(alias.span, format!("no open dump is called `{}`", alias.text), "not open")
                .hint(format!("open dumps: {}", names.join(", ")))
        })
    }

    /// A copy of an expression that is written once and computed twice.
    ///
    /// Nested, such copies would multiply a short text beyond measure: more than [`MAX_COPIES`] nodes are refused.
    fn copy(&self, expr: &mut Expr) -> Result<Expr> {
        self.copies.set(self.copies.get().saturating_add(expr.size()));
        if self.copies.get() > MAX_COPIES {
            return Err(Diagnostic::check(expr.span, "this expression is too complex", "used too often")
                .hint("compute it in a sub-select and use its column"));
        }
        Ok(expr.clone())
    }

    /// An error when the user has stopped the query.
    fn go_on(&self, span: Span) -> Result<()> {
        if self.context.cancel.is_cancelled() { Err(Diagnostic::interrupted(span)) } else { Ok(()) }
    }
}

/// A failure of the engine while a query is checked or run.
pub(crate) fn failed(span: Span, error: &heapwise_engine::error::Error) -> Diagnostic {
    match error {
        heapwise_engine::error::Error::Interrupted => Diagnostic::interrupted(span),
        other => Diagnostic::run(span, other.to_string()),
    }
}
