//! Classes and distances that no runtime writes.

use crate::format::hprof::field_type::FieldType::{self, Byte, Long, Object};
use crate::format::hprof::layout::{ClassShape, Gaps, Layout, Packing, Sizes, Source, infer};

const PACKINGS: [Packing; 3] = [Packing::Classic, Packing::Builder, Packing::Android];

fn shape(super_class: Option<u32>, fields: Vec<FieldType>) -> ClassShape {
    ClassShape { super_class, fields, ..ClassShape::default() }
}

#[test]
fn a_cycle_of_superclasses_is_cut() {
    //  0 → 1 → 2 → 0    3 → 3    4 → 9 (no such class)    5 → 0
    let supers = [Some(1), Some(2), Some(0), Some(3), Some(9), Some(0)];
    let shapes: Vec<ClassShape> = supers.into_iter().map(|above| shape(above, vec![Long])).collect();
    // The chain from 0 ends at 2, which counts as one without a superclass.
    assert_eq!(Sizes::modelled(&Layout::hotspot_64(17), &shapes).instances(), [40, 32, 24, 24, 24, 48]);
}

#[test]
fn sizes_saturate() {
    // java/A is learnt to have nearly 4 GiB, its subclass eight bytes more.
    let mut shapes = vec![shape(None, Vec::new()), shape(Some(0), vec![Long]), shape(Some(1), vec![Long])];
    shapes[0].name = "java/A".to_owned();
    shapes[1].statics = vec![Long; 65_535];
    let mut gaps = Gaps::new(3);
    (0..8).for_each(|_| gaps.observe_instance(0, u64::from(u32::MAX - 7)));
    for packing in [Packing::Classic, Packing::Builder] {
        let source = Source::Inferred { exact: 1, overlapping: 0, observed: 1 };
        let sizes = Sizes::new(&Layout { packing, source, ..Layout::hotspot_64(17) }, &shapes, &gaps);
        assert_eq!(sizes.instances(), [u32::MAX - 7, u32::MAX, u32::MAX], "{packing:?}");
        assert_eq!(sizes.class_object_bytes(1), 65_535 * 8 + 48, "{packing:?}");
    }
}

#[test]
fn a_deep_hierarchy_full_of_gaps_costs_no_more_than_its_classes() {
    // Each class leaves a gap of seven bytes: quadratic if all were kept.
    let fields = |at: u32| if at.is_multiple_of(2) { vec![Long, Byte] } else { vec![Long; 2] };
    let shapes: Vec<ClassShape> = (0..100_000_u32).map(|at| shape(at.checked_sub(1), fields(at))).collect();
    for packing in PACKINGS {
        let layout = Layout { packing, ..Layout::hotspot_64(17) };
        let sizes = Sizes::modelled(&layout, &shapes);
        assert!(sizes.instance_bytes(99_999) >= 100_000 * 12, "{packing:?}");
    }
}

#[test]
fn distances_of_nonsense_do_not_panic() {
    let shapes = vec![shape(None, Vec::new()), shape(Some(0), vec![Object; 65_535])];
    let mut gaps = Gaps::new(2);
    for gap in [0, 1, 7, u64::from(u32::MAX), u64::MAX] {
        gaps.observe_instance(1, gap);
        gaps.observe_instance(77, gap);
        gaps.observe_array(Byte, u32::MAX, gap);
        gaps.observe_array(Byte, 3, gap);
    }
    for id_size in [4, 8, 0, 255] {
        let layout = infer(&shapes, &gaps, id_size, Some(u32::MAX));
        let sizes = Sizes::new(&layout, &shapes, &gaps);
        assert!(sizes.instance_bytes(1) >= 65_535 * 4);
        assert_eq!(sizes.instance_bytes(2), 0);
    }
}

#[test]
fn an_empty_dump_has_sizes_of_nothing() {
    let layout = infer(&[], &Gaps::default(), 8, None);
    assert_eq!(Sizes::new(&layout, &[], &Gaps::default()), Sizes::default());
}
