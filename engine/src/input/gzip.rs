//! gzip: the blocks of `jcmd GC.heap_dump -gz` in parallel, every other writer's members one after the other.

use super::inflate::{Sink, Source, copy, warn_cut};
use super::warnings::Warnings;
use crate::error::Result;
use crate::id::Offset;
use crate::progress::Progress;
use flate2::bufread::{GzDecoder, MultiGzDecoder};
use rayon::prelude::*;
use std::cell::Cell;
use std::io::Read;
use std::ops::Range;

/// The comment by which HotSpot says how many bytes of the dump each member holds (`heapDumperCompression.cpp`).
const BLOCK_COMMENT: &[u8] = b"HPROF BLOCKSIZE=";
/// The largest such block that is inflated in memory; HotSpot's are 1 MiB.
const MAX_BLOCK: u64 = 8 << 20;
/// Members inflated at a time.
const BATCH: usize = 32;
/// The shortest header of a member, in bytes.
const MEMBER_HEADER: usize = 10;

/// Inflates all members of `source`.
pub(super) fn inflate_gzip(
    source: &[u8],
    sink: &mut Sink<'_>,
    progress: &Progress,
    warnings: &mut Warnings,
) -> Result<()> {
    if let Some(block) = block_bytes(source) {
        return inflate_blocks(source, block, sink, progress, warnings);
    }
    let taken = Cell::new(0);
    let mut decoder = MultiGzDecoder::new(Source::new(source, &taken));
    if let Some(error) = copy(&mut decoder, &taken, sink, progress)? {
        warn_cut(warnings, taken.get(), source.len() as u64, &error);
    }
    Ok(())
}

/// Bytes of the dump in each member, where the file was written in blocks.
fn block_bytes(source: &[u8]) -> Option<u64> {
    let decoder = GzDecoder::new(source);
    let size = decoder.header()?.comment()?.strip_prefix(BLOCK_COMMENT)?;
    let size = std::str::from_utf8(size).ok()?.trim().parse().ok()?;
    (1..=MAX_BLOCK).contains(&size).then_some(size)
}

fn inflate_blocks(
    source: &[u8],
    block: u64,
    sink: &mut Sink<'_>,
    progress: &Progress,
    warnings: &mut Warnings,
) -> Result<()> {
    let mut at = 0;
    while at < source.len() {
        let members = members(source, at);
        let blocks: Vec<_> =
            members.par_iter().map(|member| inflate_block(&source[member.clone()], block)).collect();
        for (member, inflated) in members.into_iter().zip(blocks) {
            if let Some(inflated) = inflated {
                sink.write(&inflated)?;
                at = member.end;
                progress.add(member.len() as u64)?;
            } else {
                at = inflate_member(source, member, sink, progress, warnings)?;
                break;
            }
        }
    }
    Ok(())
}

/// The next members as far as their first bytes tell: compressed data can look like a beginning.
fn members(source: &[u8], from: usize) -> Vec<Range<usize>> {
    let mut members = Vec::with_capacity(BATCH);
    let mut start = from;
    while members.len() < BATCH && start < source.len() {
        let end = next_member(source, start + 1);
        members.push(start..end);
        start = end;
    }
    members
}

fn next_member(source: &[u8], from: usize) -> usize {
    let rest = source.get(from..).unwrap_or_default();
    rest.windows(MEMBER_HEADER).position(begins_member).map_or(source.len(), |found| from + found)
}

/// Whether a member of HotSpot's may begin here: gzip, deflate, no flags but a comment's, no time.
fn begins_member(bytes: &[u8]) -> bool {
    matches!(bytes, [0x1f, 0x8b, 8, 0 | 0x10, 0, 0, 0, 0, ..])
}

/// The dump's bytes in `member`, if it is one whole member of at most `block` bytes.
fn inflate_block(member: &[u8], block: u64) -> Option<Vec<u8>> {
    let mut inflated = Vec::new();
    let mut decoder = GzDecoder::new(member);
    // One byte more than allowed: the check sum is read only when the end is met.
    decoder.by_ref().take(block + 1).read_to_end(&mut inflated).ok()?;
    (inflated.len() as u64 <= block && decoder.into_inner().is_empty()).then_some(inflated)
}

/// Inflates the member that begins at `member.start`, wherever it ends; where the next one begins.
fn inflate_member(
    source: &[u8],
    member: Range<usize>,
    sink: &mut Sink<'_>,
    progress: &Progress,
    warnings: &mut Warnings,
) -> Result<usize> {
    let taken = Cell::new(0);
    let mut decoder = GzDecoder::new(Source::new(&source[member.start..], &taken));
    let failed = copy(&mut decoder, &taken, sink, progress)?;
    let stopped = member.start + usize::try_from(taken.get()).unwrap_or(usize::MAX);
    match failed {
        None => Ok(stopped),
        Some(error) if member.end == source.len() => {
            warn_cut(warnings, stopped as u64, source.len() as u64, &error);
            Ok(member.end)
        }
        Some(_) => {
            let lost = member.end.saturating_sub(stopped) as u64;
            warnings.add(Offset(member.start as u64), "a damaged gzip member: a part of it is missing", lost);
            Ok(member.end)
        }
    }
}
