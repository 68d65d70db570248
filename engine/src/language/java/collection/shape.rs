//! The shapes that collections have; each says which fields a row of the table gives it, in which order.

/// A field of a node, by its name; the empty name is no field.
type Name = &'static str;

/// Nodes with a key and a value, each with the next one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    pub(super) next: Name,
    pub(super) key: Name,
    pub(super) value: Name,
    /// Whether the collection goes through its table from the end.
    pub(super) backward: bool,
    /// Whether entries without a key are gone: weak keys that were cleared.
    pub(super) live: bool,
}

/// Nodes with an element, each with the next one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) next: Name,
    pub(super) item: Name,
    /// Where the node that the collection names need not be the first: back from it.
    pub(super) previous: Name,
    /// Whether null is an element; else nodes without one are markers, or their element is taken.
    pub(super) nulls: bool,
}

/// How a collection holds what is in it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// A map by hash, with chains in the slots of a table. Fields: table, size.
    Chains(&'static Chain),
    /// The same, gone through in the order of a list of its entries. Fields: table, size, first entry.
    Linked(&'static Chain),
    /// `ConcurrentHashMap`: also trees and, while it grows, links into the next table. Fields: table, base and cells of a
    /// striped count.
    Bins(&'static Chain),
    /// A binary tree with `left`, `right`, `key`, `value`. Fields: root, size.
    Tree,
    /// Indexes over a chain that begins at `head.node`. Fields: head, perhaps a `LongAdder`.
    SkipList(&'static Chain),
    /// Keys and values in turn, with gaps. Fields: table, size.
    Pairs,
    /// A value for some of all keys. Fields: keys, values, size.
    Universe,
    /// One entry. Fields: key, value.
    Pair,
    /// A map of nothing.
    NoEntries,
    /// Another collection is what this one shows. Fields: that one.
    Behind,
    /// The first elements of an array. Fields: array, perhaps the size; else all.
    Array,
    /// The elements of an array that are not null. Fields: array, size.
    Scattered,
    /// A piece of an array that goes on at its start. Fields: array, begin, end (after the last).
    RingTo,
    /// A piece of an array that goes on at its start. Fields: array, begin, number of elements.
    RingOf,
    /// A linked list. Fields: first node, perhaps the size (or an object with it in `value`).
    Links(&'static Link),
    /// Elements in fields; null, and what the mask names, is none. Fields: those.
    Few,
    /// One element, which may be null. Fields: that.
    One,
    /// One element many times. Fields: element, number.
    Copies,
    /// A part of another list. Fields: that list, offset, size.
    Part,
    /// The keys of a map. Fields: the map.
    Keys,
    /// The values of a map. Fields: the map.
    Values,
    /// The entries of a map. Fields: the map.
    Nodes,
    /// A bit for each constant of an enum. Fields: constants, bits as `long` or `long[]`.
    Enums,
    /// Bits, which are no objects. Fields: `long[]`.
    Bits,
    /// A collection of nothing.
    NoElements,
    /// An array of references itself.
    References,
}
