//! Reverse postorder of a depth-first tree, from its preorder alone.

use crate::graph::heap::id;

/// The place of each number in reverse postorder; holders come before what they hold, but for references back.
///
/// It is the preorder with the children of each node turned round: a child's place is the end of its parent's interval
/// less what earlier children have taken. Two passes, 8 bytes for each number.
pub(super) fn reverse_postorder(parent: &[u32]) -> Vec<u32> {
    let mut size = vec![1u32; parent.len()];
    for number in (1..parent.len()).rev() {
        size[parent[number] as usize] += size[number];
    }
    let mut end = vec![0; parent.len()];
    end[0] = id(parent.len());
    for number in 1..parent.len() {
        let above = &mut end[parent[number] as usize];
        let last = *above;
        *above -= size[number];
        end[number] = last;
    }
    // What is left of an interval when all children have taken theirs is the node itself.
    end.iter_mut().for_each(|end| *end -= 1);
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    // 0 -> 1 -> 2, 1 -> 3, 0 -> 4 -> 5: postorder 2 3 1 5 4 0
    #[test]
    fn children_are_turned_round() {
        assert_eq!(reverse_postorder(&[0, 0, 1, 1, 0, 4]), [0, 3, 5, 4, 1, 2]);
        assert_eq!(reverse_postorder(&[0]), [0]);
    }
}
