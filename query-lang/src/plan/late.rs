//! Late columns: where few rows are left, attributes of objects are gathered for those rows alone.

use crate::check::tree::{ColumnId, Expr, Node, Relation, Select};
use crate::dump::Dump;
use crate::heap::Read;
use crate::source::Source;
use std::collections::HashMap;
use std::sync::Arc;

/// An attribute that a scan would give: of the object in this column, in this dump, at this position.
type Attribute = (ColumnId, Arc<Dump>, usize);

/// The items without columns that a scan would have to make for all rows.
pub(super) fn gathered(select: &Select) -> Select {
    let mut attributes = HashMap::new();
    if !select.grouped {
        scanned(&select.relation, &mut attributes);
    }
    let mut select = select.clone();
    select.items.iter_mut().for_each(|(_, item)| item.walk(&mut |expr| gather(expr, &attributes)));
    select
}

fn gather(expr: &mut Expr, attributes: &HashMap<ColumnId, Attribute>) {
    let Node::Column(id) = expr.node else { return };
    let Some((this, dump, column)) = attributes.get(&id) else { return };
    let ty = crate::check::types::Type::within(heapwise_engine::table::Kind::Object, dump);
    let object = Expr { node: Node::Column(*this), ty, span: expr.span };
    expr.node = Node::Read(Arc::clone(dump), Read::Attribute(*column), vec![object]);
}

/// The attributes that scans of objects give; where a join makes the object null, so are they.
fn scanned(relation: &Relation, attributes: &mut HashMap<ColumnId, Attribute>) {
    match relation {
        Relation::Scan(Source::Objects(dump, _), columns) => {
            let Some((&this, rest)) = columns.split_first() else { return };
            let each = rest.iter().enumerate().map(|(i, &id)| (id, (this, Arc::clone(dump), i)));
            attributes.extend(each);
        }
        Relation::Filter(input, _) | Relation::Apply(input, _) => scanned(input, attributes),
        Relation::Join(_, left, right, _) => {
            scanned(left, attributes);
            scanned(right, attributes);
        }
        Relation::One | Relation::Scan(..) | Relation::Query(..) => {}
    }
}
