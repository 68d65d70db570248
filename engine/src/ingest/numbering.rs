//! Addresses to dense ids: a bitmap over the heap's span with running counts, or a sorted list where that is sparse.

use super::addresses::{Addresses, Span};
use crate::error::Result;
use crate::memory::{Room, Scratch, shared_u32};
use crate::wide::Wide;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// A bitmap may take this many bytes for each object before a sorted list is better.
const BITMAP_BYTES_PER_OBJECT: u64 = 16;
/// … and this many bytes whatever the number of objects.
const BITMAP_FREE_BYTES: u64 = 64 << 20;

/// The numbering of a dump's objects in address order.
#[derive(Debug)]
pub enum Numbering {
    /// The heap is dense: one bit for each place where an object can start.
    Bitmap(Bitmap),
    /// The distinct addresses, sorted; the id is the position.
    Sorted(Scratch<u64>),
}

/// A bit for each place from `base` on in steps of `1 << shift` bytes.
#[derive(Debug)]
pub struct Bitmap {
    base: u64,
    shift: u32,
    words: Scratch<Word>,
    objects: u64,
}

/// 64 bits, the lower half first, and how many objects there are before them: what a search reads lies together.
type Word = [u32; 3];

impl Numbering {
    /// The numbering of all addresses in `parts`; an address that occurs twice gets one id.
    ///
    /// # Errors
    /// There is no room for it.
    pub(super) fn new(parts: &[&Addresses], room: &Room) -> Result<Numbering> {
        let span = parts.iter().map(|part| part.span()).fold(Span::EMPTY, Span::join);
        if span.count == 0 {
            return Ok(Numbering::Sorted(room.column(0)?));
        }
        let shift = span.bits.trailing_zeros().min(6);
        let words = ((span.high - span.low) >> shift) / 64 + 1;
        // A word of bits and the count before it are 12 bytes.
        if words.saturating_mul(12) <= BITMAP_FREE_BYTES + BITMAP_BYTES_PER_OBJECT * span.count {
            return Ok(Numbering::Bitmap(Bitmap::new(parts, (span.low, shift, words), room)?));
        }
        Numbering::sorted(parts, room)
    }

    /// The number of distinct addresses.
    pub fn objects(&self) -> u64 {
        match self {
            Numbering::Bitmap(bitmap) => bitmap.objects,
            Numbering::Sorted(addresses) => addresses.len() as u64,
        }
    }

    /// The id of the object that starts at `address`.
    #[inline]
    pub fn find(&self, address: u64) -> Option<u32> {
        match self {
            Numbering::Bitmap(bitmap) => bitmap.find(address),
            Numbering::Sorted(addresses) => u32::try_from(addresses.binary_search(&address).ok()?).ok(),
        }
    }

    /// The addresses of all objects, by id.
    pub fn addresses(&self, room: &Room) -> Result<Wide> {
        let mut low = room.sequential(usize::try_from(self.objects()).unwrap_or(usize::MAX))?;
        let runs = match self {
            Numbering::Bitmap(bitmap) => {
                bitmap.fill(shared_u32(&mut low));
                bitmap.runs()
            }
            Numbering::Sorted(addresses) => {
                low.iter_mut().zip(&addresses[..]).for_each(|(low, &address)| *low = half(address));
                let highs = addresses.iter().map(|&address| half(address >> 32));
                return Ok(Wide::new(low.freeze(), highs));
            }
        };
        Ok(Wide::of_runs(low.freeze(), runs))
    }

    fn sorted(parts: &[&Addresses], room: &Room) -> Result<Numbering> {
        let mut addresses = room.unset(parts.iter().map(|part| part.len()).sum())?;
        addresses
            .iter_mut()
            .zip(parts.iter().flat_map(|part| part.iter()))
            .for_each(|(it, address)| *it = address);
        addresses.par_sort_unstable();
        let distinct = distinct(&mut addresses);
        addresses.truncate(distinct);
        Ok(Numbering::Sorted(addresses))
    }
}

impl Bitmap {
    fn new(parts: &[&Addresses], (base, shift, words): (u64, u32, u64), room: &Room) -> Result<Bitmap> {
        let mut words = room.column::<Word>(usize::try_from(words).unwrap_or(usize::MAX))?;
        let shared = shared_u32(words.as_flattened_mut());
        parts
            .par_iter()
            .for_each(|part| part.iter().for_each(|address| set(shared, (address - base) >> shift)));
        let objects = running_counts(&mut words);
        Ok(Bitmap { base, shift, words, objects })
    }

    /// Sets the lower half of the address of each object.
    fn fill(&self, low: &[AtomicU32]) {
        self.words.par_chunks(CHUNK).enumerate().for_each(|(chunk, words)| {
            for (place, word) in (chunk as u64 * CHUNK as u64..).zip(words) {
                let bits = std::iter::successors(Some(bits(word)), |left| Some(left & left.wrapping_sub(1)));
                for (left, object) in bits.take_while(|&left| left != 0).zip(word[BEFORE] as usize..) {
                    let bit = place * 64 + u64::from(left.trailing_zeros());
                    low[object].store(half(self.base + (bit << self.shift)), Ordering::Relaxed);
                }
            }
        });
    }

    /// Where the upper half of the addresses changes, as the first object and the upper half.
    fn runs(&self) -> Vec<(u32, u32)> {
        let last = self.base.saturating_add(((self.words.len() as u64 * 64) - 1) << self.shift);
        let begin = |high: u64| (self.rank((high << 32).saturating_sub(self.base)), half(high));
        let runs = (self.base >> 32..=last >> 32).map(begin).filter(|run| run.1 > 0);
        runs.filter(|run| u64::from(run.0) < self.objects).collect()
    }

