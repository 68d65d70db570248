//! The dominator tree downward: what each object dominates immediately.

use crate::error::{Error, Result};
use crate::graph::bits::Bits;
use crate::graph::heap::id;
use crate::graph::invert::{Lists, invert};
use crate::graph::pairs::Pairs;
use crate::id::NO_OBJECT;
use crate::memory::Room;
use crate::progress::Progress;
use rayon::prelude::*;

/// The objects that each object dominates immediately, ascending, from the column of dominators: one list for each
/// object, and one more with what the virtual root dominates of the objects `reached`.
///
/// # Errors
/// [`Error::Input`] when the columns differ in length or a dominator is no object; [`Error::Interrupted`] when `progress`
/// was cancelled.
pub fn children(dominator: &[u32], reached: &Bits, progress: &Progress) -> Result<Lists> {
    let is_object = |&dominator: &u32| (dominator as usize) < reached.objects() || dominator == NO_OBJECT;
    if dominator.len() != reached.objects() || !dominator.par_iter().all(is_object) {
        return Err(Error::Input("dominators are those of another heap".into()));
    }
    invert(&ByDominator { dominator, reached }, dominator.len() + 1, &Room::unbounded(), &|_| {
        progress.check()
    })
}

/// Objects in a part of parallel work.
const PART: usize = 1 << 18;

struct ByDominator<'t> {
    dominator: &'t [u32],
    reached: &'t Bits,
}

impl Pairs for ByDominator<'_> {
    fn parts(&self) -> usize {
        self.dominator.len().div_ceil(PART)
    }

    fn each(&self, part: usize, mut pair: impl FnMut(u32, u32)) {
        let last = self.dominator.len().min((part + 1) * PART);
        for object in part * PART..last {
            match self.dominator[object] {
                NO_OBJECT if self.reached.has(id(object)) => pair(id(self.dominator.len()), id(object)),
                NO_OBJECT => {}
                dominator => pair(dominator, id(object)),
            }
        }
    }
}
