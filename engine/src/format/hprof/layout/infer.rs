//! The layout that explains the distances seen in a dump.

use super::arrays::ArraySizes;
use super::gaps::Gaps;
use super::release;
use super::shape::ClassShape;
use super::sizes::Sizes;
use super::{ArrayStart, Layout, Packing, Source};

/// An overlap speaks against a layout this many times as loudly as an exact fit speaks for it: a layout with small
/// sizes never overlaps, yet hardly ever fits, and a single wrong class must not rule the right layout out.
const OVERLAP_WEIGHT: i64 = 4;

/// A layout must fit this many classes and arrays more than none: the dump of a real process has hundreds.
const LEAST_SCORE: i64 = 8;

/// The layout whose sizes agree best with the smallest distances in `gaps`.
///
/// `id_size` is that of the file, `jdk` the release of Java if it is known. Each layout that runtimes can have is
/// tried; ties, and a dump with next to no neighbours, go to the most usual. Cost: about twenty passes over `shapes`.
pub fn infer(shapes: &[ClassShape], gaps: &Gaps, id_size: u8, jdk: Option<u32>) -> Layout {
    let release = jdk.unwrap_or_else(|| release::guess(shapes));
    let mut best = assumed(id_size, release);
    let mut best_score = LEAST_SCORE - 1;
    for candidate in candidates(id_size, release, jdk.is_some(), gaps.alignment()) {
        let fit = fit(&candidate, shapes, gaps);
        if fit.score() > best_score {
            best_score = fit.score();
            best = Layout { source: fit.source(), ..candidate };
        }
    }
    best
}

fn assumed(id_size: u8, release: u32) -> Layout {
    if id_size == 4 { Layout::hotspot_32(release) } else { Layout::hotspot_64(release) }
}

/// Header, array start and packing that occur together, the most usual first, by the first release that has them
/// and the last.
const HEADERS: [(u8, ArrayStart, Packing, u32, u32); 7] = [
    (12, ArrayStart::Word, Packing::Builder, 15, 22),
    (12, ArrayStart::Word, Packing::Classic, 0, 14),
    (12, ArrayStart::Element, Packing::Builder, 23, u32::MAX),
    (16, ArrayStart::Word, Packing::Builder, 15, 22),
    (16, ArrayStart::Word, Packing::Classic, 0, 14),
    (16, ArrayStart::Element, Packing::Builder, 23, u32::MAX),
    (8, ArrayStart::Element, Packing::Builder, 24, u32::MAX),
];

fn candidates(id_size: u8, release: u32, release_is_known: bool, largest: u16) -> Vec<Layout> {
    let alignments: Vec<u16> =
        (3..=8).map(|bits| 1 << bits).filter(|&bytes| bytes <= largest.max(8)).collect();
    let mut all = Vec::new();
    for base in machines(id_size, release) {
        let known = |first, last| (first..=last).contains(&release) || !release_is_known;
        for (header, arrays, packing, first, last) in HEADERS.into_iter().filter(|row| known(row.3, row.4)) {
            let header_bytes = if base.word_bytes == 4 { 8 } else { header };
            let release = release.clamp(first, last);
            let found = Layout { header_bytes, arrays, packing, release, ..base };
            all.extend(alignments.iter().map(|&alignment| Layout { alignment, ..found }));
        }
    }
    // The release that the classes suggest first, then the usual: a later candidate must fit better to win.
    all.sort_by_key(|layout| layout.release.abs_diff(release));
    all
}

/// Word and reference widths that a file with identifiers of `id_size` bytes can have.
fn machines(id_size: u8, release: u32) -> Vec<Layout> {
    if id_size == 4 {
        return vec![Layout::hotspot_32(release)];
    }
    let compressed = Layout::hotspot_64(release);
    vec![compressed, Layout { reference_bytes: 8, ..compressed }]
}

/// How a layout agrees with the distances: numbers of classes and arrays.
#[derive(Default)]
struct Fit {
    exact: u32,
    overlapping: u32,
    observed: u32,
}

fn fit(layout: &Layout, shapes: &[ClassShape], gaps: &Gaps) -> Fit {
    let sizes = Sizes::modelled(layout, shapes);
    let mut fit = Fit::default();
    for (class, &bytes) in (0..).zip(sizes.instances()) {
        if let Some(smallest) = gaps.class(class) {
            fit.compare(u64::from(bytes), smallest.bytes);
        }
    }
    let arrays = ArraySizes::of(*layout);
    for array in gaps.arrays() {
        fit.compare(arrays.bytes(array.element, array.length), array.bytes);
    }
    fit
}

impl Fit {
    fn compare(&mut self, bytes: u64, smallest_gap: u32) {
        self.observed = self.observed.saturating_add(1);
        match bytes.cmp(&u64::from(smallest_gap)) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => self.exact = self.exact.saturating_add(1),
            std::cmp::Ordering::Greater => self.overlapping = self.overlapping.saturating_add(1),
        }
    }

    fn score(&self) -> i64 {
        i64::from(self.exact) - OVERLAP_WEIGHT * i64::from(self.overlapping)
    }

    fn source(&self) -> Source {
        Source::Inferred { exact: self.exact, overlapping: self.overlapping, observed: self.observed }
    }
}
