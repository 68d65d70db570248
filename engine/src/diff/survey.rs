//! Puts each object of a dump into the row of the path by which it is best known.

use super::census::Census;
use super::gather::{Edge, EdgeKind, Gather, Ties};
use super::layout::{Layouts, Shape, passing_classes};
use super::rows::{NO_ROW, Rows};
use super::starts::{Start, is_thread, starts};
use super::symbols::{Symbol, Symbols};
use crate::error::Result;
use crate::graph::Strength;
use crate::id::{NO_OBJECT, ObjectId};
use crate::progress::Progress;
use crate::store::Snapshot;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::mem::{replace, take};

/// Steps that a path unknown to the dumps before waits, so that known ones go first: a short cut that has appeared does not
/// make an object change its place.
const NEW_WAITS: u32 = 6;
/// Between the turns of plain references, of the runtime's book-keeping, and of each strength.
const PHASE: u32 = 1 << 28;
/// Objects whose references are gathered at a time, and by one thread.
const GATHERED: usize = 1 << 16;
const BY_THREAD: usize = 1 << 10;

/// The first turn of what nothing reaches.
const UNREACHABLE_TURN: u32 = 6 * PHASE;

/// The name of roots of what nothing reaches.
pub(super) const UNREACHABLE_ROOT: &str = "unreachable";

/// Counts the objects of `snapshot` by rows, which grow; rows that there are already are those of the dumps before.
///
/// Breadth first by rows: of the rows whose turn it is, the one that is first by name takes its objects first, so that
/// the order of addresses, which differs between dumps, does not matter. Book-keeping waits for all plain references,
/// referents for all that holds better. What nothing reaches begins at those of its objects that nothing refers to.
/// Cost: O(objects + references), 4 bytes for each object and 4 more for each that waits.
///
/// # Errors
/// The columns of the index do not fit together, or `progress` was cancelled.
pub(super) fn survey(
    snapshot: &Snapshot,
    rows: &mut Rows,
    symbols: &mut Symbols,
    progress: &Progress,
) -> Result<Census> {
    let layouts = Layouts::new(snapshot, symbols);
    let ties = Ties::new(symbols);
    let heap = snapshot.heap()?;
    let starts = starts(snapshot, &layouts, symbols);
    let unreachable = symbols.intern(UNREACHABLE_ROOT);
    let gather = Gather { snapshot, heap: &heap, layouts: &layouts, ties };
    let known = if rows.is_empty() { u32::MAX } else { u32::try_from(rows.len()).unwrap_or(u32::MAX) };
    let mut survey = Survey {
        gather,
        rows,
        symbols,
        progress,
        known,
        passing: passing_classes(snapshot, &layouts),
        census: Census::new(snapshot.inbound(progress)?.clone()),
        turns: BTreeMap::new(),
        waiting: Vec::new(),
        order: Vec::new(),
        turn: 0,
        visited: 0,
    };
    starts.iter().for_each(|start| survey.start(start, Strength::Strong));
    survey.run()?;
    survey.unreachable(unreachable)?;
    Ok(survey.census)
}

/// What waits in a row.
#[derive(Clone, Debug, Default)]
struct Waiting {
    /// Objects of the row whose references are to be followed.
    taken: Vec<u32>,
    /// Objects that will be the row's if nothing takes them before.
    wanted: Vec<u32>,
    /// The turn of each of both; 0 where the row is in no turn.
    taken_turn: u32,
    wanted_turn: u32,
}

struct Survey<'s, 'a> {
    gather: Gather<'a>,
    rows: &'s mut Rows,
    symbols: &'s mut Symbols,
    progress: &'s Progress,
    /// Rows from this one on were unknown to the dumps before.
    known: u32,
    /// By class: its class object, until the first instance was seen, where no loader keeps it for ever.
    passing: Vec<u32>,
    census: Census,
    /// The rows that have something waiting, by turn.
    turns: BTreeMap<u32, Vec<u32>>,
    /// By row.
    waiting: Vec<Waiting>,
    /// By row: how many rows had their turn before it.
    order: Vec<u32>,
    turn: u32,
    visited: u32,
}

impl Survey<'_, '_> {
    fn start(&mut self, start: &Start, strength: Strength) {
        let row = self.rows.root(start.why, start.class, strength);
        let turn = if start.waits { self.turn.max(PHASE) } else { self.turn };
        self.want(row, start.object, turn + self.delay(row));
    }

    fn run(&mut self) -> Result<()> {
        while let Some((turn, rows)) = self.turns.pop_first() {
            self.turn = turn;
            for row in self.in_order(rows) {
                let order = &mut self.order[row as usize];
                *order = (*order).min(self.visited);
                self.visited += 1;
                self.visit(row)?;
            }
        }
        Ok(())
    }

    /// Rows by the place of the row above, then by name; threads before other roots.
    fn in_order(&mut self, mut rows: Vec<u32>) -> Vec<u32> {
        self.order.resize(self.rows.len(), u32::MAX);
        rows.sort_by_cached_key(|&row| {
            let via = self.symbols.text(self.rows.via[row as usize]);
            let above = match self.rows.parent[row as usize] {
                NO_ROW => u64::from(!is_thread(via)),
                parent => 2 + u64::from(self.order[parent as usize]),
            };
            (above, via.to_owned(), self.symbols.text(self.rows.class[row as usize]).to_owned())
        });
        rows
    }

