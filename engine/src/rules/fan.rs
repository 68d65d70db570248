//! Where a path fans out most: the collection with the most elements for each of its holders.

use super::path::Step;
use std::ops::Range;

/// A fan-out by less says nothing.
const LEAST: u64 = 4;

/// The widest fan-out of a path.
///
/// Collections and their parts make *runs* of steps; the steps between are *segments*. As many objects stand in a segment
/// as at its rarest step: a thousand tasks that all lead to one server are one there. A run fans out by what stands behind
/// it for each that stands before; the roots fan out to the first segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fan {
    /// There is none: one holds one, or a few.
    None,
    /// The first segment: many roots.
    Roots,
    /// The collection in these steps.
    Run(Range<usize>),
}

impl Fan {
    /// The widest fan-out of `steps`, the first of several; `inside`: which of them are collections or parts of them.
    pub(super) fn of(steps: &[Step], mut inside: Vec<bool>) -> Fan {
        // A collection at the very end is what is held, not what gathers it.
        if let [.., before, last] = inside.as_mut_slice()
            && !*before
        {
            *last = false;
        }
        let (mut widest, mut fan, mut before, mut run, mut at) = (LEAST - 1, Fan::None, 1, 0..0, 0);
        for part in inside.chunk_by(|a, b| a == b) {
            let part = at..at + part.len();
            at = part.end;
            let ends = at == steps.len();
            if inside[part.start] {
                run = part.clone();
            }
            // What a run gathers are its own last parts where nothing is behind it.
            let behind = match (inside[part.start], ends) {
                (true, false) => continue,
                (true, true) => steps[at - 1].count,
                (false, _) => steps[part].iter().map(|step| step.count).min().unwrap_or(1),
            };
            let width = behind / before.max(1);
            if width > widest {
                (widest, fan) = (width, if run.is_empty() { Fan::Roots } else { Fan::Run(run.clone()) });
            }
            before = behind;
        }
        fan
    }

    /// Whether the reference into step `edge` leads into the widest fan-out.
    pub(super) fn begins_at(&self, edge: usize) -> bool {
        matches!(self, Fan::Run(run) if run.start == edge)
    }

    /// Whether the reference into step `edge` is behind the widest fan-out, so that there are many of it.
    pub(super) fn is_before(&self, edge: usize) -> bool {
        match self {
            Fan::None | Fan::Roots => true,
            Fan::Run(run) => run.end < edge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Fan;
    use crate::rules::{Step, Type};
    use std::sync::Arc;

    /// Steps with these numbers of objects; negative ones are parts of collections.
    fn fan(counts: &[i32]) -> Fan {
        let step = |&count: &i32| Step {
            kind: Arc::new(Type::default()),
            via: None,
            count: count.unsigned_abs().into(),
            object: None,
        };
        let steps: Vec<Step> = counts.iter().map(step).collect();
        Fan::of(&steps, counts.iter().map(|&count| count < 0).collect())
    }

    #[test]
    fn the_widest_is_where_most_elements_come_for_each_holder() {
        // A static list of rows.
        assert_eq!(fan(&[1, -70, -90, 1000]), Fan::Run(1..3));
        // Rows each with a list of their own.
        assert_eq!(fan(&[1, -70, -90, 1000, -2000, -2000, 3000]), Fan::Run(1..3));
        // A few contexts, each with a long list.
        assert_eq!(fan(&[1, -70, -90, 12, -70, -90, 9000]), Fan::Run(4..6));
        // A thousand tasks lead to one server, whose sessions are many.
        assert_eq!(fan(&[1, -7, 1000, 1, -9, 500]), Fan::Run(4..5));
        // Many threads, each with a few.
        assert_eq!(fan(&[200, 200, -50, 900]), Fan::Roots);
        assert_eq!(fan(&[1, 1, 3]), Fan::None);
        // A collection that leaks itself, and nodes of one.
        assert_eq!(fan(&[1, -5, 60, -4000]), Fan::Run(1..2));
        assert_eq!(fan(&[1, -5, -5, -4000]), Fan::Run(1..4));
    }

    #[test]
    fn edges_are_before_at_or_behind_it() {
        let fan = fan(&[1, 1, -70, -90, 1000, 1000]);
        assert_eq!((0..6).filter(|&edge| fan.begins_at(edge)).collect::<Vec<_>>(), [2]);
        assert_eq!((0..6).filter(|&edge| fan.is_before(edge)).collect::<Vec<_>>(), [5]);
    }
}
