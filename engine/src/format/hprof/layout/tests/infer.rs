//! From distances back to the layout that made them.

use super::classes::{shapes, shapes_and};
use crate::format::hprof::field_type::FieldType::{Byte, Int, Long, Object};
use crate::format::hprof::layout::{
    ArraySizes, ArrayStart, ClassShape, Gaps, Layout, Packing, Sizes, Source, infer,
};

/// The distances in a heap with this layout: every class with one instance before a dead neighbour and one without.
fn gaps(layout: &Layout, shapes: &[ClassShape]) -> Gaps {
    let mut gaps = Gaps::new(shapes.len());
    for (class, &bytes) in (0..).zip(Sizes::modelled(layout, shapes).instances()) {
        gaps.observe_instance(class, u64::from(bytes) + 5 * u64::from(layout.alignment));
        gaps.observe_instance(class, u64::from(bytes));
    }
    for length in 0..20 {
        for element in [Byte, Int, Long, Object] {
            gaps.observe_array(element, length, ArraySizes::of(*layout).bytes(element, length));
        }
    }
    gaps
}

fn check(layout: Layout, id_size: u8) {
    let shapes = shapes();
    let found = infer(&shapes, &gaps(&layout, &shapes), id_size, None);
    let expected = Layout { source: found.source, release: found.release, ..layout };
    assert_eq!(found, expected);
    assert!(
        matches!(found.source, Source::Inferred { overlapping: 0, exact, observed } if exact == observed)
    );
}

#[test]
fn every_layout_is_found_again() {
    for release in [8, 11, 17, 21, 25] {
        let usual = Layout { arrays: ArrayStart::Word, ..Layout::hotspot_64(release) };
        check(usual, 8);
        check(Layout { reference_bytes: 8, ..usual }, 8);
        check(Layout { header_bytes: 16, ..usual }, 8);
        check(Layout { header_bytes: 16, reference_bytes: 8, ..usual }, 8);
        check(Layout { alignment: 16, ..usual }, 8);
        check(Layout { alignment: 32, reference_bytes: 8, ..usual }, 8);
        check(Layout { ..Layout::hotspot_32(release.min(22)) }, 4);
    }
    let compact = Layout { header_bytes: 8, ..Layout::hotspot_64(25) };
    check(compact, 8);
    check(Layout { reference_bytes: 8, ..compact }, 8);
    check(Layout { header_bytes: 16, ..Layout::hotspot_64(25) }, 8);
}

#[test]
fn without_neighbours_the_usual_layout_is_assumed() {
    let check =
        |id_size, jdk, expected| assert_eq!(infer(&shapes(), &Gaps::default(), id_size, jdk), expected);
    check(8, None, Layout::hotspot_64(17));
    check(8, Some(8), Layout::hotspot_64(8));
    check(8, Some(25), Layout::hotspot_64(25));
    check(4, Some(11), Layout::hotspot_32(11));
}

#[test]
fn a_known_release_decides_the_packing() {
    let shapes = vec![ClassShape { fields: vec![Int], ..ClassShape::default() }];
    // Nothing here tells the packings apart.
    let seen = gaps(&Layout::hotspot_64(11), &shapes);
    assert_eq!(infer(&shapes, &seen, 8, Some(11)).packing, Packing::Classic);
    assert_eq!(infer(&shapes, &seen, 8, Some(17)).packing, Packing::Builder);
}

#[test]
fn one_wrong_class_does_not_rule_the_right_layout_out() {
    let shapes = shapes();
    let mut seen = gaps(&Layout::hotspot_64(17), &shapes);
    seen.observe_instance(3, 8);
    let found = infer(&shapes, &seen, 8, None);
    assert_eq!((found.reference_bytes, found.header_bytes, found.packing), (4, 12, Packing::Builder));
    assert!(matches!(found.source, Source::Inferred { overlapping: 1, .. }));
}

const INFERRED_17: Layout =
    Layout { source: Source::Inferred { exact: 9, overlapping: 0, observed: 9 }, ..super::sizes::HOTSPOT_17 };

