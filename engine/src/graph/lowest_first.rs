//! A set of numbers from which the lowest is taken, again and again.

use crate::graph::heap::id;

/// Numbers in a word.
const WORD: u32 = u64::BITS;

/// Bitmaps above one another: a bit of the upper one tells whether the word of the lower one has any.
///
/// It takes a little over one bit for each number that could be in it; all steps cost O(log) of those, to the base 64.
pub(super) struct LowestFirst {
    /// The numbers themselves first, one word last.
    levels: Vec<Vec<u64>>,
}

impl LowestFirst {
    /// The set of all numbers below `count`.
    pub(super) fn full(count: u32) -> LowestFirst {
        let mut levels = vec![ones(count as usize)];
        while levels[levels.len() - 1].len() > 1 {
            let words = levels[levels.len() - 1].len();
            levels.push(ones(words));
        }
        LowestFirst { levels }
    }

    /// Adds a number.
    pub(super) fn insert(&mut self, number: u32) {
        let mut place = number;
        for level in &mut self.levels {
            let word = &mut level[(place / WORD) as usize];
            let was_empty = *word == 0;
            *word |= 1 << (place % WORD);
            if !was_empty {
                return;
            }
            place /= WORD;
        }
    }

    /// Takes the lowest number out.
    pub(super) fn pop(&mut self) -> Option<u32> {
        let mut lowest = 0;
        for level in self.levels.iter().rev() {
            let word = level[lowest as usize];
            if word == 0 {
                return None;
            }
            lowest = lowest * WORD + word.trailing_zeros();
        }
        self.remove(lowest);
        Some(lowest)
    }

    fn remove(&mut self, number: u32) {
        let mut place = number;
        for level in &mut self.levels {
            let word = &mut level[(place / WORD) as usize];
            *word &= !(1 << (place % WORD));
            if *word != 0 {
                return;
            }
            place /= WORD;
        }
    }
}

/// Words with the first `count` bits set; at least one word.
fn ones(count: usize) -> Vec<u64> {
    let words = count.div_ceil(WORD as usize).max(1);
    let mut ones = vec![u64::MAX; words];
    let last = id(count - (words - 1) * WORD as usize);
    if last < WORD {
        ones[words - 1] = (1 << last) - 1;
    }
    ones
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn the_lowest_comes_first(count in 1u32..9000, steps in prop::collection::vec(any::<Option<u32>>(), 0..200)) {
            let (mut set, mut model) = (LowestFirst::full(count), (0..count).collect::<BTreeSet<u32>>());
            for step in steps {
                match step {
                    Some(number) => (set.insert(number % count), _ = model.insert(number % count)).0,
                    None => prop_assert_eq!(set.pop(), model.pop_first()),
                }
            }
            while let Some(lowest) = model.pop_first() {
                prop_assert_eq!(set.pop(), Some(lowest));
            }
            prop_assert_eq!(set.pop(), None);
        }
    }

    #[test]
    fn an_empty_set_has_no_lowest() {
        assert_eq!(LowestFirst::full(0).pop(), None);
    }
}
