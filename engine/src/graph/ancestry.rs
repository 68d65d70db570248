//! Ancestors in a tree that grows downwards, found in O(log depth) steps.

use crate::memory::Scratch;

/// Jump pointers above each node of a tree given by parents (Myers 1983, applicative random-access stacks).
///
/// Numbers of parents are below those of their children; 0 is the root. The plain climb from parent to parent takes
/// quadratic time where the elements of a long linked list are also in an array.
pub(super) struct Ancestry {
    depth: Scratch<u32>,
    jump: Scratch<u32>,
}

impl Ancestry {
    /// Ancestry of node 0 alone, using the memory of two columns that have room for all nodes.
    pub(super) fn reusing(mut depth: Scratch<u32>, mut jump: Scratch<u32>) -> Ancestry {
        depth.fill(0);
        jump.fill(0);
        Ancestry { depth, jump }
    }

    /// Makes `node` known, whose parent is.
    pub(super) fn enter(&mut self, node: u32, parent: u32) {
        let (node, above) = (node as usize, parent as usize);
        let jump = self.jump[above];
        let next = self.jump[jump as usize];
        let (here, there, beyond) = (self.depth[above], self.depth[jump as usize], self.depth[next as usize]);
        self.depth[node] = here + 1;
        self.jump[node] = if here - there == there - beyond { next } else { parent };
    }

    /// The nearest ancestor of `node`, itself included, whose number is at most `limit`.
    pub(super) fn at_most(&self, mut node: u32, limit: u32, parents: &[u32]) -> u32 {
        while node > limit {
            let jump = self.jump[node as usize];
            node = if jump > limit { jump } else { parents[node as usize] };
        }
        node
    }

    /// The nearest common ancestor of two nodes, themselves included.
    pub(super) fn nearest_common(&self, mut a: u32, mut b: u32, parents: &[u32]) -> u32 {
        if self.depth[a as usize] < self.depth[b as usize] {
            (a, b) = (b, a);
        }
        let depth = self.depth[b as usize];
        while self.depth[a as usize] > depth {
            let jump = self.jump[a as usize];
            a = if self.depth[jump as usize] >= depth { jump } else { parents[a as usize] };
        }
        while a != b {
            let (jump_a, jump_b) = (self.jump[a as usize], self.jump[b as usize]);
            (a, b) =
                if jump_a == jump_b { (parents[a as usize], parents[b as usize]) } else { (jump_a, jump_b) };
        }
        a
    }
}
