//! Go dumps: written by code in every form and state of damage, and real ones with known answers.

#![expect(clippy::unwrap_used, reason = "a test that meets a surprise fails")]

mod heaps;
mod damage;
mod shop;
mod rules;
mod growth;

use heapwise_engine::error::Result;
use heapwise_engine::graph::Strength;
use heapwise_engine::id::{Address, ObjectId};
use heapwise_engine::open::{Options, open};
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use std::path::Path;

/// Opens the dump `bytes`.
fn opened(bytes: &[u8]) -> Result<Snapshot> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("dump");
    std::fs::write(&path, bytes).unwrap();
    open_with(&path, None)
}

/// Opens the dump at `path` with its executable. What is mapped stays when the index goes, which happens at once.
fn open_with(path: &Path, exe: Option<&Path>) -> Result<Snapshot> {
    let indexes = tempfile::tempdir().unwrap();
    let options = Options {
        index_dir: Some(indexes.path().to_owned()),
        exe: exe.map(Path::to_owned),
        ..Options::default()
    };
    open(path, &options, &Progress::default())
}

/// The object at an address.
fn at(snapshot: &Snapshot, address: u64) -> ObjectId {
    snapshot.find(Address(address)).unwrap_or_else(|| panic!("no object at {address:#x}"))
}

/// The addresses of the objects that the roots do not reach.
fn unreachable(snapshot: &Snapshot) -> Vec<u64> {
    let ids = snapshot.ids().map(ObjectId);
    ids.filter(|&id| snapshot.strength(id) == Strength::Unreachable)
        .map(|id| snapshot.address(id).0)
        .collect()
}
