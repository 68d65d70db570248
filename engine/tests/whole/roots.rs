//! Roots, threads, stacks and class loaders of the shipped dumps.

use crate::shipped::{Shipped, shipped};
use crate::table::rows;
use heapwise_engine::holders::{outbound, paths};
use heapwise_engine::id::ObjectId;
use heapwise_engine::progress::Progress;
use heapwise_engine::value::text;
use std::collections::BTreeSet;

/// The threads that the program started, as rows of the table.
fn started(shipped: &Shipped, columns: &[&str]) -> Vec<Vec<String>> {
    let names: Vec<&str> = shipped.truth["facts"]["threads"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let mut rows = rows(shipped, "threads", columns);
    rows.retain(|row| names.contains(&row[0].as_str()));
    assert_eq!(rows.len(), names.len());
    rows
}

fn object(cell: &str) -> ObjectId {
    ObjectId(cell.parse().expect("an id"))
}

#[test]
fn threads_wait_where_the_program_left_them() {
    for shipped in shipped() {
        for row in started(shipped, &["name", "state", "daemon", "frames", "object"]) {
            assert_eq!(row[1..3], ["WAITING", "true"], "{}", row[0]);
            let frames = rows(shipped, "frames", &["thread", "depth", "class", "method", "source", "line"]);
            let stack: Vec<&Vec<String>> = frames.iter().filter(|frame| frame[0] == row[4]).collect();
            assert_eq!(row[3], stack.len().to_string());
            let depths: Vec<String> = (0..stack.len()).map(|depth| depth.to_string()).collect();
            assert_eq!(
                stack.iter().map(|frame| &frame[1]).collect::<Vec<_>>(),
                depths.iter().collect::<Vec<_>>()
            );
            let block = stack.iter().find(|frame| frame[2..4] == ["shop.Shop", "block"]).expect("it waits");
            assert_eq!(block[4], "Shop.java");
            assert!(block[5].parse::<u32>().unwrap() > 0);
        }
        let main = rows(shipped, "threads", &["name", "state", "daemon"]);
        assert!(main.contains(&["main", "WAITING", "false"].map(String::from).to_vec()), "{main:?}");
    }
}

#[test]
fn a_thread_holds_the_locals_of_its_stack() {
    for shipped in shipped() {
        for row in started(shipped, &["name", "object", "locals"]) {
            let held = outbound(shipped, object(&row[1])).unwrap();
            let locals: Vec<ObjectId> =
                held.iter().filter(|held| held.via == "<local>").map(|held| held.object).collect();
            assert_eq!(locals.len().to_string(), row[2]);
            if row[0] == "session-keeper" {
                continue;
            }
            let class = |id: ObjectId| shipped.class_name(shipped.class_of(id));
            assert!(locals.iter().any(|&local| class(local) == "long[]"), "{} has no till", row[0]);
            let receipts =
                locals.iter().find(|&&local| class(local) == "java.util.ArrayList").expect("a list");
            assert_eq!(shipped.integer(*receipts, "size"), 25);
            assert!(locals.iter().any(|&local| text(shipped, local).as_deref() == Some(&row[0])));
        }
    }
}

#[test]
fn frame_roots_know_thread_and_frame() {
    for shipped in shipped() {
        let roots = rows(shipped, "roots", &["object", "kind", "thread", "frame"]);
        let cashiers = started(shipped, &["name", "object"]);
        for thread in cashiers.iter().filter(|row| row[0].starts_with("cashier")) {
            let till = roots.iter().find(|root| {
                root[2] == thread[1] && shipped.class_name(shipped.class_of(object(&root[0]))) == "long[]"
            });
            let till = till.expect("the till is a local");
            assert_eq!(till[1], "java frame");
            assert!(till[3].starts_with("shop.Shop.serve(Shop.java:"), "{}", till[3]);
        }
    }
}

#[test]
fn roots_are_of_the_kinds_that_hotspot_writes() {
    for shipped in shipped() {
        let roots = rows(shipped, "roots", &["kind", "object"]);
        assert_eq!(roots.len() as u64, shipped.info().roots);
        let kinds: BTreeSet<&str> = roots.iter().map(|root| root[0].as_str()).collect();
        for kind in ["system class", "thread", "java frame", "jni global"] {
            assert!(kinds.contains(kind), "{kind} is not in {kinds:?}");
        }
        assert!(!kinds.contains("unknown") && !kinds.contains("inferred"), "{kinds:?}");
        let threads = roots.iter().filter(|root| root[0] == "thread").count() as u64;
        assert_eq!(threads, shipped.info().threads);
    }
}

#[test]
fn virtual_threads_hold_what_lies_on_their_stacks() {
    for shipped in shipped() {
        let expected = usize::try_from(shipped.number("/facts/virtual_threads")).unwrap();
        let parcels = if expected == 0 { Vec::new() } else { shipped.instances("Parcel") };
        assert_eq!(parcels.len(), expected);
        for parcel in parcels {
            let path = paths(shipped, parcel, 1, &Progress::default()).unwrap().remove(0);
            let thread = path.thread.expect("a thread holds it");
            assert_eq!(shipped.class_name(shipped.class_of(thread)), "java.lang.VirtualThread");
        }
    }
}

#[test]
fn each_plugin_has_a_loader_of_its_own() {
    for shipped in shipped() {
        let plugins = usize::try_from(shipped.number("/facts/plugin_classes")).unwrap();
        assert_eq!(shipped.classes_named("shop.Plugin").len(), plugins);
        let mut loaders = rows(shipped, "loaders", &["class", "classes", "instances", "retained", "object"]);
        assert_eq!(loaders.len() as u64, shipped.info().loaders + 1);
        loaders.retain(|row| row[0] == "shop.Shop$PluginLoader");
        assert_eq!(loaders.len(), plugins);
        let blocks = shipped.number("/facts/plugin_blocks_of_1000_bytes") / plugins as u64;
        for row in &loaders {
            assert_eq!(row[1..3], ["1", "1"]);
            // A byte[1000] occupies 1,016 bytes in both dumps.
            let retained: u64 = row[3].parse().unwrap();
            assert!((blocks * 1_016..blocks * 1_016 + 8_192).contains(&retained), "{retained}");
        }
    }
}
