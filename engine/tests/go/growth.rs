//! Pairs of Go dumps: growth is charged to the variable, the goroutines or the finalizer behind it.

use super::opened;
use heapwise_engine::diff::{Diff, PathTree, compare};
use heapwise_engine::progress::Progress;
use heapwise_engine::rules::Rules;
use heapwise_engine::store::Snapshot;
use heapwise_testdata::go::{Go, Machine};

const FEW: u64 = 10;
const MANY: u64 = 2_000;
/// Where the objects of lists lie.
const BASE: u64 = 0x10_0000;

fn dump() -> Go {
    let mut dump = Go::new(Machine::amd64("go1.21.1"));
    // What does not grow.
    dump.pointers(0x1000, &[0x2000, 0]);
    dump.object(0x2000, &[1; 64], &[]);
    dump
}

/// Objects of two words, the first of which leads to 256 bytes of their own; their addresses.
fn items(dump: &mut Go, count: u64) -> Vec<u64> {
    let address = |item: u64| BASE + item * 0x200;
    for item in 0..count {
        dump.pointers(address(item), &[address(item) + 0x100, 0]);
        dump.object(address(item) + 0x100, &[7; 256], &[]);
    }
    (0..count).map(address).collect()
}

fn compared(make: impl Fn(u64) -> Go) -> Diff {
    let [before, after]: [Snapshot; 2] = [FEW, MANY].map(|count| opened(&make(count).end()).unwrap());
    let progress = Progress::default();
    let tree = PathTree::new(&[&before, &after], &progress).unwrap();
    compare(&[&before, &after], &tree, &Rules::built_in().unwrap(), &progress).unwrap()
}

#[test]
fn a_slice_that_a_variable_holds_is_charged_to_it() {
    let diff = compared(|count| {
        let mut dump = dump();
        let items = items(&mut dump, count);
        dump.pointers(0x80_0000, &items);
        dump.bss(0x500, &[0x1000, 0x80_0000]);
        dump
    });
    let finding = &diff.findings[0];
    assert_eq!((finding.holder.root.as_str(), finding.holder.name.as_deref()), ("global", Some("bss+0x8")));
    assert!(finding.growth_bytes > i64::try_from((MANY - FEW) * 272).unwrap(), "{finding:?}");
    assert_eq!(finding.freed, u64::try_from(finding.growth_bytes).ok());
}

#[test]
fn goroutines_are_told_by_the_function_that_they_began_with() {
    let diff = compared(|count| {
        let mut dump = dump();
        dump.bss(0x500, &[0x1000]);
        for (number, item) in (0..).zip(items(&mut dump, count)) {
            let goroutine = 0x100_0000 + number * 0x100;
            dump.pointers(goroutine, &[0; 8]);
            dump.goroutine(goroutine, number + 1, "chan receive");
            let sp = 0x7000_0000 + number * 0x100;
            dump.frame(sp, 0, "runtime.gopark", &[0], &[]);
            dump.frame(sp + 8, 1, "main.wait", &[item], &[0]);
            dump.frame(sp + 16, 2, "main.serve", &[0], &[]);
            dump.frame(sp + 24, 3, "runtime.goexit", &[0], &[]);
        }
        dump
    });
    let finding = &diff.findings[0];
    assert_eq!(finding.holder.root, "goroutine", "{finding:?}");
    assert_eq!(finding.holder.name.as_deref(), Some("main.serve"));
    assert_eq!(finding.rule.as_deref(), Some("go-goroutine"));
}

/// A list of records behind a variable, in two dumps of one process: `kept` records are in both, of `used` the slots were
/// freed and used again, and `new` stand where nothing was.
///
/// ```text
/// bss ──▶ list ──[i]──▶ record ──▶ body
/// ```
fn generation(kept: u64, used: u64, new: u64, number: u64) -> Go {
    let mut dump = dump();
    let record = |item: u64| 0x20_0000 + item * 0x40;
    let body = |item: u64, number: u64| 0x40_0000 + number * 0x10_0000 + item * 0x200;
    let items: Vec<(u64, u64)> = (0..kept)
        .map(|item| (item, 1))
        .chain((kept..kept + used).map(|item| (item, number)))
        .chain((0..new).map(|item| (0x1000 + item, number)))
        .collect();
    for &(item, since) in &items {
        dump.pointers(record(item), &[body(item, since), 0]);
        dump.object(body(item, since), &[u8::try_from(since).unwrap(); 256], &[]);
    }
    // The list is another one each time, as a slice that was appended to is.
    let list = 0x80_0000 + number * 0x4_0000;
    let mut words: Vec<u64> = items.iter().map(|item| record(item.0)).collect();
    words.resize(1024, 0);
    dump.pointers(list, &words);
    dump.bss(0x500, &[0x1000, list]);
    dump
}

#[test]
fn addresses_tell_what_has_come_to_be_and_slots_that_were_used_again() {
    let [before, after] =
        [generation(30, 8, 0, 1), generation(30, 8, 900, 2)].map(|dump| opened(&dump.end()).unwrap());
    let progress = Progress::default();
    let tree = PathTree::new(&[&before, &after], &progress).unwrap();
    let diff = compare(&[&before, &after], &tree, &Rules::built_in().unwrap(), &progress).unwrap();
    let finding = &diff.findings[0];
    let known = finding.identity.as_ref().expect("Go's objects do not move");
    assert_eq!((known.survived, known.new, known.reused), (30, 908, 8), "{finding:?}");
    let edge = known.edge.as_ref().expect("the variable leads to a new list");
    assert_eq!((edge.class.as_str(), edge.via.as_str()), ("global bss+0x8", "<root>"));
    let views: Vec<(&str, f64)> = finding.views.iter().map(|view| (view.name, view.support)).collect();
    assert!(views.contains(&("identity", 1.0)), "{views:?}");
    assert!(views.iter().all(|view| view.1 >= 0.5), "all views agree: {views:?}");
}
