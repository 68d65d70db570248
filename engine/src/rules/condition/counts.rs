//! How many hold, beside how many are held.

use super::At;

/// What is held may be this many times as numerous as what holds it, and each still holds its own few.
const FEW: u64 = 20;

/// Whether the holder of the edge is about as numerous as the nearest to the path's end of the application's objects
/// below it; where there is none, whether no collection is below it.
pub(super) fn each(at: At) -> bool {
    let Some(owner) = at.edge.checked_sub(1) else { return false };
    let below = &at.path.steps[at.edge..];
    match below.iter().rev().find(|step| step.kind.application) {
        Some(held) => at.path.steps[owner].count.saturating_mul(FEW) >= held.count,
        None => below.iter().skip(1).all(|step| step.via.as_deref().is_none_or(|via| !via.starts_with('['))),
    }
}
