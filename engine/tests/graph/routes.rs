//! Paths under conditions, and the shortest paths of many objects in one tree.

use crate::oracle::{Set, references, with_heap};
use heapwise_engine::graph::{
    Conditions, Heap, Limits, Path, Paths, Referrers, Strength, reach, reach_within, transpose,
};
use heapwise_engine::progress::Progress;
use heapwise_testdata::graph::Graph;
use proptest::prelude::*;
use roaring::RoaringBitmap;

fn with_paths<T>(graph: &Graph, test: impl FnOnce(&Heap, &Paths) -> T) -> T {
    with_heap(graph, |heap| {
        let inbound = transpose(heap, &Progress::default()).unwrap();
        let reach = reach(heap, &graph.roots, &Progress::default()).unwrap();
        test(heap, &Paths::new(heap, inbound.view(), reach.columns()).unwrap())
    })
}

fn members(bits: u32) -> RoaringBitmap {
    (0..32).filter(|bit| bits >> bit & 1 == 1).collect()
}

/// Paths of a graph on which no object of `barred` is passed, and no stored reference or referent of `cut`.
struct Routes<'g> {
    graph: &'g Graph,
    barred: RoaringBitmap,
    cut: Vec<(u32, u32)>,
}

impl Routes<'_> {
    fn find(&self, object: u32, most: usize, through: Option<&RoaringBitmap>) -> Vec<Path> {
        let instances = |class: u32| {
            (0u32..).zip(&self.graph.class_of).filter(|row| *row.1 == class).map(|row| row.0).collect()
        };
        let conditions = Conditions {
            limits: Limits {
                may_pass: &|object| !self.barred.contains(object),
                may_follow: &|from, to, _| !self.cut.contains(&(from, to)),
            },
            instances: &instances,
            through,
        };
        with_paths(self.graph, |heap, paths| {
            let referrers = Referrers::new(heap.columns());
            let progress = Progress::default();
            paths.constrained(heap, &referrers, object, most, &conditions, &progress).unwrap()
        })
    }

    /// The references that may be on a path.
    fn references(&self) -> Vec<(u32, u32, Strength)> {
        let ties = |&(from, to, _): &(u32, u32, Strength)| {
            let class_object = self.graph.class_objects[self.graph.class_of[from as usize] as usize];
            class_object == to || self.graph.locals.contains(&(from, to))
        };
        let all = references(self.graph);
        let strong = |row: &(u32, u32, Strength)| (row.0, row.1, Strength::Strong);
        let tied = all.iter().filter(|row| ties(row)).map(strong);
        let others = all.iter().filter(|row| !self.cut.contains(&(row.0, row.1))).copied();
        tied.chain(others).collect()
    }

    /// For each root the (strength, length) of the best path from it that does not pass another root, by relaxation
    /// upward from `object`.
    fn best(&self, object: u32) -> Vec<(Strength, usize)> {
        let roots = &self.graph.roots;
        let mut all: Vec<(Strength, usize)> = Vec::new();
        let mut done = Set::new();
        for &phase in &Strength::ALL[..5] {
            let usable: Vec<_> = self.references().into_iter().filter(|row| row.2 <= phase).collect();
            let mut level = Set::from([object]);
            let (mut seen, mut length) = (level.clone(), 1);
            while !level.is_empty() {
                let new = level.iter().filter(|object| roots.contains(object) && done.insert(**object));
                all.extend(new.map(|_| (phase, length)));
                let expand = |row: &&(u32, u32, Strength)| {
                    let open = !roots.contains(&row.1) && (row.1 == object || !self.barred.contains(row.1));
                    level.contains(&row.1) && open
                };
                let next: Set = usable.iter().filter(expand).map(|row| row.0).collect();
                level = next.difference(&seen).copied().collect();
                seen.extend(&level);
                length += 1;
            }
        }
        all
    }

    fn check_path(&self, path: &Path, object: u32) {
        assert!(self.graph.roots.contains(&path.objects[0]));
        assert_eq!(path.objects.last(), Some(&object));
        assert_eq!(path.objects.iter().collect::<std::collections::BTreeSet<_>>().len(), path.objects.len());
        let inner = path.objects.get(1..path.objects.len() - 1).unwrap_or_default();
        assert!(!inner.iter().any(|&object| self.barred.contains(object)));
        let all = self.references();
        let edge = |pair: &[u32]| {
            let holds = all.iter().filter(|row| (row.0, row.1) == (pair[0], pair[1]));
            holds.map(|row| row.2).min().expect("a reference")
        };
        let weakest = path.objects.windows(2).map(edge).max().unwrap_or(Strength::Strong);
        assert_eq!(path.strength, weakest, "{path:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn constrained_paths_are_those_of_relaxation(
        seed: u64, objects in 1u32..32, barred: u32, sparse: u32, cuts in 0usize..6
    ) {
        let graph = Graph::nasty(seed, objects);
        let all = references(&graph);
        let cut = all.iter().map(|row| (row.0, row.1)).step_by(3).take(cuts).collect();
        let routes = Routes { graph: &graph, barred: members(barred & sparse), cut };
        for object in 0..objects {
            let found = routes.find(object, 100, None);
            found.iter().for_each(|path| routes.check_path(path, object));
            let lengths: Vec<_> = found.iter().map(|path| (path.strength, path.objects.len())).collect();
            prop_assert_eq!(lengths, routes.best(object));
            prop_assert_eq!(&routes.find(object, 2, None)[..], &found[..found.len().min(2)]);
        }
    }

    #[test]
    fn paths_go_through_what_they_must(seed: u64, objects in 1u32..24, through: u32, barred: u32) {
        let graph = Graph::nasty(seed, objects);
        let routes = Routes { graph: &graph, barred: members(barred & through.rotate_left(9)), cut: Vec::new() };
        let through = members(through & barred.rotate_left(3));
        for object in 0..objects {
            let found = routes.find(object, 100, Some(&through));
            for path in &found {
                routes.check_path(path, object);
                prop_assert!(path.objects.iter().any(|&object| through.contains(object)));
            }
            // What may pass anything passes the shortest way.
            let all: RoaringBitmap = (0..objects).collect();
            prop_assert_eq!(routes.find(object, 100, Some(&all)), routes.find(object, 100, None));
            for path in routes.find(object, 100, None) {
                let through: RoaringBitmap = path.objects.iter().copied().collect();
                let found = routes.find(object, 100, Some(&through));
                let as_good = |other: &Path| {
                    (other.strength, other.objects.len()) <= (path.strength, path.objects.len())
                };
                prop_assert!(found.first().is_some_and(as_good), "{:?} is not {:?}", found, path);
            }
        }
    }

    #[test]
    fn merged_paths_are_the_shortest_paths(seed: u64, objects in 1u32..32, set: u32) {
        let graph = Graph::nasty(seed, objects);
        let set = members(set);
        let shallow = |object: u32| graph.shallow[object as usize];
        with_paths(&graph, |_, paths| {
            let rows = paths.merged(&set, None, shallow, &Progress::default()).unwrap();
            let up = |row: usize| std::iter::successors(Some(row), |&row| rows[row].parent.map(|row| row as usize));
            for (number, row) in rows.iter().enumerate() {
                let path: Vec<u32> = up(number).map(|row| rows[row].object).collect();
                let shortest = paths.shortest(row.object).unwrap();
                assert!(path.iter().rev().eq(&shortest.objects));
                assert_eq!(row.depth as usize, path.len() - 1);
                let below: Vec<u32> = (number..rows.len()).filter(|&other| up(other).any(|row| row == number))
                    .map(|other| rows[other].object).filter(|&object| set.contains(object)).collect();
                assert_eq!((row.objects, row.shallow), (below.len() as u64, below.iter().map(|&o| shallow(o)).sum()));
                assert!(row.objects > 0 && row.parent.is_none_or(|parent| (parent as usize) < number));
            }
            let reachable = set.iter().filter(|&member| member < objects && paths.shortest(member).is_some());
            assert_eq!(rows.iter().filter(|row| set.contains(row.object)).count(), reachable.count());
            // Siblings stand in the order of their size; depth first, a row's parent is the last one above it.
            for (number, row) in rows.iter().enumerate().skip(1) {
                let last = rows[..number].iter().rposition(|above| above.depth + 1 == row.depth);
                assert_eq!(row.parent, last.map(|row| u32::try_from(row).unwrap()));
            }
            for pair in (0..rows.len()).flat_map(|a| (0..a).map(move |b| (b, a))) {
                let (a, b) = (rows[pair.0], rows[pair.1]);
                assert!(a.parent != b.parent || (b.objects, b.shallow) <= (a.objects, a.shallow));
            }
        });
    }
}

