//! Numbers and sizes of the objects of the shipped dumps, as the JVM counted them itself.

use crate::shipped::{Shipped, jdk17, shipped};
use crate::table::rows;
use heapwise_engine::graph::Strength;
use std::collections::BTreeMap;

/// Instances and bytes by class name, classes of one name together.
fn histogram(shipped: &Shipped) -> BTreeMap<String, (u64, u64)> {
    let mut classes = BTreeMap::new();
    for row in rows(shipped, "histogram", &["class", "instances", "shallow"]) {
        let sum: &mut (u64, u64) = classes.entry(row[0].clone()).or_default();
        sum.0 += row[1].parse::<u64>().unwrap();
        sum.1 += row[2].parse::<u64>().unwrap();
    }
    classes
}

#[test]
fn every_class_has_the_instances_and_bytes_that_the_jvm_counted() {
    for shipped in shipped() {
        let found = histogram(shipped);
        let truth = shipped.truth["histogram"].as_object().unwrap();
        assert!(truth.len() > 400, "{} classes", truth.len());
        let wrong: Vec<String> = truth
            .iter()
            .filter_map(|(class, row)| {
                let expected = (row["instances"].as_u64().unwrap(), row["bytes"].as_u64().unwrap());
                let found = found.get(class).copied().unwrap_or_default();
                (found != expected).then(|| format!("{class}: {found:?} instead of {expected:?}"))
            })
            .collect();
        assert!(wrong.is_empty(), "{:?}: {wrong:#?}", shipped.dump);
    }
}

#[test]
fn totals_are_the_sums_of_their_parts() {
    for shipped in shipped() {
        let info = shipped.info();
        let classes = histogram(shipped);
        assert_eq!(info.objects, classes.values().map(|row| row.0).sum::<u64>());
        assert_eq!(info.shallow_total, classes.values().map(|row| row.1).sum::<u64>());
        assert_eq!(info.objects, info.by_strength.values().map(|amount| amount.objects).sum::<u64>());
        assert_eq!(info.shallow_total, info.by_strength.values().map(|amount| amount.bytes).sum::<u64>());
        // Nothing that waits for its finalizer is softly or weakly reachable too: then the sum would be less.
        let held = [Strength::Strong, Strength::Finalizer].map(|strength| shipped.amount(strength).bytes);
        assert_eq!(info.retained_total, held[0] + held[1]);
        let under_root = shipped.ids().map(heapwise_engine::id::ObjectId);
        let under_root = under_root.filter(|&id| shipped.dominator(id).is_none());
        assert_eq!(info.retained_total, under_root.map(|id| shipped.retained(id)).sum::<u64>());
    }
}

#[test]
fn the_layout_is_the_one_that_the_jvm_has_by_default() {
    let layouts = shipped().each_ref().map(|shipped| shipped.info().layout.as_str());
    assert_eq!(
        layouts,
        [
            "64-bit, compressed references, compressed class pointers, 8-byte alignment, JDK 15+ field packing, \
             arrays to JDK 22, hidden fields of JDK 17",
            "64-bit, compressed references, compressed class pointers, 8-byte alignment, JDK 15+ field packing, \
             JDK 23+ arrays, hidden fields of JDK 25",
        ]
    );
}

#[test]
fn the_info_tells_of_runtime_and_file() {
    for shipped in shipped() {
        let info = shipped.info();
        let version = shipped.truth["java"].as_str().unwrap().split('"').nth(1).unwrap();
        assert!(info.runtime.contains(version), "{} is not {version}", info.runtime);
        let java_version = rows(shipped, "properties", &["key", "value"]);
        let java_version = java_version.iter().find(|row| row[0] == "java.version").expect("a property");
        assert_eq!(java_version[1], version);
        assert_eq!(info.file_bytes, shipped.dump.compressed().metadata().unwrap().len());
        assert_eq!(shipped.snapshot.dump().bytes().len() as u64, shipped.number("/dump_bytes"));
        assert_eq!((info.format.as_str(), info.id_size), ("hprof 1.0.2", 8));
    }
}

#[test]
fn each_object_has_the_strength_by_which_the_program_keeps_it() {
    for shipped in shipped() {
        let strength = |path: &str| shipped.strength(shipped.at(path));
        assert_eq!(strength("kept"), Strength::Strong);
        assert_eq!(strength("weak"), Strength::Strong);
        assert_eq!(strength("soft.referent"), Strength::Soft);
        assert_eq!(shipped.snapshot.objects().length[shipped.at("soft.referent").index()], 2_222);
        let waiting = shipped.instances("Finalizable");
        assert_eq!(waiting.len() as u64, shipped.number("/facts/finalizer_backlog"));
        assert!(waiting.iter().all(|&id| shipped.strength(id) == Strength::Finalizer));
    }
}

#[test]
fn garbage_is_in_a_dump_of_everything_only() {
    for shipped in shipped() {
        let all = shipped.truth["mode"] == "all";
        let dead = shipped.instances("Dead");
        assert_eq!(dead.len() as u64, if all { 2 * shipped.number("/facts/dead_pairs") } else { 0 });
        for &id in &dead {
            assert_eq!((shipped.strength(id), shipped.retained(id)), (Strength::Unreachable, 0));
        }
    }
    assert_eq!(jdk17().truth["mode"], "all");
}
