//! From a byte of a value to the name of what stands there.

use super::kind::Kind;
use super::table::{TypeId, Types};
use std::fmt::Write;

/// Structs in structs that are looked into; a corrupt table may have a cycle.
const DEEPEST: usize = 32;

impl Types {
    /// What stands at byte `offset` of a value of type `id`, as Go spells it after the value's name: `.Profile`,
    /// `.table[3].key`; empty where the value has no parts.
    pub fn path(&self, id: TypeId, offset: u64) -> String {
        self.innermost(id, offset).0
    }

    /// The type of the innermost part that byte `offset` of a value of type `id` belongs to, and the byte of that part.
    pub fn at(&self, id: TypeId, offset: u64) -> (TypeId, u64) {
        let (_, id, offset) = self.innermost(id, offset);
        (id, offset)
    }

    fn innermost(&self, id: TypeId, offset: u64) -> (String, TypeId, u64) {
        let (mut id, mut offset, mut path) = (id, offset, String::new());
        for _ in 0..DEEPEST {
            let ty = self.get(id);
            match ty.kind {
                Kind::Array => {
                    let Some(elem) = ty.elem else { break };
                    let Some(index) = offset.checked_div(self.get(elem).size) else { break };
                    // Writing to a string does not fail.
                    let _ = write!(path, "[{index}]");
                    offset -= index * self.get(elem).size;
                    id = elem;
                }
                Kind::Struct | Kind::MapHeader | Kind::ChanHeader | Kind::Closure => {
                    let fields = ty.fields.iter().rev();
                    let holds = |place: u64, size: u64| place <= offset && offset - place < size;
                    let field = fields.clone().find(|field| holds(field.offset, self.get(field.ty).size));
                    let Some(field) = field else { break };
                    let _ = write!(path, ".{}", field.name);
                    offset -= field.offset;
                    id = field.ty;
                }
                _ => break,
            }
        }
        (path, id, offset)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Field, Type};
    use super::*;

    #[test]
    fn a_byte_has_the_name_of_its_field() {
        let mut types = Types::default();
        let word = types.push(Type { name: "*T".into(), size: 8, kind: Kind::Pointer, ..Type::default() });
        let pair =
            types.push(Type { size: 16, kind: Kind::Array, elem: Some(word), count: 2, ..Type::default() });
        let field = |name: &str, offset, ty| Field { name: name.into(), offset, ty, embedded: false };
        let inner = types.push(Type {
            size: 24,
            kind: Kind::Struct,
            fields: vec![field("p", 0, pair)],
            ..Type::default()
        });
        let fields = vec![field("a", 0, word), field("b", 8, inner)];
        let outer = types.push(Type { size: 40, kind: Kind::Struct, fields, ..Type::default() });
        assert_eq!(types.path(outer, 0), ".a");
        assert_eq!(types.path(outer, 16), ".b.p[1]");
        assert_eq!(types.path(outer, 24), ".b");
        assert_eq!(types.path(word, 0), "");
        assert_eq!(types.at(outer, 20), (word, 4));
        assert_eq!(types.path(TypeId(99), 7), "");
    }
}
