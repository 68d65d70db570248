//! The release of Go that linked an executable (`debug/buildinfo`).

use super::image::Image;

/// How the linker's note begins; it stands on a multiple of 16 bytes.
const MAGIC: &[u8] = b"\xff Go buildinf:";
/// Bytes that a version may have.
const LONGEST: usize = 256;

/// `go1.27.3`, perhaps with experiments behind it; `None` where the executable does not tell.
pub(super) fn version(image: &Image) -> Option<String> {
    let note = note(image)?;
    let flags = image.u8(note + 15)?;
    // Since Go 1.18 the text follows; before, the word at 16 points to a string.
    let (text, length) = if flags & 2 != 0 {
        let (length, bytes) = uvarint(image.from(note + 32)?)?;
        (bytes, length)
    } else {
        let string = image.word(note + 16)?;
        let length = image.word(string.checked_add(u64::from(image.pointer_bytes))?)?;
        (image.from(image.word(string)?)?, length)
    };
    let length = usize::try_from(length).ok().filter(|length| *length <= LONGEST)?;
    let text = std::str::from_utf8(text.get(..length)?).ok()?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn note(image: &Image) -> Option<u64> {
    let named = [".go.buildinfo", ".go_buildinfo"].into_iter().find_map(|name| image.section(name));
    if let Some(section) = named {
        return image.from(section.address)?.starts_with(MAGIC).then_some(section.address);
    }
    let data = image.sections.iter().filter(|section| section.is_data);
    data.into_iter().find_map(|section| {
        let places = image.file(section.file.clone()).chunks(16).position(|chunk| chunk.starts_with(MAGIC));
        places.map(|place| section.address + 16 * place as u64)
    })
}

/// A LEB128 number of at most 64 bits, and what follows it.
pub(super) fn uvarint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (place, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f).checked_shl(7 * u32::try_from(place).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((value, &bytes[place + 1..]));
        }
    }
    None
}
