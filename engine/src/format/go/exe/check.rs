//! Whether an executable is the one that a dump comes from.

use super::{Decoder, Exe};
use crate::error::{Error, Result};
use crate::format::go::types::Types;
use crate::format::go::{Records, SegmentKind};

/// Types and functions that are compared; the first of each that differ are named in the error.
const COMPARED: usize = 10_000;

impl Exe {
    /// Compares the executable with the records of a dump and returns the slide: how much higher the process had it
    /// in memory than it was linked for, modulo 2⁶⁴ (0 unless it is position-independent).
    ///
    /// Errors: an executable of another program, build, architecture or release; the text says what differs.
    pub fn check(&self, records: &Records) -> Result<u64> {
        let slide = self.slide(records);
        let mut differences = self.machine(records);
        differences.extend(self.segments(records, slide));
        differences.extend(self.descriptors(records, slide));
        differences.extend(self.entries(records, slide));
        if differences.is_empty() {
            return Ok(slide);
        }
        let list = differences.join("; ");
        Err(Error::Input(format!("the executable is not the one that wrote the dump: {list}")))
    }

    /// By the data segment, which every dump that is whole has; else by the first frame's function.
    fn slide(&self, records: &Records) -> u64 {
        let data = records.segments.iter().find(|segment| segment.kind == SegmentKind::Data);
        match (data, &self.module) {
            (Some(data), Some(module)) => data.memory.address.wrapping_sub(module.data.0),
            _ => 0,
        }
    }

    fn machine(&self, records: &Records) -> Vec<String> {
        let params = &records.params;
        let mut differences = Vec::new();
        let mut differ = |what: &str, dump: &str, exe: &str| {
            if dump != exe && !dump.is_empty() && !exe.is_empty() {
                differences.push(format!("the dump's {what} is {dump}, the executable's {exe}"));
            }
        };
        differ("architecture", &params.architecture, self.image.architecture);
        let bits = |bytes: u8| format!("{} bits", 8 * u32::from(bytes));
        differ("pointer size", &bits(params.pointer_bytes), &bits(self.image.pointer_bytes));
        let order = |big: bool| if big { "big-endian" } else { "little-endian" };
        differ("byte order", order(params.big_endian), order(self.image.big_endian));
        differ("Go release", &params.version, &self.version);
        differences
    }

    fn segments(&self, records: &Records, slide: u64) -> Vec<String> {
        let Some(module) = &self.module else { return Vec::new() };
        let mut differences = Vec::new();
        for segment in &records.segments {
            let (name, (start, end)) = match segment.kind {
                SegmentKind::Data => ("data", module.data),
                SegmentKind::Bss => ("bss", module.bss),
            };
            let (address, size) =
                (segment.memory.address.wrapping_sub(slide), segment.memory.bytes.len() as u64);
            if (address, size) != (start, end - start) {
                let (there, here) = (end - start, start.wrapping_add(slide));
                differences.push(format!(
                    "the {name} segment has {size} bytes at 0x{:x} in the dump, {there} bytes at 0x{here:x} in the executable",
                    segment.memory.address
                ));
            }
        }
        differences
    }

    fn descriptors(&self, records: &Records, slide: u64) -> Option<String> {
        let module = self.module.as_ref()?;
        let decoder = Decoder::new(&mut Types::default(), &self.image, module, &self.version);
        let compared = records.types.iter().take(COMPARED);
        // The runtime makes descriptors too (reflect): those are in the heap.
        let inside = compared.filter(|record| {
            let address = record.address.wrapping_sub(slide);
            (module.types.0..module.types.1).contains(&address)
        });
        let (mut count, mut wrong, mut first) = (0, 0, None);
        for record in inside {
            count += 1;
            let size = decoder.size(record.address.wrapping_sub(slide));
            if size != Some(record.size) {
                wrong += 1;
                first.get_or_insert((record, size));
            }
        }
        if count == 0 && !records.types.is_empty() {
            return Some(format!(
                "none of the dump's {} types is among the executable's",
                records.types.len()
            ));
        }
        let (record, size) = first?;
        let there = size.map_or("is no type".to_owned(), |size| format!("has {size} bytes"));
        Some(format!(
            "{wrong} of {count} types differ, the first at 0x{:x}: {} has {} bytes in the dump and {there} in the executable",
            record.address, record.name, record.size
        ))
    }

    fn entries(&self, records: &Records, slide: u64) -> Option<String> {
        let functions = self.functions.as_ref()?;
        let (mut count, mut wrong, mut first) = (0, 0, None);
        let named = records.frames.iter().filter(|frame| !frame.function.is_empty());
        for frame in named.take(COMPARED) {
            count += 1;
            let name = functions.name(&self.image, frame.entry.wrapping_sub(slide));
            if name != Some(frame.function.as_str()) {
                wrong += 1;
                first.get_or_insert((frame, name));
            }
        }
        let (frame, name) = first?;
        let there =
            name.map_or_else(|| "no function begins there".to_owned(), |name| format!("there is {name}"));
        Some(format!(
            "{wrong} of {count} functions differ, the first at 0x{:x}: {} in the dump, {there} in the executable",
            frame.entry, frame.function
        ))
    }
}
