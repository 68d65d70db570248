//! The head of an HPROF file.

use crate::error::{Error, Result};
use crate::id::Offset;
use crate::input::Cursor;

/// Bytes in which the NUL after the version must be found; HotSpot's is at 18.
const VERSION_BYTES: usize = 32;
const MAGIC: &[u8] = b"JAVA PROFILE ";

/// What the first bytes of the file say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// `1.0.1` (JDK 5), `1.0.2` (since) or `1.0.3` (Android), as the file says it.
    pub version: String,
    /// Bytes of an identifier: 4 or 8.
    pub id_size: u8,
    /// When the dump was written, in milliseconds since 1970.
    pub time_ms: u64,
    /// Where the records begin.
    pub end: Offset,
}

impl Header {
    /// Reads the header; an error where `bytes` are no HPROF file.
    pub fn read(bytes: &[u8]) -> Result<Header> {
        let mut cursor = Cursor::new(bytes, Offset(0));
        let version = read_version(&mut cursor)?;
        let at = cursor.offset();
        let id_size = match cursor.u4()? {
            4 => 4,
            8 => 8,
            other => return Err(Error::dump(at, "an identifier size of 4 or 8", other.to_string())),
        };
        let time_ms = cursor.u8()?;
        Ok(Header { version, id_size, time_ms, end: cursor.offset() })
    }

    /// Whether `bytes` begin as an HPROF file does.
    pub fn matches(bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }
}

fn read_version(cursor: &mut Cursor<'_>) -> Result<String> {
    let head = &cursor.rest()[..cursor.rest().len().min(VERSION_BYTES)];
    let end = head.iter().position(|&byte| byte == 0);
    let (Some(version), Some(end)) = (head.strip_prefix(MAGIC), end) else {
        let found = String::from_utf8_lossy(&head[..head.len().min(MAGIC.len())]);
        return Err(Error::dump(Offset(0), "`JAVA PROFILE 1.0.x`", format!("{found:?}")));
    };
    cursor.skip(end + 1)?;
    let version = &version[..end.saturating_sub(MAGIC.len())];
    Ok(String::from_utf8_lossy(version).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: std::result::Result<(&str, u8), &str>) {
        let got = Header::read(bytes).map_err(|error| error.to_string());
        let got =
            got.as_ref().map(|header| (header.version.as_str(), header.id_size)).map_err(String::as_str);
        assert_eq!(got, expected);
    }

    #[test]
    fn versions_and_sizes() {
        check(b"JAVA PROFILE 1.0.2\0\0\0\0\x08\0\0\0\0\0\0\0\x01", Ok(("1.0.2", 8)));
        check(b"JAVA PROFILE 1.0.3\0\0\0\0\x04\0\0\0\0\0\0\0\x01rest", Ok(("1.0.3", 4)));
        check(
            b"JAVA PROFILE 1.0.2\0\0\0\0\x06\0\0\0\0\0\0\0\x01",
            Err("at offset 19: expected an identifier size of 4 or 8, found 6"),
        );
        check(
            b"PK\x03\x04zip",
            Err("at offset 0: expected `JAVA PROFILE 1.0.x`, found \"PK\\u{3}\\u{4}zip\""),
        );
        check(b"JAVA PROFILE 1.0.2\0\0\0", Err("at offset 19: expected 4 bytes, found only 2"));
        check(b"", Err("at offset 0: expected `JAVA PROFILE 1.0.x`, found \"\""));
    }
}
