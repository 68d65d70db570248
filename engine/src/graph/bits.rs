//! One bit for each object.

/// A set of object ids as a bitmap: 1 bit for each object of the heap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    objects: usize,
}

impl Bits {
    /// The empty set over `objects` ids.
    pub fn new(objects: usize) -> Bits {
        Bits { words: vec![0; objects.div_ceil(64)], objects }
    }

    /// The number of ids that could be in the set.
    pub fn objects(&self) -> usize {
        self.objects
    }

    /// Whether `id` is in the set.
    pub fn has(&self, id: u32) -> bool {
        self.words[id as usize / 64] >> (id % 64) & 1 == 1
    }

    /// Adds `id`; true when it was not there before.
    pub fn insert(&mut self, id: u32) -> bool {
        let word = &mut self.words[id as usize / 64];
        let bit = 1 << (id % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Takes `id` out.
    pub fn remove(&mut self, id: u32) {
        self.words[id as usize / 64] &= !(1 << (id % 64));
    }

    /// The number of ids in the set.
    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// The number of ids in the set that are in a range, which begins at a multiple of 64.
    pub(super) fn count_in(&self, ids: std::ops::Range<usize>) -> u32 {
        let words = &self.words[ids.start / 64..ids.end / 64];
        let whole: u32 = words.iter().map(|word| word.count_ones()).sum();
        let rest = ids.end % 64;
        whole + if rest == 0 { 0 } else { (self.words[ids.end / 64] & ((1 << rest) - 1)).count_ones() }
    }

    /// The ids in the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0u32..).zip(&self.words).flat_map(|(index, &word)| {
            std::iter::successors(Some(word), |left| Some(left & left.wrapping_sub(1)))
                .take_while(|&left| left != 0)
                .map(move |left| index * 64 + left.trailing_zeros())
        })
    }
}
