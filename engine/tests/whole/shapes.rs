//! Retained sizes, lists, rings, paths and dominators of the shipped dumps.
//!
//! ```text
//! Shop.shop ──diamond──▶ Top ──left──▶ Arm ──shared──▶ Shared ──big──▶ byte[100000]
//!                         │ ──right──▶ Arm ──shared──▶  ▲
//!                         └──────────shared─────────────┘
//! Shop.shop ──chain──▶ Node ──next──▶ … 20,000 …       Shop.shop ──ring──▶ Node ──next──▶ … 64 … ──next──▶ the first
//! thread session-keeper ──threadLocals──▶ … ──value──▶ Session 49 ──before──▶ … Session 0
//! ```

use crate::shipped::{Shipped, shipped};
use heapwise_engine::holders::{Path, dominated, dominator_chain, inbound, outbound, paths};
use heapwise_engine::id::ObjectId;
use heapwise_engine::progress::Progress;
use heapwise_engine::value::field_object;

/// The nodes from `first` on by `next`, until one comes again or there is none.
fn list(shipped: &Shipped, first: ObjectId) -> Vec<ObjectId> {
    let next = |&node: &ObjectId| field_object(shipped, node, "next").filter(|&next| next != first);
    std::iter::successors(Some(first), next).collect()
}

/// The path as `first object's class.via.via…`, the first one as `class X` where it is the class X.
fn spelled(shipped: &Shipped, path: &Path) -> String {
    let first = path.steps[0].object;
    let start = match shipped.class_of_object(first) {
        Some(class) => format!("class {}", shipped.class_name(class)),
        None => shipped.class_name(shipped.class_of(first)).to_owned(),
    };
    let vias = path.steps[1..].iter().map(|step| step.via.as_deref().unwrap_or("?"));
    vias.fold(start, |path, via| format!("{path}.{via}"))
}

#[test]
fn retained_sizes_follow_from_the_program() {
    for shipped in shipped() {
        let session = shipped.instances("Session");
        let newest = session.iter().find(|&&id| shipped.integer(id, "number") == 49).expect("the newest");
        for (object, place) in [
            (shipped.at("diamond"), "/retained/shop.Shop$Top"),
            (shipped.at("diamond.left"), "/retained/shop.Shop$Arm/left"),
            (shipped.at("diamond.right"), "/retained/shop.Shop$Arm/right"),
            (shipped.at("diamond.shared"), "/retained/shop.Shop$Shared"),
            (shipped.at("chain"), "/retained/chain"),
            (shipped.at("ring"), "/retained/ring"),
            (*newest, "/retained/sessions"),
        ] {
            assert_eq!(shipped.retained(object), shipped.number(place), "{:?} {place}", shipped.dump);
        }
    }
}

#[test]
fn what_two_hold_is_dominated_by_the_one_that_holds_both() {
    for shipped in shipped() {
        let [top, left, right, shared] =
            ["diamond", "diamond.left", "diamond.right", "diamond.shared"].map(|path| shipped.at(path));
        assert_eq!(dominated(shipped, Some(top), 10), [shared, right, left]);
        assert_eq!(dominator_chain(shipped, shared)[..2], [top, shipped.at("")]);
        let holders: Vec<(String, ObjectId)> = inbound(shipped, shared, &Progress::default())
            .unwrap()
            .into_iter()
            .map(|from| (from.via, from.object))
            .collect();
        let mut expected = [top, left, right].map(|holder| ("shared".to_owned(), holder));
        expected.sort_by_key(|holder| holder.1);
        assert_eq!(holders, expected);
        // JDK 17 writes the fields of a class from the last to the first, JDK 25 from the first to the last.
        let mut vias: Vec<String> = outbound(shipped, top).unwrap().into_iter().map(|to| to.via).collect();
        assert_eq!(vias.pop().as_deref(), Some("<class>"));
        vias.sort_unstable();
        assert_eq!(vias, ["left", "right", "shared"]);
    }
}

#[test]
fn the_chain_is_a_list_and_its_own_dominator_tree() {
    for shipped in shipped() {
        let chain = list(shipped, shipped.at("chain"));
        assert_eq!(chain.len() as u64, shipped.number("/facts/chain"));
        let numbers: Vec<i64> = chain.iter().map(|&node| shipped.integer(node, "number")).collect();
        assert!(numbers.iter().rev().copied().eq(0..i64::try_from(chain.len()).unwrap()));
        let last = *chain.last().unwrap();
        let above = dominator_chain(shipped, last);
        assert!(above.iter().zip(chain.iter().rev().skip(1)).all(|(above, expected)| above == expected));
        assert_eq!(above[chain.len() - 1], shipped.at(""));
        let path = paths(shipped, last, 1, &Progress::default()).unwrap().remove(0);
        assert_eq!(path.steps.len(), chain.len() + 2, "class, shop, chain");
    }
}

#[test]
fn the_ring_closes() {
    for shipped in shipped() {
        let ring = list(shipped, shipped.at("ring"));
        assert_eq!(ring.len() as u64, shipped.number("/facts/ring"));
        assert_eq!(field_object(shipped, ring[ring.len() - 1], "next"), Some(ring[0]));
        assert_eq!(list(shipped, shipped.at("self")).len(), 1);
    }
}

#[test]
fn paths_begin_at_a_static_field_or_a_thread() {
    for shipped in shipped() {
        let newest = |&&id: &&ObjectId| shipped.integer(id, "number") == 49;
        let newest = *shipped.instances("Session").iter().find(newest).expect("the newest");
        let backlog = shipped.instances("Finalizable")[7];
        for (object, expected) in [
            (shipped.at("diamond.shared.big"), "class shop.Shop.shop.diamond.shared.big"),
            (shipped.at("soft.referent"), "class shop.Shop.shop.soft.referent"),
            (newest, "java.lang.Thread.threadLocals.table.[*].value"),
            (backlog, "class java.lang.ref.Finalizer*referent"),
        ] {
            let path = paths(shipped, object, 1, &Progress::default()).unwrap().remove(0);
            let found = spelled(shipped, &path);
            let (start, end) = expected.split_once('*').unwrap_or((expected, ""));
            assert!(found.starts_with(start) && found.ends_with(end), "{found} is not {expected}");
        }
        let thread =
            paths(shipped, newest, 1, &Progress::default()).unwrap().remove(0).thread.expect("a thread");
        assert_eq!(shipped.text(thread, "name"), "session-keeper");
    }
}

#[test]
fn the_class_retains_what_its_instances_retain_together() {
    for shipped in shipped() {
        let retained = |class: &str| {
            let class = shipped.classes_named(&format!("shop.Shop${class}"))[0];
            shipped.held().class_retained[class.index()]
        };
        let number = |place: &str| shipped.number(place);
        assert_eq!(retained("Session"), number("/retained/sessions"));
        // Both arms together still do not hold what the top holds itself.
        assert_eq!(
            retained("Arm"),
            number("/retained/shop.Shop$Arm/left") + number("/retained/shop.Shop$Arm/right")
        );
        let nodes = number("/retained/chain") + number("/retained/ring");
        assert_eq!(retained("Node"), nodes + nodes / (number("/facts/chain") + number("/facts/ring")));
    }
}
