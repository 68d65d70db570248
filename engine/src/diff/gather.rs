//! The references of one object, with the names of rows.

use super::layout::{Layouts, Shape};
use super::symbols::{Symbol, Symbols};
use crate::graph::{Heap, Strength};
use crate::holders::{Via, each_reference};
use crate::id::{ClassId, ObjectId};
use crate::language::java::is_book;
use crate::store::Snapshot;
use crate::value::each_pointer;

/// A reference that might be on a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) via: Symbol,
    pub(super) to: u32,
    pub(super) kind: EdgeKind,
}

/// When a reference is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EdgeKind {
    /// At its turn.
    Plain,
    /// When no plain one is left: the runtime's own book-keeping.
    Book,
    /// When none is left that holds better.
    Special(Strength),
}

/// The names of references that are no fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ties {
    pub(super) element: Symbol,
    pub(super) class: Symbol,
    pub(super) local: Symbol,
    pub(super) referent: Symbol,
}

impl Ties {
    pub(super) fn new(symbols: &mut Symbols) -> Ties {
        Ties {
            element: symbols.intern("[]"),
            class: symbols.intern(&Via::Class.to_string()),
            local: symbols.intern(&Via::Local.to_string()),
            referent: symbols.intern("referent"),
        }
    }
}

/// What gathering takes; shared by threads.
#[derive(Clone, Copy)]
pub(super) struct Gather<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) heap: &'a Heap<'a>,
    pub(super) layouts: &'a Layouts,
    pub(super) ties: Ties,
}

impl Gather<'_> {
    /// Calls `take` with each reference of an object that is no class object, but that to its class.
    pub(super) fn each(&self, object: u32, mut take: impl FnMut(Edge)) {
        let class = self.snapshot.class_of(ObjectId(object));
        let stored = self.heap.stored(object);
        match self.layouts.shapes[class.index()] {
            Shape::Array => {
                let edge = |&to: &u32| Edge { via: self.ties.element, to, kind: EdgeKind::Plain };
                stored.iter().map(edge).for_each(&mut take);
            }
            Shape::Instance => self.layouts.each(self.snapshot, object, class, stored, |slot, to| {
                let kind = if slot.is_book { EdgeKind::Book } else { EdgeKind::Plain };
                take(Edge { via: slot.via, to, kind });
            }),
            Shape::Words => self.each_word(object, class, &mut take),
            Shape::Leaf | Shape::Class => {}
        }
        if self.heap.has_more(object) {
            for &(_, to) in self.heap.locals(object) {
                take(Edge { via: self.ties.local, to, kind: EdgeKind::Plain });
            }
            for special in self.heap.special(object) {
                let kind = match special.strength {
                    Strength::Strong => EdgeKind::Plain,
                    weaker => EdgeKind::Special(weaker),
                };
                take(Edge { via: self.ties.referent, to: special.to, kind });
            }
        }
    }

    fn each_word(&self, object: u32, class: ClassId, take: &mut impl FnMut(Edge)) {
        let Some(words) = &self.layouts.words else { return };
        each_pointer(self.snapshot, ObjectId(object), |place, to| {
            take(Edge { via: words.name(class, place.offset()), to: to.0, kind: EdgeKind::Plain });
        });
    }

    /// The references of a class object, but that to its class.
    pub(super) fn of_class(&self, object: u32, symbols: &mut Symbols) -> Vec<Edge> {
        let mut edges = Vec::new();
        let class = self.snapshot.class_of_object(ObjectId(object));
        let class = class.map_or("", |class| self.snapshot.class_name(class));
        each_reference(self.snapshot, ObjectId(object), |via, to| {
            let kind = match via {
                Via::Field(name) if !is_book(class, name) => EdgeKind::Plain,
                Via::Class => return,
                _ => EdgeKind::Book,
            };
            edges.push(Edge { via: symbols.intern(&via.to_string()), to: to.0, kind });
        });
        edges
    }
}
