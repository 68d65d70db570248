//! What the functions of one row are, by their arguments.

use super::Checker;
use super::expr::null;
use super::tree::{Expr, Node};
use super::types::{Objects, Type};
use crate::error::{Diagnostic, Result, Span};
use crate::functions::Scalar;
use crate::heap::{Measure, Read};
use heapwise_engine::table::Kind;
use std::sync::Arc;

impl Checker<'_> {
    /// A call of a scalar function, its arguments as its parameters want them.
    pub(super) fn scalar(&mut self, which: Scalar, mut arguments: Vec<Expr>, span: Span) -> Result<Expr> {
        let first = arguments.first().cloned().unwrap_or_else(|| null(span));
        if let Some(other) = self.other_form(which, &first, &arguments, span)? {
            return Ok(other);
        }
        match which {
            Scalar::Length | Scalar::Contains | Scalar::StartsWith | Scalar::EndsWith => {
                arguments[0] = self.as_text(first.clone())?;
            }
            Scalar::RegexpLike | Scalar::RegexpExtract | Scalar::RegexpCount | Scalar::RegexpReplace => {
                check_regex(&arguments)?;
            }
            Scalar::DatePart | Scalar::DateTrunc => check_part(which, &first)?,
            Scalar::Sqrt | Scalar::Power | Scalar::Exp | Scalar::Ln | Scalar::Log10 | Scalar::Log2 => {
                let float = Type::of(Kind::Float);
                arguments = arguments.into_iter().map(|argument| argument.into_type(&float)).collect();
            }
            _ => {}
        }
        let ty = simple_type(which, &first);
        if ty.kind.is_none() {
            return Ok(null(span));
        }
        let call = Expr { node: Node::Scalar(which, arguments), ty, span };
        let whole = matches!(which, Scalar::Floor | Scalar::Ceil | Scalar::Trunc);
        Ok(if whole { call.into_type(&Type::of(Kind::Count)) } else { call })
    }

    /// What a call means that is written otherwise in the tree, by its kind of argument; `None`: a call it stays.
    fn other_form(
        &mut self,
        which: Scalar,
        first: &Expr,
        arguments: &[Expr],
        span: Span,
    ) -> Result<Option<Expr>> {
        let own = || first.clone();
        Ok(Some(match which {
            Scalar::ToText => Expr { span, ..self.shown(own())? },
            Scalar::ToHex => self.hex(own(), span)?,
            Scalar::ToTime => Expr { span, ..own() },
            Scalar::Millis => Expr { span, ..own().into_type(&Type::of(Kind::Count)) },
            Scalar::Now => Expr { node: Node::Time(now()), ty: Type::of(Kind::Time), span },
            Scalar::If => self.chosen(arguments.to_vec(), span)?,
            Scalar::Package if first.ty.is(Kind::Class) => read(Read::Package, arguments.to_vec(), span),
            Scalar::SimpleName if first.ty.is(Kind::Class) => {
                read(Read::SimpleName, arguments.to_vec(), span)
            }
            Scalar::Length if first.ty.is(Kind::Object) => self.named_attribute(own(), "length", span),
            Scalar::Length if first.ty.is_list() => {
                let node = Node::Scalar(Scalar::ListLength, arguments.to_vec());
                Expr { node, ty: Type::of(Kind::Count), span }
            }
            Scalar::Modulo => {
                let right = arguments.get(1).cloned().unwrap_or_else(|| null(span));
                self.arithmetic(crate::syntax::ast::Operator::Remainder, own(), right, span)?
            }
            Scalar::Round | Scalar::Floor | Scalar::Ceil | Scalar::Trunc
                if !first.ty.is(Kind::Float) && first.ty.kind.is_some() =>
            {
                Expr { span, ..own() }
            }
            _ if takes_objects(which) => self.of_objects(which, arguments.to_vec(), span)?,
            _ => return Ok(None),
        }))
    }

    fn chosen(&self, arguments: Vec<Expr>, span: Span) -> Result<Expr> {
        let mut arguments = arguments.into_iter();
        let condition = arguments.next().unwrap_or_else(|| null(span));
        let (mut values, ty) = self.unified(arguments.collect(), "the values of if")?;
        let otherwise = values.pop().map(Box::new);
        let then = values.pop().unwrap_or_else(|| null(span));
        Ok(Expr { node: Node::Case(vec![(condition, then)], otherwise), ty, span })
    }

    fn of_objects(&mut self, which: Scalar, arguments: Vec<Expr>, span: Span) -> Result<Expr> {
        let first = arguments.first().cloned().unwrap_or_else(|| null(span));
        if first.ty.kind.is_none() {
            return Ok(null(span));
        }
        let measure = |measure| Ok(read(Read::Measure(measure), arguments.clone(), span));
        match which {
            Scalar::ClassOf => Ok(class_object(first, span)),
            Scalar::DominatorOf => Ok(self.named_attribute(first, "dominator", span)),
            Scalar::RetainedSize if first.ty.is(Kind::Object) => {
                Ok(self.named_attribute(first, "retained", span))
            }
            Scalar::CommonDominator if first.ty.is(Kind::Object) => Ok(Expr { span, ..first }),
            Scalar::RetainedSize => Ok(read(Read::RetainedSize, arguments, span)),
            Scalar::CommonDominator => Ok(read(Read::CommonDominator, arguments, span)),
            Scalar::Dominated => Ok(read(Read::Dominated, arguments, span)),
            Scalar::Outbounds => Ok(read(Read::Outbounds, arguments, span)),
            Scalar::Inbounds => Ok(read(Read::Inbounds, arguments, span)),
            Scalar::ContentHash => Ok(read(Read::Hash, arguments, span)),
            Scalar::SameContent => self.same_content(arguments, span),
            Scalar::Size => measure(Measure::Size),
            Scalar::Capacity => measure(Measure::Capacity),
            Scalar::FillRatio => measure(Measure::FillRatio),
            Scalar::Collisions => measure(Measure::Collisions),
            Scalar::Get => Ok(read(Read::Get, arguments, span)),
            _ => self.named_field(arguments, span),
        }
    }

    /// `field(object, 'name')`.
    fn named_field(&mut self, mut arguments: Vec<Expr>, span: Span) -> Result<Expr> {
        let (name, object) = (arguments.pop(), arguments.pop());
        match (object, name.map(|name| (name.node, name.span))) {
            (Some(object), Some((Node::Text(text), at))) => {
                self.field(object, &crate::syntax::ast::Name { text, span: at }, None, span)
            }
            (_, name) => Err(Diagnostic::check(
                name.map_or(span, |(_, at)| at),
                "the name of the field is a literal text",
                "not a literal",
            )
            .hint("FROM fields(x) gives all fields as rows, to be filtered by name")),
        }
    }

    fn same_content(&self, mut arguments: Vec<Expr>, span: Span) -> Result<Expr> {
        let (Some(right), Some(left)) = (arguments.pop(), arguments.pop()) else { return Ok(null(span)) };
        let (Some(one), Some(other)) = (left.ty.dump.clone(), right.ty.dump.clone()) else {
            return Ok(null(span));
        };
        let node = Node::Read(one, Read::Same(other), vec![left, right]);
        Ok(Expr { node, ty: Type::of(Kind::Bool), span })
    }

    fn hex(&self, value: Expr, span: Span) -> Result<Expr> {
        let value = match value.ty.kind {
            Some(Kind::Object) => self.named_attribute(value, "address", span),
            Some(Kind::Address | Kind::Count | Kind::Bytes) | None => value,
            _ => {
                let what = value.ty.name();
                return Err(Diagnostic::check(
                    value.span,
                    format!("toHex needs a number or an object, this is {what}"),
                    format!("is {what}"),
                ));
            }
        };
        Ok(Expr { node: Node::Scalar(Scalar::ToHex, vec![value]), ty: Type::of(Kind::Text), span })
    }

    pub(super) fn named_attribute(&self, object: Expr, name: &str, span: Span) -> Expr {
        match (object.ty.dump.clone(), super::attributes::attribute_column(name)) {
            (Some(dump), Some(column)) => self.attribute_of(object, &dump, column, span),
            _ => null(span),
        }
    }
}

