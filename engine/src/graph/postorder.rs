//! Reverse postorder of a depth-first tree, from its preorder alone.

use crate::error::Result;
use crate::graph::heap::id;
use crate::memory::{Pile, Room, Scratch};
use crate::progress::Progress;
use rayon::prelude::*;
use std::ops::Range;

/// Places on a path in a part of a pile.
const OPEN: usize = 1 << 18;
/// No place.
const NONE: u32 = u32::MAX;

/// By number, how many there are of an object and of what is below it in the depth-first tree; their numbers are a run.
pub(super) fn sizes(parent: &[u32], room: &Room, progress: &Progress) -> Result<Scratch<u32>> {
    let mut size = room.unset::<u32>(parent.len())?;
    size.par_iter_mut().for_each(|size| *size = 1);
    for number in (1..parent.len()).rev() {
        size[parent[number] as usize] += size[number];
        if number.is_multiple_of(65_536) {
            progress.check()?;
        }
    }
    Ok(size)
}

/// Of some `numbers`, ascending, from 1, those behind all that is below each of them in the depth-first tree: it is a run.
pub(super) fn ends(parent: &[u32], numbers: &[u32], room: &Room, progress: &Progress) -> Result<Scratch<u32>> {
    let mut ends = room.unset(numbers.len())?;
    // Those on the path to the number before, as places; the last of them, and its number; none is 0.
    let mut open = Pile::new(room, OPEN);
    let (mut place, mut nearest, mut next) = (NONE, 0, 0);
    for (number, &parent) in (0u32..).zip(parent) {
        while nearest > parent {
            ends[place as usize] = number;
            place = open.pop().unwrap_or(NONE);
            nearest = numbers.get(place as usize).copied().unwrap_or(0);
        }
        if numbers.get(next) == Some(&number) {
            open.push(place);
            (place, nearest, next) = (id(next), number, next + 1);
        }
        if number.is_multiple_of(65_536) {
            progress.check()?;
        }
    }
    open.check()?;
    let rest = std::iter::once(place).chain(open.parts().flatten().copied()).filter(|&place| place != NONE);
    rest.for_each(|place| ends[place as usize] = id(parent.len()));
    Ok(ends)
}

/// The tree that some nodes make, of the numbers from which to behind which what is below them is a run, ascending: by node,
/// counted from 1, its parent.
pub(super) fn parents(
    runs: impl Iterator<Item = Range<u32>>,
    count: usize,
    room: &Room,
) -> Result<Scratch<u32>> {
    let (mut parent, mut ends) = (room.unset(count + 1)?, room.unset(count + 1)?);
    parent[0] = 0;
    for (node, run) in (1..).zip(runs) {
        let mut above = node - 1;
        while above > 0 && ends[above as usize] <= run.start {
            above = parent[above as usize];
        }
        (parent[node as usize], ends[node as usize]) = (above, run.end);
    }
    Ok(parent)
}

/// The place of each number in reverse postorder; holders come before what they hold, but for references back.
///
/// It is the preorder with the children of each node turned round: a child's place is the end of its parent's interval
/// less what earlier children have taken. Two passes, 8 bytes for each number.
pub(super) fn reverse_postorder(parent: &[u32], room: &Room, progress: &Progress) -> Result<Scratch<u32>> {
    let size = sizes(parent, room, progress)?;
    let mut end = room.unset(parent.len())?;
    end[0] = id(parent.len());
    for number in 1..parent.len() {
        let above = &mut end[parent[number] as usize];
        let last = *above;
        *above -= size[number];
        end[number] = last;
        if number.is_multiple_of(65_536) {
            progress.check()?;
        }
    }
    // What is left of an interval when all children have taken theirs is the node itself.
    end.iter_mut().for_each(|end| *end -= 1);
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(parent: &[u32], expected: &[u32]) {
        assert_eq!(
            &reverse_postorder(parent, &Room::unbounded(), &Progress::default()).unwrap()[..],
            expected
        );
    }

    // 0 -> 1 -> 2, 1 -> 3, 0 -> 4 -> 5: postorder 2 3 1 5 4 0
    #[test]
    fn children_are_turned_round() {
        check(&[0, 0, 1, 1, 0, 4], &[0, 3, 5, 4, 1, 2]);
        check(&[0], &[0]);
    }

    // 0 -> 1 -> 2, 1 -> 3, 0 -> 4 -> 5, and the same without 1 and 4
    #[test]
    fn a_tree_is_made_of_runs() {
        let (tree, room) = ([0, 0, 1, 1, 0, 4], Room::unbounded());
        let size = sizes(&tree, &room, &Progress::default()).unwrap();
        assert_eq!(size[..], [6, 3, 1, 1, 2, 1]);
        let run = |node: u32| node..node + size[node as usize];
        let ends_of = |numbers: &[u32]| ends(&tree, numbers, &room, &Progress::default()).unwrap();
        assert_eq!((&ends_of(&[1, 2, 3, 4, 5])[..], &ends_of(&[2, 4])[..]), (&[4, 3, 4, 6, 6][..], &[3, 6][..]));
        assert!(ends_of(&[]).is_empty());
        assert_eq!(parents((1..6).map(run), 5, &room).unwrap()[..], tree);
        assert_eq!(parents([2, 3, 5].map(run).into_iter(), 3, &room).unwrap()[..], [0, 0, 0, 0]);
        assert_eq!(parents([1, 3, 5].map(run).into_iter(), 3, &room).unwrap()[..], [0, 0, 1, 0]);
    }
}
