//! FROM: how relations come together.

use super::Checker;
use super::expr::and;
use super::scope::{Entry, Scope};
use super::table_call::Written;
use super::tree::{Expr, Relation, TableCall};
use crate::error::{Diagnostic, Result, Span};
use crate::syntax::ast::{self, JoinKind, Joined, Name, Operator};

impl Checker<'_> {
    /// The relation of a FROM; its entries go into `scope`.
    pub(super) fn from(&mut self, scope: &mut Scope<'_>, from: &[Joined]) -> Result<Relation> {
        let mut whole: Option<Relation> = None;
        for joined in from {
            whole = Some(match (&joined.relation.source, whole) {
                (ast::Source::Function(name, arguments), left) => {
                    let alias = joined.relation.alias.as_ref();
                    let written = Written { name, arguments, alias, span: joined.relation.span };
                    self.called(scope, joined, &written, left)?
                }
                (_, None) => {
                    let (relation, entry) = self.relation(scope, &joined.relation)?;
                    enter(scope, entry, joined.relation.span)?;
                    relation
                }
                (_, Some(left)) => {
                    let (right, entry) = self.relation(scope, &joined.relation)?;
                    self.joined(scope, joined, left, right, entry)?
                }
            });
        }
        Ok(whole.unwrap_or(Relation::One))
    }

    fn joined(
        &mut self,
        scope: &mut Scope<'_>,
        joined: &Joined,
        left: Relation,
        right: Relation,
        entry: Entry,
    ) -> Result<Relation> {
        let first = scope.entries.len();
        enter(scope, entry, joined.relation.span)?;
        let mut on = self.on(scope, joined)?;
        for name in &joined.using {
            let equal = self.using(scope, first, name, joined.kind)?;
            on = Some(match on {
                Some(on) => and(on, equal),
                None => equal,
            });
        }
        match joined.kind {
            // Rows without a left side have no place in its order, and rows of the right keep theirs.
            JoinKind::Right | JoinKind::Full => {
                scope.entries.iter_mut().for_each(|entry| entry.attributes.clear());
            }
            JoinKind::LeftSemi | JoinKind::LeftAnti => scope.entries.truncate(first),
            JoinKind::RightSemi | JoinKind::RightAnti => drop(scope.entries.drain(..first)),
            _ => {}
        }
        Ok(Relation::Join(joined.kind, Box::new(left), Box::new(right), on))
    }

    fn on(&mut self, scope: &Scope<'_>, joined: &Joined) -> Result<Option<Expr>> {
        let before = self.forbid(Some("in ON"));
        let on = joined.on.as_ref().map(|on| self.condition(scope, on)).transpose();
        self.forbid(before);
        on
    }

    /// The equality of a column of USING; afterwards its name stands for the side that is always there.
    fn using(&mut self, scope: &mut Scope<'_>, first: usize, name: &Name, kind: JoinKind) -> Result<Expr> {
        if kind == JoinKind::Full {
            return Err(Diagnostic::check(name.span, "a FULL JOIN has no USING", "not here")
                .hint("write ON, and coalesce(a.x, b.x) for the column"));
        }
        let find = |entries: &[Entry]| {
            let mut found = entries.iter().filter_map(|entry| entry.column(&name.text, name.span));
            found.next().ok_or_else(|| {
                Diagnostic::check(
                    name.span,
                    format!("`{}` is not on both sides", name.text),
                    "no such column",
                )
            })
        };
        let (left, right) = (find(&scope.entries[..first])?, find(&scope.entries[first..])?);
        let hidden = if kind == JoinKind::Right { 0..first } else { first..scope.entries.len() };
        let columns = scope.entries[hidden].iter_mut().flat_map(|entry| &mut entry.columns);
        columns
            .filter(|column| column.name.eq_ignore_ascii_case(&name.text))
            .for_each(|column| column.hidden = true);
        self.compare(Operator::Equal, left, right, name.span)
    }

    /// A function: for each row before it where its arguments look at them, else joined like any other relation.
    fn called(
        &mut self,
        scope: &mut Scope<'_>,
        joined: &Joined,
        written: &Written<'_>,
        left: Option<Relation>,
    ) -> Result<Relation> {
        let dump = self.dump(joined.relation.dump.as_ref(), joined.relation.span)?;
        let (mut call, mut entry) = self.function(scope, &dump, written)?;
        super::relation::rename(&mut entry, &joined.relation.columns)?;
        let Some(left) = left else {
            enter(scope, entry, written.span)?;
            return Ok(Relation::Apply(Box::new(Relation::One), call));
        };
        let columns = left.columns();
        if !call.arguments.iter_mut().any(|argument| !argument.seen(&columns).is_empty()) {
            let right = Relation::Apply(Box::new(Relation::One), call);
            let kind =
                if joined.on.is_none() && joined.using.is_empty() { JoinKind::Cross } else { joined.kind };
            let joined = Joined { kind, ..joined.clone() };
            return self.joined(scope, &joined, left, right, entry);
        }
        enter(scope, entry, written.span)?;
        self.applied(scope, joined, left, call)
    }

    fn applied(
        &mut self,
        scope: &Scope<'_>,
        joined: &Joined,
        left: Relation,
        mut call: TableCall,
    ) -> Result<Relation> {
        let on = self.on(scope, joined)?.filter(|on| on.node != super::tree::Node::Bool(true));
        call.outer = joined.kind == JoinKind::Left;
        match (joined.kind, on) {
            (JoinKind::Cross | JoinKind::Inner | JoinKind::Left, None) => {
                Ok(Relation::Apply(Box::new(left), call))
            }
            (JoinKind::Inner, Some(on)) => {
                Ok(Relation::Filter(Box::new(Relation::Apply(Box::new(left), call)), Box::new(on)))
            }
            _ => Err(Diagnostic::check(
                joined.relation.span,
                "a function of the rows before it is joined by a comma, JOIN, or LEFT JOIN … ON true",
                "not in this join",
            )
            .hint("put the function with its source into a sub-select, and join that")),
        }
    }
}

/// Adds a relation under its name.
fn enter(scope: &mut Scope<'_>, entry: Entry, span: Span) -> Result<()> {
    let is_taken = entry.alias.as_ref().is_some_and(|alias| {
        let aliases = scope.entries.iter().filter_map(|other| other.alias.as_ref());
        aliases.into_iter().any(|name| name.eq_ignore_ascii_case(alias))
    });
    if is_taken {
        let alias = entry.alias.unwrap_or_default();
        return Err(Diagnostic::check(span, format!("two relations are called `{alias}`"), "the second")
            .hint("give one of them another name: FROM classes c1, classes c2"));
    }
    scope.entries.push(entry);
    Ok(())
}
