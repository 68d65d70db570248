//! An executable file as memory: what stands at an address before the program runs.

use super::bytes::Bytes;
use crate::error::{Error, Result};
use object::{Architecture, Object, ObjectSection, RelocationTarget, SectionKind};
use std::ops::Range;

/// A section of the file.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// Its name, as ELF would spell it: `.rodata`, `.debug_info`.
    pub(super) name: String,
    /// Its first address; 0 where it is not loaded.
    pub(super) address: u64,
    /// Bytes in memory.
    pub(super) size: u64,
    /// Its bytes in the file; empty where it begins as zeros, compressed perhaps.
    pub(super) file: Range<usize>,
    /// How those bytes are compressed.
    pub(super) packing: Packing,
    /// Whether the program may write to it.
    pub(super) is_data: bool,
}

/// How a section is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    None,
    /// A zlib stream of so many bytes when inflated, as the file says.
    Zlib(u64),
    /// A zstd frame of so many bytes when inflated, as the file says.
    Zstd(u64),
}

/// The file and its sections.
#[derive(Debug)]
pub(super) struct Image {
    bytes: Bytes,
    /// All sections, those that are loaded by address.
    pub(super) sections: Vec<Section>,
    /// Words that the loader sets, by address: the value without the slide. Only position-independent files have any.
    relocations: Vec<(u64, u64)>,
    /// Whether words have their highest byte first.
    pub(super) big_endian: bool,
    /// Bytes of a pointer: 4 or 8.
    pub(super) pointer_bytes: u8,
    /// The architecture, as Go calls it; empty for one that it does not have.
    pub(super) architecture: &'static str,
}

impl Image {
    /// The sections of an ELF, Mach-O or PE file.
    pub(super) fn parse(bytes: Bytes) -> Result<Image> {
        let file = object::File::parse(&*bytes).map_err(|error| not_executable(&error.to_string()))?;
        let mut sections: Vec<Section> = file.sections().filter_map(|section| read(&section)).collect();
        sections.sort_by_key(|section| (section.address, section.size));
        let relative =
            file.dynamic_relocations().into_iter().flatten().filter_map(|(address, relocation)| {
                let absolute = relocation.target() == RelocationTarget::Absolute;
                let addend = u64::from_ne_bytes(relocation.addend().to_ne_bytes());
                (absolute && addend != 0 && !relocation.has_implicit_addend()).then_some((address, addend))
            });
        let mut relocations: Vec<(u64, u64)> = relative.take(bytes.len() / 8).collect();
        relocations.sort_unstable();
        let (big_endian, is_64, architecture) =
            (!file.is_little_endian(), file.is_64(), name_of(file.architecture()));
        let pointer_bytes = if is_64 { 8 } else { 4 };
        Ok(Image { sections, relocations, big_endian, pointer_bytes, architecture, bytes })
    }

    /// The bytes of the file that a section names.
    pub(super) fn file(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    /// The loaded section that holds `address`.
    pub(super) fn section_at(&self, address: u64) -> Option<&Section> {
        let after = self.sections.partition_point(|section| section.address <= address);
        let before = self.sections[..after].iter().rev().take(8);
        before.into_iter().find(|section| section.address != 0 && address - section.address < section.size)
    }

    /// The section of this name.
    pub(super) fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// What the file holds from `address` to the end of the section.
    pub(super) fn from(&self, address: u64) -> Option<&[u8]> {
        let section = self.section_at(address)?;
        let skip = usize::try_from(address - section.address).ok()?;
        self.file(section.file.clone()).get(skip..)
    }

    /// `count` bytes at `address`.
    pub(super) fn bytes(&self, address: u64, count: usize) -> Option<&[u8]> {
        self.from(address)?.get(..count)
    }

    /// The byte at `address`.
    pub(super) fn u8(&self, address: u64) -> Option<u8> {
        self.from(address)?.first().copied()
    }

    /// The 4-byte number at `address`.
    pub(super) fn u32(&self, address: u64) -> Option<u32> {
        let bytes = *self.from(address)?.first_chunk()?;
        Some(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    /// The word at `address`, as the loader leaves it but for the slide.
    pub(super) fn word(&self, address: u64) -> Option<u64> {
        if let Ok(place) = self.relocations.binary_search_by_key(&address, |(at, _)| *at) {
            return Some(self.relocations[place].1);
        }
        if self.pointer_bytes == 4 {
            return self.u32(address).map(u64::from);
        }
        let bytes = *self.from(address)?.first_chunk()?;
        Some(if self.big_endian { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }

    /// The addresses in data sections of words that hold `value`, ascending.
    pub(super) fn words_with(&self, value: u64) -> Vec<u64> {
        let set = self.relocations.iter().filter(|(_, to)| *to == value).map(|(address, _)| *address);
        let mut found: Vec<u64> = set.collect();
        let width = usize::from(self.pointer_bytes);
        for section in self.sections.iter().filter(|section| section.is_data) {
            let starts = (section.address..).step_by(width);
            let words = self.file(section.file.clone()).chunks_exact(width).zip(starts);
            found.extend(words.filter(|(word, _)| self.number(word) == value).map(|(_, address)| address));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn number(&self, word: &[u8]) -> u64 {
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        if self.big_endian { word.iter().fold(0, add) } else { word.iter().rev().fold(0, add) }
    }
}

fn read<'data>(section: &impl ObjectSection<'data>) -> Option<Section> {
    let name = section.name().ok()?;
    let packed = section.compressed_file_range().ok();
    let (offset, length, packing) = match packed {
        Some(range) => {
            let packing = match range.format {
                object::CompressionFormat::None => Packing::None,
                object::CompressionFormat::Zlib => Packing::Zlib(range.uncompressed_size),
                object::CompressionFormat::Zstandard => Packing::Zstd(range.uncompressed_size),
                _ => return None,
            };
            (range.offset, range.compressed_size, packing)
        }
        None => (0, 0, Packing::None),
    };
    let start = usize::try_from(offset).ok()?;
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    let is_data = matches!(section.kind(), SectionKind::Data | SectionKind::ReadOnlyDataWithRel);
    // Mach-O and PE have no flag that says so; these are theirs.
    let is_data = is_data || [".go.module", ".noptrdata", ".data", ".data.rel.ro"].contains(&&*spelled(name));
    let (address, size) = (section.address(), section.size());
    // No process has memory there; sums of addresses and sizes below it do not overflow.
    if address.checked_add(size).is_none_or(|end| end > 1 << 63) {
        return None;
    }
    Some(Section { name: spelled(name), address, size, file: start..end, packing, is_data })
}

/// A name as ELF spells it today: Mach-O has `__debug_info`, old Go `.zdebug_info`.
fn spelled(name: &str) -> String {
    let bare = name.strip_prefix("__").or_else(|| name.strip_prefix('.')).unwrap_or(name);
    let bare = if bare.starts_with("zdebug_") { &bare[1..] } else { bare };
    format!(".{bare}")
}

fn name_of(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X86_64 => "amd64",
        Architecture::I386 => "386",
        Architecture::Aarch64 => "arm64",
        Architecture::Arm => "arm",
        Architecture::LoongArch64 => "loong64",
        Architecture::Riscv64 => "riscv64",
        Architecture::S390x => "s390x",
        _ => "",
    }
}

fn not_executable(why: &str) -> Error {
    Error::Input(format!("not an executable in the format ELF, Mach-O or PE: {why}"))
}
