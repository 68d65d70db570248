//! From an address to the slot that holds it: a bitmap of where slots begin with running counts, or a search where that is
//! too sparse.

use crate::wide::WideRef;
use rayon::prelude::*;

/// Bytes of bitmap for each slot above which a search is better …
const BYTES_PER_SLOT: u64 = 16;
/// … and what it may have whatever the number of slots.
const FREE_BYTES: u64 = 64 << 20;

/// Words that a thread fills in one go.
const CHUNK: usize = 1 << 14;

/// Where each slot begins, with its size, for the slots of a [`Floor`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extents<'a> {
    /// Ascending and distinct.
    pub(super) addresses: WideRef<'a>,
    /// Bytes.
    pub(super) sizes: &'a [u32],
}

/// From an address to the last slot that begins not above it.
#[derive(Debug)]
pub(super) struct Floor {
    base: u64,
    shift: u32,
    words: Vec<Word>,
}

/// The slots that begin in 64 units of memory, of as many bytes as all addresses have in common as a factor.
#[derive(Clone, Copy, Debug, Default)]
struct Word {
    starts: u64,
    /// Slots before these.
    before: u32,
    /// The size of each of them; 0 where they have several.
    size: u32,
}

impl Floor {
    /// That of these slots.
    pub(super) fn new(of: Extents) -> Floor {
        let none = Floor { base: 0, shift: 0, words: Vec::new() };
        let Some(last) = of.addresses.len().checked_sub(1) else { return none };
        let (base, last) = (of.addresses.get(0), of.addresses.get(last));
        let chunks = of.addresses.low.par_chunks(1 << 16);
        // The upper halves change nothing in the lowest six bits.
        let bits = chunks.map(|low| low.iter().fold(0, |bits, low| bits | (u64::from(*low) ^ base)));
        let shift = bits.reduce(|| 0, |a, b| a | b).trailing_zeros().min(6);
        let count = ((last - base) >> shift) / 64 + 1;
        if count.saturating_mul(size_of::<Word>() as u64)
            > FREE_BYTES + BYTES_PER_SLOT * of.sizes.len() as u64
        {
            return none;
        }
        let mut floor =
            Floor { base, shift, words: vec![Word::default(); usize::try_from(count).unwrap_or(0)] };
        floor.words.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, words)| {
            let first = ((chunk * CHUNK) as u64 * 64) << shift;
            fill(words, (base + first, shift), of);
        });
        floor
    }

    /// The slot, where it begins, and its size; `None` before the first slot.
    #[inline]
    pub(super) fn find(&self, of: Extents, address: u64) -> Option<(usize, u64, u32)> {
        let bit = address.checked_sub(self.base)? >> self.shift;
        let at = |slot: usize| Some((slot, of.addresses.get(slot), *of.sizes.get(slot)?));
        let Some(word) = self.words.get(usize::try_from(bit / 64).unwrap_or(usize::MAX)) else {
            return at(self.beyond(of, address)?);
        };
        let up_to = word.starts & (u64::MAX >> (63 - bit % 64));
        let slot = (word.before + up_to.count_ones()).checked_sub(1)? as usize;
        if up_to == 0 {
            return at(slot);
        }
        let start = self.base + ((bit / 64 * 64 + u64::from(up_to.ilog2())) << self.shift);
        Some((slot, start, if word.size > 0 { word.size } else { *of.sizes.get(slot)? }))
    }

    #[cold]
    fn beyond(&self, of: Extents, address: u64) -> Option<usize> {
        if self.words.is_empty() {
            return of.addresses.partition_point(|start| start <= address).checked_sub(1);
        }
        of.addresses.len().checked_sub(1)
    }
}

/// Fills words of which the first one has the slots that begin at `base` or up to 64 units behind it.
fn fill(words: &mut [Word], (base, shift): (u64, u32), of: Extents) {
    let mut slot = of.addresses.partition_point(|start| start < base);
    let place = |slot: usize| {
        (slot < of.addresses.len()).then(|| {
            let unit = (of.addresses.get(slot) - base) >> shift;
            (usize::try_from(unit / 64).unwrap_or(usize::MAX), unit % 64)
        })
    };
    let mut next = place(slot);
    for (number, word) in words.iter_mut().enumerate() {
        word.before = u32::try_from(slot).unwrap_or(u32::MAX);
        let mut is_one_size = true;
        while let Some((_, bit)) = next.filter(|next| next.0 == number) {
            let size = of.sizes[slot];
            is_one_size &= word.starts == 0 || word.size == size;
            word.size = size;
            word.starts |= 1 << bit;
            slot += 1;
            next = place(slot);
        }
        word.size *= u32::from(is_one_size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wide::Wide;
    use proptest::prelude::*;

    fn check(addresses: &[u64], sizes: &[u32]) {
        let wide: Wide = addresses.iter().copied().collect();
        let of = Extents { addresses: wide.view(), sizes };
        let floor = Floor::new(of);
        let around = addresses.iter().flat_map(|&a| [a.saturating_sub(1), a, a.saturating_add(1)]);
        for address in around.chain([0, u64::MAX]) {
            let slot = addresses.iter().rposition(|&start| start <= address);
            let expected = slot.map(|slot| (slot, addresses[slot], sizes[slot]));
            assert_eq!(floor.find(of, address), expected, "{address:#x} in {addresses:x?}");
        }
    }

    #[test]
    fn dense_sparse_and_empty() {
        check(&[], &[]);
        check(&[0], &[8]);
        check(&[8, 16, 24, 0x1000], &[8, 8, 0, 64]);
        check(&[0, 1, 1 << 60], &[1, 1, 1]);
        check(&[u64::MAX], &[0]);
        check(&[(7 << 32) - 8, 7 << 32, (8 << 32) + 16], &[8, 8, 8]);
    }

    proptest! {
        #[test]
        fn as_a_search_finds_it(steps in prop::collection::vec((1u64..300, 0u32..3), 0..60), base in any::<u32>()) {
            let mut at = u64::from(base);
            let addresses: Vec<u64> = steps.iter().map(|step| { at += step.0 * 8; at }).collect();
            let sizes: Vec<u32> = steps.iter().map(|step| step.1 * 16).collect();
            check(&addresses, &sizes);
        }
    }
}
