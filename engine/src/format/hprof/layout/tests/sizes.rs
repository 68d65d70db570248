//! Sizes as `jmap -histo` gave them for the same classes in processes with these settings.

use super::classes::{shapes, shapes_and};
use crate::format::hprof::field_type::FieldType::{self, Boolean, Byte, Double, Int, Long, Object};
use crate::format::hprof::layout::{ArraySizes, ArrayStart, ClassShape, Layout, Sizes};

const COMPACT_25: Layout = Layout { header_bytes: 8, ..HOTSPOT_25 };
const HOTSPOT_25: Layout = Layout { arrays: ArrayStart::Element, release: 25, ..HOTSPOT_17 };
pub(super) const HOTSPOT_17: Layout = Layout {
    word_bytes: 8,
    reference_bytes: 4,
    header_bytes: 12,
    alignment: 8,
    packing: super::super::Packing::Builder,
    arrays: ArrayStart::Word,
    release: 17,
    source: super::super::Source::Assumed,
};

/// Sizes of D0 … D5, E0 … E4, F0 … F3, G0 … G2.
fn check(layout: Layout, expected: [u32; 18]) {
    let shapes = shapes();
    let sizes = Sizes::modelled(&layout, &shapes);
    let first = shapes.iter().position(|shape| shape.name == "D0").expect("in the table");
    assert_eq!(sizes.instances()[first..], expected, "{layout}");
}

#[test]
fn hierarchies_in_each_layout() {
    let without = |layout: Layout, references, header| Layout {
        reference_bytes: references,
        header_bytes: header,
        ..layout
    };
    let (jdk11, jdk17) = (Layout::hotspot_64(11), Layout::hotspot_64(17));
    check(jdk11, [16, 24, 32, 40, 48, 80, 24, 32, 32, 40, 48, 16, 24, 32, 48, 16, 24, 40]);
    check(without(jdk11, 8, 16), [24, 32, 40, 56, 72, 120, 24, 32, 40, 48, 64, 24, 32, 48, 64, 24, 32, 56]);
    check(jdk17, [16, 24, 24, 32, 48, 80, 24, 24, 32, 32, 40, 16, 24, 32, 48, 16, 16, 32]);
    check(without(jdk17, 8, 12), [16, 24, 24, 40, 48, 96, 24, 24, 32, 40, 48, 24, 32, 40, 56, 16, 16, 40]);
    check(without(jdk17, 4, 16), [24, 32, 32, 40, 48, 80, 24, 32, 32, 40, 48, 24, 32, 40, 48, 24, 24, 40]);
    check(
        Layout { alignment: 16, ..jdk17 },
        [16, 32, 32, 32, 48, 80, 32, 32, 32, 32, 48, 16, 32, 32, 48, 16, 16, 32],
    );
    check(COMPACT_25, [16, 24, 24, 32, 40, 72, 16, 24, 24, 32, 40, 16, 24, 32, 40, 16, 16, 32]);
}

/// Bytes of the class `name` with `fields`, a subclass of `java.lang.Object`.
fn check_class(layout: Layout, name: &str, fields: &[FieldType], expected: u32) {
    let shapes = shapes_and(&[(name, fields, &[])]);
    let sizes = Sizes::modelled(&layout, &shapes);
    let last = u32::try_from(shapes.len() - 1).expect("a short table");
    assert_eq!(sizes.instance_bytes(last), expected, "{name} in {layout}");
}

#[test]
fn classes_of_the_jdk() {
    let string = [Object, Int, Byte, Boolean];
    check_class(Layout::hotspot_64(8), "java/lang/String", &[Object, Int], 24);
    check_class(Layout::hotspot_64(11), "java/lang/String", &[Object, Byte, Int], 24);
    check_class(HOTSPOT_17, "java/lang/String", &string, 24);
    check_class(COMPACT_25, "java/lang/String", &string, 24);
    check_class(Layout::hotspot_32(17), "java/lang/String", &string, 24);
    check_class(Layout::hotspot_32(8), "java/lang/String", &[Object, Int], 16);
    check_class(HOTSPOT_25, "java/util/HashMap$Node", &[Int, Object, Object, Object], 32);
    check_class(COMPACT_25, "java/util/HashMap$Node", &[Int, Object, Object, Object], 24);
    check_class(Layout::hotspot_64(11), "java/util/concurrent/atomic/Striped64$Cell", &[Long], 280);
    check_class(HOTSPOT_17, "java/util/concurrent/atomic/Striped64$Cell", &[Long], 280);
    check_class(COMPACT_25, "java/util/concurrent/atomic/Striped64$Cell", &[Long], 272);
    check_class(HOTSPOT_17, "java/util/concurrent/atomic/Other$Cell", &[Long], 24);
}

