//! A fingerprint that tells whether a file is still the one that an index was built from.

use super::dump::open_file;
use crate::error::{Error, Result};
use std::fs::File;
use std::hash::Hasher;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use twox_hash::XxHash3_64;

const SAMPLES: u64 = 64;
const SAMPLE_BYTES: u64 = 4096;

/// A hash of the size of `file` and of 64 samples of 4 KiB, evenly spread, the first and the last among them.
///
/// It finds another dump of the same name and a dump that is still being written, not a single changed byte. Only the samples
/// are read: through a map, the system would read far around each of them.
///
/// # Errors
/// Those of the operating system.
pub fn identity(mut file: &File) -> std::io::Result<u64> {
    let bytes = file.metadata()?.len();
    let mut hasher = XxHash3_64::with_seed(bytes);
    let (mut sample, last) = (Vec::new(), bytes.saturating_sub(SAMPLE_BYTES));
    for number in 0..SAMPLES {
        // 128 bits: a product of a file's length and 63 need not fit into 64.
        let start = u128::from(last) * u128::from(number) / u128::from(SAMPLES - 1);
        file.seek(SeekFrom::Start(u64::try_from(start).unwrap_or(u64::MAX)))?;
        sample.clear();
        file.take(SAMPLE_BYTES).read_to_end(&mut sample)?;
        hasher.write(&sample);
    }
    Ok(hasher.finish())
}

/// The [`identity`] of the file at `path` as it lies on the disk (compressed or not).
///
/// Errors are those of [`super::open`] for files that cannot be mapped.
pub fn identify(path: &Path) -> Result<u64> {
    identity(&open_file(path)?).map_err(|error| Error::file(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn of(bytes: &[u8]) -> u64 {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        identity(&file).unwrap()
    }

    #[test]
    fn size_and_sampled_content_count() {
        let bytes = vec![1; 1 << 20];
        let mut other = bytes.clone();
        if let Some(last) = other.last_mut() {
            *last = 2;
        }
        assert_eq!(of(&bytes), of(&bytes));
        assert_ne!(of(&bytes), of(&other));
        assert_ne!(of(&bytes), of(&bytes[1..]));
        assert_ne!(of(b""), of(b"a"));
        assert_ne!(of(b"b"), of(b"a"));
    }
}
