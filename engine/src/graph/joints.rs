//! Where the holders of an object differ in what every path to them meets, and the chains of dominators between.

use crate::error::Result;
use crate::graph::dominators::Dominators;
use crate::graph::heap::id;
use crate::graph::postorder::{reverse_postorder, tree};
use crate::graph::sets::{EMPTY, Sets};
use crate::memory::{Pile, Scratch};
use crate::progress::Progress;

/// Whether merge `merge` is not held by its immediate dominator, as far as the walk took that down.
pub(super) fn is_joint(dominators: &Dominators, merge: usize) -> bool {
    let Dominators { dominator, merges, .. } = dominators;
    !merges.is_taken_down(merge, dominator[merges.numbers[merge] as usize])
}

/// The inner merges that are not held by their immediate dominator.
pub(super) struct Joints {
    /// The joints as merges, in reverse postorder.
    pub(super) merges: Scratch<u32>,
}

/// The place of each inner merge among the joints, from 1; 0 for those that are none.
pub(super) struct Places(Scratch<u32>);

/// Joints in a part of a pile.
const JOINTS: usize = 1 << 18;

impl Joints {
    /// The joints, and the places of all inner merges among them.
    pub(super) fn new(dominators: &Dominators, progress: &Progress) -> Result<(Joints, Places)> {
        let Dominators { merges: all, room, inner, dominator, .. } = dominators;
        let (numbers, inner) = (*inner, all.inner(*inner));
        let mut found = Pile::new(room, JOINTS);
        for first in (0..inner).step_by(JOINTS) {
            let batch = first..inner.min(first + JOINTS);
            batch.filter(|&merge| is_joint(dominators, merge)).for_each(|merge| found.push(id(merge)));
            progress.check()?;
        }
        found.check()?;
        let ascending = || found.parts().flatten().copied();
        let mut next = (0..inner).peekable();
        let parent = (0..=numbers).map(|number| match next.next_if(|&merge| all.numbers[merge] == number) {
            Some(merge) => all.parent(merge),
            None => dominator[number as usize],
        });
        let found_numbers = ascending().map(|merge| all.numbers[merge as usize]);
        let parent = tree(parent, (found_numbers, found.len()), room, progress)?;
        let order = reverse_postorder(&parent, room, progress)?;
        let (mut merges, mut places) = (room.unset(found.len())?, room.column(inner)?);
        for (merge, &place) in ascending().zip(&order[1..]) {
            merges[place as usize - 1] = merge;
            places[merge as usize] = place;
        }
        Ok((Joints { merges }, Places(places)))
    }
}

impl Places {
    /// By class, the joint, counted from 1, that is the class object of its instances; 0 where that does not matter: what is no
    /// joint is below the groups of an immediate dominator that all instances have in common.
    pub(super) fn of_class_objects(&self, dominators: &Dominators) -> Vec<u32> {
        let numbers = &dominators.merges.numbers[..self.0.len()];
        let joint = |number: &u32| numbers.binary_search(number).map_or(0, |merge| self.0[merge]);
        dominators.class_objects.iter().map(joint).collect()
    }

    /// The number of each joint with its place among the joints, from 1; by number.
    fn by_number<'a>(&'a self, dominators: &'a Dominators) -> impl Iterator<Item = (u32, u32)> + 'a {
        let numbered = dominators.merges.numbers.iter().copied().zip(self.0.iter().copied());
        numbered.filter(|&(_, place)| place > 0)
    }
}

/// A column by number of inner objects.
pub(super) struct Chains {
    /// The nearest joint on the way up the dominators, itself included, counted from 1, 0 for none; and the set of groups from
    /// there down to the object.
    column: Scratch<[u32; 2]>,
}

impl Chains {
    /// The chains of all inner objects; `own` gives the set of an object's own groups, by its number.
    pub(super) fn new(
        dominators: &Dominators,
        places: Places,
        own: &impl Fn(u32) -> u32,
        sets: &mut Sets,
        progress: &Progress,
    ) -> Result<Chains> {
        let inner = dominators.inner;
        let mut column = dominators.room.unset::<[u32; 2]>(inner as usize + 1)?;
        column[0] = [0, EMPTY];
        let mut next = places.by_number(dominators).peekable();
        for number in 1..=inner {
            let [joint, chain] = match next.next_if(|&(joint, _)| joint == number) {
                Some((_, index)) => [index, EMPTY],
                None => column[dominators.dominator[number as usize] as usize],
            };
            column[number as usize] = [joint, sets.union(chain, own(number))];
            if number.is_multiple_of(65_536) {
                progress.add(65_536)?;
            }
        }
        Ok(Chains { column })
    }

    /// The joint and the set of an inner object.
    #[inline]
    pub(super) fn of(&self, number: u32) -> [u32; 2] {
        self.column[number as usize]
    }

    /// By number, as [`Chains::of`].
    pub(super) fn all(&self) -> &[[u32; 2]] {
        &self.column
    }
}
