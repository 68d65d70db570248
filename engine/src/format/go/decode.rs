//! The records besides objects, field by field as `heapdump.go` writes them; the tag is read already.

use super::cursor::Cursor;
use super::object::fields;
use super::params::Params;
use super::records::{
    Bucket, Call, Defer, Finalizer, Frame, Goroutine, Itab, OsThread, OtherRoot, Panic, Region, Sample,
    Statistics, TypeRecord,
};
use crate::error::Result;

/// Pauses that the runtime remembers.
const PAUSES: usize = 256;

pub(super) fn params(cursor: &mut Cursor<'_>) -> Result<Params> {
    let big_endian = cursor.flag()?;
    let width = cursor.number()?;
    let pointer_bytes = match width {
        4 => 4,
        8 => 8,
        _ => return Err(cursor.wrong("pointers of 4 or 8 bytes", width.to_string())),
    };
    let (arena_start, arena_end) = (cursor.number()?, cursor.number()?);
    let (architecture, version) = (cursor.text()?, cursor.text()?);
    // Go before 1.16 to 1.18 has its experiments in the place of the version.
    let told = version.starts_with("go") || version.starts_with("devel");
    Ok(Params {
        big_endian,
        pointer_bytes,
        arena_start,
        arena_end,
        architecture,
        version: if told { version } else { String::new() },
        processors: cursor.number()?,
    })
}

pub(super) fn type_record(cursor: &mut Cursor<'_>) -> Result<TypeRecord> {
    Ok(TypeRecord {
        address: cursor.number()?,
        size: cursor.number()?,
        name: cursor.text()?,
        is_direct: cursor.flag()?,
    })
}

pub(super) fn itab(cursor: &mut Cursor<'_>) -> Result<Itab> {
    Ok(Itab { address: cursor.number()?, type_address: cursor.number()? })
}

pub(super) fn goroutine(cursor: &mut Cursor<'_>, first_frame: usize) -> Result<Goroutine> {
    let (address, stack_pointer, id, started_at) =
        (cursor.number()?, cursor.number()?, cursor.number()?, cursor.number()?);
    let (status, is_system, _background) = (cursor.number()?, cursor.flag()?, cursor.flag()?);
    let (waiting_since, wait_reason) = (cursor.number()?, cursor.text()?);
    let (context, thread) = (cursor.number()?, cursor.number()?);
    // The newest defer and panic: records of their own follow.
    let _newest = (cursor.number()?, cursor.number()?);
    let frames = first_frame..first_frame;
    Ok(Goroutine {
        address,
        stack_pointer,
        id,
        started_at,
        status,
        is_system,
        waiting_since,
        wait_reason,
        context,
        thread,
        frames,
    })
}

pub(super) fn frame(cursor: &mut Cursor<'_>, goroutine: usize) -> Result<Frame> {
    let address = cursor.number()?;
    let (depth, _child) = (cursor.number()?, cursor.number()?);
    let bytes = cursor.range()?;
    let (entry, pc, continue_pc) = (cursor.number()?, cursor.number()?, cursor.number()?);
    let function = cursor.text()?;
    let pointers = fields(cursor)?;
    let memory = Region { address, bytes, pointers };
    Ok(Frame { goroutine, depth, memory, entry, pc, continue_pc, function })
}

pub(super) fn region(cursor: &mut Cursor<'_>) -> Result<Region> {
    let address = cursor.number()?;
    let bytes = cursor.range()?;
    Ok(Region { address, bytes, pointers: fields(cursor)? })
}

pub(super) fn defer(cursor: &mut Cursor<'_>) -> Result<Defer> {
    let (address, goroutine) = (cursor.number()?, cursor.number()?);
    let _place = (cursor.number()?, cursor.number()?);
    let (closure, code) = (cursor.number()?, cursor.number()?);
    let _next = cursor.number()?;
    Ok(Defer { address, goroutine, closure, code })
}

pub(super) fn panic(cursor: &mut Cursor<'_>) -> Result<Panic> {
    let (address, goroutine) = (cursor.number()?, cursor.number()?);
    let (type_address, data) = (cursor.number()?, cursor.number()?);
    let _links = (cursor.number()?, cursor.number()?);
    Ok(Panic { address, goroutine, type_address, data })
}

pub(super) fn os_thread(cursor: &mut Cursor<'_>) -> Result<OsThread> {
    Ok(OsThread { address: cursor.number()?, id: cursor.number()?, system_id: cursor.number()? })
}

pub(super) fn finalizer(cursor: &mut Cursor<'_>, is_queued: bool) -> Result<Finalizer> {
    Ok(Finalizer {
        is_queued,
        object: cursor.number()?,
        closure: cursor.number()?,
        code: cursor.number()?,
        argument_type: cursor.number()?,
        object_type: cursor.number()?,
    })
}

pub(super) fn other_root(cursor: &mut Cursor<'_>) -> Result<OtherRoot> {
    Ok(OtherRoot { description: cursor.text()?, pointer: cursor.number()? })
}

pub(super) fn bucket(cursor: &mut Cursor<'_>) -> Result<Bucket> {
    let (address, size) = (cursor.number()?, cursor.number()?);
    let calls = cursor.number()?;
    let mut stack = Vec::new();
    for _ in 0..calls {
        stack.push(Call { function: cursor.text()?, file: cursor.text()?, line: cursor.number()? });
    }
    Ok(Bucket { address, size, stack, allocations: cursor.number()?, frees: cursor.number()? })
}

pub(super) fn sample(cursor: &mut Cursor<'_>) -> Result<Sample> {
    Ok(Sample { object: cursor.number()?, bucket: cursor.number()? })
}

pub(super) fn statistics(cursor: &mut Cursor<'_>) -> Result<Statistics> {
    let mut numbers = |count: usize| (0..count).map(|_| cursor.number()).collect::<Result<Vec<u64>>>();
    let mut values = numbers(Statistics::NAMES.len() - 1)?;
    let pauses = numbers(PAUSES)?;
    values.extend(numbers(1)?);
    Ok(Statistics { values, pauses })
}
