//! The one error type of the engine; an error in a dump carries its offset.

use crate::id::Offset;
use std::path::{Path, PathBuf};

/// Everything that keeps the engine from answering.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file that was touched.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The dump's bytes are not what the format promises.
    #[error("at {offset}: expected {expected}, found {found}")]
    Dump {
        /// Where in the (decompressed) dump.
        offset: Offset,
        /// What the format has there.
        expected: String,
        /// What stood there instead.
        found: String,
    },
    /// The input is not something this engine reads; the text says what to do instead.
    #[error("{0}")]
    Input(String),
    /// The index directory cannot be used; the text says why.
    #[error("index {}: {reason}", path.display())]
    Index {
        /// The index directory or a file in it.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of rules is wrong.
    #[error("{}:{line}: {reason} ({hint})", path.display())]
    Rules {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
        /// What to write instead.
        hint: String,
    },
    /// The user stopped the work.
    #[error("interrupted")]
    Interrupted,
}

/// The engine's result.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of the operating system on `path`.
    pub fn file(path: &Path, source: std::io::Error) -> Error {
        Error::File { path: path.to_owned(), source }
    }

    /// An error in the dump's bytes.
    pub fn dump(offset: Offset, expected: impl Into<String>, found: impl Into<String>) -> Error {
        Error::Dump { offset, expected: expected.into(), found: found.into() }
    }

    /// An error in an index directory.
    pub fn index(path: &Path, reason: impl Into<String>) -> Error {
        Error::Index { path: path.to_owned(), reason: reason.into() }
    }
}
