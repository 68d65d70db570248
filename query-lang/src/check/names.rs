//! Names: aliases, columns, and fields of the only object source.

use super::Checker;
use super::classes::listed;
use super::scope::{Entry, Found, Scope, as_outer};
use super::tree::{Expr, Node};
use crate::error::{Diagnostic, Result, Span, nearest};
use crate::syntax::ast::{self, ClassName, Name};

impl Checker<'_> {
    /// A bare name: alias, column or field of the only object source.
    pub(super) fn name(
        &mut self,
        scope: &Scope<'_>,
        name: &Name,
        declared: Option<&ClassName>,
    ) -> Result<Expr> {
        let span =
            declared.map_or(name.span, |class| name.span.to(Span { end: class.span.end + 1, ..class.span }));
        if declared.is_none() {
            match scope.name(&name.text, name.span) {
                Found::Value(value) => return Ok(value),
                Found::Table(alias) => return Err(table_as_value(&alias, name.span)),
                Found::Ambiguous(relations) => return Err(ambiguous(&name.text, &relations, name.span)),
                Found::Nothing => {}
            }
        }
        let Some((this, ty)) = scope.only_objects().and_then(|entry| entry.this.clone()) else {
            return Err(unknown_name(scope, name));
        };
        let object = Expr { node: Node::Column(this), ty, span: name.span };
        self.field(object, name, declared, span).map_err(|error| match nearest(&name.text, scope.names()) {
            Some(near) if error.hint.as_ref().is_none_or(|hint| !hint.starts_with("did you mean")) => {
                error.hint(format!("did you mean `{near}`?"))
            }
            _ => error,
        })
    }

    /// `of.name`: a column of a relation or a field of an object.
    pub(super) fn member(
        &mut self,
        scope: &Scope<'_>,
        of: &ast::Expr,
        name: &Name,
        declared: Option<&ClassName>,
        span: Span,
    ) -> Result<Expr> {
        if let ast::Node::Name(alias, None) = &of.node
            && let Some((entry, is_outer)) = scope.entry(&alias.text)
            && declared.is_none()
        {
            match entry.column(&name.text, span) {
                Some(column) => return Ok(if is_outer { as_outer(column) } else { column }),
                None if entry.this.is_none() => return Err(no_column(entry, alias, name)),
                None => {
                    let near = nearest(&name.text, entry.columns.iter().map(|column| column.name.as_str()));
                    let near = near.map(|near| format!("did you mean `{near}`?"));
                    let object = self.holder(scope, of)?;
                    let field = self.field(object, name, None, span);
                    return field.map_err(|error| near.into_iter().fold(error, Diagnostic::hint));
                }
            }
        }
        if declared.is_none()
            && let Some(part) = self.part(scope, of, name)?
        {
            return Ok(part);
        }
        if let Some(error) = self.class_as_value(scope, of, name) {
            return Err(error);
        }
        let object = self.holder(scope, of)?;
        self.field(object, name, declared, span)
    }

    /// An expression that must be an object, since a field or an attribute of it follows.
    pub(super) fn holder(&mut self, scope: &Scope<'_>, of: &ast::Expr) -> Result<Expr> {
        match &of.node {
            ast::Node::Index(array, index) => self.element(scope, array, index, of.span, true),
            _ => self.expr(scope, of),
        }
    }

    /// `java.lang.String` where a value should be.
    fn class_as_value(&self, scope: &Scope<'_>, of: &ast::Expr, name: &Name) -> Option<Diagnostic> {
        let mut head = of;
        while let ast::Node::Field(inner, _, None) = &head.node {
            head = inner;
        }
        let ast::Node::Name(first, None) = &head.node else { return None };
        if !matches!(scope.name(&first.text, first.span), Found::Nothing) {
            return None;
        }
        let span = of.span.to(name.span);
        let class = self.words(span);
        let known = self.context.dumps.iter().any(|dump| !dump.snapshot.classes_named(&class).is_empty());
        known.then(|| {
            Diagnostic::check(span, "a class name is no value", "is a class")
                .hint(format!("compare with its name as text: x.@class = '{class}'"))
        })
    }
}

fn table_as_value(alias: &str, span: Span) -> Diagnostic {
    Diagnostic::check(span, format!("`{alias}` is a table, not a value"), "is a table")
        .hint(format!("name a column of it: {alias}.column"))
}

fn ambiguous(name: &str, relations: &[String], span: Span) -> Diagnostic {
    let choices: Vec<String> = relations.iter().map(|relation| format!("{relation}.{name}")).collect();
    Diagnostic::check(span, format!("`{name}` is in several relations"), "ambiguous")
        .hint(format!("write {}", choices.join(" or ")))
}

fn unknown_name(scope: &Scope<'_>, name: &Name) -> Diagnostic {
    let error = Diagnostic::check(name.span, format!("`{}` is not known here", name.text), "unknown name");
    match nearest(&name.text, scope.names()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None if scope.entries.is_empty() => error.hint("without FROM there are only literals and functions"),
        None if scope.only_objects().is_none() && scope.entries.iter().any(|entry| entry.this.is_some()) => {
            error.hint("several objects are in scope: write alias.field")
        }
        None => error.hint(format!("known are: {}", listed(scope.names().into_iter()))),
    }
}

fn no_column(entry: &Entry, alias: &Name, name: &Name) -> Diagnostic {
    let error = Diagnostic::check(
        name.span,
        format!("`{}` has no column `{}`", alias.text, name.text),
        "no such column",
    );
    let names = || entry.columns.iter().map(|column| column.name.as_str());
    match nearest(&name.text, names()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("its columns: {}", listed(names()))),
    }
}
