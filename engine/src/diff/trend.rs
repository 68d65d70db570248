//! How a number went over more than two dumps.

/// The shape of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// It stays within a hundredth, or goes nowhere.
    Flat,
    /// It grows in every step.
    Monotonic,
    /// It grew in one step alone, and stays there.
    Step,
    /// It grows in every step, but less and less: like a cache that fills.
    Saturating,
    /// It goes up and down.
    SawTooth,
    /// It shrinks in every step that it moves in.
    Falling,
}

impl Trend {
    /// The trend of a series; `None` of fewer than three numbers, which have none.
    pub fn of(series: &[u64]) -> Option<Trend> {
        if series.len() < 3 {
            return None;
        }
        let largest = series.iter().copied().max().unwrap_or_default();
        let still = largest / 100;
        let steps: Vec<i128> =
            series.windows(2).map(|pair| i128::from(pair[1]) - i128::from(pair[0])).collect();
        let moves = |step: &&i128| step.unsigned_abs() > u128::from(still);
        let (up, down) = (
            steps.iter().filter(moves).filter(|step| **step > 0).count(),
            steps.iter().filter(moves).filter(|step| **step < 0).count(),
        );
        Some(match (up, down) {
            (0, 0) => Trend::Flat,
            (0, _) => Trend::Falling,
            (_, 1..) => Trend::SawTooth,
            (1, 0) => Trend::Step,
            _ if is_saturating(&steps) => Trend::Saturating,
            _ => Trend::Monotonic,
        })
    }

    /// The spelling in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Trend::Flat => "flat",
            Trend::Monotonic => "monotonic",
            Trend::Step => "step",
            Trend::Saturating => "saturating",
            Trend::SawTooth => "saw-tooth",
            Trend::Falling => "falling",
        }
    }

    /// What it makes of the confidence that something grows without end.
    pub(super) fn factor(self) -> f64 {
        match self {
            Trend::Monotonic => 1.0,
            Trend::Step => 0.7,
            Trend::Saturating => 0.5,
            Trend::SawTooth => 0.4,
            Trend::Flat | Trend::Falling => 0.2,
        }
    }
}

/// Whether each step is at most half of the one before.
fn is_saturating(steps: &[i128]) -> bool {
    steps.windows(2).all(|pair| pair[1] * 2 <= pair[0])
}

#[cfg(test)]
mod tests {
    use super::Trend;

    #[test]
    fn series_have_a_shape() {
        for (series, expected) in [
            (&[1, 2][..], None),
            (&[0, 0, 0], Some(Trend::Flat)),
            (&[1000, 1001, 1000], Some(Trend::Flat)),
            (&[100, 200, 300, 400], Some(Trend::Monotonic)),
            (&[100, 100, 500, 500], Some(Trend::Step)),
            (&[0, 800, 1100, 1200], Some(Trend::Saturating)),
            (&[100, 900, 200, 950], Some(Trend::SawTooth)),
            (&[900, 500, 100], Some(Trend::Falling)),
        ] {
            assert_eq!(Trend::of(series), expected, "{series:?}");
        }
    }
}
