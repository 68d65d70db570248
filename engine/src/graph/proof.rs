//! Which objects the roots reach strongly, as far as a walk's tree proves it.

use crate::graph::bits::Bits;
use crate::graph::heap::Heap;
use crate::graph::walk::Preorder;

/// Those of the watched objects that the roots are known to reach by strong references alone, and the others: these are not held, or
/// the walk's path to them has a referent on it. Cost the paths.
pub fn strongly_reached(walk: &Preorder, heap: &Heap) -> (Vec<u32>, Vec<u32>) {
    let mut proved = Bits::new(walk.order.len());
    let mut is_proved =
        |number: &Option<u32>| number.is_some_and(|number| proves(walk, heap, number, &mut proved));
    let (known, others): (Vec<_>, Vec<_>) = walk.watched.iter().partition(|(_, number)| is_proved(number));
    let objects = |rows: Vec<(u32, Option<u32>)>| rows.into_iter().map(|(object, _)| object).collect();
    (objects(known), objects(others))
}

/// Whether the path to `number` has no referent on it; then all of it is in `proved`.
fn proves(walk: &Preorder, heap: &Heap, number: u32, proved: &mut Bits) -> bool {
    let path = || {
        let above = |&here: &u32| Some(walk.parent[here as usize]).filter(|&parent| parent != 0);
        std::iter::successors(Some(number), above)
    };
    let known = path().take_while(|&here| !proved.has(here)).count();
    let is_strong = |here: u32| {
        let (holder, object) = (walk.order[walk.parent[here as usize] as usize], walk.order[here as usize]);
        walk.parent[here as usize] == 0 || !is_referent(heap, holder, object)
    };
    let strong = path().take(known).all(is_strong);
    if strong {
        path().take(known).for_each(|here| _ = proved.insert(here));
    }
    strong
}

fn is_referent(heap: &Heap, holder: u32, object: u32) -> bool {
    let special = || heap.special(holder).iter().any(|special| special.to == object);
    heap.has_more(holder) && special()
}
