//! Expressions: one arm for each form, the work is in the neighbours.

use super::Checker;
use super::compare::truth;
use super::scope::Scope;
use super::tree::{Expr, Node, Subquery};
use super::types::Type;
use crate::error::{Diagnostic, Result, Span, nearest};
use crate::syntax::ast::{self, Name, Operator};
use heapwise_engine::table::Kind;

impl Checker<'_> {
    /// The typed form of an expression.
    pub(super) fn expr(&mut self, scope: &Scope<'_>, expr: &ast::Expr) -> Result<Expr> {
        let span = expr.span;
        match &expr.node {
            ast::Node::Null => Ok(null(span)),
            ast::Node::Bool(value) => Ok(Expr::truth(*value, span)),
            ast::Node::Int(value) => Ok(literal(Node::Int(*value), Kind::Count, span)),
            ast::Node::Size(value) => Ok(literal(Node::Int(*value), Kind::Bytes, span)),
            ast::Node::Float(value) => Ok(literal(Node::Float(*value), Kind::Float, span)),
            ast::Node::Text(value) => Ok(literal(Node::Text(value.clone()), Kind::Text, span)),
            ast::Node::Address(value) => Ok(literal(Node::Address(*value), Kind::Address, span)),
            ast::Node::Parameter(name) => self.parameter(scope, name, span),
            ast::Node::Name(name, declared) => self.name(scope, name, declared.as_ref()),
            ast::Node::Attribute(of, name) => self.attribute(scope, of.as_deref(), name, span),
            ast::Node::Field(of, name, declared) => self.member(scope, of, name, declared.as_ref(), span),
            ast::Node::Bean(name) => Err(bean(name)),
            ast::Node::Index(of, index) => self.element(scope, of, index, span, false),
            ast::Node::Slice(of, from, to) => self.slice(scope, of, [from, to], span),
            ast::Node::Time(text) => {
                let time = super::shown::time(text, span)?;
                Ok(literal(Node::Time(time), Kind::Time, span))
            }
            ast::Node::Call(call) => self.call(scope, call, span),
            ast::Node::Not(x) => Ok(truth(Node::Not(Box::new(self.condition(scope, x)?)), span)),
            ast::Node::Minus(x) => self.minus(scope, x, span),
            ast::Node::Binary(operator, left, right) => self.binary(scope, *operator, left, right, span),
            ast::Node::Is(x, wanted, negated) => self.is(scope, x, *wanted, *negated, span),
            ast::Node::InList(x, list, negated) => {
                let value = self.expr(scope, x)?;
                let list = list.iter().map(|item| self.expr(scope, item)).collect::<Result<_>>()?;
                Ok(negate(self.in_list(value, list, span)?, *negated))
            }
            ast::Node::InQuery(x, query, negated) => self.in_query(scope, x, query, *negated, span),
            ast::Node::InValue(x, list, negated) => self.in_value(scope, x, list, *negated, span),
            ast::Node::Between(x, low, high, negated) => self.between(scope, [x, low, high], *negated, span),
            ast::Node::Like { value, pattern, negated, case } => {
                let (value, pattern) = (self.expr(scope, value)?, self.expr(scope, pattern)?);
                let test = if self.is_double_quoted(&pattern) {
                    self.matches(value, &pattern, *case, span)?
                } else {
                    self.like(value, pattern, *case, span)?
                };
                Ok(negate(test, *negated))
            }
            ast::Node::Distinct(left, right, negated) => {
                let (left, right) = (self.expr(scope, left)?, self.expr(scope, right)?);
                Ok(negate(self.same(left, right, span)?, !*negated))
            }
            ast::Node::InstanceOf(x, class, implements) => {
                self.instance_of(scope, x, class, *implements, span)
            }
            ast::Node::Case(operand, branches, otherwise) => {
                self.case(scope, operand.as_deref(), branches, otherwise.as_deref(), span)
            }
            ast::Node::Cast(x, kind) => self.cast(scope, x, kind, span),
            ast::Node::Exists(query) => {
                let query = self.query(query, Some(scope))?;
                Ok(truth(Node::Exists(Subquery(Box::new(query))), span))
            }
            ast::Node::Query(query) => self.scalar_query(scope, query, span),
        }
    }

    /// An expression that must be a truth value.
    pub(super) fn condition(&mut self, scope: &Scope<'_>, expr: &ast::Expr) -> Result<Expr> {
        let value = self.expr(scope, expr)?;
        match value.ty.kind {
            Some(Kind::Bool) => Ok(value),
            None => Ok(Expr { ty: Type::of(Kind::Bool), ..value }),
            _ => {
                let what = value.ty.name();
                Err(Diagnostic::check(
                    value.span,
                    format!("a condition is needed here, this is {what}"),
                    format!("is {what}"),
                )
                .hint("compare it with something, for example x > 0 or x IS NOT NULL"))
            }
        }
    }

    /// The value given to `$name`: a literal when it reads like one, else text.
    fn parameter(&mut self, scope: &Scope<'_>, name: &str, span: Span) -> Result<Expr> {
        let parameters = self.context.parameters;
        let Some(value) = parameters.get(name) else {
            let error = Diagnostic::check(span, format!("no value was given for `${name}`"), "no value");
            return Err(match nearest(name, parameters.keys().map(String::as_str)) {
                Some(near) => error.hint(format!("did you mean `${near}`?")),
                None => error.hint(format!("start with --param {name}=VALUE")),
            });
        };
        let node = literal_of(value).unwrap_or_else(|| ast::Node::Text(value.clone()));
        self.expr(scope, &ast::Expr { node, span })
    }

    fn minus(&mut self, scope: &Scope<'_>, operand: &ast::Expr, span: Span) -> Result<Expr> {
        let value = self.expr(scope, operand)?;
        if !value.ty.is_number() {
            return Err(Diagnostic::check(
                value.span,
                format!("`-` needs a number, this is {}", value.ty.name()),
                "no number",
            ));
        }
        Ok(Expr { ty: value.ty.clone(), node: Node::Minus(Box::new(value)), span })
    }

    fn binary(
        &mut self,
        scope: &Scope<'_>,
        operator: Operator,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
    ) -> Result<Expr> {
        if matches!(operator, Operator::And | Operator::Or) {
            let (left, right) = (self.condition(scope, left)?, self.condition(scope, right)?);
            return Ok(truth(Node::Binary(operator, Box::new(left), Box::new(right)), span));
        }
        let (left, right) = (self.expr(scope, left)?, self.expr(scope, right)?);
        match operator {
            Operator::Matches => self.matches(left, &right, true, span),
            Operator::MatchesNot => Ok(negate(self.matches(left, &right, true, span)?, true)),
            Operator::Concat => {
                let (left, right) = (self.appended(left)?, self.appended(right)?);
                Ok(Expr {
                    node: Node::Binary(operator, Box::new(left), Box::new(right)),
                    ty: Type::of(Kind::Text),
                    span,
                })
            }
            _ if operator.compares() => self.compare(operator, left, right, span),
            _ => self.arithmetic(operator, left, right, span),
        }
    }

    /// An operand of `||`: numbers become texts by themselves, objects do not.
    fn appended(&self, value: Expr) -> Result<Expr> {
        if value.ty.is(Kind::Object) { self.as_text(value) } else { self.shown(value) }
    }

    fn is(
        &mut self,
        scope: &Scope<'_>,
        x: &ast::Expr,
        wanted: Option<bool>,
        negated: bool,
        span: Span,
    ) -> Result<Expr> {
        let node = match wanted {
            None => Node::IsNull(Box::new(self.expr(scope, x)?)),
            Some(value) => Node::Is(Box::new(self.condition(scope, x)?), value),
        };
        Ok(negate(truth(node, span), negated))
    }

    fn between(
        &mut self,
        scope: &Scope<'_>,
        parts: [&ast::Expr; 3],
        negated: bool,
        span: Span,
    ) -> Result<Expr> {
        let [mut x, low, high] =
            [self.expr(scope, parts[0])?, self.expr(scope, parts[1])?, self.expr(scope, parts[2])?];
        let above = self.compare(Operator::GreaterEqual, self.copy(&mut x)?, low, span)?;
        let below = self.compare(Operator::LessEqual, x, high, span)?;
        Ok(negate(truth(Node::Binary(Operator::And, Box::new(above), Box::new(below)), span), negated))
    }

    fn case(
        &mut self,
        scope: &Scope<'_>,
        operand: Option<&ast::Expr>,
        branches: &[(ast::Expr, ast::Expr)],
        otherwise: Option<&ast::Expr>,
        span: Span,
    ) -> Result<Expr> {
        let mut operand = operand.map(|operand| self.expr(scope, operand)).transpose()?;
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        for (when, then) in branches {
            conditions.push(match &mut operand {
                None => self.condition(scope, when)?,
                Some(operand) => {
                    let value = self.expr(scope, when)?;
                    self.compare(Operator::Equal, self.copy(operand)?, value, when.span)?
                }
            });
            values.push(self.expr(scope, then)?);
        }
        let branches = values.len();
        if let Some(otherwise) = otherwise {
            values.push(self.expr(scope, otherwise)?);
        }
        let (mut values, ty) = self.unified(values, "the branches of CASE")?;
        let otherwise = values.split_off(branches).pop().map(Box::new);
        Ok(Expr { node: Node::Case(conditions.into_iter().zip(values).collect(), otherwise), ty, span })
    }

    /// The values as their common type.
    pub(super) fn unified(&self, values: Vec<Expr>, what: &str) -> Result<(Vec<Expr>, Type)> {
        let mut ty = Type::NULL;
        for value in &values {
            let Some(common) = ty.common(&value.ty) else {
                let message = format!("{what} differ: {} and {}", ty.name(), value.ty.name());
                return Err(Diagnostic::check(value.span, message, format!("is {}", value.ty.name()))
                    .hint("toString(x) or CAST(x AS …) makes them alike"));
            };
            ty = common;
        }
        Ok((values.into_iter().map(|value| value.into_type(&ty)).collect(), ty))
    }

    fn cast(&mut self, scope: &Scope<'_>, x: &ast::Expr, name: &Name, span: Span) -> Result<Expr> {
        let value = self.expr(scope, x)?;
        let kind = match name.text.to_lowercase().as_str() {
            "int" | "integer" | "long" | "bigint" | "count" => Kind::Count,
            "float" | "double" | "real" => Kind::Float,
            "text" | "string" | "varchar" | "char" => return Ok(Expr { span, ..self.shown(value)? }),
            "timestamp" | "time" | "date" | "datetime" => return Ok(Expr { span, ..self.as_time(value)? }),
            "bytes" | "size" => Kind::Bytes,
            "address" => Kind::Address,
            "bool" | "boolean" => Kind::Bool,
            _ => {
                return Err(Diagnostic::check(
                    name.span,
                    format!("there is no type `{}`", name.text),
                    "unknown type",
                )
                .hint("types: int, float, text, bool, bytes, address, timestamp"));
            }
        };
        match (value.ty.kind, kind) {
            (Some(Kind::Object), Kind::Address) => {
                let dump = value.ty.dump.clone();
                let column = super::attributes::attribute_column("address").unwrap_or(0);
                dump.map(|dump| self.attribute_of(value, &dump, column, span))
                    .ok_or_else(|| Diagnostic::check(span, "this object belongs to no dump", ""))
            }
            (Some(Kind::Object | Kind::Class), _) => {
                let what = value.ty.name();
                Err(Diagnostic::check(
                    value.span,
                    format!("{what} cannot be cast to {}", name.text),
                    format!("is {what}"),
                )
                .hint("CAST(toString(x) AS int) reads the number in a String"))
            }
            _ => Ok(Expr { node: Node::Convert(Box::new(value)), ty: Type::of(kind), span }),
        }
    }

    /// MAT writes regular expressions in double quotes after LIKE.
    fn is_double_quoted(&self, pattern: &Expr) -> bool {
        matches!(pattern.node, Node::Text(_))
            && self.context.text.as_bytes().get(pattern.span.start) == Some(&b'"')
    }
}

