//! Calls of functions: arguments and the type of the result.

use super::Checker;
use super::scope::Scope;
use super::tree::{Expr, Node};
use super::types::{Objects, Type};
use crate::error::{Diagnostic, Result, Span, nearest};
use crate::functions::{self, FUNCTIONS, Function, Parameter, Role, Scalar};
use crate::heap::Read;
use crate::syntax::ast::{Call, Name};
use heapwise_engine::table::Kind;
use std::sync::Arc;

impl Checker<'_> {
    /// `name(arguments)`.
    pub(super) fn call(&mut self, scope: &Scope<'_>, call: &Call, span: Span) -> Result<Expr> {
        let function = functions::find(&call.name.text).ok_or_else(|| unknown(&call.name, span))?;
        match function.role {
            Role::Aggregate(which) => self.aggregate(scope, which, call, span),
            Role::Table(_) => Err(rows_as_value(function, span)),
            Role::Scalar(which, parameters, optional) => {
                if call.star || call.distinct {
                    return Err(Diagnostic::check(
                        span,
                        format!("`{}` takes values only", function.name),
                        "not an aggregate",
                    )
                    .hint(format!("write {}", function.signature)));
                }
                check_count(function, parameters, optional, call.arguments.len(), span)?;
                let arguments = call.arguments.iter().map(|argument| self.expr(scope, argument));
                let arguments = arguments.collect::<Result<Vec<_>>>()?;
                let arguments = self.arguments(function, parameters, arguments)?;
                self.scalar(which, arguments, span)
            }
        }
    }

    fn arguments(
        &self,
        function: &Function,
        parameters: &[Parameter],
        arguments: Vec<Expr>,
    ) -> Result<Vec<Expr>> {
        if parameters.last() == Some(&Parameter::More) {
            let what = format!("the arguments of {}", function.name);
            return self.unified(arguments, &what).map(|(arguments, _)| arguments);
        }
        let last = parameters.last().copied().unwrap_or(Parameter::Any);
        let all = arguments.into_iter().enumerate();
        all.map(|(i, argument)| self.argument(function, *parameters.get(i).unwrap_or(&last), argument))
            .collect()
    }

    fn argument(&self, function: &Function, parameter: Parameter, value: Expr) -> Result<Expr> {
        let needed = |what: &str, value: &Expr| {
            let found = value.ty.name();
            let message = format!("`{}` needs {what} here, this is {found}", function.name);
            Err(Diagnostic::check(value.span, message, format!("is {found}"))
                .hint(format!("write {}", function.signature)))
        };
        match (parameter, value.ty.kind) {
            (Parameter::Any | Parameter::More, _) | (_, None) => Ok(value),
            (Parameter::Texts, Some(Kind::Object)) | (Parameter::Text, _) => self.as_text(value),
            (Parameter::Texts, _) => Ok(self.shown(value)),
            (Parameter::Object, Some(Kind::Object)) => Ok(value),
            (Parameter::Object, Some(Kind::Address)) if matches!(value.node, Node::Address(_)) => {
                self.object_literal(value)
            }
            (Parameter::Object, _) => needed("an object", &value),
            (Parameter::Integer, Some(Kind::Count | Kind::Bytes)) => Ok(value),
            (Parameter::Integer, _) => needed("an integer", &value),
            (Parameter::Number, _) if value.ty.is_number() => Ok(value),
            (Parameter::Number, _) => needed("a number", &value),
        }
    }

    /// An address literal as the object there, in the first dump.
    fn object_literal(&self, value: Expr) -> Result<Expr> {
        let Node::Address(address) = value.node else { return Ok(value) };
        let dump = self.dump(None, value.span)?;
        let id = self.object_at(&dump, address, value.span)?;
        Ok(Expr { node: Node::Object(id), ty: Type::within(Kind::Object, &dump), span: value.span })
    }

    fn scalar(&self, which: Scalar, mut arguments: Vec<Expr>, span: Span) -> Result<Expr> {
        let first = arguments.first().cloned().unwrap_or_else(|| super::expr::null(span));
        let ty = match which {
            Scalar::ToText => return Ok(Expr { span, ..self.shown(first) }),
            Scalar::ToHex => return self.hex(first, span),
            Scalar::ClassOf => return Ok(class_object(first, span)),
            Scalar::DominatorOf => return Ok(self.named_attribute(first, "dominator", span)),
            Scalar::Length if first.ty.is(Kind::Object) => {
                return Ok(self.named_attribute(first, "length", span));
            }
            Scalar::Length | Scalar::Contains | Scalar::StartsWith | Scalar::EndsWith => {
                arguments[0] = self.as_text(first)?;
                Type::of(if which == Scalar::Length { Kind::Count } else { Kind::Bool })
            }
            Scalar::Position => Type::of(Kind::Count),
            Scalar::Lower
            | Scalar::Upper
            | Scalar::Substring
            | Scalar::Trim
            | Scalar::Replace
            | Scalar::Concat
            | Scalar::Left
            | Scalar::Right
            | Scalar::SplitPart
            | Scalar::RegexpReplace => Type::of(Kind::Text),
            Scalar::Round | Scalar::Floor | Scalar::Ceil
                if !first.ty.is(Kind::Float) && first.ty.kind.is_some() =>
            {
                return Ok(Expr { span, ..first });
            }
            Scalar::Floor | Scalar::Ceil => {
                let rounded = Expr { node: Node::Scalar(which, arguments), ty: Type::of(Kind::Float), span };
                return Ok(rounded.into_type(&Type::of(Kind::Count)));
            }
            Scalar::Round => Type::of(Kind::Float),
            Scalar::Abs | Scalar::Coalesce | Scalar::NullIf | Scalar::Greatest | Scalar::Least => {
                first.ty.clone()
            }
        };
        if ty.kind.is_none() {
            return Ok(super::expr::null(span));
        }
        Ok(Expr { node: Node::Scalar(which, arguments), ty, span })
    }

    /// Any value as text: the contents of Strings, the names of classes, addresses in hexadecimal.
    pub(super) fn shown(&self, value: Expr) -> Expr {
        let (span, ty) = (value.span, Type::of(Kind::Text));
        match (value.ty.kind, value.ty.dump.clone()) {
            (Some(Kind::Text), _) => value,
            (None, _) => Expr { ty, ..value },
            (Some(Kind::Class), _) => value.class_as_text(),
            (Some(Kind::Object), Some(dump)) => {
                Expr { node: Node::Read(dump, Read::Text, vec![value]), ty, span }
            }
            (Some(Kind::Address), _) => Expr { node: Node::Scalar(Scalar::ToHex, vec![value]), ty, span },
            _ => Expr { node: Node::Convert(Box::new(value)), ty, span },
        }
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

    fn named_attribute(&self, object: Expr, name: &str, span: Span) -> Expr {
        match (object.ty.dump.clone(), super::attributes::attribute_column(name)) {
            (Some(dump), Some(column)) => self.attribute_of(object, &dump, column, span),
            _ => super::expr::null(span),
        }
    }
}

