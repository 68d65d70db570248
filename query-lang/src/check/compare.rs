//! Operators: comparisons, patterns and arithmetic between typed values.

use super::Checker;
use super::pattern::{as_regex, like, whole};
use super::tree::{Expr, Node};
use super::types::Type;
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span};
use crate::heap::{Pattern, Read};
use crate::syntax::ast::Operator;
use heapwise_engine::id::Address;
use heapwise_engine::table::Kind;
use std::cmp::Ordering;
use std::sync::Arc;

impl Checker<'_> {
    /// `left operator right` for a comparison.
    pub(super) fn compare(&self, operator: Operator, left: Expr, right: Expr, span: Span) -> Result<Expr> {
        if right.node == Node::Null || left.node == Node::Null {
            let tested = if right.node == Node::Null { left } else { right };
            return Ok(compare_null(operator, tested, span));
        }
        match (left.ty.kind, right.ty.kind, &left.node, &right.node) {
            (Some(Kind::Class), Some(Kind::Text), _, Node::Text(name)) => {
                let name = name.clone();
                return Ok(compare_class(operator, left, &name, span));
            }
            (Some(Kind::Text), Some(Kind::Class), Node::Text(name), _) => {
                let name = name.clone();
                return Ok(compare_class(mirrored(operator), right, &name, span));
            }
            (Some(Kind::Object), Some(Kind::Address), ..) => {
                return self.compare_address(operator, left, right, span);
            }
            (Some(Kind::Address), Some(Kind::Object), ..) => {
                return self.compare_address(mirrored(operator), right, left, span);
            }
            _ => {}
        }
        let Some(ty) = left.ty.common(&right.ty) else { return Err(incomparable(&left, &right, span)) };
        if ty.is_list() {
            return Err(Diagnostic::check(span, "lists cannot be compared", "are lists")
                .hint("compare their lengths, or use x IN list"));
        }
        if ty.is(Kind::Time) {
            super::shown::check_literal(&left)?;
            super::shown::check_literal(&right)?;
        }
        Ok(truth(Node::Binary(operator, Box::new(left.into_type(&ty)), Box::new(right.into_type(&ty))), span))
    }

    /// Whether both are the same, two nulls too.
    pub(super) fn same(&self, left: Expr, right: Expr, span: Span) -> Result<Expr> {
        if left.node == Node::Null || right.node == Node::Null {
            return self.compare(Operator::Equal, left, right, span);
        }
        let compared = self.compare(Operator::Equal, left, right, span)?;
        let same = match compared.node {
            Node::Binary(Operator::Equal, left, right) => Node::Same(left, right),
            // A class against a name: null is none of them.
            node => Node::Is(Box::new(Expr { node, ..compared }), true),
        };
        Ok(truth(same, span))
    }

    /// An object against an address: a literal must be an object's, so that a misspelt one is told.
    fn compare_address(&self, operator: Operator, object: Expr, address: Expr, span: Span) -> Result<Expr> {
        let Some(dump) = object.ty.dump.clone() else { return Err(incomparable(&object, &address, span)) };
        if let Node::Address(value) = address.node {
            let id = self.object_at(&dump, value, address.span)?;
            let literal =
                Expr { node: Node::Object(id), ty: Type::within(Kind::Object, &dump), span: address.span };
            return Ok(truth(Node::Binary(operator, Box::new(object), Box::new(literal)), span));
        }
        let column = super::attributes::attribute_column("address").unwrap_or(0);
        let own = self.attribute_of(object, &dump, column, span);
        Ok(truth(Node::Binary(operator, Box::new(own), Box::new(address)), span))
    }

    /// The object at an address.
    pub(super) fn object_at(&self, dump: &Dump, address: u64, span: Span) -> Result<u32> {
        dump.snapshot.find(Address(address)).map(|id| id.0).ok_or_else(|| {
            Diagnostic::check(span, format!("no object starts at {address:#x}"), "no object")
                .hint("addresses differ between dumps; objects have theirs as x.@address")
        })
    }

    /// `value IN (list)`.
    pub(super) fn in_list(&self, value: Expr, mut list: Vec<Expr>, span: Span) -> Result<Expr> {
        if let [only] = list.as_slice()
            && only.ty.is_list()
        {
            let only = list.remove(0);
            return self.in_list_value(value, only, span);
        }
        if value.ty.is(Kind::Class) && list.iter().all(|item| matches!(item.node, Node::Text(_))) {
            let names =
                |name: &str| list.iter().any(|item| matches!(&item.node, Node::Text(text) if text == name));
            return Ok(name_in(value, names, span));
        }
        if list.len() == 1
            || value.ty.is(Kind::Object)
            || list.iter().any(|item| item.ty.kind != value.ty.kind)
        {
            return self.any_of(value, list, span);
        }
        let list = list.into_iter().map(|item| item.into_type(&value.ty)).collect();
        Ok(truth(Node::InList(Box::new(value), list), span))
    }

    /// Items of other kinds than the value: each is compared as `=` would.
    fn any_of(&self, mut value: Expr, list: Vec<Expr>, span: Span) -> Result<Expr> {
        let mut literals = Vec::new();
        let mut tests = Vec::new();
        for item in list {
            let test = self.compare(Operator::Equal, self.copy(&mut value)?, item, span)?;
            match test.node {
                Node::Binary(Operator::Equal, left, right) if *left == value => literals.push(*right),
                _ => tests.push(test),
            }
        }
        if !literals.is_empty() {
            tests.push(truth(Node::InList(Box::new(value), literals), span));
        }
        let or = |left: Expr, right: Expr| {
            truth(Node::Binary(Operator::Or, Box::new(left), Box::new(right)), span)
        };
        Ok(tests.into_iter().reduce(or).unwrap_or_else(|| Expr::truth(false, span)))
    }

    /// SQL's LIKE, with or without regard to case.
    pub(super) fn like(&self, value: Expr, pattern: Expr, case: bool, span: Span) -> Result<Expr> {
        if let (true, Node::Text(text)) = (value.ty.is(Kind::Class), &pattern.node) {
            let fold = |text: &str| if case { text.to_owned() } else { text.to_lowercase() };
            let text = fold(text);
            return Ok(name_in(value, |name| like(&text, &fold(name)), span));
        }
        let (value, pattern) = (self.as_text(value)?, self.as_text(pattern)?);
        if let (Node::Text(text), Node::Read(_, Read::Text, _)) = (&pattern.node, &value.node) {
            let regex = whole(&as_regex(text), case, span)?;
            return Ok(truth(matched(value, regex), span));
        }
        Ok(truth(Node::Like(Box::new(value), Box::new(pattern), case), span))
    }

    /// Whether the whole value matches a regular expression.
    pub(super) fn matches(&self, value: Expr, pattern: &Expr, case: bool, span: Span) -> Result<Expr> {
        let Node::Text(text) = &pattern.node else {
            return Err(Diagnostic::check(
                pattern.span,
                "a regular expression must be a literal text",
                "not a literal",
            ));
        };
        let regex = whole(text, case, pattern.span)?;
        if value.ty.is(Kind::Class) {
            return Ok(name_in(value, |name| regex.is_match(name), span));
        }
        let value = self.as_text(value)?;
        Ok(truth(matched(value, regex), span))
    }

    /// A value that must be text; classes become their names.
    pub(super) fn as_text(&self, value: Expr) -> Result<Expr> {
        match value.ty.kind {
            None | Some(Kind::Text) => Ok(value),
            Some(Kind::Class) => Ok(value.class_as_text()),
            Some(Kind::Object) => {
                let words = self.words(value.span);
                Err(Diagnostic::check(value.span, "a text is needed here, this is an object", "is an object")
                    .hint(format!("write toString({words}) for the text of a String")))
            }
            _ => {
                let words = self.words(value.span);
                let what = value.ty.name();
                Err(Diagnostic::check(
                    value.span,
                    format!("a text is needed here, this is {what}"),
                    format!("is {what}"),
                )
                .hint(format!("write toString({words})")))
            }
        }
    }
}

