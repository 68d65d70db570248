//! Parts of structs that a Go object holds by value: `s.Address.Street` is one field, named by its whole path.

use super::Checker;
use super::scope::Scope;
use super::tree::Expr;
use super::types::Objects;
use crate::error::Result;
use crate::syntax::ast::{self, Name};
use heapwise_engine::table::Kind;
use heapwise_engine::value;

impl Checker<'_> {
    /// `of.name` where some steps of the path together name a field; `None` where each step is one of its own.
    pub(super) fn part(&mut self, scope: &Scope<'_>, of: &ast::Expr, name: &Name) -> Result<Option<Expr>> {
        self.path(scope, of, name, false)
    }

    /// `len` or `cap` of a slice or text that is a field: `None` for any other expression, whose value has to tell.
    pub(super) fn part_size(
        &mut self,
        scope: &Scope<'_>,
        of: &ast::Expr,
        what: &str,
    ) -> Result<Option<Expr>> {
        let name = Name { text: what.to_owned(), span: of.span };
        self.path(scope, of, &name, true)
    }

    /// Reads the path by the longest names that fields have; `is_whole`: the last two steps must be one name.
    fn path(
        &mut self,
        scope: &Scope<'_>,
        of: &ast::Expr,
        name: &Name,
        is_whole: bool,
    ) -> Result<Option<Expr>> {
        if self.context.dumps.iter().all(|dump| dump.snapshot.go().is_none()) {
            return Ok(None);
        }
        let mut names = vec![name];
        let mut head = of;
        while let ast::Node::Field(inner, name, None) = &head.node {
            names.push(name);
            head = inner;
        }
        names.reverse();
        // A head that is no value is a class's name or an error, which the caller tells.
        let Ok(mut object) = self.holder(scope, head) else { return Ok(None) };
        let (mut at, mut joined) = (0, false);
        while at < names.len() {
            let count = longest(&object, &names[at..]);
            if count == 0 {
                return Ok(None);
            }
            let step = &names[at..at + count];
            let text: Vec<&str> = step.iter().map(|name| name.text.as_str()).collect();
            let span = step[0].span.to(step[count - 1].span);
            let name = Name { text: text.join("."), span };
            object = self.field(object, &name, None, head.span.to(span))?;
            joined = if is_whole { count > 1 && at + count == names.len() } else { joined || count > 1 };
            at += count;
        }
        Ok(joined.then_some(object))
    }
}

/// How many of the names together are a field that the object can have; 0 where not even the first is one.
fn longest(object: &Expr, names: &[&Name]) -> usize {
    let (Some(dump), Some(Kind::Object)) = (&object.ty.dump, object.ty.kind) else { return 0 };
    let classes = match &object.ty.objects {
        Objects::Instances(classes) => Some(&classes[..]),
        _ => None,
    };
    let texts: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
    let is_field =
        |&count: &usize| !value::field_kinds(&dump.snapshot, &texts[..count].join("."), classes).is_empty();
    (1..=names.len()).rev().find(is_field).unwrap_or(0)
}
