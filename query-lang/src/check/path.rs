//! Names, attributes, fields and elements.

use super::scope::{Entry, Found, Origin, Scope, as_outer};
use super::tree::{ColumnId, Expr, Node};
use super::types::{Objects, Type};
use super::{Checker, expr};
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span, nearest};
use crate::heap::{Read, kind_of};
use crate::source;
use crate::syntax::ast::{self, ClassName, Name};
use heapwise_engine::id::ClassId;
use heapwise_engine::table::Kind;
use heapwise_engine::value::{self, FieldKind};
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
];

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
                None => {}
            }
        }
        if let Some(error) = self.class_as_value(scope, of, name) {
            return Err(error);
        }
        let object = self.holder(scope, of)?;
        self.field(object, name, declared, span)
    }

    /// An expression that must be an object, since a field or an attribute of it follows.
    fn holder(&mut self, scope: &Scope<'_>, of: &ast::Expr) -> Result<Expr> {
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
        let kinds = self.kinds(&of, &dump, name, declared)?;
        let kind = match widest(&kinds) {
            Some(kind) => kind,
            None => self.narrowed(&of, &dump, name, declared.is_some(), &kinds)?,
        };
        let declared = declared.map(|class| Arc::from(class.text.as_str()));
        let read = Read::Field { name: Arc::from(name.text.as_str()), declared, kind };
        Ok(Expr { ty: Type::within(kind_of(kind), &dump), node: Node::Read(dump, read, vec![of]), span })
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
        let declaring = match declared {
            Some(class) => Some(self.classes_named(dump, class)?),
            None => None,
        };
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
        let index = self.expr(scope, index)?;
        if !matches!(index.ty.kind, Some(Kind::Count) | None) {
            return Err(Diagnostic::check(
                index.span,
                "an index is an integer",
                format!("this is {}", index.ty.name()),
            ));
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
        let dump = object_dump(&of, &format!("@{}", name.text), span)?;
        if of.ty.kind.is_none() {
            return Ok(expr::null(span));
        }
        if let Some(column) = attribute_column(&name.text) {
            return Ok(self.attribute_of(of, &dump, column, span));
        }
        let own = match name.text.to_lowercase().as_str() {
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

    /// The classes of that name; an error with a near name when there is none.
    pub(super) fn classes_named(&self, dump: &Dump, class: &ClassName) -> Result<Vec<ClassId>> {
        let classes = dump.snapshot.classes_named(&class.text);
        if !classes.is_empty() {
            return Ok(classes);
        }
        let error =
            Diagnostic::check(class.span, format!("no class is called `{}`", class.text), "unknown class");
        Err(match nearest(&class.text, dump.class_names()) {
            Some(near) => error.hint(format!("did you mean {}?", quoted_if_odd(near))),
            None => error.hint("`SELECT class FROM classes WHERE class LIKE '%Name%'` finds classes"),
        })
    }
}

/// The position of an attribute in the columns of `objects`.
pub(crate) fn attribute_column(name: &str) -> Option<usize> {
    let alias = ATTRIBUTE_ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name));
    let name = alias.map_or(name, |(_, column)| column);
    source::attributes().iter().position(|column| column.name.eq_ignore_ascii_case(name))
}

/// The name in back-quotes when the grammar would not read it bare.
pub(crate) fn quoted_if_odd(class: &str) -> String {
    let bare = class.trim_end_matches("[]");
    let plain = bare.split('.').all(|part| {
        let mut chars = part.chars();
        chars.next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '$')
            && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '$')
    });
    let keyword = crate::syntax::KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(bare));
    if plain && !keyword { class.to_owned() } else { format!("`{bare}`{}", &class[bare.len()..]) }
}

/// The one kind, or float when all are numbers; `None` when they differ.
fn widest(kinds: &[(FieldKind, ClassId)]) -> Option<FieldKind> {
    let number = |kind: FieldKind| matches!(kind, FieldKind::Int | FieldKind::Float);
    let (first, _) = *kinds.first()?;
    if kinds.iter().all(|&(kind, _)| kind == first) {
        return Some(first);
    }
    kinds.iter().all(|&(kind, _)| number(kind)).then_some(FieldKind::Float)
}

fn object_dump(of: &Expr, what: &str, span: Span) -> Result<Arc<Dump>> {
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

fn missing_field(objects: &Objects, dump: &Dump, name: &Name, classes: Option<&[ClassId]>) -> Diagnostic {
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

fn missing_attribute(name: &Name) -> Diagnostic {
    let error =
        Diagnostic::check(name.span, format!("there is no attribute `@{}`", name.text), "unknown attribute");
    let columns = source::attributes().iter().map(|column| column.name);
    let all: Vec<&str> = columns.chain(OWN_ATTRIBUTES.iter().map(|(name, _)| *name)).collect();
    let aliases = ATTRIBUTE_ALIASES.iter().map(|(alias, _)| *alias);
    match (name.text.to_lowercase().as_str(), nearest(&name.text, all.iter().copied().chain(aliases))) {
        ("valuearray", _) => error.hint("elements are reached by index: array[0]; @length is their number"),
        (_, Some(near)) => error.hint(format!("did you mean `@{near}`?")),
        (_, None) => error.hint(format!("attributes: {}", all.join(", "))),
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

/// The first few of many names.
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const SHOWN: usize = 8;
    let mut names: Vec<&str> = names.collect();
    names.dedup();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    let shown = names.join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