    /// Follows the references of what waits in a row, and of what that adds to the row.
    fn visit(&mut self, row: u32) -> Result<()> {
        let waiting = &mut self.waiting[row as usize];
        waiting.taken_turn = self.turn.max(1);
        if waiting.wanted_turn <= self.turn {
            waiting.wanted_turn = 0;
            take(&mut waiting.wanted).into_iter().for_each(|object| self.claim(row, object));
        }
        loop {
            let objects = take(&mut self.waiting[row as usize].taken);
            if objects.is_empty() {
                break;
            }
            for objects in objects.chunks(GATHERED) {
                self.progress.add(objects.len() as u64)?;
                let edges = self.edges(objects);
                edges.into_iter().flatten().for_each(|edge| self.follow(row, edge));
            }
        }
        self.waiting[row as usize].taken_turn = 0;
        Ok(())
    }

    /// The references of objects of one row to what has no row yet.
    fn edges(&mut self, objects: &[u32]) -> Vec<Vec<Edge>> {
        let gather = self.gather;
        let class = |&object: &u32| gather.snapshot.class_of(ObjectId(object));
        if objects.first().is_some_and(|first| gather.layouts.shapes[class(first).index()] == Shape::Class) {
            return objects.iter().map(|&object| gather.of_class(object, self.symbols)).collect();
        }
        let row_of = &self.census.row_of;
        let add = |edges: &mut Vec<Edge>, edge: Edge| {
            if row_of[edge.to as usize] == NO_ROW {
                edges.push(edge);
            }
        };
        let of = |objects: &[u32]| {
            let mut edges = Vec::new();
            objects.iter().for_each(|&object| gather.each(object, |edge| add(&mut edges, edge)));
            edges
        };
        match objects.len() {
            ..=BY_THREAD => vec![of(objects)],
            _ => objects.par_chunks(BY_THREAD).map(of).collect(),
        }
    }

    fn follow(&mut self, row: u32, edge: Edge) {
        if self.census.row_of[edge.to as usize] != NO_ROW {
            return;
        }
        let above = self.rows.strength[row as usize];
        let (strength, phase) = match edge.kind {
            EdgeKind::Plain => (above, 0),
            EdgeKind::Book => (above, PHASE),
            EdgeKind::Special(strength) => (above.max(strength), PHASE * (1 + strength as u32)),
        };
        let class = self.gather.layouts.name_of(self.gather.snapshot, edge.to);
        let child = self.rows.child(row, edge.via, class, strength);
        let delay = self.delay(child);
        if child == row || (phase == 0 && delay == 0) {
            self.claim(child, edge.to);
        } else {
            self.want(child, edge.to, self.turn.max(phase) + 1 + delay);
        }
    }

    /// How long a row must wait because it is new.
    fn delay(&self, row: u32) -> u32 {
        if row >= self.known { NEW_WAITS } else { 0 }
    }

    /// Makes `object` one of `row`, unless it is one of another.
    fn claim(&mut self, row: u32, object: u32) {
        let place = &mut self.census.row_of[object as usize];
        if *place != NO_ROW {
            return;
        }
        *place = row;
        let snapshot = self.gather.snapshot;
        self.census.add(row, snapshot.shallow(ObjectId(object)));
        let class = snapshot.class_of(ObjectId(object)).index();
        if self.gather.layouts.shapes[class] != Shape::Leaf {
            let next = self.turn + 1;
            let waiting = self.waiting(row);
            waiting.taken.push(object);
            if waiting.taken_turn == 0 {
                waiting.taken_turn = next;
                self.turns.entry(next).or_default().push(row);
            }
        }
        let class_object = replace(&mut self.passing[class], NO_OBJECT);
        if class_object != NO_OBJECT {
            let edge = Edge { via: self.gather.ties.class, to: class_object, kind: EdgeKind::Book };
            self.follow(row, edge);
        }
    }

    /// Has `object` become one of `row` at turn `turn`, unless it has become one of another.
    fn want(&mut self, row: u32, object: u32, turn: u32) {
        if self.census.row_of[object as usize] != NO_ROW {
            return;
        }
        let turn = turn.max(1);
        let waiting = self.waiting(row);
        waiting.wanted.push(object);
        if waiting.wanted_turn == 0 {
            waiting.wanted_turn = turn;
            self.turns.entry(turn).or_default().push(row);
        }
    }

    fn waiting(&mut self, row: u32) -> &mut Waiting {
        let row = row as usize;
        if row >= self.waiting.len() {
            self.waiting.resize_with(self.rows.len(), Waiting::default);
        }
        &mut self.waiting[row]
    }

    /// Gives rows to what nothing reaches: first to what nothing of it refers to, then to rings, by their lowest id.
    fn unreachable(&mut self, why: Symbol) -> Result<()> {
        self.turn = self.turn.max(UNREACHABLE_TURN);
        let snapshot = self.gather.snapshot;
        for rings in [false, true] {
            for object in snapshot.ids() {
                let Census { row_of, inbound, .. } = &self.census;
                if row_of[object as usize] != NO_ROW {
                    continue;
                }
                let held = || inbound.of(object as usize).iter().any(|&by| row_of[by as usize] == NO_ROW);
                if rings || !held() {
                    let class = self.gather.layouts.name_of(snapshot, object);
                    self.start(&Start { object, why, class, waits: false }, Strength::Unreachable);
                }
                if rings {
                    self.run()?;
                }
            }
            self.run()?;
        }
        Ok(())
    }
}
