//! The last address that is not above another one: a bitmap with running counts, or a search where that is too sparse.

use crate::memory::shared_u64;
use rayon::prelude::*;
use std::sync::atomic::Ordering;

/// Bytes of bitmap and counts for each slot above which a search is better …
const BYTES_PER_SLOT: u64 = 16;
/// … and what they may have whatever the number of slots.
const FREE_BYTES: u64 = 64 << 20;

/// From an address to the position of the last one, in a sorted list, that is not above it.
#[derive(Debug)]
pub(super) struct Floor {
    base: u64,
    shift: u32,
    words: Vec<u64>,
    /// Addresses before each word.
    before: Vec<u32>,
}

impl Floor {
    /// The positions of `addresses`, which are ascending and distinct.
    pub(super) fn new(addresses: &[u64]) -> Floor {
        let none = Floor { base: 0, shift: 0, words: Vec::new(), before: Vec::new() };
        let (Some(&base), Some(&last)) = (addresses.first(), addresses.last()) else { return none };
        let bits = addresses.par_iter().map(|address| address - base).reduce(|| 0, |a, b| a | b);
        let shift = bits.trailing_zeros().min(6);
        let words = ((last - base) >> shift) / 64 + 1;
        if words.saturating_mul(12) > FREE_BYTES + BYTES_PER_SLOT * addresses.len() as u64 {
            return none;
        }
        let mut words = vec![0; usize::try_from(words).unwrap_or(usize::MAX)];
        let shared = shared_u64(&mut words);
        addresses.par_iter().for_each(|address| {
            let bit = (address - base) >> shift;
            if let Some(word) = usize::try_from(bit / 64).ok().and_then(|word| shared.get(word)) {
                word.fetch_or(1 << (bit % 64), Ordering::Relaxed);
            }
        });
        let mut sum = 0u32;
        let before = words.iter().map(|word| {
            let before = sum;
            sum = sum.wrapping_add(word.count_ones());
            before
        });
        Floor { base, shift, before: before.collect(), words }
    }

    /// The position in `addresses`, from which this was made.
    #[inline]
    pub(super) fn find(&self, addresses: &[u64], address: u64) -> Option<usize> {
        if self.words.is_empty() {
            return addresses.partition_point(|&start| start <= address).checked_sub(1);
        }
        let bit = address.checked_sub(self.base)? >> self.shift;
        let word = usize::try_from(bit / 64).unwrap_or(usize::MAX);
        let Some(&bits) = self.words.get(word) else { return addresses.len().checked_sub(1) };
        let up_to = bits & (u64::MAX >> (63 - bit % 64));
        (self.before[word] + up_to.count_ones()).checked_sub(1).map(|position| position as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(addresses: &[u64]) {
        let floor = Floor::new(addresses);
        let around = addresses.iter().flat_map(|&a| [a.saturating_sub(1), a, a.saturating_add(1)]);
        for address in around.chain([0, u64::MAX]) {
            let expected = addresses.iter().rposition(|&start| start <= address);
            assert_eq!(floor.find(addresses, address), expected, "{address:#x} in {addresses:x?}");
        }
    }

    #[test]
    fn dense_sparse_and_empty() {
        check(&[]);
        check(&[0]);
        check(&[8, 16, 24, 0x1000]);
        check(&[0, 1, 1 << 60]);
        check(&[u64::MAX]);
    }

    proptest! {
        #[test]
        fn as_a_search_finds_it(steps in prop::collection::vec(1u64..300, 0..60), base in any::<u32>()) {
            let mut at = u64::from(base);
            let addresses: Vec<u64> = steps.iter().map(|step| { at += step * 8; at }).collect();
            check(&addresses);
        }
    }
}
