//! Retained sizes: sums over the dominator tree.

use crate::error::Result;
use crate::graph::dominators::Dominators;
use crate::memory::{Room, Scratch};
use crate::progress::Progress;
use crate::wide::Wide;
use std::collections::HashMap;

/// Objects between two looks at whether the work was cancelled.
const BATCH: usize = 65_536;

impl Dominators {
    /// Retained size in bytes of each object; 0 for what is not held.
    ///
    /// `shallow` gives the bytes of an object, by its id and its class; sums that do not fit 64 bits are cut at the largest
    /// number.
    ///
    /// # Errors
    /// There is no room for the column, or `progress` was cancelled.
    pub fn retained(&self, shallow: impl Fn(u32, u32) -> u64 + Sync, progress: &Progress) -> Result<Wide> {
        let first_leaf = self.inner as usize + 1;
        let (order, class, dominator) = (&self.order[..], self.class.view(), &self.dominator[..]);
        let mut sums = Sums::new(self.objects, &self.room)?;
        for first in (first_leaf..order.len()).step_by(BATCH) {
            let batch = first..order.len().min(first + BATCH);
            progress.add(batch.len() as u64)?;
            for number in batch {
                let bytes = shallow(order[number], class.get(number));
                sums.add(order[number], bytes);
                sums.add(order[dominator[number] as usize], bytes);
            }
        }
        for number in (1..first_leaf).rev() {
            let bytes = sums.add(order[number], shallow(order[number], class.get(number)));
            sums.add(order[dominator[number] as usize], bytes);
            if number.is_multiple_of(BATCH) {
                progress.add(BATCH as u64)?;
            }
        }
        Ok(sums.finish())
    }
}

/// Sums of bytes by object: in 4 bytes each, but for the few that need more.
struct Sums {
    /// [`u32::MAX`] for what is in `large`.
    small: Scratch<u32>,
    large: HashMap<u32, u64>,
}

impl Sums {
    fn new(objects: usize, room: &Room) -> Result<Sums> {
        Ok(Sums { small: room.column(objects)?, large: HashMap::new() })
    }

    /// Adds bytes to the sum of an object, and returns that; what does not fit 64 bits is cut at the largest number. Nothing for
    /// the virtual root, which is no object.
    #[inline]
    fn add(&mut self, object: u32, bytes: u64) -> u64 {
        let Some(small) = self.small.get_mut(object as usize) else { return 0 };
        let sum = u64::from(*small).saturating_add(bytes);
        match u32::try_from(sum) {
            Ok(sum) if sum < u32::MAX => *small = sum,
            _ => return self.add_large(object, bytes),
        }
        sum
    }

    #[cold]
    fn add_large(&mut self, object: u32, bytes: u64) -> u64 {
        let small = std::mem::replace(&mut self.small[object as usize], u32::MAX);
        let sum = self.large.entry(object).or_insert(small.into());
        *sum = sum.saturating_add(bytes);
        *sum
    }

    /// The sums by object.
    #[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
    fn finish(mut self) -> Wide {
        let set = |(object, sum): (u32, u64)| {
            self.small[object as usize] = sum as u32;
            (object, (sum >> 32) as u32)
        };
        let highs = self.large.into_iter().map(set).filter(|row| row.1 > 0).collect();
        Wide::with_highs(self.small.freeze(), highs)
    }
}
