//! `x INSTANCEOF class` and MAT's `x implements interface`.

use super::Checker;
use super::compare::truth;
use super::fields::object_dump;
use super::scope::Scope;
use super::tree::{Expr, Node};
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span};
use crate::heap::Read;
use crate::syntax::ast::{self, ClassName};
use heapwise_engine::id::ClassId;
use std::sync::Arc;

impl Checker<'_> {
    /// Whether an object is of a class or one below it.
    pub(super) fn instance_of(
        &mut self,
        scope: &Scope<'_>,
        x: &ast::Expr,
        class: &ClassName,
        implements: bool,
        span: Span,
    ) -> Result<Expr> {
        let value = self.expr(scope, x)?;
        let dump = object_dump(&value, "INSTANCEOF", span)?;
        if value.ty.kind.is_none() {
            return Ok(super::expr::null(span));
        }
        let simple = class.text.strip_prefix("org.eclipse.mat.snapshot.model.").unwrap_or(&class.text);
        let mask: Arc<[bool]> = match simple {
            "IClass" => return Ok(truth(Node::Read(dump, Read::IsClass, vec![value]), span)),
            "IObject" => dump.classes().map(|_| true).collect(),
            "IInstance" => dump.classes().map(|class| element(&dump, class).is_none()).collect(),
            "IArray" => dump.classes().map(|class| element(&dump, class).is_some()).collect(),
            "IObjectArray" => dump.classes().map(|class| element(&dump, class) == Some(true)).collect(),
            "IPrimitiveArray" => dump.classes().map(|class| element(&dump, class) == Some(false)).collect(),
            "IClassLoader" => self.below(&dump, &dump.snapshot.classes_named("java.lang.ClassLoader")),
            _ => {
                let classes = self.classes_named(&dump, class)?;
                let mask = self.below(&dump, &classes);
                if implements && !has_instances(&dump, &mask) {
                    return Err(interface(class));
                }
                mask
            }
        };
        Ok(truth(Node::Read(dump, Read::InstanceOf(mask), vec![value]), span))
    }

    fn below(&self, dump: &Dump, classes: &[ClassId]) -> Arc<[bool]> {
        let mut mask = vec![false; dump.snapshot.class_count()];
        for below in classes.iter().flat_map(|&class| dump.snapshot.subclasses(class)) {
            mask[below.index()] = true;
        }
        mask.into()
    }
}

/// Of an array class, whether it holds objects.
fn element(dump: &Dump, class: ClassId) -> Option<bool> {
    heapwise_engine::value::element_kind(&dump.snapshot, class)
        .map(|kind| kind == heapwise_engine::value::FieldKind::Object)
}

fn has_instances(dump: &Dump, mask: &[bool]) -> bool {
    dump.snapshot.classes().rows().iter().zip(mask).any(|(row, &below)| below && row.instances > 0)
}

fn interface(class: &ClassName) -> Diagnostic {
    let message = format!("no object is known to be a {}", class.text);
    Diagnostic::check(class.span, message, "perhaps an interface")
        .hint("a dump records superclasses, not interfaces: name a class, or several with a pattern in FROM")
}
