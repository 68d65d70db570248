//! What campaigns of random queries share: numbers that are the same on every machine, and what must never be told.

/// A stream of random numbers (splitmix64).
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    /// The stream of a seed, which has nothing in common with that of the next.
    pub(crate) fn new(seed: u64) -> Rng {
        Rng(mixed(seed))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).expect("below a usize")
    }

    /// A number from the first to the last.
    pub(crate) fn between(&mut self, (first, last): (usize, usize)) -> usize {
        first + self.below(last + 1 - first)
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, n: usize) -> bool {
        self.below(100) < n
    }

    /// One of some.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// One of some words.
    pub(crate) fn word(&mut self, of: &[&'static str]) -> &'static str {
        of[self.below(of.len())]
    }
}

fn mixed(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A number from the environment, which longer campaigns set.
pub(crate) fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

/// Whether what an error says is meant for users: it is none that only a maintainer can read.
pub(crate) fn is_for_users(told: &str) -> bool {
    const INNER: &[&str] = &[
        "nternal error",
        "report",
        "Error during planning",
        "Schema error",
        "cannot be run yet",
        "not implemented",
    ];
    let message = told.lines().next().unwrap_or_default();
    !INNER.iter().any(|words| message.contains(words))
}