    /// The objects less than `distance` bytes above the base.
    fn rank(&self, distance: u64) -> u32 {
        let bit = distance.div_ceil(1 << self.shift);
        let word = usize::try_from(bit / 64).unwrap_or(usize::MAX);
        let Some(word) = self.words.get(word) else { return half(self.objects) };
        word[BEFORE] + (bits(word) & ((1 << (bit % 64)) - 1)).count_ones()
    }

    #[inline]
    fn find(&self, address: u64) -> Option<u32> {
        let place = address.checked_sub(self.base)?;
        let bit = place >> self.shift;
        let word = self.words.get(usize::try_from(bit / 64).ok()?)?;
        let (bits, mask) = (bits(word), 1u64 << (bit % 64));
        let exact = bits & mask != 0 && bit << self.shift == place;
        exact.then(|| word[BEFORE] + (bits & (mask - 1)).count_ones())
    }
}

/// Words of a bitmap that one thread looks at in one go.
const CHUNK: usize = 1 << 16;

#[expect(clippy::cast_possible_truncation, reason = "the lower half of a number")]
fn half(number: u64) -> u32 {
    number as u32
}

/// Where a [`Word`] has its count.
const BEFORE: usize = 2;

#[inline]
fn bits(word: &Word) -> u64 {
    u64::from(word[0]) | u64::from(word[1]) << 32
}

/// Sets the objects before each word; all of them. The counts wrap beyond 2^32, which the caller excludes by that sum.
fn running_counts(words: &mut [Word]) -> u64 {
    let mut sum = 0u64;
    for word in words {
        word[BEFORE] = half(sum);
        sum += u64::from(bits(word).count_ones());
    }
    sum
}

/// Brings the distinct ones of sorted numbers to the beginning; how many there are.
fn distinct(sorted: &mut [u64]) -> usize {
    let mut kept = 0;
    for index in 0..sorted.len() {
        if kept == 0 || sorted[index] != sorted[kept - 1] {
            sorted[kept] = sorted[index];
            kept += 1;
        }
    }
    kept
}

#[inline]
fn set(words: &[AtomicU32], bit: u64) {
    let half =
        usize::try_from(bit / 64).ok().map(|word| word * size_of::<Word>() / 4 + (bit % 64 / 32) as usize);
    let Some(half) = half.and_then(|half| words.get(half)) else { return };
    half.fetch_or(1 << (bit % 32), Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbering(parts: &[&[u64]]) -> Numbering {
        let room = Room::unbounded();
        let kept = |part: &&[u64]| Addresses::of(part.iter().copied(), &room).unwrap();
        let parts: Vec<Addresses> = parts.iter().map(kept).collect();
        Numbering::new(&parts.iter().collect::<Vec<_>>(), &room).unwrap()
    }

    fn check(parts: &[&[u64]]) {
        let numbering = numbering(parts);
        let mut sorted = parts.concat();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(numbering.objects(), sorted.len() as u64);
        let addresses = numbering.addresses(&Room::unbounded()).unwrap();
        assert!(addresses.iter().eq(sorted.iter().copied()));
        for (id, address) in sorted.iter().enumerate() {
            assert_eq!(numbering.find(*address), u32::try_from(id).ok(), "{address:#x}");
        }
        for address in sorted.iter().flat_map(|&address| [address.wrapping_add(1), address.wrapping_sub(1)]) {
            let expected = sorted.binary_search(&address).ok().and_then(|id| u32::try_from(id).ok());
            assert_eq!(numbering.find(address), expected, "{address:#x}");
        }
    }

    #[test]
    fn dense_sparse_and_empty() {
        check(&[]);
        check(&[&[]]);
        check(&[&[0x1000]]);
        check(&[&[0x1000, 0x1010, 0x1000], &[0xff8]]);
        check(&[&[u64::MAX, 0, 1 << 40]]);
        check(&[&[8], &[u64::MAX - 7, 16]]);
    }

    #[test]
    fn a_dense_heap_is_a_bitmap_and_a_sparse_one_a_list() {
        assert!(matches!(numbering(&[&[0x7f00_0000_0000, 0x7f00_0000_0010]]), Numbering::Bitmap(_)));
        assert!(matches!(numbering(&[&[8, 1 << 60]]), Numbering::Sorted(_)));
    }

    #[test]
    fn ids_beyond_2_to_the_31_are_ids() {
        // A bitmap whose first words are left out: so many objects are before its own.
        let before = 3 << 30;
        let mut words = Room::unbounded().column::<Word>(3).unwrap();
        words.copy_from_slice(&[[u32::MAX, u32::MAX, before], [0b101, 0, before + 64], [0, 0, before + 66]]);
        let bitmap = Bitmap { base: 1 << 40, shift: 3, words, objects: u64::from(before) + 66 };
        assert_eq!(bitmap.find(1 << 40), Some(before));
        assert_eq!(bitmap.find((1 << 40) + 66 * 8), Some(before + 65));
        assert_eq!(bitmap.rank(65 * 8), before + 65);
        assert_eq!(bitmap.rank(1 << 20), before + 66);
    }

    proptest! {
        #[test]
        fn every_address_has_its_rank(parts in prop::collection::vec(prop::collection::vec(any::<u32>(), 0..50), 0..5),
                                      spread in 0u32..32, base in any::<u32>()) {
            let place = |&address: &u32| u64::from(base) + (u64::from(address) << spread);
            let parts: Vec<Vec<u64>> = parts.iter().map(|part| part.iter().map(place).collect()).collect();
            let parts: Vec<&[u64]> = parts.iter().map(Vec::as_slice).collect();
            check(&parts);
        }
    }
}
