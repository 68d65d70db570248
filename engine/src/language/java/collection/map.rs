//! The entries of maps, in the order in which the map itself goes through them.

use super::kind::Found;
use super::shape::{Chain, Shape};
use super::walk::{Elements, Node, Nodes};
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::{Slots, field_object};
use std::iter;

/// An entry of a map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The key; `None` for null.
    pub key: Option<ObjectId>,
    /// The value; `None` for null.
    pub value: Option<ObjectId>,
    /// The object that holds both; `None` where the map has no such objects.
    pub entry: Option<ObjectId>,
}

/// Entries, one by one.
pub type Entries<'a> = Box<dyn Iterator<Item = Entry> + 'a>;

/// The entries of a map; `None` where the shape is none of a map.
pub(super) fn entries<'a>(map: &Found<'a>) -> Option<Entries<'a>> {
    let snapshot = map.snapshot;
    let array = |field| Elements::or_none(snapshot, map.object(field));
    Some(match map.kind.shape {
        Shape::Chains(chain) => chains(map, array(0).objects(chain.backward), chain),
        Shape::Linked(chain) => chains(map, map.object(2).into_iter(), chain),
        Shape::Bins(chain) => Box::new(chains(map, Bins::new(snapshot, array(0)), chain).filter(is_full)),
        Shape::SkipList(chain) => {
            let base = map.object(0).and_then(|head| field_object(snapshot, head, "node"));
            Box::new(chains(map, base.into_iter(), chain).filter(is_full))
        }
        Shape::Tree => Box::new(super::tree::entries(snapshot, map.object(0))),
        Shape::Pairs => pairs(map, array(0)),
        Shape::Universe => universe(map, array(0), array(1)),
        Shape::Pair => Box::new(iter::once(Entry { key: map.object(0), value: map.object(1), entry: None })),
        Shape::NoEntries => Box::new(iter::empty()),
        _ => return None,
    })
}

/// Concurrent maps have no nulls: nodes without key or value are marks, or their entry is being removed.
fn is_full(entry: &Entry) -> bool {
    entry.key.is_some() && entry.value.is_some()
}

fn chains<'a, H>(map: &Found<'a>, heads: H, chain: &'static Chain) -> Entries<'a>
where
    H: Iterator<Item = ObjectId> + 'a,
{
    let map = *map;
    let nodes = Nodes::new(map.snapshot, heads, [chain.next, chain.key, chain.value]);
    Box::new(nodes.filter_map(move |(data, [_, key, value]): Node<'a, 3>| {
        let key = data.object(key);
        if chain.live && key.is_none() {
            return None;
        }
        Some(Entry { key: map.unmasked(key), value: data.object(value), entry: Some(data.id) })
    }))
}

fn pairs<'a>(map: &Found<'a>, table: Elements<'a>) -> Entries<'a> {
    let map = *map;
    Box::new((0..table.len() / 2).filter_map(move |pair| {
        let key = table.get(2 * pair)?;
        Some(Entry { key: map.unmasked(Some(key)), value: table.get(2 * pair + 1), entry: None })
    }))
}

fn universe<'a>(map: &Found<'a>, keys: Elements<'a>, values: Elements<'a>) -> Entries<'a> {
    let map = *map;
    Box::new((0..values.len()).filter_map(move |index| {
        let value = values.get(index)?;
        Some(Entry { key: keys.get(index), value: map.unmasked(Some(value)), entry: None })
    }))
}

/// Tables behind one another while a map grows: one, in fact.
const MOST_TABLES: u8 = 2;

/// The first nodes of the bins of a `ConcurrentHashMap`, in the order of its `Traverser`.
pub(super) struct Bins<'a> {
    table: Elements<'a>,
    index: usize,
    /// Bins of the next table that come first, the last of them before the others, each with the number of tables before it.
    moved: Vec<(Elements<'a>, usize, u8)>,
    /// `first` of a `TreeBin`, `nextTable` of a `ForwardingNode`.
    special: Slots<'a, 2>,
}

impl<'a> Bins<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, table: Elements<'a>) -> Bins<'a> {
        Bins { table, index: 0, moved: Vec::new(), special: Slots::new(snapshot, ["first", "nextTable"]) }
    }

    fn bin(&mut self) -> Option<(Elements<'a>, usize, u8)> {
        if let Some(moved) = self.moved.pop() {
            return Some(moved);
        }
        let index = self.index;
        self.index += 1;
        (index < self.table.len()).then_some((self.table, index, 0))
    }

    /// Bin `index` was split into two of the next table.
    fn move_on(&mut self, next: Elements<'a>, index: usize, length: usize, tables: u8) {
        if tables < MOST_TABLES {
            self.moved.push((next, index + length, tables + 1));
            self.moved.push((next, index, tables + 1));
        }
    }
}

impl Iterator for Bins<'_> {
    type Item = ObjectId;

    fn next(&mut self) -> Option<ObjectId> {
        loop {
            let (table, index, tables) = self.bin()?;
            let Some(bin) = table.get(index) else { continue };
            let Some((data, [first, next_table])) = self.special.read(bin) else { continue };
            if next_table.is_some() {
                let next = Elements::or_none(data.snapshot, data.object(next_table));
                self.move_on(next, index, table.len(), tables);
                continue;
            }
            match first {
                None => return Some(bin),
                Some(_) => {
                    if let Some(first) = data.object(first) {
                        return Some(first);
                    }
                }
            }
        }
    }
}
