//! One process with a leak of every kind: the shortest path to what leaks, and the rule that tells of it.

use crate::shipped::open_in;
use crate::small::open_bytes;
use heapwise_engine::holders::{PathFinder, paths};
use heapwise_engine::id::{Address, ObjectId};
use heapwise_engine::language::java::direct::{direct_buffers, off_heap_bytes};
use heapwise_engine::progress::Progress;
use heapwise_engine::rules::{Path, Rules, Runtime};
use heapwise_engine::store::Snapshot;
use heapwise_engine::value::{field_object, static_object};
use heapwise_testdata::dumps::Dump;
use heapwise_testdata::hprof::{Hprof, Options, Root, Type, Value};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// The facts of a dump of `Leaks.java`: what leaks, the rule, and the references that nobody wrote on purpose.
fn facts(dump: Dump) -> Vec<[String; 3]> {
    let truth: Json = serde_json::from_slice(&std::fs::read(dump.truth()).unwrap()).unwrap();
    let text = |fact: &Json, key: &str| fact[key].as_str().unwrap().to_owned();
    let facts = truth["facts"].as_array().unwrap().iter();
    facts.map(|fact| ["leaked", "rule", "edge"].map(|key| text(fact, key))).collect()
}

/// The objects that leak, named as `Leaks.java` does: `Class`, `Class#field#field`, `static Class#field`.
fn leaked(snapshot: &Snapshot, name: &str) -> Vec<ObjectId> {
    let mut parts = name.split('#');
    let class = parts.next().unwrap();
    let first: Vec<ObjectId> = match class.strip_prefix("static ") {
        Some(class) => static_object(snapshot, class, parts.next().unwrap()).into_iter().collect(),
        None => {
            let all = snapshot.instances(&snapshot.classes_named(class), snapshot.ids());
            all.into_iter().map(ObjectId).collect()
        }
    };
    parts.fold(first, |objects, field| {
        objects.into_iter().filter_map(|object| field_object(snapshot, object, field)).collect()
    })
}

/// The reference into step `edge` as `Class#field`, elements as `[]`; the root where it is the first step.
fn name_of(path: &Path, edge: usize) -> String {
    let Some(before) = edge.checked_sub(1) else { return path.root.clone() };
    let owner = &path.steps[before].kind;
    let via = path.steps[edge].via.as_deref().unwrap();
    let via = if via.starts_with('[') { "[]" } else { via };
    format!("{}#{via}", owner.stands_for.as_ref().unwrap_or(&owner.name))
}

/// Whether `name` is one of `expected`, where `|` stands between them and `*` for any text.
fn is_one_of(name: &str, expected: &str) -> bool {
    expected.split('|').any(|expected| match expected.split_once('*') {
        Some((start, end)) => name.starts_with(start) && name.ends_with(end),
        None => name == expected,
    })
}

