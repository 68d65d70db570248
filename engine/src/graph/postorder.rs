//! Reverse postorder of a depth-first tree, from its preorder alone.

use crate::error::Result;
use crate::graph::heap::id;
use crate::memory::{Room, Scratch};
use crate::progress::Progress;

/// The place of each number in reverse postorder; holders come before what they hold, but for references back.
///
/// It is the preorder with the children of each node turned round: a child's place is the end of its parent's interval
/// less what earlier children have taken. Two passes, 8 bytes for each number.
pub(super) fn reverse_postorder(parent: &[u32], room: &Room, progress: &Progress) -> Result<Scratch<u32>> {
    let mut size = room.column::<u32>(parent.len())?;
    size.fill(1);
    for number in (1..parent.len()).rev() {
        size[parent[number] as usize] += size[number];
        if number.is_multiple_of(65_536) {
            progress.check()?;
        }
    }
    let mut end = room.column(parent.len())?;
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
}
