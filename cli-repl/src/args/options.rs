//! The options that every command takes.

use super::value::{self, Parameter};
use clap::Args;
use heapwise_engine::graph::Strength;
use heapwise_engine::open;
use std::path::PathBuf;

/// How to open, how to run, how to show.
#[derive(Clone, Debug, Args)]
pub(crate) struct Options {
    /// How to show the answer: table, json, jsonl, csv, arrow or parquet
    #[arg(long, global = true, value_name = "FORMAT", default_value = "table", value_parser = Format::parse)]
    pub(crate) format: Format,
    /// Write the answer to FILE, which appears only when the answer is whole
    #[arg(short = 'o', long, global = true, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Show at most N rows (for `paths`: N paths of each object); 0 shows all
    #[arg(long, global = true, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// The weakest reference that counts as holding: strong, soft, weak or phantom
    #[arg(long, global = true, default_value = "strong", value_parser = value::strength)]
    pub(crate) strength: Strength,
    /// Use N threads (default: one for each core)
    #[arg(long, global = true, value_name = "N", value_parser = value::threads)]
    pub(crate) threads: Option<usize>,
    /// Bound the memory of queries (default: half of what is free) and of building an index to SIZE, such as 2GB; they go on
    /// in files beyond it; building takes 160 MB at least
    #[arg(long, global = true, value_name = "SIZE", value_parser = value::bytes)]
    pub(crate) memory_limit: Option<u64>,
    /// Keep indexes in DIR instead of beside the dump
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) index_dir: Option<PathBuf>,
    /// Take this object layout instead of the one inferred from the dump (`info` shows it)
    #[arg(long, global = true, value_name = "LAYOUT")]
    pub(crate) layout: Option<String>,
    /// Take the types of a Go dump from the executable that the process ran
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) exe: Option<PathBuf>,
    /// Take rules for implicit references from FILE, before the built-in ones: for `diff`, `suspects`, and the rows of `growth()`
    /// and `suspects()` in queries
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
    /// Show no progress
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
    /// Set the query parameter $NAME; may be given several times
    #[arg(long = "param", global = true, value_name = "NAME=VALUE", value_parser = value::parameter)]
    pub(crate) parameters: Vec<Parameter>,
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Aligned columns for people.
    Table,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    JsonLines,
    /// RFC 4180.
    Csv,
    /// A file of Arrow's IPC format.
    Arrow,
    /// A Parquet file.
    Parquet,
}

impl Format {
    /// Whether an answer is bytes of which a file holds one, and no text.
    pub(crate) fn is_binary(self) -> bool {
        matches!(self, Format::Arrow | Format::Parquet)
    }

    /// The format of that name.
    pub(crate) fn parse(name: &str) -> Result<Format, String> {
        match name {
            "table" => Ok(Format::Table),
            "json" => Ok(Format::Json),
            "jsonl" => Ok(Format::JsonLines),
            "csv" => Ok(Format::Csv),
            "arrow" => Ok(Format::Arrow),
            "parquet" => Ok(Format::Parquet),
            _ => Err("use table, json, jsonl, csv, arrow or parquet".to_owned()),
        }
    }
}

impl Options {
    /// What the engine needs of them.
    pub(crate) fn engine(&self) -> open::Options {
        open::Options {
            index_dir: self.index_dir.clone(),
            threads: self.threads,
            held: self.strength,
            layout: self.layout.clone(),
            exe: self.exe.clone(),
            memory_limit: self.memory_limit,
            ..open::Options::default()
        }
    }

    /// The rows to show; `None` for all: what the user said, else `default` in table form, else all.
    pub(crate) fn rows(&self, default: Option<u64>) -> Option<u64> {
        match self.limit {
            Some(0) => None,
            Some(limit) => Some(limit),
            None if self.format == Format::Table => default,
            None => None,
        }
    }
}
