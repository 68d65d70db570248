//! Long lists on a path are drawn once: `next → main.Node × 29,998 more`.

use std::ops::Range;

/// What is drawn of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// One step.
    Step(usize),
    /// Steps that repeat the ones before them, so many times, `period` of them each time.
    Repeats { steps: Range<usize>, period: usize },
}

impl Part {
    /// How many steps it stands for.
    pub(super) fn steps(&self) -> usize {
        match self {
            Part::Step(_) => 1,
            Part::Repeats { steps, .. } => steps.len(),
        }
    }
}

/// Steps that a list may take from one element to the next.
const LONGEST_PERIOD: usize = 3;
/// Repetitions that are drawn as they are.
const FEW: usize = 3;

/// The parts of a path of so many steps; `same` tells whether two steps look alike. The first and the last element of a
/// list are always drawn. O(steps).
pub(super) fn fold(steps: usize, same: impl Fn(usize, usize) -> bool) -> Vec<Part> {
    let (mut parts, mut at) = (Vec::new(), 0);
    while at < steps {
        let repeated = (1..=LONGEST_PERIOD).find_map(|period| {
            let end = (at + period..steps).find(|&step| !same(step - period, step)).unwrap_or(steps);
            let rounds = end.saturating_sub(at) / period;
            // Without the first and the last.
            (rounds > FEW + 1).then(|| (period, at + period..at + (rounds - 1) * period))
        });
        let Some((period, hidden)) = repeated else {
            parts.push(Part::Step(at));
            at += 1;
            continue;
        };
        parts.extend((at..hidden.start).map(Part::Step));
        at = hidden.end;
        parts.push(Part::Repeats { steps: hidden, period });
        parts.extend((at..at + period).map(Part::Step));
        at += period;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Part, fold};

    /// `abbbbbbc` by its letters; what is left out as `{period×times}`.
    fn check(path: &str, expected: &str) {
        let letters = path.as_bytes();
        let parts = fold(letters.len(), |a, b| letters[a] == letters[b]).into_iter();
        let shown = parts.map(|part| match part {
            Part::Step(step) => char::from(letters[step]).to_string(),
            Part::Repeats { steps, period } => format!("{{{period}×{}}}", steps.len() / period),
        });
        assert_eq!(shown.collect::<String>(), expected, "{path}");
    }

    #[test]
    fn only_long_lists_are_folded() {
        check("", "");
        check("abc", "abc");
        check("abbbbc", "abbbbc");
        check("abbbbbc", "ab{1×3}bc");
        check("abcbcbcbcbcd", "abc{2×3}bcd");
        check("aaaaaabbbbbb", "a{1×4}ab{1×4}b");
        check(&"xyz".repeat(1000), "xyz{3×998}xyz");
    }
}
