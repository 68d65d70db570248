//! Reverse postorder of a depth-first tree, from its preorder alone.

use crate::error::Result;
use crate::graph::heap::id;
use crate::memory::{Pile, Room, Scratch};
use crate::progress::Progress;
use rayon::prelude::*;

/// Nodes on a path in a part of a pile.
const OPEN: usize = 1 << 17;

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

/// The tree that `count` of the `numbers`, ascending, from 1, make in the depth-first tree: by node, counted from 1, its parent.
/// `parent` is by number.
pub(super) fn tree(
    parent: impl Iterator<Item = u32>,
    (numbers, count): (impl Iterator<Item = u32>, usize),
    room: &Room,
    progress: &Progress,
) -> Result<Scratch<u32>> {
    let mut tree = room.unset(count + 1)?;
    tree[0] = 0;
    let mut numbers = numbers.peekable();
    // The nodes on the path to the number before, each with its number: the last of them, and those above.
    let ([mut nearest, mut here], mut open) = ([0; 2], Pile::new(room, OPEN));
    let mut node = 0;
    for (number, parent) in (0u32..).zip(parent) {
        while nearest > parent {
            [nearest, here] = open.pop().unwrap_or([0; 2]);
        }
        if numbers.next_if_eq(&number).is_some() {
            node += 1;
            tree[node as usize] = here;
            open.push([nearest, here]);
            [nearest, here] = [number, node];
        }
        if number.is_multiple_of(65_536) {
            progress.check()?;
        }
    }
    open.check()?;
    Ok(tree)
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

    // 0 -> 1 -> 2, 1 -> 3, 0 -> 4 -> 5, and the same without 1 and 4, or 2 and 5
    #[test]
    fn some_nodes_of_a_tree_are_a_tree() {
        let parents = [0, 0, 1, 1, 0, 4];
        let tree_of = |numbers: &[u32]| {
            let (room, numbers) = (Room::unbounded(), (numbers.iter().copied(), numbers.len()));
            tree(parents.into_iter(), numbers, &room, &Progress::default()).unwrap()[..].to_vec()
        };
        assert_eq!(tree_of(&[1, 2, 3, 4, 5]), parents);
        assert_eq!(tree_of(&[2, 3, 5]), [0, 0, 0, 0]);
        assert_eq!(tree_of(&[1, 3, 4]), [0, 0, 1, 0]);
        assert_eq!(tree_of(&[]), [0]);
    }
}
