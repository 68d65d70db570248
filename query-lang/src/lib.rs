//! The query language: text → tree → typed tree → DataFusion plan → Arrow batches.
//!
//! [`Session`] holds the open dumps and runs statements; everything else is what it takes and gives. The modules stand
//! in the order of that flow: each uses only those before it.

pub mod error;
mod cancel;
mod syntax;
pub mod statements;
pub mod functions;
mod times;
mod numbers;
mod dump;
mod heap;
mod stored;
mod source;
mod tables;
mod check;
mod udf;
mod rows;
mod apply;
mod provider;
mod stop;
mod plan;
mod optimizer;
mod run;
mod describe;
mod complete;
mod session;

pub use cancel::CancelToken;
pub use complete::Completion;
pub use describe::{Described, attributes};
pub use dump::Dump;
pub use error::{Diagnostic, Span};
pub use plan::DUMP_KEY;
pub use run::Rows;
pub use session::{Answer, Session, SessionOptions, Statement};
pub use stored::{Stored, StoredColumn};
pub use syntax::KEYWORDS;
