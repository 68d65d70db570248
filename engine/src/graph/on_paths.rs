//! Which groups every path to an object meets: chains of dominators, joined where holders differ.

use crate::error::Result;
use crate::graph::bits::Bits;
use crate::graph::dominators::Dominators;
use crate::graph::equations::Equations;
use crate::graph::heap::id;
use crate::graph::joints::{Chains, Joints, is_joint};
use crate::graph::sets::{EMPTY, Sets};
use crate::graph::solution::Solution;
use crate::graph::terms::Terms;
use crate::memory::Scratch;
use crate::progress::Progress;

/// For each object the set of groups that every path from the roots to it meets, itself included, by number; `None` when the
/// graph is too complex for the sets to fit.
///
/// With D(o) that set, D(o) = own(o) ∪ ⋂ D(p) over the holders p: the greatest solution; `own` gives the set of an object's
/// own groups, by its number. Where the immediate dominator d is itself a holder that is D(d) ∪ own(o). Only the other objects,
/// here *joints*, need the intersection: an equation between few unknowns.
///
/// Instances that the walk did not take down as holders of their class object c are no part of the equations. The solution
/// without them is no smaller; where D(c) is not within own(c) ∪ D(o) for an instance o it is lowered, and solved again from
/// there. Nothing is below the greatest solution then, and when nothing is left to lower it is a solution: the greatest.
pub(super) fn groups_on_all_paths(
    dominators: &Dominators,
    own: &impl Fn(u32) -> u32,
    sets: &mut Sets,
    progress: &Progress,
) -> Result<Option<Scratch<u32>>> {
    let (joints, places) = Joints::new(dominators, progress)?;
    let class_objects = places.of_class_objects(dominators);
    let chains = Chains::new(dominators, places, own, sets, progress)?;
    let equations = Equations { dominators, joints: &joints, chains: &chains };
    let mut solution = Solution::all(joints.merges.len(), &dominators.room)?;
    if !solve(&equations, &mut solution, true, sets, progress)? {
        return Ok(None);
    }
    let mut on_paths = OnPaths::new(dominators, own, (&chains, &mut solution), sets, progress)?;
    while on_paths.lower(&class_objects, &mut solution, sets) {
        if !solve(&equations, &mut solution, false, sets, progress)? {
            return Ok(None);
        }
        on_paths.renew(&chains, &mut solution, sets, progress)?;
    }
    Ok((!sets.exhausted()).then_some(on_paths.column))
}

/// Lowers `solution` to the greatest one that is no greater; false when the sets do not fit.
fn solve(
    equations: &Equations,
    solution: &mut Solution,
    is_first: bool,
    sets: &mut Sets,
    progress: &Progress,
) -> Result<bool> {
    if !equations.rounds(solution, is_first, sets, progress)? {
        let room = &equations.dominators.room;
        Terms::new(equations, room, progress)?.solve(solution, (sets, room), progress)?;
    }
    Ok(!sets.exhausted())
}

/// A column by number while the solution gets lower.
struct OnPaths<'d, O> {
    dominators: &'d Dominators,
    /// The set of an object's own groups, by its number.
    own: O,
    /// By number, the set of groups that every path to the object meets, itself included.
    column: Scratch<u32>,
    /// The numbers whose set was another before the last time; `None`: all of them.
    renewed: Option<Bits>,
}

impl<'d, O: Fn(u32) -> u32> OnPaths<'d, O> {
    /// The column of `solution`.
    fn new(
        dominators: &'d Dominators,
        own: O,
        (chains, solution): (&Chains, &mut Solution),
        sets: &mut Sets,
        progress: &Progress,
    ) -> Result<OnPaths<'d, O>> {
        let mut column = dominators.room.unset(dominators.order.len())?;
        let inner = column.iter_mut().zip(chains.all());
        inner.for_each(|(set, &[joint, chain])| *set = sets.union(solution.above(joint), chain));
        progress.check()?;
        let mut on_paths = OnPaths { dominators, own, column, renewed: None };
        on_paths.put_leaves(sets, progress)?;
        solution.settle();
        Ok(on_paths)
    }

    /// Makes the column that of `solution`, which is lower now.
    fn renew(
        &mut self,
        chains: &Chains,
        solution: &mut Solution,
        sets: &mut Sets,
        progress: &Progress,
    ) -> Result<()> {
        let mut renewed = Bits::new(self.column.len());
        let inner = (0u32..).zip(self.column.iter_mut().zip(chains.all()));
        for (number, (place, &[joint, chain])) in inner.filter(|row| solution.has_changed(row.1.1[0])) {
            let set = sets.union(solution.above(joint), chain);
            if std::mem::replace(place, set) != set {
                renewed.insert(number);
            }
        }
        progress.check()?;
        self.renewed = Some(renewed);
        self.put_leaves(sets, progress)?;
        solution.settle();
        Ok(())
    }

    /// Nobody's set depends on that of a leaf.
    fn put_leaves(&mut self, sets: &mut Sets, progress: &Progress) -> Result<()> {
        let Dominators { merges, inner, dominator, .. } = self.dominators;
        let mut joints =
            (merges.inner(*inner)..merges.len()).filter(|&merge| is_joint(self.dominators, merge)).peekable();
        for number in inner + 1..id(self.column.len()) {
            if number.is_multiple_of(65_536) {
                progress.check()?;
            }
            let above = match joints.next_if(|&merge| merges.numbers[merge] == number) {
                None if !self.is_renewed(dominator[number as usize]) => continue,
                None => self.column[dominator[number as usize] as usize],
                Some(merge) => {
                    let holders = merges.holders(merge).iter().map(|&holder| self.column[holder as usize]);
                    holders.reduce(|a, b| sets.intersection(a, b)).unwrap_or_default()
                }
            };
            let set = sets.union(above, (self.own)(number));
            if std::mem::replace(&mut self.column[number as usize], set) != set
                && let Some(renewed) = &mut self.renewed
            {
                renewed.insert(number);
            }
        }
        Ok(())
    }

    /// Lowers what is above class objects to what is on all paths to their instances; whether that is less. `class_objects` are
    /// joints by class, counted from 1; 0 where that does not matter.
    fn lower(&self, class_objects: &[u32], solution: &mut Solution, sets: &mut Sets) -> bool {
        if class_objects.iter().all(|&joint| solution.above(joint) == EMPTY) {
            return false;
        }
        // By class, the last set: there are long runs of the same.
        let (mut last, mut lowered) = (vec![u32::MAX; class_objects.len()], false);
        let look_at = |(class, set): (u32, u32)| {
            let joint = class_objects[class as usize];
            if joint > 0 && std::mem::replace(&mut last[class as usize], set) != set {
                lowered |= solution.lower(joint, set, sets);
            }
        };
        let (class, column) = (self.dominators.class.view(), &self.column[..]);
        let row = |number: usize| (class.get(number), column[number]);
        match &self.renewed {
            Some(numbers) => {
                numbers.iter().map(|number| row(number as usize)).for_each(look_at);
            }
            None => (1..column.len()).map(row).for_each(look_at),
        }
        lowered
    }

    #[inline]
    fn is_renewed(&self, number: u32) -> bool {
        self.renewed.as_ref().is_none_or(|numbers| numbers.has(number))
    }
}