/// Whether a text matches. That of an object is not made for it: it is matched where it is read.
fn matched(value: Expr, regex: regex::Regex) -> Node {
    match value.node {
        Node::Read(dump, Read::Text, operands) => {
            Node::Read(dump, Read::TextMatches(Pattern::new(regex)), operands)
        }
        node => Node::Matches(Box::new(Expr { node, ..value }), regex.as_str().to_owned()),
    }
}

fn compare_null(operator: Operator, tested: Expr, span: Span) -> Expr {
    match operator {
        Operator::Equal => truth(Node::IsNull(Box::new(tested)), span),
        Operator::NotEqual => truth(Node::Not(Box::new(truth(Node::IsNull(Box::new(tested)), span))), span),
        _ => Expr { ty: Type::of(Kind::Bool), ..super::expr::null(span) },
    }
}

/// A class against a name: by rank, so that no text is made.
fn compare_class(operator: Operator, class: Expr, name: &str, span: Span) -> Expr {
    let rank = class.ty.dump.as_ref().and_then(|dump| dump.rank(name).ok());
    if let (Some(rank), Operator::Equal | Operator::NotEqual) = (rank, operator) {
        let literal = Expr { node: Node::Object(rank), ty: class.ty.clone(), span };
        return truth(Node::Binary(operator, Box::new(class), Box::new(literal)), span);
    }
    name_in(class, |other| holds(operator, other.cmp(name)), span)
}

