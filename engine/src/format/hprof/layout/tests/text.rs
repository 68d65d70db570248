//! Layouts as text, both ways.

use crate::format::hprof::layout::{ArrayStart, Layout, Packing, Source};

#[test]
fn a_layout_reads_as_words() {
    let check = |layout: Layout, expected: &str| assert_eq!(layout.to_string(), expected);
    check(
        Layout::hotspot_64(17),
        "64-bit, compressed references, compressed class pointers, 8-byte alignment, JDK 15+ field packing, \
         arrays to JDK 22, hidden fields of JDK 17",
    );
    check(
        Layout { header_bytes: 8, reference_bytes: 8, alignment: 16, ..Layout::hotspot_64(25) },
        "64-bit, uncompressed references, compact headers, 16-byte alignment, JDK 15+ field packing, \
         JDK 23+ arrays, hidden fields of JDK 25",
    );
    check(
        Layout::hotspot_32(8),
        "32-bit, 8-byte alignment, field packing to JDK 14, arrays to JDK 22, hidden fields of JDK 8",
    );
}

#[test]
fn what_is_printed_can_be_read() {
    for release in [8, 11, 17, 21, 25] {
        let usual = Layout { source: Source::Given, ..Layout::hotspot_64(release) };
        let none = Layout { header_bytes: 16, reference_bytes: 8, ..usual };
        let small = Layout { source: Source::Given, ..Layout::hotspot_32(release) };
        let android = Layout { source: Source::Given, ..Layout::android() };
        for layout in
            [usual, none, small, Layout { header_bytes: 8, ..usual }, Layout { alignment: 256, ..usual }]
        {
            let other = Layout { alignment: 64, ..android };
            assert_eq!(other.overridden(&layout.to_string()).expect("printed by us"), layout);
        }
        let read = usual.overridden(&android.to_string()).expect("printed by us");
        assert_eq!(Layout { release: android.release, ..read }, android);
    }
}

#[test]
fn a_part_of_a_layout_can_be_overridden() {
    let usual = Layout { source: Source::Given, ..Layout::hotspot_64(17) };
    let check = |text: &str, expected: Layout| assert_eq!(usual.overridden(text).expect(text), expected);
    check("", usual);
    check("refs=8", Layout { reference_bytes: 8, ..usual });
    check(" Refs = 8 , align=16,", Layout { reference_bytes: 8, alignment: 16, ..usual });
    check("header=16,packing=classic", Layout { header_bytes: 16, packing: Packing::Classic, ..usual });
    check(
        "compact, arrays=element, jdk=25",
        Layout { header_bytes: 8, arrays: ArrayStart::Element, release: 25, ..usual },
    );
}

#[test]
fn what_is_not_understood_is_named() {
    for text in
        ["refs=5", "align=7", "align=12", "header=", "jdk=x", "jdk=1000000", "=", "fast", "refs=4;align=8"]
    {
        let error = Layout::hotspot_64(17).overridden(&format!("refs=4, {text}")).expect_err(text);
        assert!(error.to_string().contains(&format!("{text:?}")), "{error}");
    }
}