/// The literal null.
pub(super) fn null(span: Span) -> Expr {
    Expr { node: Node::Null, ty: Type::NULL, span }
}

fn literal(node: Node, kind: Kind, span: Span) -> Expr {
    Expr { node, ty: Type::of(kind), span }
}

/// Both conditions.
pub(super) fn and(left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    truth(Node::Binary(Operator::And, Box::new(left), Box::new(right)), span)
}

pub(super) fn negate(test: Expr, negated: bool) -> Expr {
    let span = test.span;
    if negated { truth(Node::Not(Box::new(test)), span) } else { test }
}

/// The literal that a parameter's value is, if it is one.
fn literal_of(value: &str) -> Option<ast::Node> {
    let mut statements = crate::syntax::parse(&format!("SELECT {value}")).ok()?;
    let statement = statements.pop().filter(|_| statements.is_empty())?;
    let ast::Action::Query(query) = statement.action else { return None };
    let ast::Branch::Select(mut select) = query.first else { return None };
    let plain =
        query.rest.is_empty() && query.limit.is_none() && select.from.is_empty() && select.items.len() == 1;
    match select.items.pop().filter(|_| plain)? {
        ast::Item::Expr(expr, None) => Some(expr.node).filter(|node| {
            use ast::Node::{Address, Bool, Float, Int, Null, Size, Text};
            matches!(node, Null | Bool(_) | Int(_) | Float(_) | Size(_) | Address(_) | Text(_))
        }),
        _ => None,
    }
}

fn bean(name: &Name) -> Diagnostic {
    let hint = match name.text.as_str() {
        "size" | "length" => {
            "the number of elements of an array is @length; a collection has a field for it".to_owned()
        }
        "toString" => "write toString(x)".to_owned(),
        "getClass" => "write classof(x) for the class object, x.@class for the name".to_owned(),
        "getObjectAddress" => "write x.@address".to_owned(),
        "getObjectId" => "write x.@id".to_owned(),
        "getUsedHeapSize" => "write x.@shallow".to_owned(),
        "getRetainedHeapSize" => "write x.@retained".to_owned(),
        "getDisplayName" => "write x.@displayName".to_owned(),
        other => {
            match other.strip_prefix("get").filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
            {
                Some(rest) => format!("name the field: x.{}{}", rest[..1].to_lowercase(), &rest[1..]),
                None => "name a field without (), or an attribute such as @retained".to_owned(),
            }
        }
    };
    Diagnostic::check(name.span, "methods cannot be called: a dump holds values, not code", "is a method")
        .hint(hint)
}
