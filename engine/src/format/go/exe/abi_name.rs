//! Names in type descriptors, and the names of types that have none of their own.

use super::image::Image;
use super::version::uvarint;
use crate::format::go::types::{Kind, TypeId, Types};

/// Bytes that a name may have; generics make long ones.
const LONGEST: usize = 1 << 14;
/// Rounds in which types without a name get theirs from their parts: `[]map[string]*T` takes three.
const ROUNDS: usize = 12;

/// A name as descriptors keep it: flags, length, bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name<'a> {
    flags: u8,
    /// The name itself.
    pub(super) text: &'a str,
}

impl<'a> Name<'a> {
    /// The name at `address`; the runtimes before Go 1.17 have two bytes of length, later ones a LEB128 number.
    pub(super) fn read(image: &'a Image, address: u64) -> Option<Name<'a>> {
        let (flags, rest) = image.from(address)?.split_first()?;
        let modern = || {
            let (length, bytes) = uvarint(rest)?;
            let length = usize::try_from(length).ok().filter(|length| *length <= LONGEST)?;
            std::str::from_utf8(bytes.get(..length)?).ok()
        };
        Some(Name { flags: *flags, text: modern()? })
    }

    /// Whether it names an embedded field.
    pub(super) fn is_embedded(self) -> bool {
        self.flags & 1 << 3 != 0
    }
}

/// A type's text with the whole path of its package in place of the package's name.
pub(super) fn qualified(text: &str, package: &str) -> String {
    let end = text.find(['[', '{', '(', ' ']).unwrap_or(text.len());
    match text[..end].find('.') {
        Some(dot) if !package.is_empty() => format!("{package}{}", &text[dot..]),
        _ => text.to_owned(),
    }
}

/// Names of the rows of `unnamed`, from those of their parts; where a part has none, the runtime's own text stays.
///
/// Parts have names before their wholes; types that contain themselves without a name between do not exist in Go,
/// and keep their text here.
pub(super) fn compose(types: &mut Types, unnamed: Vec<(TypeId, String)>) -> Vec<(TypeId, String)> {
    let mut open = unnamed;
    for (id, _) in &open {
        if let Some(row) = types.row(*id).filter(|row| is_composed(row.kind)) {
            row.name.clear();
        }
    }
    for _ in 0..ROUNDS {
        let before = open.len();
        open.retain(|(id, _)| match composed(types, *id) {
            Some(name) => {
                if let Some(row) = types.row(*id) {
                    row.name = name;
                }
                false
            }
            None => true,
        });
        if open.len() == before {
            break;
        }
    }
    open
}

fn is_composed(kind: Kind) -> bool {
    matches!(kind, Kind::Pointer | Kind::Slice | Kind::Array | Kind::Map)
}

fn composed(types: &Types, id: TypeId) -> Option<String> {
    let ty = types.get(id);
    let part = |part: Option<TypeId>| {
        let name = types.get(part?).name.as_str();
        (!name.is_empty() && name.len() < LONGEST).then_some(name)
    };
    match ty.kind {
        Kind::Pointer => Some(format!("*{}", part(ty.elem)?)),
        Kind::Slice => Some(format!("[]{}", part(ty.elem)?)),
        Kind::Array => Some(format!("[{}]{}", ty.count, part(ty.elem)?)),
        Kind::Map => Some(format!("map[{}]{}", part(ty.key)?, part(ty.elem)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::qualified;

    #[test]
    fn packages_have_their_whole_path() {
        assert_eq!(qualified("http.Request", "net/http"), "net/http.Request");
        assert_eq!(qualified("yaml.Node", "gopkg.in/yaml.v3"), "gopkg.in/yaml.v3.Node");
        assert_eq!(qualified("main.Pair[int,net/http.Header]", "main"), "main.Pair[int,net/http.Header]");
        assert_eq!(qualified("int", ""), "int");
        assert_eq!(qualified("struct { X http.Header }", "p"), "struct { X http.Header }");
    }
}
