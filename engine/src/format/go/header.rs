//! The first line of a dump.

use crate::error::{Error, Result};

/// What every Go dump begins with.
const MAGIC: &[u8] = b"go1.";
/// The line of Go 1.7 to 1.27.
const LINE: &[u8] = b"go1.7 heap dump\n";
/// What the line ends with.
const END: &[u8] = b" heap dump\n";

/// Whether `bytes` begin as a Go heap dump does.
pub fn matches(bytes: &[u8]) -> bool {
    let line = &bytes[..bytes.len().min(LINE.len() + 2)];
    line.starts_with(MAGIC) && line.windows(END.len()).any(|window| window == END)
}

/// The bytes of the first line.
///
/// # Errors
/// The dump is of a release before Go 1.7, whose records are others.
pub(super) fn end(bytes: &[u8]) -> Result<usize> {
    if bytes.starts_with(LINE) {
        return Ok(LINE.len());
    }
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(&line[..line.len().min(LINE.len())]).into_owned();
    let version = line.split(' ').next().unwrap_or_default();
    Err(Error::Input(format!(
        "a heap dump of {version} (its first line is {line:?}): only those of Go 1.7 and later are read"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_dumps_are_told_by_their_version() {
        assert_eq!(end(b"go1.7 heap dump\n\x06").unwrap(), 16);
        assert!(matches(b"go1.7 heap dump\n") && matches(b"go1.4 heap dump\nrest"));
        assert!(!matches(b"go1.7 coredump\n") && !matches(b"JAVA PROFILE 1.0.2\0") && !matches(b"go1."));
        let error = end(b"go1.4 heap dump\n\x06").unwrap_err().to_string();
        assert!(error.starts_with("a heap dump of go1.4 "), "{error}");
    }
}
