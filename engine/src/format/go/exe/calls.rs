//! Which functions stand at an instruction: the compiler puts small ones into their callers (`runtime/symtabinl.go`).

use super::functions::Functions;
use super::image::Image;
use super::module::{GO_1_20, Module, Pclntab};

/// A call that an instruction belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The function's name.
    pub name: String,
    /// Its source file and the line where it stands; `None` where the executable does not tell.
    pub line: Option<(String, u32)>,
    /// Whether the compiler made it: around what a `go` or `defer` statement calls, around a method.
    pub is_wrapper: bool,
}

/// What tells of inlined calls, stripped or not; Go 1.18 and later have it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inlines {
    /// What offsets of functions' data count from.
    data: u64,
    /// Where the parts of an inlined call stand, and its bytes.
    call: CallLayout,
    /// Numbers of a function's description before its kind.
    kind_at: u64,
    /// The kind of functions that the compiler made; it is the last one.
    wrapper: u8,
}

/// Bytes before an inlined call's name and before its place in the caller, and all its bytes.
#[derive(Clone, Copy, Debug)]
struct CallLayout {
    name: u64,
    parent: u64,
    bytes: u64,
}

/// Numbers of a function's description, of 4 bytes each, counted from the one of its name.
const TABLES: u64 = 6;
const OLD_KIND: u64 = 8;
const NEW_KIND: u64 = 9;

/// `PCDATA_InlTreeIndex` and `FUNCDATA_InlTree` (`internal/abi`).
const INDEX_TABLE: u64 = 2;
const INLINE_TREE: u64 = 3;
/// Inlined calls in one another that are followed.
const DEEPEST: usize = 64;
/// Functions that are looked at for the highest kind.
const MOST_FUNCTIONS: u64 = 1 << 20;
/// Bytes of code of a wrapper that are looked at.
const MOST_CODE: usize = 1 << 10;

impl Inlines {
    /// The tables of a module; `None` before Go 1.18.
    pub(super) fn find(image: &Image, module: &Module, functions: &Functions) -> Option<Inlines> {
        if functions.layout != Pclntab::Go18 {
            return None;
        }
        let is_new = image.u32(module.pclntab)? == GO_1_20;
        let (name, parent, bytes) = if is_new { (4, 8, 16) } else { (12, 16, 20) };
        let kind_at = if is_new { NEW_KIND } else { OLD_KIND };
        let rows = 0..functions.count.min(MOST_FUNCTIONS);
        let kind = |row| image.u8(functions.described(image, row)?.1.checked_add(4 * kind_at)?);
        let wrapper = rows.filter_map(kind).max()?;
        Some(Inlines {
            data: module.function_data,
            call: CallLayout { name, parent, bytes },
            kind_at,
            wrapper,
        })
    }
}

impl Functions {
    /// The calls at `pc` in the function that begins at `entry`, the innermost first; the last one is the function itself.
    pub(super) fn calls(&self, image: &Image, inlines: Option<&Inlines>, entry: u64, pc: u64) -> Vec<Call> {
        let (mut calls, mut at) = (Vec::new(), pc);
        let Some(description) = self.description(image, entry) else { return calls };
        let line = |pc| self.line(image, entry, pc).map(|(file, line)| (file.to_owned(), line));
        while let Some((name, parent)) =
            inlines.and_then(|inlines| self.inlined(image, inlines, description, entry, at))
        {
            calls.push(Call { name: name.to_owned(), line: line(at), is_wrapper: is_wrapper_name(name) });
            // Callers stand elsewhere, or the tree is damaged.
            let is_sound = parent != at && calls.len() < DEEPEST;
            at = parent;
            if !is_sound {
                break;
            }
        }
        let name = self.name(image, entry).unwrap_or_default();
        let is_wrapper = is_wrapper_name(name)
            || inlines.is_some_and(|inlines| self.kind(image, inlines, description) == Some(inlines.wrapper));
        calls.push(Call { name: name.to_owned(), line: line(at), is_wrapper });
        calls
    }

    /// What the wrapper that begins at `entry` calls: the function that was put into it, or else the first one that its
    /// code calls.
    pub(super) fn wrapped(&self, image: &Image, inlines: &Inlines, entry: u64) -> Option<String> {
        let description = self.description(image, entry)?;
        let inside = self.tree(image, inlines, description).and_then(|tree| {
            let parent = u64::from(image.u32(tree.checked_add(inlines.call.parent)?)?);
            let is_outer =
                self.inlined(image, inlines, description, entry, entry.checked_add(parent)?).is_none();
            is_outer.then(|| self.call_name(image, inlines, tree)).flatten()
        });
        let called = || self.called(image, entry).find(|name| !name.starts_with("runtime."));
        inside.or_else(called).map(str::to_owned)
    }

    fn kind(&self, image: &Image, inlines: &Inlines, description: u64) -> Option<u8> {
        image.u8(description.checked_add(4 * inlines.kind_at)?)
    }