fn holds(operator: Operator, ordering: Ordering) -> bool {
    match operator {
        Operator::Equal => ordering.is_eq(),
        Operator::NotEqual => ordering.is_ne(),
        Operator::Less => ordering.is_lt(),
        Operator::LessEqual => ordering.is_le(),
        Operator::Greater => ordering.is_gt(),
        _ => ordering.is_ge(),
    }
}

/// Whether the class is one of those whose names are chosen.
fn name_in(class: Expr, chosen: impl Fn(&str) -> bool, span: Span) -> Expr {
    match class.ty.dump.clone() {
        Some(dump) => {
            let mask: Arc<[bool]> = dump.class_names().map(chosen).collect();
            truth(Node::Read(dump, Read::NameIn(mask), vec![class]), span)
        }
        None => Expr::truth(false, span),
    }
}

fn mirrored(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::LessEqual => Operator::GreaterEqual,
        Operator::Greater => Operator::Less,
        Operator::GreaterEqual => Operator::LessEqual,
        other => other,
    }
}

pub(super) fn truth(node: Node, span: Span) -> Expr {
    Expr { node, ty: Type::of(Kind::Bool), span }
}

pub(super) fn incomparable(left: &Expr, right: &Expr, span: Span) -> Diagnostic {
    let (a, b) = (left.ty.name(), right.ty.name());
    if left.ty.is(Kind::Object) && right.ty.is(Kind::Object) {
        return Diagnostic::check(span, "objects of two dumps cannot be compared", "different dumps")
            .hint("compare their contents or classes, or @address where objects do not move");
    }
    let error = Diagnostic::check(span, format!("{a} and {b} cannot be compared"), "kinds differ");
    let kinds = [left.ty.kind, right.ty.kind];
    if kinds.contains(&Some(Kind::Object)) && kinds.contains(&Some(Kind::Text)) {
        return error.hint("toString(x) is the text of a String, x.@class the name of the class");
    }
    if kinds.contains(&Some(Kind::Text)) {
        return error.hint("CAST(x AS int) makes a number of a text, toString(x) a text of a number");
    }
    error
}
