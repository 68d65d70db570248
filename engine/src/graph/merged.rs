//! The shortest paths to many objects, merged into one tree.

use crate::error::Result;
use crate::graph::heap::id;
use crate::graph::limits::Limits;
use crate::graph::paths::Paths;
use crate::id::NO_OBJECT;
use crate::progress::Progress;
use roaring::RoaringBitmap;
use std::cmp::Reverse;

/// An object on one of the merged paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedNode {
    /// The object.
    pub object: u32,
    /// The row of the object before it, from 0; `None` for a starting point.
    pub parent: Option<u32>,
    /// References from the starting point.
    pub depth: u32,
    /// How many members have a path through it, itself included.
    pub objects: u64,
    /// The bytes of these members.
    pub shallow: u64,
}

impl Paths<'_> {
    /// [`Paths::shortest`] of every member of `set` in one tree, depth first; beside each other those with more members
    /// come first, then those with more bytes, then by id. Members that are unreachable are left out.
    ///
    /// With `limits`, these must be [`Paths::within`] them. Each object
    /// is passed once, however many members lie behind it: O(objects on the paths and their holders); 4 bytes for each
    /// object of the heap and about 60 for each on a path.
    ///
    /// # Errors
    /// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
    pub fn merged(
        &self,
        set: &RoaringBitmap,
        limits: Option<&Limits>,
        shallow: impl Fn(u32) -> u64,
        progress: &Progress,
    ) -> Result<Vec<MergedNode>> {
        let above =
            |object: u32| if self.depth(object) == 0 { None } else { self.above_within(object, limits) };
        let mut merging = Merging { node_of: vec![0; self.objects()], nodes: Vec::new() };
        let members = set.iter().take_while(|&member| (member as usize) < self.objects());
        for (count, member) in members.filter(|&member| self.depth(member) != NO_OBJECT).enumerate() {
            let node = merging.climb(member, above, progress)?;
            let node = &mut merging.nodes[node as usize];
            node.objects += 1;
            node.shallow = node.shallow.saturating_add(shallow(member));
            if count.is_multiple_of(4096) {
                progress.check()?;
            }
        }
        let mut nodes = merging.nodes;
        sum_up(&mut nodes, progress)?;
        depth_first(&nodes, progress)
    }
}

struct Merging {
    /// By object, its node, from 1; 0 for none.
    node_of: Vec<u32>,
    nodes: Vec<MergedNode>,
}

impl Merging {
    /// The node of `object`, with nodes for all above it.
    fn climb(&mut self, object: u32, above: impl Fn(u32) -> Option<u32>, progress: &Progress) -> Result<u32> {
        let (mut below, mut here) = (None::<u32>, object);
        loop {
            let known = self.node_of[here as usize];
            let node = if known > 0 { known - 1 } else { id(self.nodes.len()) };
            if let Some(below) = below {
                self.nodes[below as usize].parent = Some(node);
            }
            if known > 0 {
                break;
            }
            self.nodes.push(MergedNode { object: here, parent: None, depth: 0, objects: 0, shallow: 0 });
            self.node_of[here as usize] = node + 1;
            if node.is_multiple_of(1024) {
                progress.check()?;
            }
            let Some(next) = above(here) else { break };
            (below, here) = (Some(node), next);
        }
        Ok(self.node_of[object as usize] - 1)
    }
}

/// Adds what lies below to each node: first the nodes without others below them, then those above them.
fn sum_up(nodes: &mut [MergedNode], progress: &Progress) -> Result<()> {
    let mut below = vec![0u32; nodes.len()];
    for parent in nodes.iter().filter_map(|node| node.parent) {
        below[parent as usize] += 1;
    }
    let mut open: Vec<u32> = (0..id(nodes.len())).filter(|&node| below[node as usize] == 0).collect();
    let mut next = 0;
    while let Some(&node) = open.get(next) {
        let MergedNode { parent, objects, shallow, .. } = nodes[node as usize];
        if let Some(parent) = parent {
            let above = &mut nodes[parent as usize];
            above.objects += objects;
            above.shallow = above.shallow.saturating_add(shallow);
            below[parent as usize] -= 1;
            if below[parent as usize] == 0 {
                open.push(parent);
            }
        }
        next += 1;
        if next.is_multiple_of(65_536) {
            progress.check()?;
        }
    }
    Ok(())
}

/// The nodes depth first, the largest first.
fn depth_first(nodes: &[MergedNode], progress: &Progress) -> Result<Vec<MergedNode>> {
    let children = Children::new(nodes, progress)?;
    let mut rows: Vec<MergedNode> = Vec::with_capacity(nodes.len());
    // Siblings that are still to be entered, with the row of their parent and their depth.
    let mut open = vec![(children.of(nodes.len()), None, 0)];
    while let Some((mut siblings, parent, depth)) = open.pop() {
        let Some(place) = siblings.next() else { continue };
        let node = children.order[place as usize];
        let row = id(rows.len());
        rows.push(MergedNode { parent, depth, ..nodes[node as usize] });
        // The last sibling goes before its children come, so that a long list takes no memory.
        for (siblings, parent, depth) in
            [(siblings, parent, depth), (children.of(node as usize), Some(row), depth + 1)]
        {
            if !siblings.is_empty() {
                open.push((siblings, parent, depth));
            }
        }
        if row.is_multiple_of(65_536) {
            progress.check()?;
        }
    }
    Ok(rows)
}

/// The nodes by parent, the largest first.
struct Children {
    /// The children of node i are `order[starts[i]..starts[i + 1]]`, those without parent the last list.
    starts: Vec<u32>,
    order: Vec<u32>,
}

impl Children {
    /// Sorted by counting, then each list by itself.
    fn new(nodes: &[MergedNode], progress: &Progress) -> Result<Children> {
        let list = |node: &MergedNode| node.parent.map_or(nodes.len(), |parent| parent as usize);
        let mut starts = vec![0u32; nodes.len() + 2];
        nodes.iter().for_each(|node| starts[list(node) + 1] += 1);
        progress.check()?;
        (1..starts.len()).for_each(|place| starts[place] += starts[place - 1]);
        progress.check()?;
        let mut next = starts.clone();
        let mut order = vec![0; nodes.len()];
        for (number, node) in (0u32..).zip(nodes) {
            let place = &mut next[list(node)];
            order[*place as usize] = number;
            *place += 1;
            if number.is_multiple_of(65_536) {
                progress.check()?;
            }
        }
        let key = |&node: &u32| {
            let node = &nodes[node as usize];
            (Reverse((node.objects, node.shallow)), node.object)
        };
        for (number, ends) in starts.windows(2).enumerate() {
            order[ends[0] as usize..ends[1] as usize].sort_unstable_by_key(key);
            if number.is_multiple_of(65_536) {
                progress.check()?;
            }
        }
        Ok(Children { starts, order })
    }

    /// The places of the children of a node in `order`.
    fn of(&self, node: usize) -> std::ops::Range<u32> {
        self.starts[node]..self.starts[node + 1]
    }
}