    /// The innermost call that was inlined at `pc`, and the instruction of its caller.
    fn inlined<'a>(
        &self,
        image: &'a Image,
        inlines: &Inlines,
        description: u64,
        entry: u64,
        pc: u64,
    ) -> Option<(&'a str, u64)> {
        let tables = image.u32(description.checked_add(4 * TABLES)?)?;
        if u64::from(tables) <= INDEX_TABLE {
            return None;
        }
        let first = description.checked_add(4 * (inlines.kind_at + 1))?;
        let table = image.u32(first.checked_add(4 * INDEX_TABLE)?).filter(|table| *table != 0)?;
        let index = self.lines.as_ref()?.value(image, table, entry, pc)?;
        let tree = self.tree(image, inlines, description)?;
        let call = tree.checked_add(u64::from(index).checked_mul(inlines.call.bytes)?)?;
        let parent = u64::from(image.u32(call.checked_add(inlines.call.parent)?)?);
        Some((self.call_name(image, inlines, call)?, entry.checked_add(parent)?))
    }

    /// The address of a function's inlined calls.
    fn tree(&self, image: &Image, inlines: &Inlines, description: u64) -> Option<u64> {
        let tables = u64::from(image.u32(description.checked_add(4 * TABLES)?)?);
        let first = description.checked_add(4 * (inlines.kind_at + 1))?;
        // The last byte before the tables counts those of the function's data.
        let data = u64::from(image.u8(first.checked_sub(1)?)?);
        let place = first.checked_add(4 * (tables + INLINE_TREE))?;
        let offset = image.u32(place).filter(|offset| data > INLINE_TREE && *offset != u32::MAX)?;
        inlines.data.checked_add(u64::from(offset))
    }

    fn call_name<'a>(&self, image: &'a Image, inlines: &Inlines, call: u64) -> Option<&'a str> {
        self.name_at(image, image.u32(call.checked_add(inlines.call.name)?)?)
    }

    /// The functions that the code from `entry` on calls directly, in its order; on amd64 and arm64.
    fn called<'a>(&'a self, image: &'a Image, entry: u64) -> impl Iterator<Item = &'a str> {
        let end = self.row(image, entry).and_then(|row| Some(self.entry(image, row + 1)?.0));
        let code = image.from(entry).unwrap_or_default();
        let length = end.and_then(|end| usize::try_from(end.saturating_sub(entry)).ok()).unwrap_or(MOST_CODE);
        let code = &code[..code.len().min(length).min(MOST_CODE)];
        let places = (0..code.len()).filter_map(move |place| {
            let target = target(image.architecture, code.get(place..)?, place)?;
            entry.checked_add(place as u64)?.checked_add_signed(target)
        });
        places.filter_map(|target| self.name(image, target))
    }
}

/// How far a call at the beginning of `code` leads.
fn target(architecture: &str, code: &[u8], place: usize) -> Option<i64> {
    match architecture {
        "amd64" if code.first() == Some(&0xe8) => {
            Some(i64::from(i32::from_le_bytes(*code.get(1..)?.first_chunk()?)) + 5)
        }
        "arm64" if place.is_multiple_of(4) => {
            let word = u32::from_le_bytes(*code.first_chunk()?);
            // The lowest 26 bits are a signed number of words.
            (word >> 26 == 0b10_0101).then(|| i64::from((word << 6).cast_signed() >> 6) * 4)
        }
        _ => None,
    }
}

/// Whether a function of this name is what the compiler wraps around a `go` or `defer` statement: `main.main.gowrap1`,
/// before Go 1.22 `main.main·dwrap·1`; some have no such name.
pub fn is_wrapper_name(name: &str) -> bool {
    let numbered = |mark: &str| {
        let last = name.rsplit_once(mark);
        last.is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    [".gowrap", ".deferwrap", "·dwrap·"].iter().any(|mark| numbered(mark))
}

#[cfg(test)]
mod tests {
    use super::{is_wrapper_name, target};

    #[test]
    fn wrappers_are_known_by_name() {
        let wrappers = ["main.main.gowrap1", "main.f.func2.deferwrap12", "main.main·dwrap·1"];
        assert!(wrappers.iter().all(|name| is_wrapper_name(name)));
        let others = ["main.gowrapper", "main.gowrap", "main.main.func1", "", "main.gowrap1.func1"];
        assert!(!others.iter().any(|name| is_wrapper_name(name)));
    }

    #[test]
    fn calls_of_two_architectures_lead_somewhere() {
        assert_eq!(target("amd64", &[0xe8, 0xfb, 0xff, 0xff, 0xff], 0), Some(0));
        assert_eq!(target("amd64", &[0xe8, 0, 1], 0), None);
        assert_eq!(target("arm64", &0x9400_0002u32.to_le_bytes(), 4), Some(8));
        assert_eq!(target("arm64", &0x97ff_ffffu32.to_le_bytes(), 0), Some(-4));
        assert_eq!(target("arm64", &0x97ff_ffffu32.to_le_bytes(), 2), None);
        assert_eq!(target("riscv64", &[0xe8; 8], 0), None);
    }
}
