//! Walks in the dominator tree from its column alone: what is below an object, what is topmost, what is above all.

use crate::error::Result;
use crate::graph::bits::Bits;
use crate::graph::holding::Holding;
use crate::id::NO_OBJECT;
use crate::progress::Progress;
use roaring::RoaringBitmap;

/// All that `top` dominates, itself first; nothing where it is not held. Each object stands behind some holder of it or
/// below it in the tree.
///
/// It follows references from `top` and climbs from each new target to a dominator that is known: O(subtree and its
/// references, and the dominators of what they lead out to, which end where one retains more than `top`).
///
/// # Errors
/// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
pub fn subtree(holding: &Holding, top: u32, progress: &Progress) -> Result<Vec<u32>> {
    if !holding.is_held(top) {
        return Ok(Vec::new());
    }
    let most = holding.retained.get(top as usize);
    let (mut inside, mut outside) = (Bits::new(holding.objects()), Bits::new(holding.objects()));
    inside.insert(top);
    let (mut found, mut trail, mut next) = (vec![top], Vec::new(), 0);
    while let Some(&object) = found.get(next) {
        holding.edges().each(object, |to| {
            trail.clear();
            let mut here = to;
            let is_open = |here: u32| {
                here != NO_OBJECT && !inside.has(here) && holding.retained.get(here as usize) < most
            };
            // Marked already, so that a ring in a column that was tampered with ends.
            while is_open(here) && outside.insert(here) {
                trail.push(here);
                here = holding.dominator[here as usize];
            }
            if here != NO_OBJECT && inside.has(here) {
                trail.iter().filter(|&&object| inside.insert(object)).for_each(|&object| found.push(object));
            }
        });
        next += 1;
        if next.is_multiple_of(65_536) {
            progress.check()?;
        }
    }
    Ok(found)
}

/// The members of `set` that are held and that no other member dominates, ascending.
///
/// Each dominator above the members is passed once; 2 bits for each object.
///
/// # Errors
/// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
pub fn topmost_of(holding: &Holding, set: &RoaringBitmap, progress: &Progress) -> Result<Vec<u32>> {
    if set.len() == 1 {
        return Ok(set.iter().filter(|&member| holding.is_held(member)).collect());
    }
    let (mut below, mut clear) = (Bits::new(holding.objects()), Bits::new(holding.objects()));
    let (mut topmost, mut trail, mut steps) = (Vec::new(), Vec::new(), 0u32);
    for member in set.iter().filter(|&member| holding.is_held(member)) {
        trail.clear();
        let mut here = holding.dominator[member as usize];
        let dominated = loop {
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(65_536) {
                progress.check()?;
            }
            if here == NO_OBJECT || clear.has(here) {
                break false;
            }
            if below.has(here) || set.contains(here) {
                break true;
            }
            // Marked already, so that a ring in a column that was tampered with ends.
            clear.insert(here);
            trail.push(here);
            here = holding.dominator[here as usize];
        };
        if dominated {
            trail.iter().for_each(|&object| _ = below.insert(object));
            trail.iter().for_each(|&object| clear.remove(object));
        } else {
            topmost.push(member);
        }
    }
    Ok(topmost)
}

/// The nearest object that dominates all members of `set` that are held, where a member dominates itself; `None` where
/// only the virtual root does, or no member is held.
///
/// Each dominator above the members is passed once; 2 bits for each object.
///
/// # Errors
/// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
pub fn common_dominator(holding: &Holding, set: &RoaringBitmap, progress: &Progress) -> Result<Option<u32>> {
    let (mut above, mut passed) = (Bits::new(holding.objects()), Bits::new(holding.objects()));
    let mut members = set.iter().filter(|&member| holding.is_held(member));
    let Some(mut common) = members.next() else { return Ok(None) };
    let mut here = common;
    let mut steps = 0u32;
    let mut step = || {
        steps = steps.wrapping_add(1);
        if steps.is_multiple_of(65_536) { progress.check() } else { Ok(()) }
    };
    // What is at or above the common dominator so far.
    while here != NO_OBJECT && above.insert(here) {
        here = holding.dominator[here as usize];
        step()?;
    }
    for member in members {
        here = member;
        while here != NO_OBJECT && !above.has(here) && passed.insert(here) {
            here = holding.dominator[here as usize];
            step()?;
        }
        if here == NO_OBJECT {
            return Ok(None);
        }
        while above.has(here) && common != here && common != NO_OBJECT {
            above.remove(common);
            passed.insert(common);
            common = holding.dominator[common as usize];
            step()?;
        }
    }
    Ok((common != NO_OBJECT).then_some(common))
}
