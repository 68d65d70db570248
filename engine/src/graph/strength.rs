//! How strongly an object is held: the strongest kind of path by which it is reachable.

use bytemuck::{CheckedBitPattern, NoUninit};

/// The strength of a reference, or of the strongest path to an object, strongest first.
///
/// The order and the numbers are part of the index: `java.lang.ref`'s package documentation, with finalizer
/// reachability (`java.lang.ref.FinalReference` in HotSpot) between weak and phantom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, CheckedBitPattern, NoUninit)]
#[repr(u8)]
pub enum Strength {
    /// Ordinary references.
    Strong = 0,
    /// `java.lang.ref.SoftReference`.
    Soft = 1,
    /// `java.lang.ref.WeakReference`.
    Weak = 2,
    /// `java.lang.ref.FinalReference`: what waits for its `finalize` method.
    Finalizer = 3,
    /// `java.lang.ref.PhantomReference`.
    Phantom = 4,
    /// No path at all; no reference has this strength.
    Unreachable = 5,
}

impl Strength {
    /// All strengths, strongest first.
    pub const ALL: [Strength; 6] = [
        Strength::Strong,
        Strength::Soft,
        Strength::Weak,
        Strength::Finalizer,
        Strength::Phantom,
        Strength::Unreachable,
    ];

    /// The strength with this number in a column, if there is one.
    pub fn from_u8(number: u8) -> Option<Strength> {
        Strength::ALL.get(usize::from(number)).copied()
    }

    /// The spelling in tables and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Strength::Strong => "strong",
            Strength::Soft => "soft",
            Strength::Weak => "weak",
            Strength::Finalizer => "finalizer",
            Strength::Phantom => "phantom",
            Strength::Unreachable => "unreachable",
        }
    }

    /// The strength of this [`Strength::name`].
    pub fn parse(name: &str) -> Option<Strength> {
        Strength::ALL.into_iter().find(|strength| strength.name() == name)
    }

    /// Whether a reference of strength `reference` holds its target when `self` is the weakest that counts.
    ///
    /// Finalizer references always hold: the JVM keeps their referents until `finalize` has run.
    pub fn counts(self, reference: Strength) -> bool {
        reference == Strength::Finalizer || reference <= self
    }
}
