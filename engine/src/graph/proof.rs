//! Which objects the roots reach strongly, as far as a walk's tree proves it.

use crate::graph::bits::Bits;
use crate::graph::heap::Heap;
use crate::graph::walk::Preorder;
use std::collections::HashMap;

/// Those of `objects` that the roots are known to reach by strong references alone, and the others: these are not held, or
/// the walk's path to them has a referent on it. Cost one pass over the objects that are held, and the paths.
pub fn strongly_reached(walk: &Preorder, heap: &Heap, objects: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let numbers = numbers(walk, objects);
    let mut proved = Bits::new(walk.order.len());
    let mut is_proved =
        |object: &u32| numbers.get(object).is_some_and(|&number| proves(walk, heap, number, &mut proved));
    objects.iter().partition(|object| is_proved(object))
}

/// The number of each of `objects` that is held.
fn numbers(walk: &Preorder, objects: &[u32]) -> HashMap<u32, u32> {
    let mut wanted = Bits::new(walk.objects);
    for &object in objects {
        wanted.insert(object);
    }
    let held = (0u32..).zip(&walk.order[..]).skip(1).filter(|&(_, &object)| wanted.has(object));
    held.map(|(number, &object)| (object, number)).collect()
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