/// A class of the name with one `long`, usually 24 bytes, and distances seen so many times each.
fn check_learnt(name: &str, seen: &[(u64, u32)], expected: u32) {
    let shapes = shapes_and(&[(name, &[Long], &[])]);
    let class = u32::try_from(shapes.len() - 1).expect("a short table");
    let mut gaps = Gaps::new(shapes.len());
    for &(gap, times) in seen {
        (0..times).for_each(|_| gaps.observe_instance(class, gap));
    }
    let sizes = Sizes::new(&INFERRED_17, &shapes, &gaps);
    assert_eq!(sizes.instance_bytes(class), expected, "{name} {seen:?}");
    let modelled = Sizes::modelled(&Layout::hotspot_64(17), &shapes).instance_bytes(class);
    assert_eq!(sizes.learnt().len(), usize::from(expected != modelled), "{name} {seen:?}");
}

#[test]
fn the_dump_corrects_the_model() {
    check_learnt("java/util/New", &[], 24);
    check_learnt("java/util/New", &[(24, 3), (40, 90)], 24);
    // Hidden fields: nearly all agree.
    check_learnt("java/util/New", &[(40, 8)], 40);
    check_learnt("java/util/New", &[(40, 80), (48, 7)], 40);
    // Too few, too different, or not of the JDK.
    check_learnt("java/util/New", &[(40, 7)], 24);
    check_learnt("java/util/New", &[(40, 8), (48, 8)], 24);
    check_learnt("com/acme/New", &[(40, 80)], 24);
    // Overlaps are proof, unless the fields would not fit or the object not be aligned.
    check_learnt("java/util/concurrent/atomic/Striped64$Cell", &[(24, 1)], 24);
    check_learnt("com/acme/New", &[(16, 9)], 24);
    check_learnt("java/util/New", &[(41, 80)], 24);
}

#[test]
fn a_layout_that_was_not_inferred_is_not_corrected() {
    let shapes = shapes_and(&[("java/util/New", &[Long], &[])]);
    let class = u32::try_from(shapes.len() - 1).expect("a short table");
    let mut gaps = Gaps::new(shapes.len());
    (0..80).for_each(|_| gaps.observe_instance(class, 40));
    for source in [Source::Given, Source::Assumed] {
        assert_eq!(Sizes::new(&Layout { source, ..INFERRED_17 }, &shapes, &gaps).instance_bytes(class), 24);
    }
}

#[test]
fn a_handful_of_neighbours_is_no_evidence() {
    // Seven arrays as with compact headers
    let mut gaps = Gaps::new(0);
    (1..8).for_each(|length| gaps.observe_array(Long, length, 16 + 8 * u64::from(length)));
    assert_eq!(infer(&[], &gaps, 8, None), Layout::hotspot_64(17));
    gaps.observe_array(Long, 8, 80);
    assert!(matches!(infer(&[], &gaps, 8, None).source, Source::Inferred { exact: 8, .. }));
}

#[test]
fn subclasses_build_on_what_was_learnt() {
    let mut shapes = shapes_and(&[("java/util/New", &[Long], &[]), ("com/acme/Newer", &[Int], &[])]);
    let class = u32::try_from(shapes.len() - 2).expect("a short table");
    shapes[class as usize + 1].super_class = Some(class);
    let mut gaps = Gaps::new(shapes.len());
    (0..8).for_each(|_| gaps.observe_instance(class, 40));
    let sizes = Sizes::new(&INFERRED_17, &shapes, &gaps);
    assert_eq!(sizes.instances()[class as usize..], [40, 48]);
}

#[test]
fn merged_gaps_are_those_of_one_thread() {
    let seen = [(0, 40), (1, 24), (0, 32), (0, 32), (1, 64)];
    let (mut one, mut left, mut right) = (Gaps::new(2), Gaps::default(), Gaps::new(2));
    for (at, (class, gap)) in seen.into_iter().enumerate() {
        let part = if at % 2 == 0 { &mut right } else { &mut left };
        part.merge(&single(class, gap));
        one.observe_instance(class, gap);
    }
    left.merge(&right);
    assert_eq!(left.class(0), one.class(0));
    assert_eq!(left.class(1), one.class(1));
    assert_eq!(one.class(0).map(|seen| (seen.bytes, seen.seen, seen.equal)), Some((32, 3, 2)));
}

fn single(class: u32, gap: u64) -> Gaps {
    let mut gaps = Gaps::new(2);
    gaps.observe_instance(class, gap);
    gaps
}
