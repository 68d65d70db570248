//! The graph module against slow, obvious oracles on random graphs, and on graphs that are long, deep or broken.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test that meets a surprise fails, and its graphs are small"
)]

mod oracle;
mod columns;
mod reach;
mod transpose;
mod dominators;
mod groups;
mod paths;
mod sets;
mod routes;
mod verify;
