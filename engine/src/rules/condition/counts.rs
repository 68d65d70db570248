//! How many hold, beside how many are held.

use super::At;
use crate::rules::path::Step;
use crate::rules::pattern::is_container;

/// What is held may be this many times as numerous as what holds it, and each still holds its own few.
const FEW: u64 = 20;

/// What is gathered is at least this many times as numerous as what gathers it.
const MANY: u64 = 4;

/// Whether the holder of the edge is about as numerous as the nearest to the path's end of the application's objects
/// below it; where there is none, whether no array is below it.
pub(super) fn each(at: At) -> bool {
    let Some(owner) = at.edge.checked_sub(1) else { return false };
    let below = &at.path.steps[at.edge..];
    match below.iter().rev().find(|step| step.kind.application) {
        Some(held) => is_each(&at.path.steps[owner], held),
        None => below.iter().skip(1).all(|step| !step.via.as_deref().is_some_and(|via| via.starts_with('['))),
    }
}

/// Whether the elements of the collection behind the edge are about as numerous as what the path leads to, and far more
/// than the edge's holders.
pub(super) fn gathers(at: At) -> bool {
    let (steps, Some(owner)) = (&at.path.steps, at.edge.checked_sub(1)) else { return false };
    let is_inside = |step: &&Step| is_container(&step.kind, at.containers);
    let inside = steps[at.edge..].iter().take_while(is_inside).count();
    // Where all the rest are parts of collections, the last of them is what they gather.
    let element = steps.get(at.edge + inside).or(steps.last());
    let (Some(element), Some(held)) = (element, steps.last()) else { return false };
    inside > 0 && is_each(element, held) && steps[owner].count.saturating_mul(MANY) <= element.count
}

fn is_each(holder: &Step, held: &Step) -> bool {
    holder.count.saturating_mul(FEW) >= held.count
}
