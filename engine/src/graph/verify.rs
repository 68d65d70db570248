//! A second algorithm for dominators, to check the first on graphs of any size.

use crate::error::{Error, Result};
use crate::graph::edges::Edges;
use crate::graph::heap::{Heap, at, id};
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;
use crate::progress::Progress;

/// An object whose immediate dominator the two algorithms do not agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The object; of several the one with the lowest id.
    pub object: u32,
    /// The dominator that was to be checked.
    pub claimed: u32,
    /// What the second algorithm says.
    pub found: u32,
}

/// Computes the immediate dominators of all objects again, and compares them with the column `claimed`.
///
/// Lengauer and Tarjan 1979 (the simple version, with buckets), over all references and all objects in a depth-first
/// order of its own: it shares nothing with [`crate::graph::Dominators`] but the graph. Cost O(m log n), one thread; 44
/// bytes for each object and up to 20 for each reference.
///
/// # Errors
/// [`Error::Input`] when `claimed` is not a column of as many objects; [`Error::Interrupted`] when `progress` was
/// cancelled.
pub fn verify(heap: &Heap, held: Strength, claimed: &[u32], progress: &Progress) -> Result<Option<Mismatch>> {
    if claimed.len() != heap.objects() {
        return Err(Error::Input("dominators are those of another heap".into()));
    }
    let edges = Edges::new(heap, held);
    let tree = Tree::new(&edges, progress)?;
    let dominator = dominators(&edges, &tree, progress)?;
    let found = |object: u32| match tree.number[object as usize] {
        0 => NO_OBJECT,
        number => tree.vertex[dominator[number as usize] as usize],
    };
    let mismatch = |(object, &claimed)| Mismatch { object, claimed, found: found(object) };
    Ok((0u32..).zip(claimed).map(mismatch).find(|mismatch| mismatch.claimed != mismatch.found))
}

/// A depth-first tree below the virtual root, whose number is 0.
struct Tree {
    /// By object; 0 for what is not reached.
    number: Vec<u32>,
    /// By number: the object.
    vertex: Vec<u32>,
    /// By number: the number of the parent.
    parent: Vec<u32>,
}

impl Tree {
    /// Pushes every reference and looks at its target when it comes off: the last holder to be visited is the parent.
    fn new(edges: &Edges, progress: &Progress) -> Result<Tree> {
        let mut tree =
            Tree { number: vec![0; edges.heap.objects()], vertex: vec![NO_OBJECT], parent: vec![0] };
        let mut open: Vec<(u32, u32)> = edges.heap.columns().roots.iter().map(|&root| (root, 0)).collect();
        while let Some((object, parent)) = open.pop() {
            if tree.number[object as usize] != 0 {
                continue;
            }
            let number = id(tree.vertex.len());
            tree.number[object as usize] = number;
            tree.vertex.push(object);
            tree.parent.push(parent);
            edges.each(object, |to| {
                if tree.number[to as usize] == 0 {
                    open.push((to, number));
                }
            });
            if number.is_multiple_of(65_536) {
                progress.check()?;
            }
        }
        Ok(tree)
    }
}

/// The holders of each number, the virtual root among them.
fn holders(edges: &Edges, tree: &Tree) -> (Vec<u64>, Vec<u32>) {
    let mut starts = vec![0u64; tree.vertex.len() + 1];
    let each = |target: &mut dyn FnMut(u32, u32)| {
        let roots = edges.heap.columns().roots;
        roots.iter().for_each(|&root| target(tree.number[root as usize], 0));
        for (number, &object) in (0u32..).zip(&tree.vertex).skip(1) {
            edges.each(object, |to| target(tree.number[to as usize], number));
        }
    };
    each(&mut |to, _| starts[to as usize + 1] += 1);
    for number in 1..starts.len() {
        starts[number] += starts[number - 1];
    }
    let mut next = starts.clone();
    let mut holders = vec![0; at(starts[starts.len() - 1])];
    each(&mut |to, from| {
        holders[at(next[to as usize])] = from;
        next[to as usize] += 1;
    });
    (starts, holders)
}

/// The immediate dominator of each number.
fn dominators(edges: &Edges, tree: &Tree, progress: &Progress) -> Result<Vec<u32>> {
    let (starts, holders) = holders(edges, tree);
    let count = tree.vertex.len();
    let mut forest = Forest::new(count);
    let mut dominator = vec![0; count];
    let (mut bucket, mut next_in_bucket) = (vec![0; count], vec![0; count]);
    for number in (1..count).rev() {
        let mut least = tree.parent[number];
        for &holder in &holders[at(starts[number])..at(starts[number + 1])] {
            let best = forest.evaluate(holder);
            least = least.min(forest.semidominator[best as usize]);
        }
        forest.semidominator[number] = least;
        next_in_bucket[number] = std::mem::replace(&mut bucket[least as usize], id(number));
        let parent = tree.parent[number];
        forest.ancestor[number] = parent;
        let mut waiting = std::mem::take(&mut bucket[parent as usize]);
        while waiting != 0 {
            let best = forest.evaluate(waiting);
            let lower = forest.semidominator[best as usize] < forest.semidominator[waiting as usize];
            dominator[waiting as usize] = if lower { best } else { parent };
            waiting = next_in_bucket[waiting as usize];
        }
        if number.is_multiple_of(65_536) {
            progress.check()?;
        }
    }
    for number in 1..count {
        if dominator[number] != forest.semidominator[number] {
            dominator[number] = dominator[dominator[number] as usize];
        }
    }
    Ok(dominator)
}

/// The forest of linked numbers.
struct Forest {
    semidominator: Vec<u32>,
    /// [`NO_OBJECT`] above what is linked.
    ancestor: Vec<u32>,
    /// The number with the least semidominator from here up to, and without, the root of the tree of the forest.
    label: Vec<u32>,
    path: Vec<u32>,
}

impl Forest {
    fn new(count: usize) -> Forest {
        let identity: Vec<u32> = (0..id(count)).collect();
        Forest {
            semidominator: identity.clone(),
            ancestor: vec![NO_OBJECT; count],
            label: identity,
            path: Vec::new(),
        }
    }

    fn evaluate(&mut self, node: u32) -> u32 {
        let mut here = node;
        while self.ancestor[here as usize] != NO_OBJECT {
            self.path.push(here);
            here = self.ancestor[here as usize];
        }
        let root = here;
        self.path.pop();
        while let Some(below) = self.path.pop() {
            let above = self.ancestor[below as usize];
            let (best, own) = (self.label[above as usize], self.label[below as usize]);
            if self.semidominator[best as usize] < self.semidominator[own as usize] {
                self.label[below as usize] = best;
            }
            self.ancestor[below as usize] = root;
        }
        self.label[node as usize]
    }
}
