//! Fields that HotSpot adds to classes of the JDK and keeps out of dumps, and fields that it keeps apart.

use super::counts::Counts;
use crate::format::hprof::field_type::FieldType::{self, Boolean, Byte, Int, Long, Object, Short};

/// Fields that HotSpot injects into one class: the `…_INJECTED_FIELDS` of `javaClasses.hpp`.
struct Hidden {
    class: &'static str,
    /// The first and last release of Java with exactly these.
    releases: (u32, u32),
    /// Machine words: `long` on 64 bit, `int` on 32 bit.
    words: u64,
    fields: &'static [FieldType],
}

/// No last release yet.
const NOW: u32 = u32::MAX;

const HIDDEN: &[Hidden] = &[
    hidden("java/lang/Class", (0, 18), 2, &[Int, Int, Object, Object, Object]),
    hidden("java/lang/Class", (19, 23), 2, &[Int, Int, Object, Object, Object, Object]),
    hidden("java/lang/Class", (24, NOW), 2, &[Int, Int, Object, Object]),
    hidden("java/lang/ClassLoader", (0, NOW), 1, &[]),
    hidden("java/lang/InternalError", (17, NOW), 0, &[Boolean]),
    hidden("java/lang/Module", (9, NOW), 1, &[]),
    hidden("java/lang/StackFrameInfo", (9, NOW), 0, &[Short]),
    hidden("java/lang/String", (16, NOW), 0, &[Byte]),
    hidden("java/lang/Thread", (19, NOW), 1, &[Int, Boolean, Short]),
    hidden("java/lang/VirtualThread", (24, NOW), 1, &[]),
    hidden("java/lang/invoke/MemberName", (0, 9), 2, &[Object]),
    hidden("java/lang/invoke/MemberName", (10, NOW), 1, &[]),
    hidden("java/lang/invoke/CallSite", (24, NOW), 1, &[Long]),
    hidden("java/lang/invoke/MethodHandleNatives$CallSiteContext", (9, 11), 1, &[]),
    hidden("java/lang/invoke/MethodHandleNatives$CallSiteContext", (12, 23), 1, &[Long]),
    hidden("java/lang/invoke/ResolvedMethodName", (10, 23), 1, &[Object]),
    hidden("java/lang/invoke/ResolvedMethodName", (24, NOW), 1, &[]),
    hidden("jdk/internal/vm/StackChunk", (19, NOW), 1, &[Object, Int, Byte]),
];

const fn hidden(
    class: &'static str,
    releases: (u32, u32),
    words: u64,
    fields: &'static [FieldType],
) -> Hidden {
    Hidden { class, releases, words, fields }
}

/// Adds to `counts` the hidden fields of the class `name` in a `release` of Java.
pub(super) fn add_hidden(counts: &mut Counts, name: &str, release: u32, word_bytes: u8) {
    let here = |hidden: &&Hidden| hidden.class == name && covers(hidden.releases, release);
    let Some(hidden) = HIDDEN.iter().find(here) else { return };
    counts.primitives[if word_bytes == 8 { 0 } else { 1 }] += hidden.words;
    for &field in hidden.fields {
        counts.add(field);
    }
}

/// Which fields of a class get cache lines of their own (`@Contended`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Contended {
    /// None.
    No,
    /// All of the class.
    Class,
    /// These, which share one cache line.
    Group(Counts),
    /// All of the class, and these once more.
    ClassAndGroup(Counts),
}

/// The classes of the JDK with `@Contended`; others may use it only with `-XX:-RestrictContended`.
const CONTENDED: &[(&str, (u32, u32), Contended)] = &[
    ("java/lang/Thread", (8, 18), Contended::Group(longs_and_ints(1, 2))),
    ("java/util/concurrent/ConcurrentHashMap$CounterCell", (8, NOW), Contended::Class),
    ("java/util/concurrent/Exchanger$Node", (8, 23), Contended::Class),
    ("java/util/concurrent/Exchanger$Slot", (24, NOW), Contended::Class),
    ("java/util/concurrent/ForkJoinPool", (8, 16), Contended::Class),
    ("java/util/concurrent/ForkJoinPool", (17, 18), Contended::Group(longs_and_ints(1, 0))),
    ("java/util/concurrent/ForkJoinPool", (19, NOW), Contended::Group(longs_and_ints(1, 1))),
    ("java/util/concurrent/ForkJoinPool$WorkQueue", (8, 16), Contended::Class),
    ("java/util/concurrent/ForkJoinPool$WorkQueue", (17, 18), Contended::Group(longs_and_ints(0, 3))),
    ("java/util/concurrent/ForkJoinPool$WorkQueue", (19, 23), Contended::Group(longs_and_ints(0, 4))),
    ("java/util/concurrent/ForkJoinPool$WorkQueue", (24, NOW), Contended::Group(longs_and_ints(0, 6))),
    (
        "java/util/concurrent/SubmissionPublisher$BufferedSubscription",
        (9, NOW),
        Contended::ClassAndGroup(longs_and_ints(1, 1)),
    ),
    ("java/util/concurrent/atomic/Striped64$Cell", (8, NOW), Contended::Class),
];

const fn longs_and_ints(longs: u64, ints: u64) -> Counts {
    Counts { primitives: [longs, ints, 0, 0], references: 0 }
}

/// Which fields of the class `name` are contended in a `release` of Java.
pub(super) fn contended(name: &str, release: u32) -> &'static Contended {
    let here = |row: &&(&str, (u32, u32), Contended)| row.0 == name && covers(row.1, release);
    CONTENDED.iter().find(here).map_or(&Contended::No, |row| &row.2)
}

fn covers((first, last): (u32, u32), release: u32) -> bool {
    (first..=last).contains(&release)
}
