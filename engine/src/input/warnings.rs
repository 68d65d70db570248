//! What was wrong with a dump that could be read all the same.

use crate::id::Offset;

/// Distinct warnings that are kept; a damaged dump can have millions of places to complain about.
const KEPT: usize = 100;

/// Something odd in a dump, and how often it was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The first place where it was seen.
    pub offset: Offset,
    /// What it is; the same for every repetition.
    pub text: String,
    /// How often it was seen.
    pub times: u64,
    /// Bytes of the dump that are not read, or missing, because of it.
    pub bytes: u64,
}

/// Warnings in the order of their first appearance, repetitions counted, at most 100 distinct ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Warnings {
    list: Vec<Warning>,
}

impl Warnings {
    /// Notes `text` at `offset`; `bytes` of the dump are lost by it (0: none).
    pub fn add(&mut self, offset: Offset, text: impl Into<String>, bytes: u64) {
        self.merge_one(Warning { offset, text: text.into(), times: 1, bytes });
    }

    /// Takes over the warnings of `other`, which belong to a later part of the dump.
    pub fn merge(&mut self, other: Warnings) {
        for warning in other.list {
            self.merge_one(warning);
        }
    }

    /// The warnings so far.
    pub fn list(&self) -> &[Warning] {
        &self.list
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn merge_one(&mut self, warning: Warning) {
        if let Some(known) = self.list.iter_mut().find(|known| known.text == warning.text) {
            known.offset = known.offset.min(warning.offset);
            known.times += warning.times;
            known.bytes = known.bytes.saturating_add(warning.bytes);
        } else if self.list.len() < KEPT {
            self.list.push(warning);
        }
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "at {}: {}", self.offset, self.text)?;
        match (self.times, self.bytes) {
            (1, 0) => Ok(()),
            (1, bytes) => write!(f, " ({bytes} bytes)"),
            (times, 0) => write!(f, " ({times} times)"),
            (times, bytes) => write!(f, " ({times} times, {bytes} bytes)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_are_counted_and_distinct_ones_bounded() {
        let mut warnings = Warnings::default();
        for at in 0..1000 {
            warnings.add(Offset(at), "damaged", 2);
            warnings.add(Offset(at), format!("tag {at}"), 0);
        }
        assert_eq!(warnings.list().len(), KEPT);
        assert_eq!(warnings.list()[0].to_string(), "at offset 0: damaged (1000 times, 2000 bytes)");
    }
}