/// Something that is read from the heap of the first argument.
pub(super) fn read(read: Read, arguments: Vec<Expr>, span: Span) -> Expr {
    let Some(dump) = arguments.first().and_then(|argument| argument.ty.dump.clone()) else {
        return null(span);
    };
    let ty = Type::within(read.gives(), &dump);
    Expr { node: Node::Read(dump, read, arguments), ty, span }
}

/// The class object, which knows the statics of the classes that the object can have.
fn class_object(object: Expr, span: Span) -> Expr {
    let Some(dump) = object.ty.dump.clone() else { return null(span) };
    let classes: Arc<[_]> = match &object.ty.objects {
        Objects::Instances(classes) => Arc::clone(classes),
        _ => dump.classes().collect(),
    };
    let ty = Type::objects(&dump, Objects::Statics(classes));
    Expr { node: Node::Read(dump, Read::ClassObject, vec![object]), ty, span }
}

/// Functions that read objects.
fn takes_objects(which: Scalar) -> bool {
    matches!(
        which,
        Scalar::ClassOf
            | Scalar::DominatorOf
            | Scalar::Dominated
            | Scalar::Outbounds
            | Scalar::Inbounds
            | Scalar::RetainedSize
            | Scalar::CommonDominator
            | Scalar::Field
            | Scalar::ContentHash
            | Scalar::SameContent
            | Scalar::Size
            | Scalar::Capacity
            | Scalar::FillRatio
            | Scalar::Collisions
            | Scalar::Get
    )
}