fn check(dump: Dump) {
    let indexes = tempfile::tempdir().unwrap();
    let snapshot = open_in(&dump.compressed(), indexes.path());
    let (rules, finder) =
        (Rules::built_in().unwrap(), PathFinder::new(&snapshot, &Progress::default()).unwrap());
    let mut wrong = Vec::new();
    for [name, rule, edge] in facts(dump) {
        let objects = leaked(&snapshot, &name);
        assert!(!objects.is_empty(), "{dump:?} has no {name}");
        for object in objects {
            let path = finder.paths(object, 1).pop().expect("held somehow");
            let path = Path::of(&snapshot, &path);
            let found = rules.find(&path, Some(&snapshot));
            let found = found.map(|found| (found.rule.name.as_str(), name_of(&path, found.edge)));
            if !found.as_ref().is_some_and(|found| found.0 == rule && is_one_of(&found.1, &edge)) {
                wrong.push(format!("{name}: {found:?}, not {rule} at {edge}"));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{dump:?}\n{}", wrong.join("\n"));
}

#[test]
fn each_leak_is_explained_by_its_rule_on_jdk_17() {
    check(Dump::LeaksJdk17);
}

#[test]
fn each_leak_is_explained_by_its_rule_on_jdk_25() {
    check(Dump::LeaksJdk25);
}

#[test]
fn rules_that_look_at_the_heap_are_all_among_the_leaks() {
    let tried: BTreeSet<String> = facts(Dump::LeaksJdk25).into_iter().map(|[_, rule, _]| rule).collect();
    let rules = Rules::built_in().unwrap();
    let heap = rules.all().iter().filter(|rule| rule.looks_at_heap() && rule.runtime == Runtime::Java);
    let heap = heap.map(|rule| &rule.name);
    let untried: Vec<&String> = heap.filter(|name| !tried.contains(*name)).collect();
    assert_eq!(untried, [""; 0]);
}

#[test]
fn without_the_heap_only_rules_over_paths_match() {
    let indexes = tempfile::tempdir().unwrap();
    let snapshot = open_in(&Dump::LeaksJdk17.compressed(), indexes.path());
    let (rules, finder) =
        (Rules::built_in().unwrap(), PathFinder::new(&snapshot, &Progress::default()).unwrap());
    let stale = leaked(&snapshot, "leaks.Leaks$Stale")[0];
    let path = Path::of(&snapshot, &finder.paths(stale, 1)[0]);
    assert_eq!(rules.find(&path, None).unwrap().rule.name, "thread-local");
    assert_eq!(path.thread.as_deref(), Some("stale"));
}

/// The rule for the shortest path to `leaked` in a small heap.
fn told(heap: &Hprof, leaked: u64) -> Option<String> {
    let directory = tempfile::tempdir().unwrap();
    let snapshot = open_bytes(&heap.bytes(), directory.path()).unwrap();
    let path =
        paths(&snapshot, snapshot.find(Address(leaked)).unwrap(), 1, &Progress::default()).unwrap().pop()?;
    let rules = Rules::built_in().unwrap();
    rules.find(&Path::of(&snapshot, &path), Some(&snapshot)).map(|found| found.rule.name.clone())
}

/// A static array of 40 strings, of which `distinct` differ; and the last of them.
fn names(distinct: usize) -> (Hprof, u64) {
    let mut heap = Hprof::new(Options::default());
    let main = heap.class("com.acme.Main", &[]);
    heap.root(Root::StickyClass, main);
    let strings: Vec<u64> = (0..40).map(|at| heap.string(&format!("name {}", at % distinct))).collect();
    let array = heap.object_array("java.lang.String[]", &strings);
    heap.set_static(main, "NAMES", Value::Object(array));
    (heap, strings[39])
}

#[test]
fn strings_in_an_array_are_compared_with_each_other() {
    let (heap, last) = names(20);
    assert_eq!(told(&heap, last).as_deref(), Some("duplicate-strings"));
    let (heap, last) = names(21);
    assert_eq!(told(&heap, last).as_deref(), Some("static-collection"));
}

#[test]
fn what_native_code_holds_has_no_other_holder() {
    let mut heap = Hprof::new(Options::default());
    let frame = heap.class("com.acme.Frame", &[("pixels", Type::Object)]);
    let pixels = heap.byte_array(&[1, 2, 3]);
    let held = heap.instance(frame, &[Value::Object(pixels)]);
    heap.root(Root::JniGlobal, held);
    assert_eq!(told(&heap, pixels).as_deref(), Some("jni-global"));
}

#[test]
fn direct_buffers_own_their_capacity_and_their_slices_nothing() {
    for dump in Dump::LEAKS {
        let indexes = tempfile::tempdir().unwrap();
        let snapshot = open_in(&dump.compressed(), indexes.path());
        let buffers = leaked(&snapshot, "leaks.Leaks$OffHeap#bytes");
        let owned: Vec<_> = buffers.iter().map(|&buffer| off_heap_bytes(&snapshot, buffer)).collect();
        assert_eq!(owned, [Some(1_000); 3], "{dump:?}");
        let all = direct_buffers(&snapshot);
        assert_eq!(all.iter().filter(|(buffer, _)| buffers.contains(buffer)).count(), 3, "{dump:?}");
        let slice = leaked(&snapshot, "leaks.Leaks$Slice#bytes")[0];
        assert_eq!(off_heap_bytes(&snapshot, slice), None, "{dump:?}");
    }
}
