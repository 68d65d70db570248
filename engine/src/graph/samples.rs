//! From which instances the walk visits their class object.

/// How many references from instances to their class object the walk takes down.
///
/// Millions of instances hold one class object. Few of them tell what dominates it, and that it is right is checked
/// afterwards for all of them.
#[derive(Clone, Copy, Debug)]
pub struct Sampling {
    /// So many instances of each class that are met first.
    pub first: u32,
    /// And each one of so many.
    pub every: u32,
    /// So many times dominators are looked for with samples; then once with all references.
    pub attempts: u32,
}

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling { first: 16, every: 64, attempts: 3 }
    }
}

/// What was met of each class.
pub(super) struct Samples {
    pub(super) sampling: Sampling,
    classes: Vec<Met>,
    root: u32,
}

#[derive(Clone, Copy, Default)]
struct Met {
    instances: u32,
    /// The root below which the last sample was, from 1.
    root: u32,
}

impl Samples {
    pub(super) fn new(sampling: Sampling, classes: usize) -> Samples {
        Samples { sampling, classes: vec![Met::default(); classes], root: 0 }
    }

    /// What comes now is below another root.
    pub(super) fn next_root(&mut self) {
        self.root += 1;
    }

    /// Whether the next instance of `class` is a sample. The first one below a root always is: two roots have no dominator
    /// in common.
    pub(super) fn wants(&mut self, class: u32) -> bool {
        let Sampling { first, every, .. } = self.sampling;
        let met = &mut self.classes[class as usize];
        met.instances = met.instances.wrapping_add(1);
        let wants = met.root != self.root || met.instances <= first || met.instances.is_multiple_of(every);
        if wants {
            met.root = self.root;
        }
        wants
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ones_and_each_nth_one_and_each_one_below_a_new_root() {
        let mut samples = Samples::new(Sampling { first: 2, every: 5, attempts: 1 }, 3);
        let mut met = |count| (0..count).map(|_| u8::from(samples.wants(1))).collect::<Vec<u8>>();
        assert_eq!(met(3), [1, 1, 0]);
        samples.next_root();
        let mut met = |count| (0..count).map(|_| u8::from(samples.wants(1))).collect::<Vec<u8>>();
        assert_eq!(met(8), [1, 1, 0, 0, 0, 0, 1, 0]);
        assert!(samples.wants(2));
    }
}
