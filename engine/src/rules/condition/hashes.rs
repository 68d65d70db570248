//! Keys that were changed after they were put into a hash table: the hash in their node is that of what they were.

use super::In;
use super::formula::{Formula, Known, formulas};
use crate::format::hprof::Value;
use crate::id::{ClassId, ObjectId};
use crate::store::Snapshot;
use crate::value::{elements, field_object, field_value};

/// Nodes of the table whose keys tell how their class makes its hash.
const MOST_NODES: usize = 200;

/// Nodes of the table that are looked at for keys of the class.
const MOST_LOOKED_AT: usize = 5_000;

/// A node of a hash table.
#[derive(Clone, Copy)]
pub(super) struct Node {
    /// What the key's hash may have been when it was put in: two, where the table does not keep the sign.
    pub(super) hashes: [i32; 2],
    pub(super) key: ObjectId,
}

/// Whether the key of the node that holds by the edge is not what it was; `None` where that cannot be told.
pub(super) fn is_changed(at: In) -> Option<bool> {
    let node = node(at.snapshot, at.owner)?;
    let class = at.snapshot.class_of(node.key);
    let nodes = nodes_beside(at, class);
    let known = Known::of(at.snapshot, class, &nodes)?;
    let own = Known::of(at.snapshot, class, &[node])?;
    let formulas: Vec<Formula> = formulas(known.fields());
    let proved = formulas.iter().filter(|formula| known.proves(formula)).collect::<Vec<_>>();
    if !proved.is_empty() {
        return Some(!proved.iter().any(|formula| own.fits(formula)));
    }
    Some(formulas.iter().any(|formula| known.one_field_changed(formula) && !own.fits(formula)))
}

/// Nodes of the table on the path whose keys are of this class.
fn nodes_beside(at: In, class: ClassId) -> Vec<Node> {
    let above = at.path.steps[..at.edge].iter().rev();
    let table = above.filter(|step| step.kind.name.ends_with("[]")).find_map(|step| step.object);
    let heads = table.map_or_else(|| vec![at.owner], |table| elements(at.snapshot, table));
    let chain =
        |head: ObjectId| std::iter::successors(Some(head), |&node| field_object(at.snapshot, node, "next"));
    let all = heads.into_iter().flat_map(chain).take(MOST_LOOKED_AT);
    let of_class = |node: &Node| at.snapshot.class_of(node.key) == class;
    all.filter_map(|object| node(at.snapshot, object)).filter(of_class).take(MOST_NODES).collect()
}

fn node(snapshot: &Snapshot, object: ObjectId) -> Option<Node> {
    let Some(Value::Int(stored)) = field_value(snapshot, object, "hash") else { return None };
    let name = snapshot.class_name(snapshot.class_of(object));
    let hashes = match name {
        "java.util.Hashtable$Entry" => [stored, stored],
        _ if name.starts_with("java.util.concurrent.ConcurrentHashMap$") => {
            [unmixed(stored), unmixed(stored | i32::MIN)]
        }
        _ => [unmixed(stored), unmixed(stored)],
    };
    Some(Node { hashes, key: field_object(snapshot, object, "key")? })
}

/// The hash before its upper half was mixed into the lower, as `HashMap.hash` and `ConcurrentHashMap.spread` do.
fn unmixed(hash: i32) -> i32 {
    hash ^ hash.cast_unsigned().wrapping_shr(16).cast_signed()
}
