//! The SELECT list.

use super::Checker;
use super::scope::{Entry, Origin, Scope};
use super::tree::{ColumnId, Expr, Node, Output, Relation, TableCall};
use super::types::Type;
use crate::error::{Diagnostic, Result, Span, nearest};
use crate::functions::TableFunction;
use crate::syntax::ast::{self, Item, Name};
use heapwise_engine::table::Kind;

impl Checker<'_> {
    pub(super) fn items(
        &mut self,
        scope: &Scope<'_>,
        items: &[Item],
        span: Span,
    ) -> Result<(Vec<(String, Expr)>, bool)> {
        let mut named = Vec::new();
        let mut objects = false;
        for item in items {
            match item {
                Item::Star(alias, at) => self.star(scope, alias.as_ref(), *at, &mut named)?,
                Item::Objects(expr, label) => {
                    let value = self.expr(scope, expr)?;
                    if !value.ty.is(Kind::Object) {
                        let what = value.ty.name();
                        return Err(Diagnostic::check(
                            expr.span,
                            format!("OBJECTS needs an object, this is {what}"),
                            format!("is {what}"),
                        )
                        .hint("leave out the word OBJECTS"));
                    }
                    objects = true;
                    named.push((label.as_ref().map_or("object", |label| &label.text).to_owned(), value));
                }
                Item::Expr(expr, alias) => {
                    let value = self.expr(scope, expr)?;
                    named.push((
                        alias.as_ref().map_or_else(|| self.item_name(expr), |alias| alias.text.clone()),
                        value,
                    ));
                }
            }
        }
        if named.is_empty() {
            return Err(Diagnostic::check(span, "nothing is selected", ""));
        }
        Ok((named, objects))
    }

    /// A column or attribute goes by its own name, everything else by its text.
    fn item_name(&self, expr: &ast::Expr) -> String {
        match &expr.node {
            ast::Node::Name(name, _) => name.text.clone(),
            ast::Node::Attribute(None, name) => name.text.clone(),
            ast::Node::Attribute(Some(of), name) if matches!(of.node, ast::Node::Name(..)) => {
                name.text.clone()
            }
            ast::Node::Field(of, name, None) if matches!(of.node, ast::Node::Name(..)) => name.text.clone(),
            _ => self.words(expr.span),
        }
    }

    fn star(
        &mut self,
        scope: &Scope<'_>,
        alias: Option<&Name>,
        span: Span,
        named: &mut Vec<(String, Expr)>,
    ) -> Result<()> {
        if scope.entries.is_empty() {
            return Err(Diagnostic::check(span, "`*` needs a FROM", "of what?"));
        }
        let wanted = |name: &Option<String>| match alias {
            None => true,
            Some(alias) => name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&alias.text)),
        };
        let before = named.len();
        for entry in scope.entries.iter().filter(|entry| wanted(&entry.alias)) {
            match &entry.this {
                Some((id, ty)) if entry.shows_object => {
                    let object = Expr { node: Node::Column(*id), ty: ty.clone(), span };
                    let several = scope.entries.len() > 1;
                    let name = entry.alias.clone().filter(|_| several).unwrap_or_else(|| "object".to_owned());
                    named.push((name, object.clone()));
                    named.extend(self.sizes(object, span));
                }
                _ => named.extend(entry.columns.iter().filter(|column| !column.hidden).map(|column| {
                    (column.name.clone(), Expr { node: Node::Column(column.id), ty: column.ty.clone(), span })
                })),
            }
        }
        match alias {
            Some(alias) if named.len() == before => {
                let error = Diagnostic::check(
                    alias.span,
                    format!("no relation is called `{}`", alias.text),
                    "unknown name",
                );
                let names = scope.entries.iter().filter_map(|entry| entry.alias.as_deref());
                Err(match nearest(&alias.text, names) {
                    Some(near) => error.hint(format!("did you mean `{near}`?")),
                    None => error,
                })
            }
            _ => Ok(()),
        }
    }

    /// `SELECT OBJECTS list`: a row for each object of the list; the item becomes the object.
    pub(super) fn flatten(
        &mut self,
        scope: &mut Scope<'_>,
        relation: &mut Relation,
        filter: &mut Option<Expr>,
        items: &mut [Item],
    ) -> Result<()> {
        let [Item::Objects(item, label)] = items else { return Ok(()) };
        let value = self.expr(scope, item)?;
        let (true, Some(dump)) = (value.ty.is(Kind::List(&Kind::Object)), value.ty.dump.clone()) else {
            return Ok(());
        };
        // No query can spell the name.
        let name = Name { text: "object of the list".to_owned(), span: item.span };
        let types = [Type::of(Kind::Count), Type::within(Kind::Object, &dump), Type::of(Kind::Count)];
        let columns: Vec<(ColumnId, Type)> =
            types.into_iter().map(|ty| (self.column(Origin::Derived), ty)).collect();
        scope.entries.push(Entry {
            alias: Some(name.text.clone()),
            columns: Vec::new(),
            this: Some(columns[1].clone()),
            shows_object: true,
            attributes: Vec::new(),
            order: vec![columns[2].clone()],
        });
        let span = item.span;
        let call = TableCall {
            function: TableFunction::Elements,
            dump,
            dumps: Vec::new(),
            arguments: vec![value],
            columns,
            outer: false,
        };
        let mut input = std::mem::replace(relation, Relation::One);
        if let Some(condition) = filter.take() {
            input = Relation::Filter(Box::new(input), Box::new(condition));
        }
        *relation = Relation::Apply(Box::new(input), call);
        items[0] = Item::Objects(ast::Expr { node: ast::Node::Name(name, None), span }, label.clone());
        Ok(())
    }

    fn sizes(&self, object: Expr, span: Span) -> Vec<(String, Expr)> {
        let Some(dump) = object.ty.dump.clone() else { return Vec::new() };
        ["shallow", "retained"]
            .into_iter()
            .filter_map(|name| {
                let column = super::attributes::attribute_column(name)?;
                Some((name.to_owned(), self.attribute_of(object.clone(), &dump, column, span)))
            })
            .collect()
    }

    pub(super) fn outputs(&mut self, named: Vec<(String, Expr)>) -> (Vec<Output>, Vec<(ColumnId, Expr)>) {
        let mut outputs = Vec::new();
        let mut items = Vec::new();
        for (name, item) in named {
            let id = self.column(Origin::Derived);
            outputs.push(Output { name, id, ty: item.ty.clone() });
            items.push((id, item));
        }
        (outputs, items)
    }
}
