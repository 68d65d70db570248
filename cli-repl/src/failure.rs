//! Everything that keeps the program from answering, and the exit code that says so.

use arrow_schema::ArrowError;
use heapwise_engine::error::Error;
use std::io;
use std::path::{Path, PathBuf};

/// Why there is no (whole) answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command line asks for something that does not exist or does not fit together.
    #[error("{0}")]
    Usage(String),
    /// The engine refused the dump or its index.
    #[error(transparent)]
    Engine(Error),
    /// A query is wrong or failed; the text is drawn already, with the place under the query.
    #[error("{0}")]
    Query(String),
    /// An ASSERT does not hold; drawn as a query's error.
    #[error("{0}")]
    Assert(String),
    /// A file other than the dump could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file that was touched.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A batch of the answer is not what its schema says, or of a type that cannot be shown.
    #[error("the answer cannot be shown: {0}")]
    Answer(#[from] ArrowError),
    /// The answer has no form in Parquet.
    #[error("the answer cannot be written: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// The answer could not be written to where it goes.
    #[error("cannot write the answer: {0}")]
    Output(#[from] io::Error),
    /// The user pressed Ctrl-C.
    #[error("interrupted")]
    Interrupted,
}

/// The program's result.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// An error of the operating system on `path`.
    pub(crate) fn file(path: &Path, source: io::Error) -> Failure {
        Failure::File { path: path.to_owned(), source }
    }

    /// Whether nobody reads the answer any more, as in `heapwise … | head`: not worth a word.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The code the process ends with.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            failure if failure.is_broken_pipe() => 0,
            Failure::Usage(_) => 2,
            Failure::Assert(_) => 3,
            Failure::Interrupted => 130,
            _ => 1,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        match error {
            Error::Interrupted => Failure::Interrupted,
            other => Failure::Engine(other),
        }
    }
}
