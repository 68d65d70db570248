//! Pairs of key and value, wherever they come from.

/// Pairs of key and value, in parts that can be read at the same time, and more than once.
pub(super) trait Pairs: Sync {
    /// How many parts; the order of pairs is by part, then within the part.
    fn parts(&self) -> usize;
    /// Calls `pair(key, value)` for each pair of a part.
    fn each(&self, part: usize, pair: impl FnMut(u32, u32));
}