/// The class object, which knows the statics of the classes that the object can have.
fn class_object(object: Expr, span: Span) -> Expr {
    let Some(dump) = object.ty.dump.clone() else { return super::expr::null(span) };
    let classes: Arc<[_]> = match &object.ty.objects {
        Objects::Instances(classes) => Arc::clone(classes),
        _ => dump.classes().collect(),
    };
    let ty = Type::objects(&dump, Objects::Statics(classes));
    Expr { node: Node::Read(dump, Read::ClassObject, vec![object]), ty, span }
}

fn check_count(
    function: &Function,
    parameters: &[Parameter],
    optional: usize,
    given: usize,
    span: Span,
) -> Result<()> {
    let endless = matches!(parameters.last(), Some(Parameter::More | Parameter::Texts));
    let (least, most) = match function.name {
        "nullif" => (2, 2),
        _ if endless => (parameters.len() - 1, usize::MAX),
        _ => (parameters.len() - optional, parameters.len()),
    };
    if (least..=most).contains(&given) {
        return Ok(());
    }
    let plural = if least == 1 { "argument" } else { "arguments" };
    let wanted = match most {
        usize::MAX => format!("at least {least} {plural}"),
        _ if most == least => format!("{least} {plural}"),
        _ => format!("{least} to {most} arguments"),
    };
    Err(Diagnostic::check(
        span,
        format!("`{}` takes {wanted}, not {given}", function.name),
        "wrong number of arguments",
    )
    .hint(format!("write {}", function.signature)))
}

fn unknown(name: &Name, span: Span) -> Diagnostic {
    let error =
        Diagnostic::check(name.span, format!("there is no function `{}`", name.text), "unknown function");
    let names = FUNCTIONS.iter().flat_map(|function| function.aliases.iter().copied().chain([function.name]));
    match nearest(&name.text, names) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None if span.end > name.span.end => error.hint("`:help functions` lists all functions"),
        None => error,
    }
}

fn rows_as_value(function: &Function, span: Span) -> Diagnostic {
    Diagnostic::check(span, format!("`{}` gives rows, not a value", function.name), "a table function")
        .hint(format!("put it into FROM: SELECT * {}", function.signature))
}
