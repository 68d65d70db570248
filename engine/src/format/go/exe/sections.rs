//! The debug sections of an executable, inflated.

use super::image::{Image, Packing};
use crate::error::{Error, Result};
use flate2::read::ZlibDecoder;
use gimli::{DwarfSections, EndianSlice, RunTimeEndian, SectionId};
use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;

/// How gimli reads here.
pub(super) type Slice<'a> = EndianSlice<'a, RunTimeEndian>;

/// Bytes that compression saves at the most: deflate cannot do more, and nobody's debug information comes near with zstd.
const MOST_RATIO: u64 = 1100;
/// Bytes that a section may have when inflated.
const MOST: u64 = 4 << 30;

/// A section's bytes.
#[derive(Debug)]
enum Section {
    InFile(Range<usize>),
    Inflated(Vec<u8>),
}

/// All debug sections that are read here.
#[derive(Debug)]
pub(super) struct Sections(DwarfSections<Section>);

impl Sections {
    /// Inflates what is compressed, in parallel.
    ///
    /// Errors: damaged data, or a size that the data cannot have.
    pub(super) fn load(image: &Image) -> Result<Sections> {
        let wanted: Vec<(SectionId, Result<Section>)> = {
            use rayon::prelude::*;
            READ.par_iter().map(|id| (*id, load(image, *id))).collect()
        };
        let mut wanted: Vec<(SectionId, Option<Result<Section>>)> =
            wanted.into_iter().map(|(id, section)| (id, Some(section))).collect();
        let sections = DwarfSections::load(|id| {
            let found =
                wanted.iter_mut().find(|(known, _)| *known == id).and_then(|(_, section)| section.take());
            found.unwrap_or(Ok(Section::InFile(0..0)))
        })?;
        Ok(Sections(sections))
    }

    /// The sections as gimli reads them.
    pub(super) fn dwarf<'a>(&'a self, image: &'a Image) -> gimli::Dwarf<Slice<'a>> {
        let endian = if image.big_endian { RunTimeEndian::Big } else { RunTimeEndian::Little };
        self.0.borrow(|section| {
            let bytes = match section {
                Section::InFile(range) => image.file(range.clone()),
                Section::Inflated(bytes) => bytes,
            };
            EndianSlice::new(bytes, endian)
        })
    }
}

/// The sections that hold types, variables and where they are. Of line numbers gimli reads the head of each unit's.
const READ: [SectionId; 11] = [
    SectionId::DebugLine,
    SectionId::DebugInfo,
    SectionId::DebugAbbrev,
    SectionId::DebugLoc,
    SectionId::DebugLocLists,
    SectionId::DebugRanges,
    SectionId::DebugRngLists,
    SectionId::DebugAddr,
    SectionId::DebugStr,
    SectionId::DebugStrOffsets,
    SectionId::DebugLineStr,
];

fn load(image: &Image, id: SectionId) -> Result<Section> {
    let Some(section) = image.section(id.name()) else { return Ok(Section::InFile(0..0)) };
    let packed = image.file(section.file.clone());
    match section.packing {
        Packing::None => Ok(Section::InFile(section.file.clone())),
        Packing::Zlib(size) => fill(ZlibDecoder::new(packed), size, packed, id),
        Packing::Zstd(size) => {
            let decoder =
                zstd::Decoder::with_buffer(packed).map_err(|error| damaged(id, &error.to_string()))?;
            fill(decoder, size, packed, id)
        }
    }
    .map(|section| match section {
        Section::Inflated(bytes) if bytes.is_empty() => Section::InFile(0..0),
        section => section,
    })
}

fn fill(decoder: impl Read, size: u64, packed: &[u8], id: SectionId) -> Result<Section> {
    let possible = (packed.len() as u64).saturating_mul(MOST_RATIO).min(MOST);
    if size > possible {
        return Err(damaged(id, &format!("{} bytes cannot inflate to {size}", packed.len())));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size + 1).unwrap_or(0));
    decoder.take(size + 1).read_to_end(&mut bytes).map_err(|error| damaged(id, &error.to_string()))?;
    if bytes.len() as u64 != size {
        let held = if bytes.len() as u64 > size { "more".to_owned() } else { bytes.len().to_string() };
        return Err(damaged(id, &format!("{size} bytes were promised, it holds {}", held)));
    }
    Ok(Section::Inflated(bytes))
}

/// A text that borrows where it can: DWARF's names are not promised to be UTF-8.
pub(super) fn text(bytes: Slice<'_>) -> Cow<'_, str> {
    bytes.to_string_lossy()
}

fn damaged(id: SectionId, why: &str) -> Error {
    Error::Input(format!("the executable's section {}: {why}", id.name()))
}
