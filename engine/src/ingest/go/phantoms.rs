//! Slots that are no objects are left out, page by page.

use super::found::{FoundSlots, Order};
use crate::format::go::Reserve;
use rayon::prelude::*;
use std::ops::Range;

/// Parts of the order, apart by pages, that threads take one after the other.
const PARTS: usize = 64;

/// Positions that are kept, and what is left out.
#[derive(Default)]
struct Kept {
    ranges: Vec<Range<u32>>,
    phantoms: u64,
    bytes: u64,
}

/// The slots of a page.
#[derive(Default)]
struct Page {
    number: u64,
    ranges: Vec<Range<u32>>,
    /// Whether its objects have pointers.
    scans: bool,
}

/// `order` without the slots that are phantoms by `reserve`.
pub(super) fn dropped(found: &FoundSlots, order: Order, reserve: Reserve) -> Order {
    let parts = parts(found, &order.kept);
    let parts: Vec<Kept> = parts.into_par_iter().map(|part| Kept::of(found, part, reserve)).collect();
    let mut all = Order { kept: Vec::new(), ..order };
    for part in parts {
        all.phantoms += part.phantoms;
        all.phantom_bytes += part.bytes;
        all.kept.extend(part.ranges);
    }
    all
}

/// The ranges in parts, of which no two have slots of the same page.
fn parts<'r>(found: &FoundSlots, ranges: &'r [Range<u32>]) -> Vec<&'r [Range<u32>]> {
    let (mut parts, mut rest) = (Vec::new(), ranges);
    let page = |position: u32| Reserve::page(found.slot(position).address);
    let least = ranges.len().div_ceil(PARTS);
    while rest.len() > least {
        let parted = |pair: &[Range<u32>]| page(pair[0].end - 1) != page(pair[1].start);
        let Some(more) = rest[least - 1..].windows(2).position(parted) else { break };
        let (part, after) = rest.split_at(least + more);
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}

impl Kept {
    fn of(found: &FoundSlots, ranges: &[Range<u32>], reserve: Reserve) -> Kept {
        let (mut kept, mut page) = (Kept::default(), Page::default());
        for range in ranges {
            let mut start = range.start;
            while start < range.end {
                let number = Reserve::page(found.slot(start).address);
                if number != page.number {
                    kept.take(found, &mut page, reserve);
                    page.number = number;
                }
                let slots = (start..range.end).map(|position| found.slot(position));
                let on_page = slots.take_while(|slot| Reserve::page(slot.address) == number);
                let count = on_page.inspect(|slot| page.scans |= Reserve::scans(*slot)).count();
                let end = start + u32::try_from(count).unwrap_or(u32::MAX);
                page.ranges.push(start..end);
                start = end;
            }
        }
        kept.take(found, &mut page, reserve);
        kept
    }

    /// Keeps the objects of a page, which is empty then.
    fn take(&mut self, found: &FoundSlots, page: &mut Page, reserve: Reserve) {
        let (mut size, mut first) = (u32::MAX, u64::MAX);
        for position in page.ranges.drain(..).flatten() {
            let slot = found.slot(position);
            if slot.bytes != size {
                (size, first) = (slot.bytes, reserve.first_phantom(slot.bytes, page.scans));
            }
            if Reserve::place(slot.address) >= first {
                self.phantoms += 1;
                self.bytes += u64::from(slot.bytes);
                continue;
            }
            match self.ranges.last_mut().filter(|last| last.end == position) {
                Some(last) => last.end += 1,
                None => self.ranges.push(position..position + 1),
            }
        }
        page.scans = false;
    }
}
