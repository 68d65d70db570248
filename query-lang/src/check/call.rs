//! Calls of functions: which one is meant, and its arguments.

use super::Checker;
use super::scope::Scope;
use super::tree::{Expr, Node};
use super::types::Type;
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span, nearest};
use crate::functions::{self, Function, Parameter, Role, Scalar};
use crate::syntax::ast::{self, Call, Name};
use heapwise_engine::table::Kind;
use std::sync::Arc;

impl Checker<'_> {
    /// `name(arguments)`.
    pub(super) fn call(&mut self, scope: &Scope<'_>, call: &Call, span: Span) -> Result<Expr> {
        let function = functions::find(&call.name.text, false).ok_or_else(|| unknown(&call.name, span))?;
        if let Some(named) = call.arguments.iter().find_map(|argument| argument.name.as_ref()) {
            return Err(Diagnostic::check(named.span, "arguments of this function have no names", "a name")
                .hint(format!("write {}", function.signature)));
        }
        if let Some(over) = &call.over {
            return self.windowed(scope, function, call, over, span);
        }
        match function.role {
            Role::Aggregate(which, _) => self.aggregate(scope, function, which, call, span),
            Role::Table(..) => Err(rows_as_value(function, span)),
            Role::Ranking(..) => {
                Err(Diagnostic::check(span, format!("`{}` needs a window", function.name), "without OVER")
                    .hint(format!(
                        "write {}, for example OVER (ORDER BY x)",
                        function.signature.replace(" OVER (…)", "")
                    )))
            }
            Role::Scalar(which, parameters, optional) => {
                plain(function, call, span)?;
                check_count(function, parameters, optional, call.arguments.len(), span)?;
                if let Some(size) = self.size_of_part(scope, which, call)? {
                    return Ok(Expr { span, ..size });
                }
                let mut arguments = Vec::new();
                let last = parameters.last().copied().unwrap_or(Parameter::Any);
                for (i, argument) in call.arguments.iter().enumerate() {
                    let parameter = *parameters.get(i).unwrap_or(&last);
                    arguments.push(self.given(scope, function, parameter, &argument.value)?);
                }
                if last == Parameter::More {
                    arguments = self.unified(arguments, &format!("the arguments of {}", function.name))?.0;
                }
                self.scalar(which, arguments, span)
            }
        }
    }

    /// The size or capacity of a slice or text that is a field of a Go object.
    fn size_of_part(&mut self, scope: &Scope<'_>, which: Scalar, call: &Call) -> Result<Option<Expr>> {
        let name = match which {
            Scalar::Size | Scalar::Length => "len",
            Scalar::Capacity => "cap",
            _ => return Ok(None),
        };
        call.arguments.first().map_or(Ok(None), |argument| self.part_size(scope, &argument.value, name))
    }

    /// An argument as its parameter needs it.
    pub(super) fn given(
        &mut self,
        scope: &Scope<'_>,
        function: &Function,
        parameter: Parameter,
        argument: &ast::Expr,
    ) -> Result<Expr> {
        if parameter == Parameter::Set
            && let Some(set) = self.set_query(scope, argument, parameter)?
        {
            return Ok(set);
        }
        let value = self.expr(scope, argument)?;
        self.argument(function, parameter, value)
    }

    /// A value as its parameter needs it.
    pub(super) fn argument(&self, function: &Function, parameter: Parameter, value: Expr) -> Result<Expr> {
        let needed = |what: &str, value: &Expr| {
            let found = value.ty.name();
            let message = format!("`{}` needs {what} here, this is {found}", function.name);
            Err(Diagnostic::check(value.span, message, format!("is {found}"))
                .hint(format!("write {}", function.signature)))
        };
        match (parameter, value.ty.kind) {
            (Parameter::Any | Parameter::More, _) | (_, None) => Ok(value),
            (Parameter::Texts, Some(Kind::Object)) | (Parameter::Text, _) => self.as_text(value),
            (Parameter::Texts, _) => self.shown(value),
            (Parameter::Object, Some(Kind::Object)) => Ok(value),
            (Parameter::Object, Some(Kind::Address)) if matches!(value.node, Node::Address(_)) => {
                self.object_literal(value)
            }
            (Parameter::Object, _) => needed("an object", &value),
            (Parameter::Set, Some(Kind::Object | Kind::List(Kind::Object))) => Ok(value),
            (Parameter::Set, Some(Kind::Address)) => self.object_literal(value),
            (Parameter::Set, _) => needed("objects", &value),
            (Parameter::List, Some(Kind::List(_))) => Ok(value),
            (Parameter::List, _) => needed("a list", &value),
            (Parameter::Class, Some(Kind::Class | Kind::Text)) => Ok(value),
            (Parameter::Class, Some(Kind::Object)) => Ok(stands_for(value)),
            (Parameter::Class, _) => needed("a class", &value),
            (Parameter::Condition, Some(Kind::Bool)) => Ok(value),
            (Parameter::Condition, _) => needed("a condition", &value),
            (Parameter::Time, _) => self.as_time(value),
            (Parameter::References, _) => needed("a query of references", &value),
            (Parameter::Dump, _) => needed("the alias of a dump", &value),
            (Parameter::Integer, Some(Kind::Count | Kind::Bytes)) => Ok(value),
            (Parameter::Integer, _) => needed("an integer", &value),
            (Parameter::Number, _) if value.ty.is_number() => Ok(value),
            (Parameter::Number, _) => needed("a number", &value),
        }
    }

    /// An address literal as the object there, in the first dump.
    fn object_literal(&self, value: Expr) -> Result<Expr> {
        let dump = self.dump(None, value.span)?;
        self.object_literal_in(&dump, value)
    }

    /// An address literal as the object there.
    pub(super) fn object_literal_in(&self, dump: &Arc<Dump>, value: Expr) -> Result<Expr> {
        let Node::Address(address) = value.node else { return Ok(value) };
        let id = self.object_at(dump, address, value.span)?;
        Ok(Expr { node: Node::Object(id), ty: Type::within(Kind::Object, dump), span: value.span })
    }
}

/// No DISTINCT, FILTER or ORDER BY.
fn plain(function: &Function, call: &Call, span: Span) -> Result<()> {
    if !call.star && !call.distinct && call.filter.is_none() && call.order.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::check(span, format!("`{}` takes values only", function.name), "not an aggregate")
        .hint(format!("write {}", function.signature)))
}

/// The class that a class object stands for.
fn stands_for(object: Expr) -> Expr {
    let Some(dump) = object.ty.dump.clone() else { return object };
    let (span, ty) = (object.span, Type::within(Kind::Class, &dump));
    Expr { node: Node::Read(dump, crate::heap::Read::Stands, vec![object]), ty, span }
}

pub(super) fn check_count(
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
    let names = functions::all().flat_map(|function| function.aliases.iter().copied().chain([function.name]));
    match nearest(&name.text, names) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None if span.end > name.span.end => error.hint("`:help functions` lists all functions"),
        None => error,
    }
}

fn rows_as_value(function: &Function, span: Span) -> Diagnostic {
    Diagnostic::check(span, format!("`{}` gives rows, not a value", function.name), "a table function").hint(
        format!("put it into FROM, its argument may come from what stands before it: {}", function.signature),
    )
}
