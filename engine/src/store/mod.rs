//! The snapshot's columns and the directory they lie in: written once, mapped, opened at once.

pub mod entry;
mod behind;
mod output;
pub mod ipc;
pub mod manifest;
pub mod directory;
pub mod folder;
pub mod columns;
pub mod classes;
pub mod stacks;
pub mod base;
pub mod go;
mod blocks;
mod derived;
pub(crate) mod inbound;
pub mod snapshot;

pub use base::{Base, Sizes};
pub use classes::{Class, Classes, Field};
pub use folder::ReadNext;
pub use go::GoIndex;
pub use manifest::{Amount, Build, Info, PhaseTime};
pub use snapshot::{ObjectKind, Snapshot};
pub use stacks::{Frame, Root, RootKind, Stacks, Thread};
