//! Ancestors in a tree that grows downwards, found in O(log depth) steps.

use crate::memory::Scratch;

/// Jump pointers above each node of a tree given by parents (Myers 1983, applicative random-access stacks).
///
/// Numbers of parents are below those of their children; 0 is the root. The plain climb from parent to parent takes
/// quadratic time where the elements of a long linked list are also in an array.
pub(super) struct Ancestry {
    /// The depth of each node, and the ancestor that its jump pointer leads to.
    nodes: Scratch<[u32; 2]>,
}

impl Ancestry {
    /// Ancestry of node 0 alone, using the memory of a column that has room for all nodes.
    pub(super) fn reusing(mut nodes: Scratch<[u32; 2]>) -> Ancestry {
        nodes[0] = [0, 0];
        Ancestry { nodes }
    }

    /// Makes `node` known, whose parent is.
    #[inline]
    pub(super) fn enter(&mut self, node: u32, parent: u32) {
        let [here, jump] = self.nodes[parent as usize];
        let [there, next] = self.nodes[jump as usize];
        let beyond = self.depth(next);
        self.nodes[node as usize] = [here + 1, if here - there == there - beyond { next } else { parent }];
    }

    fn depth(&self, node: u32) -> u32 {
        self.nodes[node as usize][0]
    }

    fn jump(&self, node: u32) -> u32 {
        self.nodes[node as usize][1]
    }

    /// The nearest ancestor of `node`, itself included, whose number is at most `limit`.
    pub(super) fn at_most(&self, mut node: u32, limit: u32, parents: &[u32]) -> u32 {
        while node > limit {
            let jump = self.jump(node);
            node = if jump > limit { jump } else { parents[node as usize] };
        }
        node
    }

    /// The nearest common ancestor of two nodes, themselves included.
    pub(super) fn nearest_common(&self, mut a: u32, mut b: u32, parents: &[u32]) -> u32 {
        if self.depth(a) < self.depth(b) {
            (a, b) = (b, a);
        }
        let depth = self.depth(b);
        while self.depth(a) > depth {
            let jump = self.jump(a);
            a = if self.depth(jump) >= depth { jump } else { parents[a as usize] };
        }
        while a != b {
            let (jump_a, jump_b) = (self.jump(a), self.jump(b));
            (a, b) =
                if jump_a == jump_b { (parents[a as usize], parents[b as usize]) } else { (jump_a, jump_b) };
        }
        a
    }
}
