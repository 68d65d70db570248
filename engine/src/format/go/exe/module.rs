//! Where the linker put things: `runtime.firstmoduledata` (`runtime/symtab.go`), found without symbols.

use super::image::Image;

/// The parts of the first module, as addresses without the slide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Module {
    /// The table of functions.
    pub(super) pclntab: u64,
    /// The first byte of code.
    pub(super) text: u64,
    /// The segment of initialised variables with pointers.
    pub(super) data: (u64, u64),
    /// The segment of zeroed variables with pointers.
    pub(super) bss: (u64, u64),
    /// Type descriptors and their names.
    pub(super) types: (u64, u64),
    /// What functions' data count from, in Go 1.18 and later.
    pub(super) function_data: u64,
}

/// First words of the table of functions, by release of Go.
const GO_1_2: u32 = 0xffff_fffb;
const GO_1_16: u32 = 0xffff_fffa;
const GO_1_18: u32 = 0xffff_fff0;
pub(super) const GO_1_20: u32 = 0xffff_fff1;

/// The layout of the table of functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pclntab {
    /// Go 1.2 to 1.15.
    Go2,
    /// Go 1.16 and 1.17.
    Go16,
    /// Go 1.18 and later.
    Go18,
}

impl Module {
    /// The first module of an executable that Go linked; `None` where there is none to be found.
    ///
    /// Its first word points to the table of functions, which has a section of its own in ELF and Mach-O and is
    /// known by its first bytes elsewhere.
    pub(super) fn find(image: &Image) -> Option<Module> {
        let named = image.sections.iter().filter(|section| section.name.ends_with("gopclntab"));
        let named = named.map(|section| section.address);
        let mut places: Vec<u64> = named.filter(|address| layout(image, *address).is_some()).collect();
        if places.is_empty() {
            places = image.sections.iter().flat_map(|section| tables_in(image, section.address)).collect();
        }
        places.into_iter().find_map(|pclntab| {
            image.words_with(pclntab).into_iter().find_map(|address| Module::read(image, address, pclntab))
        })
    }

    /// The module at `address`, if it is one.
    fn read(image: &Image, address: u64, pclntab: u64) -> Option<Module> {
        let word = |index: u64| image.word(address.checked_add(index * u64::from(image.pointer_bytes))?);
        let magic = image.u32(pclntab)?;
        // Words before `text`; after it come the segments, which Go 1.20 followed by two for coverage.
        let text = if magic == GO_1_2 { 12 } else { 22 };
        let types = text + if magic == GO_1_20 { 15 } else { 13 };
        let pair = |index: u64| Some((word(index)?, word(index + 1)?));
        let (start, last) = (word(types)?, word(types + 1)?);
        // Since Go 1.27 the length of the descriptors stands between.
        let (end, data) = if last < start { (word(types + 2)?, 6) } else { (last, 3) };
        let module = Module {
            pclntab,
            text: word(text)?,
            data: pair(text + 4)?,
            bss: pair(text + 6)?,
            types: (start, end),
            function_data: word(types + data)?,
        };
        let (from, to) = pair(text)?;
        let ordered = |(start, end): (u64, u64)| start <= end;
        let sound = [(from, to), module.data, module.bss, module.types].into_iter().all(ordered);
        let inside = image.section_at(from).is_some() && image.section_at(start).is_some();
        (sound && inside && from < to).then_some(module)
    }
}

/// The layout of the table of functions at `address`, if one is there.
pub(super) fn layout(image: &Image, address: u64) -> Option<Pclntab> {
    let magic = image.u32(address)?;
    let rest = image.bytes(address + 4, 4)?;
    let fits = rest[0] == 0 && rest[1] == 0 && [1, 2, 4].contains(&rest[2]) && rest[3] == image.pointer_bytes;
    match magic {
        _ if !fits => None,
        GO_1_2 => Some(Pclntab::Go2),
        GO_1_16 => Some(Pclntab::Go16),
        GO_1_18 | GO_1_20 => Some(Pclntab::Go18),
        _ => None,
    }
}

/// Tables of functions in the section at `start`, by their first bytes.
fn tables_in(image: &Image, start: u64) -> Vec<u64> {
    let Some(section) = image.section_at(start) else { return Vec::new() };
    let bytes = image.file(section.file.clone());
    let places = (0..bytes.len()).step_by(4).filter(|place| bytes[*place] >= 0xf0);
    let addresses = places.map(|place| section.address + place as u64);
    addresses.filter(|address| layout(image, *address).is_some()).take(16).collect()
}
