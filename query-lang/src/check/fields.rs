//! Fields, statics and elements, typed by the classes that their objects can have.

use super::Checker;
use super::attributes::attribute_column;
use super::classes::{listed, quoted_if_odd};
use super::expr;
use super::tree::{Expr, Node};
use super::types::{Objects, Type};
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span, nearest};
use crate::heap::{Read, kind_of};
use crate::syntax::ast::{ClassName, Name};
use heapwise_engine::id::ClassId;
use heapwise_engine::table::Kind;
use heapwise_engine::value::{self, FieldKind};
use std::sync::Arc;

impl Checker<'_> {
    /// A field of an object, a static of a class object.
    pub(super) fn field(
        &mut self,
        of: Expr,
        name: &Name,
        declared: Option<&ClassName>,
        span: Span,
    ) -> Result<Expr> {
        let dump = object_dump(&of, &name.text, span)?;
        if of.ty.kind.is_none() {
            return Ok(expr::null(span));
        }
        if name.text == "length" && declared.is_none() && self.holds_arrays(&of, &dump)? {
            return Ok(self.named_attribute(of, "length", span));
        }
        let kinds = self.kinds(&of, &dump, name, declared)?;
        let kind = match widest(&kinds) {
            Some(kind) => kind,
            None => self.narrowed(&of, &dump, name, declared.is_some(), &kinds)?,
        };
        let declared = declared.map(|class| Arc::from(class.text.as_str()));
        let read = Read::Field { name: Arc::from(name.text.as_str()), declared, kind };
        Ok(Expr { ty: Type::within(kind_of(kind), &dump), node: Node::Read(dump, read, vec![of]), span })
    }

    /// Whether a reference of which nothing is known leads to arrays alone, whose length Java spells as a field.
    fn holds_arrays(&self, of: &Expr, dump: &Dump) -> Result<bool> {
        let classes = match &of.ty.objects {
            Objects::Instances(classes) => classes.to_vec(),
            Objects::Statics(_) => Vec::new(),
            Objects::Any => self.occurring(of)?.unwrap_or_default(),
        };
        let is_array = |&class: &ClassId| value::element_kind(&dump.snapshot, class).is_some();
        Ok(!classes.is_empty() && classes.iter().all(is_array))
    }

    /// The kinds that the field has in the classes that the objects can have.
    fn kinds(
        &self,
        of: &Expr,
        dump: &Dump,
        name: &Name,
        declared: Option<&ClassName>,
    ) -> Result<Vec<(FieldKind, ClassId)>> {
        let snapshot = &dump.snapshot;
        let declaring = declared.map(|class| self.declaring(of, dump, class)).transpose()?;
        let (kinds, classes) = match (&of.ty.objects, &declaring) {
            (Objects::Statics(classes), _) => {
                let statics = classes
                    .iter()
                    .filter_map(|&class| Some((value::static_kind(snapshot, class, &name.text)?, class)));
                (statics.collect(), None)
            }
            (_, Some(classes)) => {
                (value::field_kinds(snapshot, &name.text, Some(classes)), Some(&classes[..]))
            }
            (Objects::Instances(classes), None) => {
                (value::field_kinds(snapshot, &name.text, Some(classes)), Some(&classes[..]))
            }
            (Objects::Any, None) => (value::field_kinds(snapshot, &name.text, None), None),
        };
        if kinds.is_empty() {
            return Err(missing_field(&of.ty.objects, dump, name, classes));
        }
        Ok(kinds)
    }

    /// The classes of that name, one of which must be above the objects' classes.
    fn declaring(&self, of: &Expr, dump: &Dump, class: &ClassName) -> Result<Vec<ClassId>> {
        let declaring = self.classes_named(dump, class)?;
        let Objects::Instances(classes) = &of.ty.objects else { return Ok(declaring) };
        let below = declaring.iter().flat_map(|&class| dump.snapshot.subclasses(class));
        if below.into_iter().any(|class| classes.binary_search(&class).is_ok()) {
            return Ok(declaring);
        }
        let names = listed(classes.iter().map(|&class| dump.snapshot.class_name(class)));
        Err(Diagnostic::check(
            class.span,
            format!("{names} does not extend {}", class.text),
            "not a superclass",
        )
        .hint("name the class that declares the field: the object's own or one above it"))
    }

    /// The kind of a field that differs between classes: only those classes count that occur.
    fn narrowed(
        &self,
        of: &Expr,
        dump: &Dump,
        name: &Name,
        is_declared: bool,
        kinds: &[(FieldKind, ClassId)],
    ) -> Result<FieldKind> {
        if is_declared || matches!(of.ty.objects, Objects::Statics(_)) {
            return Err(mixed(dump, name, kinds));
        }
        let Some(classes) = self.occurring(of)? else { return Err(mixed(dump, name, kinds)) };
        let found = value::field_kinds(&dump.snapshot, &name.text, Some(&classes));
        if found.is_empty() {
            return Err(missing_field(&of.ty.objects, dump, name, Some(&classes)));
        }
        widest(&found).ok_or_else(|| mixed(dump, name, &found))
    }
}

