//! Forms that are others in short: MAT's `SELECT AS RETAINED SET` is a select from a function.

use crate::error::Span;
use crate::syntax::ast::{
    Argument, Branch, Expr, Item, JoinKind, Joined, Name, Node, Query, Relation, Select, Source,
};

/// The same as a select from `retained_set`; one item gives its name to the objects.
pub(super) fn rewritten(select: &Select) -> Select {
    let span = select.span;
    let inner = Select { retained_set: None, ..select.clone() };
    let name = |text: &str| Name { text: text.to_owned(), span };
    let object = || Expr { node: Node::Name(name("object"), None), span };
    let items = match select.items.as_slice() {
        [Item::Expr(Expr { node: Node::Name(alias, None), .. }, None)] => {
            vec![Item::Expr(object(), Some(alias.clone()))]
        }
        [Item::Expr(_, Some(label)) | Item::Objects(_, Some(label))] => {
            vec![Item::Expr(object(), Some(label.clone()))]
        }
        _ => vec![Item::Star(None, span)],
    };
    let set = Expr { node: Node::Query(Box::new(alone(inner))), span };
    let source = Source::Function(name("retained_set"), vec![Argument { name: None, value: set }]);
    // The set is of the dump of its objects, whatever dump the function names.
    let relation = Relation { source, dump: None, alias: None, columns: Vec::new(), lateral: false, span };
    let from = vec![Joined { kind: JoinKind::Cross, relation, on: None, using: Vec::new() }];
    plain(items, from, span)
}

/// `SELECT items FROM from`.
pub(super) fn plain(items: Vec<Item>, from: Vec<Joined>, span: Span) -> Select {
    Select {
        distinct: false,
        retained_set: None,
        items,
        from,
        filter: None,
        group: Vec::new(),
        having: None,
        windows: Vec::new(),
        span,
    }
}

/// The query of one SELECT.
pub(super) fn alone(select: Select) -> Query {
    let span = select.span;
    let first = Branch::Select(Box::new(select));
    Query { with: Vec::new(), first, rest: Vec::new(), order: Vec::new(), limit: None, offset: None, span }
}
