//! Objects at an address that an earlier one has: which they are, where there are any.

use super::Numbering;
use super::class_rows::ClassRows;
use super::scan::UnitObjects;
use crate::graph::Bits;

/// The objects that do not count, by unit; class objects count before all others, then the first in the dump.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// The places in each unit, ascending; empty where no unit has any.
    units: Vec<Vec<u32>>,
}

impl Repeats {
    /// Looks for repeats where there are more objects than addresses.
    pub(super) fn find(units: &[UnitObjects], classes: &ClassRows, numbering: &Numbering) -> Repeats {
        let dumped = classes.dumps.iter().flatten().count();
        let objects = units.iter().map(|unit| unit.addresses.len() as u64).sum::<u64>() + dumped as u64;
        if objects == numbering.objects() {
            return Repeats::default();
        }
        let mut seen = Bits::new(usize::try_from(numbering.objects()).unwrap_or(usize::MAX));
        for (object, _) in classes.classes.objects() {
            seen.insert(object.0);
        }
        let mut repeated = |unit: &UnitObjects| {
            let places = (0u32..).zip(unit.addresses.iter());
            let is_repeated =
                |&(_, address): &(u32, u64)| numbering.find(address).is_some_and(|id| !seen.insert(id));
            places.filter(is_repeated).map(|(place, _)| place).collect()
        };
        Repeats { units: units.iter().map(&mut repeated).collect() }
    }

    /// The places in the unit of this number that do not count, ascending.
    pub(super) fn of(&self, unit: usize) -> &[u32] {
        self.units.get(unit).map_or(&[], Vec::as_slice)
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.units.iter().map(|unit| unit.len() as u64).sum()
    }
}
