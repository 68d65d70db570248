//! 64-bit little-endian ELF files rewritten: debug sections hidden, or compressed in both ways that Go had.

/// How debug sections are rewritten.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rewrite {
    /// Named so that nobody finds them: a stripped executable.
    Hidden,
    /// With `SHF_COMPRESSED` and a header (Go 1.19 and later).
    Flagged,
    /// As `.zdebug_*` with "ZLIB" and the size (Go 1.18 and before).
    Named,
}

const NAME: usize = 0;
const FLAGS: usize = 8;
const OFFSET: usize = 24;
const SIZE: usize = 32;

/// The file with its debug sections rewritten; `size` tells what a compressed section of that size says of it.
pub(crate) fn rewritten(elf: &[u8], rewrite: Rewrite, size: impl Fn(u64) -> u64) -> Vec<u8> {
    let mut file = elf.to_vec();
    let table = usize::try_from(word(elf, 0x28)).unwrap();
    let entry = usize::from(u16::from_le_bytes([elf[0x3a], elf[0x3b]]));
    let count = usize::from(u16::from_le_bytes([elf[0x3c], elf[0x3d]]));
    let names = table + entry * usize::from(u16::from_le_bytes([elf[0x3e], elf[0x3f]]));
    let texts = usize::try_from(word(elf, names + OFFSET)).unwrap();
    let mut fresh = elf[texts..texts + usize::try_from(word(elf, names + SIZE)).unwrap()].to_vec();
    for header in (0..count).map(|row| table + row * entry) {
        let at = u32::from_le_bytes(elf[header + NAME..header + NAME + 4].try_into().unwrap()) as usize;
        let end = fresh[at..].iter().position(|byte| *byte == 0).unwrap();
        let name = String::from_utf8(fresh[at..at + end].to_vec()).unwrap();
        let Some(rest) = name.strip_prefix(".debug_") else { continue };
        let (start, length) = (word(elf, header + OFFSET), word(elf, header + SIZE));
        let bytes = &elf[usize::try_from(start).unwrap()..][..usize::try_from(length).unwrap()];
        let (prefix, body) = match rewrite {
            Rewrite::Hidden => (".hidden_", None),
            Rewrite::Flagged => {
                let head = [1u64, size(length), 1].map(u64::to_le_bytes).concat();
                set(&mut file, header + FLAGS, word(elf, header + FLAGS) | 0x800);
                (".debug_", Some([head, packed(bytes)].concat()))
            }
            Rewrite::Named => {
                let head = [b"ZLIB".to_vec(), size(length).to_be_bytes().to_vec()].concat();
                (".zdebug_", Some([head, packed(bytes)].concat()))
            }
        };
        let place = u32::try_from(fresh.len()).unwrap();
        fresh.extend(format!("{prefix}{rest}\0").bytes());
        file[header + NAME..header + NAME + 4].copy_from_slice(&place.to_le_bytes());
        if let Some(body) = body {
            append(&mut file, header, &body);
        }
    }
    append(&mut file, names, &fresh);
    file
}

/// Puts a section's bytes at the end of the file.
fn append(file: &mut Vec<u8>, header: usize, bytes: &[u8]) {
    let start = file.len() as u64;
    set(file, header + OFFSET, start);
    set(file, header + SIZE, bytes.len() as u64);
    file.extend(bytes);
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

fn word(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

fn set(bytes: &mut [u8], at: usize, value: u64) {
    bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
}
