//! The parts of a value that can be read by a name: fields of structs, structs inside of them, headers of slices and
//! strings.

use super::kind::Kind;
use super::table::{Type, TypeId, Types};

/// Structs in structs that are looked into; a corrupt table may have a cycle.
const DEEPEST: usize = 16;
/// Parts of one type; more are only in types that nobody wrote.
const MOST: usize = 1 << 12;

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// `Profile`, `Address.Street`, `Log.len`.
    pub name: String,
    /// Bytes of the value before it.
    pub offset: u64,
    /// How it is read.
    pub read: Read,
}

/// How the bytes of a part are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// A word that points to an object: of pointers, slices, maps, channels, functions.
    Pointer,
    /// A byte, 0 or 1.
    Bool,
    /// A signed number of so many bytes.
    Int(u8),
    /// An unsigned number of so many bytes.
    Uint(u8),
    /// A float of 4 or 8 bytes.
    Float(u8),
    /// A pointer to bytes of text, and how many.
    Text,
}

impl Types {
    /// The parts of a value of type `id`, by offset and those of one offset in the order in which they are declared;
    /// fields of embedded structs are found with their struct's name and without, unless another part has that name.
    ///
    /// A value without fields has one part: `value`. Elements of arrays are not parts.
    pub fn parts(&self, id: TypeId, pointer_bytes: u8) -> Vec<Part> {
        let mut parts =
            Parts { types: self, width: u64::from(pointer_bytes), list: Vec::new(), promoted: Vec::new() };
        let name = if self.get(id).fields.is_empty() { "value" } else { "" };
        parts.add(id, 0, &Names::of(name), 0);
        let Parts { mut list, promoted, .. } = parts;
        for part in promoted {
            if list.len() < MOST && !list.iter().any(|known| known.name == part.name) {
                list.push(part);
            }
        }
        list
    }
}

struct Parts<'a> {
    types: &'a Types,
    width: u64,
    list: Vec<Part>,
    /// Parts by the names that embedding gives them.
    promoted: Vec<Part>,
}

/// What a part is called: with the names of all structs around it, and without those of embedded ones.
struct Names {
    full: String,
    short: String,
    /// What stands before the short names of the parts inside.
    prefix: String,
}

impl Names {
    fn of(name: &str) -> Names {
        Names { full: name.to_owned(), short: name.to_owned(), prefix: name.to_owned() }
    }

    fn below(&self, name: &str, is_embedded: bool) -> Names {
        let join =
            |before: &str| if before.is_empty() { name.to_owned() } else { format!("{before}.{name}") };
        let short = join(&self.prefix);
        let prefix = if is_embedded { self.prefix.clone() } else { short.clone() };
        Names { full: join(&self.full), short, prefix }
    }
}

impl Parts<'_> {
    fn push(&mut self, names: &Names, offset: u64, read: Read) {
        if self.list.len() >= MOST {
            return;
        }
        if names.short != names.full {
            self.promoted.push(Part { name: names.short.clone(), offset, read });
        }
        self.list.push(Part { name: names.full.clone(), offset, read });
    }

    fn add(&mut self, id: TypeId, offset: u64, names: &Names, depth: usize) {
        let ty: &Type = self.types.get(id);
        let size = u8::try_from(ty.size).unwrap_or(0);
        match ty.kind {
            Kind::Bool => self.push(names, offset, Read::Bool),
            Kind::Int => self.push(names, offset, Read::Int(size)),
            Kind::Uint => self.push(names, offset, Read::Uint(size)),
            Kind::Float => self.push(names, offset, Read::Float(size)),
            Kind::Complex => {
                self.push(&names.below("real", false), offset, Read::Float(size / 2));
                self.push(&names.below("imag", false), offset + ty.size / 2, Read::Float(size / 2));
            }
            Kind::String => {
                self.push(names, offset, Read::Text);
                self.count(names, "len", offset + self.width);
            }
            Kind::Slice => {
                self.push(names, offset, Read::Pointer);
                self.count(names, "len", offset + self.width);
                self.count(names, "cap", offset + 2 * self.width);
            }
            // The second word is the value, or where it is.
            Kind::Interface | Kind::Eface => self.push(names, offset + self.width, Read::Pointer),
            kind if kind.is_pointer_word() => self.push(names, offset, Read::Pointer),
            _ if depth < DEEPEST && self.list.len() < MOST => {
                for field in &ty.fields {
                    let below = names.below(&field.name, field.embedded);
                    self.add(field.ty, offset.saturating_add(field.offset), &below, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn count(&mut self, names: &Names, name: &str, offset: u64) {
        self.push(&names.below(name, false), offset, Read::Int(u8::try_from(self.width).unwrap_or(8)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Field;
    use super::*;

    fn field(name: &str, offset: u64, ty: TypeId, embedded: bool) -> Field {
        Field { name: name.into(), offset, ty, embedded }
    }

    #[test]
    fn structs_inside_are_flat_and_embedded_fields_have_two_names() {
        let mut types = Types::default();
        let mut add = |kind, size, fields| types.push(Type { kind, size, fields, ..Type::default() });
        let (number, text, slice) =
            (add(Kind::Int, 4, vec![]), add(Kind::String, 16, vec![]), add(Kind::Slice, 24, vec![]));
        let inner = add(Kind::Struct, 24, vec![field("ID", 0, number, false), field("Name", 8, text, false)]);
        let fields = vec![
            field("Base", 0, inner, true),
            field("Other", 24, inner, false),
            field("Log", 48, slice, false),
        ];
        let outer = add(Kind::Struct, 72, fields);
        let parts = types.parts(outer, 8);
        let shown: Vec<String> =
            parts.iter().map(|part| format!("{}@{} {:?}", part.name, part.offset, part.read)).collect();
        assert_eq!(
            shown,
            [
                "Base.ID@0 Int(4)",
                "Base.Name@8 Text",
                "Base.Name.len@16 Int(8)",
                "Other.ID@24 Int(4)",
                "Other.Name@32 Text",
                "Other.Name.len@40 Int(8)",
                "Log@48 Pointer",
                "Log.len@56 Int(8)",
                "Log.cap@64 Int(8)",
                "ID@0 Int(4)",
                "Name@8 Text",
                "Name.len@16 Int(8)",
            ]
        );
        assert_eq!(types.parts(number, 8), [Part { name: "value".into(), offset: 0, read: Read::Int(4) }]);
    }
}
