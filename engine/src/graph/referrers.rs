//! Who holds an object by other than stored references: threads and reference objects by target, classes by class object.

use crate::graph::heap::{Columns, equal_range, id};
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;

/// The references to an object that the transpose of the stored ones lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Referrers {
    /// Locals and referents as (held, strength, holder), sorted.
    others: Vec<(u32, Strength, u32)>,
    /// (class object, class), sorted: the instances of the class hold the class object.
    classes: Vec<(u32, u32)>,
}

impl Referrers {
    /// Those of a heap; cost O(locals + referents + classes), sorted.
    pub fn new(columns: &Columns) -> Referrers {
        let locals = columns.locals.iter().map(|&(thread, local)| (local, Strength::Strong, thread));
        let special = columns.special.iter().map(|special| (special.to, special.strength, special.from));
        let mut others: Vec<_> = locals.chain(special).collect();
        others.sort_unstable();
        let objects = columns.class_objects.iter().enumerate().map(|(class, &object)| (object, id(class)));
        let mut classes: Vec<_> = objects.filter(|pair| pair.0 != NO_OBJECT).collect();
        classes.sort_unstable();
        Referrers { others, classes }
    }

    /// Threads that have `object` on their stack (strong), and reference objects whose referent it is, as (object,
    /// strength, holder), the strongest first.
    pub fn others(&self, object: u32) -> &[(u32, Strength, u32)] {
        equal_range(&self.others, |other| other.0, object)
    }

    /// All rows of [`Referrers::others`].
    pub(super) fn all_others(&self) -> &[(u32, Strength, u32)] {
        &self.others
    }

    /// The classes of which `object` is the class object, as (object, class): usually none or one.
    pub fn classes(&self, object: u32) -> &[(u32, u32)] {
        equal_range(&self.classes, |pair| pair.0, object)
    }
}
