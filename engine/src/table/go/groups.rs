//! The table `goroutine_groups`: goroutines that do the same, and what they retain together.

use super::goroutines::{function, stack};
use super::rows::{Cell, Spec, text};
use crate::format::go::Goroutine;
use crate::holders::Removals;
use crate::id::ObjectId;
use crate::progress::Progress;
use crate::store::{Frame, Snapshot, Thread};
use crate::table::Kind;
use crate::table::batch::column;
use roaring::RoaringBitmap;
use std::cmp::Reverse;
use std::collections::HashMap;

pub(super) const GOROUTINE_GROUPS: Spec = Spec {
    name: "goroutine_groups",
    doc: "goroutines by what they do: those with the same stack and reason to wait; the groups that retain most first",
    columns: &[
        column("goroutines", Kind::Count, "goroutines of the group"),
        column("started", Kind::Text, "the function that they were started with"),
        column("function", Kind::Text, "the innermost function that is not the runtime's"),
        column("state", Kind::Text, "runnable, running, syscall or waiting"),
        column("reason", Kind::Text, "why they wait; else null"),
        column(
            "waiting_since",
            Kind::Count,
            "when the first of them began to wait, in nanoseconds of the process's clock; null where unknown",
        ),
        column("locals", Kind::Count, "objects that their stacks hold, each once for each goroutine"),
        column(
            "retained",
            Kind::Bytes,
            "bytes that they retain together, what only several of them hold included",
        ),
        column("object", Kind::Object, "the runtime.g of one of them, the one with the lowest address"),
        column("stack", Kind::Text, "the functions of their frames, the innermost first"),
    ],
    rows,
};

/// What goroutines of a group have in common.
type Key = (String, &'static str, String);

/// Goroutines that do the same.
struct Group<'a> {
    one: (&'a Goroutine, &'a Thread),
    goroutines: u64,
    since: Option<u64>,
    locals: u64,
    objects: RoaringBitmap,
}

fn rows(snapshot: &Snapshot) -> Vec<Vec<Cell>> {
    let groups = groups(snapshot);
    let (removals, progress) = (Removals::default(), Progress::default());
    let retained = |group: &Group| removals.retained_size(snapshot, &group.objects, &progress).ok();
    let mut sized: Vec<(Option<u64>, Key, Group)> =
        groups.into_iter().map(|(key, group)| (retained(&group), key, group)).collect();
    sized.sort_by(|a, b| (Reverse(a.0), &a.1).cmp(&(Reverse(b.0), &b.1)));
    sized.into_iter().map(|(retained, key, group)| cells(snapshot, retained, key, &group)).collect()
}

fn groups(snapshot: &Snapshot) -> HashMap<Key, Group<'_>> {
    let mut groups = HashMap::new();
    let Some(go) = snapshot.go() else { return groups };
    let goroutines = &go.records(snapshot.dump().bytes()).goroutines;
    for (goroutine, thread) in goroutines.iter().zip(&snapshot.stacks().threads) {
        let key = (stack(frames(snapshot, thread)), goroutine.status_name(), goroutine.reason().to_owned());
        let group = groups.entry(key).or_insert_with(|| Group {
            one: (goroutine, thread),
            goroutines: 0,
            since: None,
            locals: 0,
            objects: RoaringBitmap::new(),
        });
        group.goroutines += 1;
        let since = Some(goroutine.waiting_since).filter(|&since| since != 0);
        group.since = group.since.min(since).or(group.since).or(since);
        if let Some(object) = thread.object {
            group.objects.insert(object.0);
            group.locals += snapshot.locals_of(object).len() as u64;
        }
    }
    groups
}

fn frames<'a>(snapshot: &'a Snapshot, thread: &Thread) -> &'a [Frame] {
    let (start, end) = thread.frames;
    snapshot.stacks().frames.get(start as usize..end as usize).unwrap_or_default()
}

fn cells(snapshot: &Snapshot, retained: Option<u64>, (stack, ..): Key, group: &Group) -> Vec<Cell> {
    let (goroutine, thread) = group.one;
    let number = |number: Option<u64>| number.map_or(Cell::Null, Cell::Number);
    vec![
        Cell::Number(group.goroutines),
        text(&thread.started),
        text(&function(frames(snapshot, thread), &thread.started)),
        text(goroutine.status_name()),
        text(goroutine.reason()),
        number(group.since),
        Cell::Number(group.locals),
        number(retained),
        group.objects.min().map_or(Cell::Null, |id| Cell::Object(ObjectId(id))),
        text(&stack),
    ]
}
