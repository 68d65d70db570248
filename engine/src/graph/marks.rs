//! What the walk's column of numbers says of an object that has no number yet.

/// Not seen yet: an object that holds something, but no class object that matters.
pub(super) const UNSEEN: u32 = 0;
/// A root.
pub(super) const ROOT: u32 = u32::MAX;
/// Not seen yet: an object that holds nothing.
pub(super) const LEAF: u32 = u32::MAX - 1;
/// Not seen yet: an object whose class object is to be visited from it.
pub(super) const INSTANCE: u32 = u32::MAX - 2;
/// Classes that have marks of their own: those of class c are `FIRST_CLASS + 2 * c` for instances that hold something else
/// too, and the one behind it for instances that hold nothing but their class object.
const CLASSES: u32 = 1 << 17;
const FIRST_CLASS: u32 = INSTANCE - 2 * CLASSES;
/// The numbers of leaves count down from here, those of inner objects up from 1.
pub(super) const FIRST_LEAF: u32 = FIRST_CLASS - 1;

/// The most objects a graph may have: the numbers above it, up to [`crate::id::NO_OBJECT`], are marks.
pub const MAX_OBJECTS: usize = (FIRST_LEAF - 16) as usize;

/// The mark of an instance of `class`, whose class object matters; `is_alone` when it holds nothing else.
pub(super) fn of_class(class: u32, is_alone: bool) -> u32 {
    if class < CLASSES { FIRST_CLASS + 2 * class + u32::from(is_alone) } else { INSTANCE }
}

/// Whether an object with this number or mark is an inner one without a number.
#[inline]
pub(super) fn is_open(mark: u32) -> bool {
    mark == UNSEEN || (FIRST_CLASS..=INSTANCE).contains(&mark)
}

/// The class of which this is a mark.
#[inline]
pub(super) fn class(mark: u32) -> Option<u32> {
    (FIRST_CLASS..INSTANCE).contains(&mark).then(|| (mark - FIRST_CLASS) / 2)
}

/// The class of which this is the mark of an instance that holds nothing else.
#[inline]
pub(super) fn alone(mark: u32) -> Option<u32> {
    class(mark).filter(|class| mark != FIRST_CLASS + 2 * class)
}

/// The number of an object once it is known that `inner` is the last one of inner objects: leaves follow.
#[inline]
pub(super) fn final_number(number: u32, inner: u32) -> u32 {
    if number > inner { inner + 1 + (FIRST_LEAF - number) } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::heap::id;

    // The first leaf follows the last inner object, whatever share of the most objects there can be are leaves.
    #[test]
    fn numbers_of_leaves_meet_those_of_inner_objects_at_no_size() {
        let objects = id(MAX_OBJECTS);
        for inner in [0, 1, 1 << 31, objects - 1, objects] {
            let leaves = objects - inner;
            assert_eq!(final_number(inner, inner), inner);
            assert!(leaves == 0 || final_number(FIRST_LEAF - (leaves - 1), inner) == objects);
            assert!(leaves == 0 || FIRST_LEAF - (leaves - 1) > inner);
        }
    }

    #[test]
    fn marks_of_classes_are_no_numbers() {
        for number in [1, id(MAX_OBJECTS), FIRST_LEAF, LEAF, ROOT] {
            assert!(!is_open(number) && class(number).is_none());
        }
        for wanted in [0, 1, 77, CLASSES - 1] {
            let marks = [of_class(wanted, false), of_class(wanted, true)];
            assert_eq!(marks.map(class), [Some(wanted); 2]);
            assert_eq!(marks.map(alone), [None, Some(wanted)]);
            assert!(marks.into_iter().all(is_open));
        }
        assert!(is_open(INSTANCE) && class(INSTANCE).is_none());
        assert_eq!(of_class(CLASSES, true), INSTANCE);
    }
}
