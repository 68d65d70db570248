//! A fingerprint that tells whether a file is still the one that an index was built from.

use super::dump::map;
use crate::error::Result;
use std::path::Path;
use twox_hash::XxHash3_64;

const SAMPLES: u64 = 64;
const SAMPLE_BYTES: u64 = 4096;

/// A hash of the size of `bytes` and of 64 samples of 4 KiB, evenly spread, the first and the last among them.
///
/// It finds another dump of the same name and a dump that is still being written, not a single changed byte.
pub fn identity(bytes: &[u8]) -> u64 {
    let len = bytes.len() as u64;
    let mut hasher = XxHash3_64::with_seed(len);
    let last = len.saturating_sub(SAMPLE_BYTES);
    for sample in 0..SAMPLES {
        // 128 bits: a product of a file's length and 63 need not fit into 64.
        let start = u128::from(last) * u128::from(sample) / u128::from(SAMPLES - 1);
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        let rest = bytes.get(start..).unwrap_or_default();
        std::hash::Hasher::write(&mut hasher, &rest[..rest.len().min(4096)]);
    }
    std::hash::Hasher::finish(&hasher)
}

/// The [`identity`] of the file at `path` as it lies on the disk (compressed or not).
///
/// Errors are those of [`super::open`] for files that cannot be mapped.
pub fn identify(path: &Path) -> Result<u64> {
    Ok(identity(&map(path)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_and_sampled_content_count() {
        let bytes = vec![1; 1 << 20];
        let mut other = bytes.clone();
        if let Some(last) = other.last_mut() {
            *last = 2;
        }
        assert_eq!(identity(&bytes), identity(&bytes.clone()));
        assert_ne!(identity(&bytes), identity(&other));
        assert_ne!(identity(&bytes), identity(&bytes[1..]));
        assert_ne!(identity(b""), identity(b"a"));
        assert_ne!(identity(b"b"), identity(b"a"));
    }
}