/// The type of functions whose result does not depend on more than the first argument.
fn simple_type(which: Scalar, first: &Expr) -> Type {
    match which {
        Scalar::Length | Scalar::Position | Scalar::RegexpCount | Scalar::DatePart => Type::of(Kind::Count),
        Scalar::RegexpLike | Scalar::Contains | Scalar::StartsWith | Scalar::EndsWith => Type::of(Kind::Bool),
        Scalar::DateTrunc => Type::of(Kind::Time),
        Scalar::Round | Scalar::Floor | Scalar::Ceil | Scalar::Trunc => Type::of(Kind::Float),
        Scalar::Sqrt | Scalar::Power | Scalar::Exp | Scalar::Ln | Scalar::Log10 | Scalar::Log2 => {
            Type::of(Kind::Float)
        }
        Scalar::Abs | Scalar::Sign | Scalar::Coalesce | Scalar::NullIf | Scalar::Greatest | Scalar::Least => {
            first.ty.clone()
        }
        _ => Type::of(Kind::Text),
    }
}

fn check_regex(arguments: &[Expr]) -> Result<()> {
    match arguments.get(1).map(|pattern| (&pattern.node, pattern.span)) {
        Some((Node::Text(text), span)) => super::pattern::regex(text, span).map(|_| ()),
        Some((_, span)) => {
            Err(Diagnostic::check(span, "a regular expression must be a literal text", "not a literal"))
        }
        None => Ok(()),
    }
}

fn check_part(which: Scalar, part: &Expr) -> Result<()> {
    let known: &[&str] = if which == Scalar::DatePart { crate::times::PARTS } else { crate::times::UNITS };
    let Node::Text(text) = &part.node else {
        return Err(Diagnostic::check(part.span, "the part of a time is a literal text", "not a literal"));
    };
    if known.contains(&text.to_lowercase().as_str()) {
        return Ok(());
    }
    Err(Diagnostic::check(part.span, format!("times have no part `{text}`"), "unknown part")
        .hint(format!("parts: {}", known.join(", "))))
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