// 0 -> 1 -> 2 -> 3, root 4 -> 5 -> 3, 6 ~weak~> 3 with root 6
#[test]
fn small_graphs() {
    let mut graph = Graph::of(7, &[(0, 1), (1, 2), (2, 3), (4, 5), (5, 3)], &[0, 4, 6]);
    graph.special = vec![(6, 3, 2)];
    let check = |barred: &[u32], cut: &[(u32, u32)], through: Option<u32>, expected: &[&[u32]]| {
        let routes = Routes { graph: &graph, barred: barred.iter().copied().collect(), cut: cut.to_vec() };
        let through = through.map(|object| RoaringBitmap::from_iter([object]));
        let found = routes.find(3, 9, through.as_ref());
        assert_eq!(found.iter().map(|path| &path.objects[..]).collect::<Vec<_>>(), expected);
    };
    check(&[], &[], None, &[&[4, 5, 3], &[0, 1, 2, 3], &[6, 3]]);
    check(&[5], &[], None, &[&[0, 1, 2, 3], &[6, 3]]);
    check(&[0, 3, 4, 6], &[], None, &[&[4, 5, 3], &[0, 1, 2, 3], &[6, 3]]);
    check(&[], &[(6, 3), (1, 2)], None, &[&[4, 5, 3]]);
    check(&[], &[], Some(2), &[&[0, 1, 2, 3]]);
    check(&[], &[], Some(6), &[&[6, 3]]);
    check(&[5], &[], Some(5), &[]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn merged_paths_keep_within_limits(seed: u64, objects in 1u32..32, barred: u32, cuts in 0usize..6, set: u32) {
        let graph = Graph::nasty(seed, objects);
        let cut = references(&graph).iter().map(|row| (row.0, row.1)).step_by(3).take(cuts).collect();
        let routes = Routes { graph: &graph, barred: members(barred & set.rotate_left(5)), cut };
        let set = members(set);
        let limits = Limits {
            may_pass: &|object| !routes.barred.contains(object),
            may_follow: &|from, to, _| !routes.cut.contains(&(from, to)),
        };
        let rows = with_heap(&graph, |heap| {
            let progress = Progress::default();
            let inbound = transpose(heap, &progress).unwrap();
            let reach = reach_within(heap, &graph.roots, &limits, &progress).unwrap();
            let paths = Paths::within(heap, inbound.view(), reach.columns(), Some(&limits)).unwrap();
            paths.merged(&set, Some(&limits), |_| 1, &progress).unwrap()
        });
        let found: RoaringBitmap = rows.iter().map(|row| row.object).filter(|&o| set.contains(o)).collect();
        for (number, row) in rows.iter().enumerate().filter(|row| set.contains(row.1.object)) {
            let up = |row: &usize| rows[*row].parent.map(|row| row as usize);
            let mut path: Vec<u32> =
                std::iter::successors(Some(number), up).map(|row| rows[row].object).collect();
            path.reverse();
            let best = routes.find(row.object, 100, None).remove(0);
            // A merged path passes each object on that object's own best path, strong ones before shorter ones.
            prop_assert!(path.len() >= best.objects.len());
            prop_assert!(best.strength != Strength::Strong || path.len() == best.objects.len());
            routes.check_path(&Path { objects: path, ..best }, row.object);
        }
        for member in set.iter().filter(|&member| member < objects && !found.contains(member)) {
            prop_assert_eq!(routes.find(member, 1, None), []);
        }
    }
}

#[test]
fn long_paths_merge_without_recursion() {
    let graph = Graph::list(1_000_000, true);
    with_paths(&graph, |_, paths| {
        let set: RoaringBitmap = (0..1_000_000).collect();
        let rows = paths.merged(&set, None, |_| 1, &Progress::default()).unwrap();
        assert!(rows.iter().map(|row| row.objects).eq((1..=1_000_000).rev()));
    });
}
