//! A lower bound of every group's retained size: the sum over its topmost objects in the dominator tree.

use crate::error::Result;
use crate::graph::dominators::Dominators;
use crate::graph::groups::GroupRetained;
use crate::graph::heap::id;
use crate::memory::{Room, Scratch};
use crate::progress::Progress;

/// Sums the retained sizes of the objects of each group that no other object of the group dominates.
///
/// Exact for a group with one such object; otherwise what several of them hold only together is missing. One walk of the
/// dominator tree with a counter for each group; cost O(objects).
pub(super) fn topmost(
    dominators: &Dominators,
    group_of: impl Fn(u32, u32) -> u32,
    groups: usize,
    shallow: impl Fn(u32, u32) -> u64 + Sync,
    progress: &Progress,
) -> Result<GroupRetained> {
    let retained = retained_by_number(dominators, shallow)?;
    let (first, next) = links(&dominators.dominator, &dominators.room)?;
    let mut counts = Counts { open: vec![0; groups], topmost: vec![0; groups], bytes: vec![0; groups] };
    let class = dominators.class.view();
    let group = |number: usize| group_of(dominators.order[number], class.get(number)) as usize;
    let mut number = first[0] as usize;
    let mut entered = 0u64;
    while number != 0 {
        counts.enter(group(number), retained[number]);
        entered += 1;
        if entered.is_multiple_of(65_536) {
            progress.check()?;
        }
        if first[number] != 0 {
            number = first[number] as usize;
            continue;
        }
        counts.leave(group(number));
        while next[number] == 0 && dominators.dominator[number] != 0 {
            number = dominators.dominator[number] as usize;
            counts.leave(group(number));
        }
        number = next[number] as usize;
    }
    let exact = counts.topmost.iter().map(|&topmost| topmost <= 1).collect();
    Ok(GroupRetained { bytes: counts.bytes, exact })
}

fn retained_by_number(dominators: &Dominators, shallow: impl Fn(u32, u32) -> u64) -> Result<Scratch<u64>> {
    let class = dominators.class.view();
    let mut retained = dominators.room.column::<u64>(dominators.order.len())?;
    for number in (1..retained.len()).rev() {
        let shallow = shallow(dominators.order[number], class.get(number));
        let bytes = retained[number].saturating_add(shallow);
        retained[number] = bytes;
        let above = &mut retained[dominators.dominator[number] as usize];
        *above = above.saturating_add(bytes);
    }
    Ok(retained)
}

/// First child and next sibling of each number; 0 for none.
fn links(dominator: &[u32], room: &Room) -> Result<(Scratch<u32>, Scratch<u32>)> {
    let mut first = room.column(dominator.len())?;
    let mut next = room.column(dominator.len())?;
    for number in (1..dominator.len()).rev() {
        let above = dominator[number] as usize;
        next[number] = std::mem::replace(&mut first[above], id(number));
    }
    Ok((first, next))
}

/// By group: its objects on the path from the virtual root, its topmost objects, their bytes.
struct Counts {
    open: Vec<u32>,
    topmost: Vec<u32>,
    bytes: Vec<u64>,
}

impl Counts {
    fn enter(&mut self, group: usize, retained: u64) {
        if self.open[group] == 0 {
            self.topmost[group] += 1;
            self.bytes[group] = self.bytes[group].saturating_add(retained);
        }
        self.open[group] += 1;
    }

    fn leave(&mut self, group: usize) {
        self.open[group] -= 1;
    }
}
