//! The records of the dump formats, one folder for each; a folder knows nothing of the others.

pub mod hprof;
pub mod go;