/// The one kind, or float when all are numbers; `None` when they differ.
pub(super) fn widest(kinds: &[(FieldKind, ClassId)]) -> Option<FieldKind> {
    let number = |kind: FieldKind| matches!(kind, FieldKind::Int | FieldKind::Float);
    let (first, _) = *kinds.first()?;
    if kinds.iter().all(|&(kind, _)| kind == first) {
        return Some(first);
    }
    kinds.iter().all(|&(kind, _)| number(kind)).then_some(FieldKind::Float)
}

pub(super) fn object_dump(of: &Expr, what: &str, span: Span) -> Result<Arc<Dump>> {
    match (&of.ty.dump, of.ty.kind) {
        (Some(dump), Some(Kind::Object)) => Ok(Arc::clone(dump)),
        (_, Some(Kind::Class)) => {
            Err(Diagnostic::check(of.span, format!("a class name has no `{what}`"), "is a class name")
                .hint("classof(x) is the class object, with its statics as fields"))
        }
        (_, None) => Err(Diagnostic::check(span, format!("null has no `{what}`"), "")),
        _ => Err(Diagnostic::check(
            of.span,
            format!("{} has no `{what}`", of.ty.name()),
            format!("is {}", of.ty.name()),
        )),
    }
}

pub(super) fn missing_field(
    objects: &Objects,
    dump: &Dump,
    name: &Name,
    classes: Option<&[ClassId]>,
) -> Diagnostic {
    let (whose, known) = match (objects, classes) {
        (Objects::Statics(of), _) => {
            (listed(of.iter().map(|&class| dump.snapshot.class_name(class))), Vec::new())
        }
        (_, Some(of)) => (
            listed(of.iter().map(|&class| dump.snapshot.class_name(class))),
            value::field_names(&dump.snapshot, classes),
        ),
        (_, None) => ("any class".to_owned(), value::field_names(&dump.snapshot, None)),
    };
    let form = if matches!(objects, Objects::Statics(_)) { "static field" } else { "field" };
    let message = match classes {
        Some(_) => format!("{whose} has no {form} `{}`", name.text),
        None if known.is_empty() => format!("{whose} has no {form} `{}`", name.text),
        None => format!("no class has a field `{}`", name.text),
    };
    let error = Diagnostic::check(name.span, message, format!("no such {form}"));
    if let Some(near) = nearest(&name.text, known.iter().copied()) {
        return error.hint(format!("did you mean `{near}`?"));
    }
    if attribute_column(&name.text).is_some() {
        return error.hint(format!("attributes are written with @: @{}", name.text));
    }
    match classes {
        Some(_) if !known.is_empty() => error.hint(format!("fields: {}", listed(known.into_iter()))),
        _ => error.hint("`:describe CLASS` lists the fields of a class"),
    }
}

fn mixed(dump: &Dump, name: &Name, kinds: &[(FieldKind, ClassId)]) -> Diagnostic {
    let mut seen: Vec<FieldKind> = Vec::new();
    let mut examples = Vec::new();
    for &(kind, class) in kinds {
        if !seen.contains(&kind) {
            seen.push(kind);
            let ty = Type::of(kind_of(kind));
            examples.push(format!("{} in {}", ty.name(), dump.snapshot.class_name(class)));
        }
    }
    let class = kinds.first().map_or("Class", |&(_, class)| dump.snapshot.class_name(class));
    Diagnostic::check(name.span, format!("`{}` is {}", name.text, examples.join(", ")), "kinds differ").hint(
        format!(
            "select one class, or write {}@({}) for the field of that class",
            name.text,
            quoted_if_odd(class)
        ),
    )
}
