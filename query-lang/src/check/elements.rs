//! Elements and slices of arrays.

use super::Checker;
use super::classes::listed;
use super::expr;
use super::fields::{object_dump, widest};
use super::scope::Scope;
use super::tree::{Expr, Node};
use super::types::{Objects, Type};
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span};
use crate::functions::Scalar;
use crate::heap::{Read, kind_of};
use crate::syntax::ast;
use heapwise_engine::id::ClassId;
use heapwise_engine::table::Kind;
use heapwise_engine::value::{self, FieldKind};
use std::sync::Arc;

impl Checker<'_> {
    /// `array[index]`. With `wants_object` a field follows, so that elements must be objects.
    pub(super) fn element(
        &mut self,
        scope: &Scope<'_>,
        array: &ast::Expr,
        index: &ast::Expr,
        span: Span,
        wants_object: bool,
    ) -> Result<Expr> {
        let array = self.holder(scope, array)?;
        let index = self.index(scope, index)?;
        if let Some(Kind::List(item)) = array.ty.kind {
            let ty = Type { kind: Some(*item), ..array.ty.clone() };
            return Ok(Expr { node: Node::Scalar(Scalar::Item, vec![array, index]), ty, span });
        }
        let dump = object_dump(&array, "[…]", span)?;
        if array.ty.kind.is_none() || index.ty.kind.is_none() {
            return Ok(expr::null(span));
        }
        let kind = if wants_object && array.ty.objects == Objects::Any {
            FieldKind::Object
        } else {
            self.element_kind(&array, &dump)?
        };
        let node = Node::Read(Arc::clone(&dump), Read::Element(kind), vec![array, index]);
        Ok(Expr { node, ty: Type::within(kind_of(kind), &dump), span })
    }

    fn index(&mut self, scope: &Scope<'_>, index: &ast::Expr) -> Result<Expr> {
        let index = self.expr(scope, index)?;
        if matches!(index.ty.kind, Some(Kind::Count) | None) {
            return Ok(index);
        }
        let what = index.ty.name();
        Err(Diagnostic::check(index.span, "an index is an integer", format!("this is {what}")))
    }

    /// `array[from:to]`, both ends included; negative numbers count from the end.
    pub(super) fn slice(
        &mut self,
        scope: &Scope<'_>,
        array: &ast::Expr,
        ends: [&ast::Expr; 2],
        span: Span,
    ) -> Result<Expr> {
        let array = self.holder(scope, array)?;
        let ends = [self.index(scope, ends[0])?, self.index(scope, ends[1])?];
        self.slice_of(array, ends, span)
    }

    /// All elements of an array as a list.
    pub(super) fn all_elements(&self, array: Expr, span: Span) -> Result<Expr> {
        let end = |value| Expr { node: Node::Int(value), ty: Type::of(Kind::Count), span };
        self.slice_of(array, [end(0), end(-1)], span)
    }

    fn slice_of(&self, array: Expr, [from, to]: [Expr; 2], span: Span) -> Result<Expr> {
        let dump = object_dump(&array, "[…]", span)?;
        if array.ty.kind.is_none() {
            return Ok(expr::null(span));
        }
        let kind = self.element_kind(&array, &dump)?;
        let read = Read::Slice(kind);
        let ty = Type::within(read.gives(), &dump);
        Ok(Expr { node: Node::Read(dump, read, vec![array, from, to]), ty, span })
    }

    fn element_kind(&self, array: &Expr, dump: &Dump) -> Result<FieldKind> {
        let classes = match &array.ty.objects {
            Objects::Instances(classes) => classes.to_vec(),
            Objects::Statics(_) => Vec::new(),
            Objects::Any => match self.occurring(array)? {
                Some(classes) if classes.is_empty() => return Ok(FieldKind::Object),
                Some(classes) => classes,
                None => return Ok(FieldKind::Object),
            },
        };
        let kind_in = |&class: &ClassId| Some((value::element_kind(&dump.snapshot, class)?, class));
        let kinds: Vec<_> = classes.iter().filter_map(kind_in).collect();
        if kinds.is_empty() {
            let names = listed(classes.iter().map(|&class| dump.snapshot.class_name(class)));
            return Err(Diagnostic::check(
                array.span,
                "only arrays have elements",
                format!("objects here: {names}"),
            )
            .hint("name the field that holds the array, such as list.elementData[0]"));
        }
        widest(&kinds).ok_or_else(|| {
            let names = listed(kinds.iter().map(|&(_, class)| dump.snapshot.class_name(class)));
            Diagnostic::check(array.span, "these arrays hold values of different kinds", names)
                .hint("select from one array class")
        })
    }
}