#[test]
fn classes_with_hidden_fields() {
    let fields = |references, longs, ints, booleans| {
        let of = |field, count| std::iter::repeat_n(field, count);
        let wide = of(Object, references).chain(of(Long, longs));
        wide.chain(of(Int, ints)).chain(of(Boolean, booleans)).collect::<Vec<FieldType>>()
    };
    check_class(Layout::hotspot_64(11), "java/lang/Class", &fields(14, 0, 1, 0), 112);
    check_class(HOTSPOT_17, "java/lang/Thread", &fields(11, 4, 4, 3), 368);
    check_class(Layout::hotspot_64(11), "java/lang/Thread", &fields(11, 4, 4, 2), 368);
    // References first: 12 + 14 × 4 = 68, a hidden word at 72, a byte at 80.
    check_class(Layout::hotspot_64(11), "java/lang/ClassLoader", &fields(14, 0, 0, 1), 88);
    check_class(HOTSPOT_25, "java/lang/invoke/CallSite", &fields(1, 0, 0, 0), 32);
}

#[test]
fn subclasses_of_a_contended_class_repeat_its_padding_once() {
    // Thread 368 ← A, no field: 368 ← B, no field: 368 ← C, a boolean behind the padding: 376
    let long_ints = [Long, Int, Int, Long, Long, Long, Int, Int];
    let mut shapes = shapes_and(&[
        ("java/lang/Thread", &long_ints, &[]),
        ("A", &[], &[]),
        ("B", &[], &[]),
        ("C", &[Boolean], &[]),
    ]);
    let first = shapes.len() - 4;
    for (above, shape) in (first..).zip(&mut shapes[first + 1..]) {
        shape.super_class = u32::try_from(above).ok();
    }
    let sizes = Sizes::modelled(&HOTSPOT_17, &shapes);
    // header 12, int, 3 long, int: 44; padding: 172, aligned 176; long, 2 int: 192; padding: 320
    assert_eq!(sizes.instances()[first..], [320, 320, 320, 328]);
}

#[test]
fn class_objects_hold_their_static_fields_references_first() {
    let check = |layout: Layout, statics: &[FieldType], expected: u32| {
        let class = ClassShape { name: "java/lang/Class".to_owned(), ..ClassShape::default() };
        let holder = ClassShape { statics: statics.to_vec(), ..ClassShape::default() };
        let sizes = Sizes::modelled(&layout, &[class, holder]);
        assert_eq!(
            sizes.class_object_bytes(1) - sizes.class_object_bytes(0),
            expected,
            "{layout} {statics:?}"
        );
    };
    check(HOTSPOT_17, &[], 0);
    check(HOTSPOT_17, &[Boolean], 8);
    check(HOTSPOT_17, &[Object, Object], 8);
    // The gap of four bytes before the long stays free, in all releases.
    check(HOTSPOT_17, &[Long, Object, Int], 24);
    check(Layout::hotspot_64(11), &[Long, Object, Int], 24);
    check(Layout { reference_bytes: 8, ..HOTSPOT_17 }, &[Long, Object, Int], 24);
    check(HOTSPOT_25, &[Double, Double, Byte, Byte, Object], 32);
}

#[test]
fn a_dump_without_java_lang_class_still_has_sizes_of_class_objects() {
    let sizes = Sizes::modelled(&HOTSPOT_17, &[ClassShape::default()]);
    assert_eq!(sizes.class_object_bytes(0), 48); // header 12, four bytes for an int, 2 words, int, 3 references
}

#[test]
fn arrays() {
    let check = |layout: Layout, element, length, expected| {
        assert_eq!(
            ArraySizes::of(layout).bytes(element, length),
            expected,
            "{element:?}[{length}] in {layout}"
        );
    };
    let big = Layout { reference_bytes: 8, header_bytes: 16, ..HOTSPOT_17 };
    let big_25 = Layout { arrays: ArrayStart::Element, ..big };
    check(HOTSPOT_17, Byte, 0, 16);
    check(HOTSPOT_17, Byte, 1, 24);
    check(HOTSPOT_17, Object, 1000, 4016);
    check(Layout { alignment: 16, ..HOTSPOT_17 }, Byte, 1, 32);
    check(Layout { reference_bytes: 8, ..HOTSPOT_17 }, Object, 1000, 8016);
    check(big, Object, 1000, 8024);
    check(big, Byte, 1, 32);
    check(big_25, Byte, 4, 24);
    check(big_25, Long, 1, 32);
    check(COMPACT_25, Byte, 1, 16);
    check(COMPACT_25, Byte, 4, 16);
    check(COMPACT_25, Object, 1000, 4016);
    check(COMPACT_25, Long, 1, 24);
    check(Layout::hotspot_32(17), Byte, 1, 16);
    check(Layout::hotspot_32(17), Object, 1000, 4016);
    check(Layout::hotspot_32(17), Long, 1, 24);
    check(Layout::android(), Byte, 4, 16);
    check(Layout::android(), Double, 2, 32);
    check(HOTSPOT_17, Long, u32::MAX, 8 * u64::from(u32::MAX) + 16);
}

#[test]
fn a_stack_chunk_has_its_stack_and_a_bit_for_each_reference() {
    // 48 + 515 × 8 = 4168, 1030 bits in 17 words
    assert_eq!(Layout::hotspot_64(21).stack_chunk_bytes(48, 515), 4304);
    assert_eq!(Layout::hotspot_64(21).stack_chunk_bytes(48, 0), 48);
}
