//! Attributes of objects: `@` and a name.

use super::Checker;
use super::expr;
use super::fields::object_dump;
use super::scope::{Origin, Scope};
use super::tree::{ColumnId, Expr, Node};
use super::types::{Objects, Type};
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span, nearest};
use crate::heap::Read;
use crate::source;
use crate::syntax::ast::{self, Name};
use heapwise_engine::table::Kind;
use std::sync::Arc;

/// MAT's names of attributes beside ours.
pub(crate) const ATTRIBUTE_ALIASES: &[(&str, &str)] = &[
    ("objectId", "id"),
    ("objectAddress", "address"),
    ("usedHeapSize", "shallow"),
    ("retainedHeapSize", "retained"),
    ("clazz", "class"),
    ("classLoader", "loader"),
    ("classLoaderId", "loader"),
    ("GCRootInfo", "root"),
    ("GCRoots", "root"),
];

/// Attributes that are no columns of `objects`.
pub(crate) const OWN_ATTRIBUTES: &[(&str, &str)] = &[
    ("displayName", "One line that shows the object: class, address and content."),
    ("name", "Of a class object: the name of the class it stands for."),
    ("valueArray", "The elements of an array as a list; @referenceArray is the same."),
];

impl Checker<'_> {
    /// `@name` of the only object source, or `of.@name`.
    pub(super) fn attribute(
        &mut self,
        scope: &Scope<'_>,
        of: Option<&ast::Expr>,
        name: &Name,
        span: Span,
    ) -> Result<Expr> {
        let of = match of {
            Some(of) => self.holder(scope, of)?,
            None => only_object(scope, name)?,
        };
        if of.ty.is(Kind::Class) && name.text.eq_ignore_ascii_case("name") {
            return Ok(Expr { span, ..of });
        }
        if of.ty.is_list() && name.text.eq_ignore_ascii_case("length") {
            return self.scalar(crate::functions::Scalar::Length, vec![of], span);
        }
        let dump = object_dump(&of, &format!("@{}", name.text), span)?;
        if of.ty.kind.is_none() {
            return Ok(expr::null(span));
        }
        if let Some(column) = attribute_column(&name.text) {
            return Ok(self.attribute_of(of, &dump, column, span));
        }
        let own = match name.text.to_lowercase().as_str() {
            "valuearray" | "referencearray" => return self.all_elements(of, span),
            "displayname" | "technicalname" => Read::Display,
            "name" => Read::Stands,
            _ => return Err(missing_attribute(name)),
        };
        Ok(Expr { ty: Type::within(own.gives(), &dump), node: Node::Read(dump, own, vec![of]), span })
    }

    /// An attribute: a column of the scan where there is one, else a gather.
    pub(super) fn attribute_of(&self, of: Expr, dump: &Arc<Dump>, column: usize, span: Span) -> Expr {
        let kind = source::attributes()[column].kind;
        let mut ty = Type::within(kind, dump);
        if let (Kind::Class, Objects::Instances(classes)) = (kind, &of.ty.objects) {
            ty.objects = Objects::Instances(Arc::clone(classes));
        }
        let scanned = |id: ColumnId| {
            let objects =
                matches!(self.origins.get(id.0), Some(Origin::Scan(source::Source::Objects(..), 0)));
            objects.then_some(ColumnId(id.0 + 1 + column))
        };
        let node = match &of.node {
            Node::Column(id) => scanned(*id).map(Node::Column),
            Node::Outer(id) => scanned(*id).map(Node::Outer),
            _ => None,
        };
        let node = node.unwrap_or_else(|| Node::Read(Arc::clone(dump), Read::Attribute(column), vec![of]));
        Expr { node, ty, span }
    }
}

/// The position of an attribute in the columns of `objects`.
pub(crate) fn attribute_column(name: &str) -> Option<usize> {
    let alias = ATTRIBUTE_ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name));
    let name = alias.map_or(name, |(_, column)| column);
    source::attributes().iter().position(|column| column.name.eq_ignore_ascii_case(name))
}

fn only_object(scope: &Scope<'_>, name: &Name) -> Result<Expr> {
    match scope.only_objects().and_then(|entry| entry.this.clone()) {
        Some((id, ty)) => Ok(Expr { node: Node::Column(id), ty, span: name.span }),
        None if scope.entries.iter().any(|entry| entry.this.is_some()) => Err(Diagnostic::check(
            name.span,
            format!("`@{}` of which object?", name.text),
            "several are in scope",
        )
        .hint(format!("write alias.@{}", name.text))),
        None => Err(Diagnostic::check(
            name.span,
            format!("`@{}` needs an object", name.text),
            "no object is in scope",
        )
        .hint(format!("write x.@{} with an object x", name.text))),
    }
}

fn missing_attribute(name: &Name) -> Diagnostic {
    let error =
        Diagnostic::check(name.span, format!("there is no attribute `@{}`", name.text), "unknown attribute");
    let columns = source::attributes().iter().map(|column| column.name);
    let all: Vec<&str> = columns.chain(OWN_ATTRIBUTES.iter().map(|(name, _)| *name)).collect();
    let aliases = ATTRIBUTE_ALIASES.iter().map(|(alias, _)| *alias);
    match (name.text.to_lowercase().as_str(), nearest(&name.text, all.iter().copied().chain(aliases))) {
        ("outboundreferences", _) => {
            error.hint("write outbounds(x) for the objects, FROM outbound(x) with names")
        }
        ("inboundreferences", _) => {
            error.hint("write inbounds(x) for the objects, FROM inbound(x) with names")
        }
        ("snapshot", _) => error.hint("tables such as objects, classes and roots have what a snapshot knows"),
        (_, Some(near)) => error.hint(format!("did you mean `@{near}`?")),
        (_, None) => error.hint(format!("attributes: {}", all.join(", "))),
    }
}
