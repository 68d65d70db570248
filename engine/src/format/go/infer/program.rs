//! Types as programs: which words of a value lead on, and to what.

use super::special::Specials;
use crate::format::go::types::{Kind, TypeId, Types};

/// What a word leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// To one value of the type.
    Pointer,
    /// To as many as the capacity says.
    Slice,
    /// To bytes of text.
    String,
    /// To a value that the word before it tells; the flag: by an interface table.
    Interface { by_table: bool },
    /// To a closure.
    Func,
    /// To something without a type.
    Unknown,
    /// Here lie so many values of the type, too many to be spelled out.
    Many { count: u32 },
    /// Here is a structure of the runtime whose words need each other to be understood: a map's header or table, a
    /// channel's header, a pool.
    Special,
}

/// A step at an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Op {
    pub(super) offset: u32,
    pub(super) step: Step,
    pub(super) ty: TypeId,
}

/// The programs of types, made when they are first needed.
#[derive(Debug, Default)]
pub(super) struct Programs {
    ops: Vec<Op>,
    /// The program of type i is `ops[from..to]`.
    made: Vec<Option<(u32, u32)>>,
}

/// Elements of an array that are spelled out.
const SPELLED: u64 = 8;
/// Steps of one program, and types that are looked at for it: more are only in types that nobody wrote.
const MOST_STEPS: usize = 1 << 14;
const MOST_LOOKS: usize = 1 << 16;

impl Programs {
    /// The steps of a type, as a range for [`Programs::op`].
    pub(super) fn of(&mut self, types: &Types, specials: &Specials, ty: TypeId) -> (u32, u32) {
        if self.made.len() < types.len() {
            self.made.resize(types.len(), None);
        }
        match self.made.get(ty.index()) {
            Some(Some(range)) => *range,
            Some(None) => {
                let range = self.make(types, specials, ty);
                self.made[ty.index()] = Some(range);
                range
            }
            None => (0, 0),
        }
    }

    /// A step.
    pub(super) fn op(&self, place: u32) -> Op {
        self.ops[place as usize]
    }

    fn make(&mut self, types: &Types, specials: &Specials, ty: TypeId) -> (u32, u32) {
        let start = self.ops.len();
        let mut open = vec![(0u64, ty)];
        let mut looks = 0;
        while let Some((offset, id)) = open.pop() {
            looks += 1;
            if looks > MOST_LOOKS || open.len() > MOST_LOOKS || self.ops.len() - start > MOST_STEPS {
                break;
            }
            let Ok(place) = u32::try_from(offset) else { continue };
            let ty = types.get(id);
            let mut step = |step, ty| self.ops.push(Op { offset: place, step, ty });
            if specials.has(id) {
                step(Step::Special, id);
            }
            match ty.kind {
                Kind::Pointer | Kind::Slice => {
                    let to = if ty.kind == Kind::Pointer { Step::Pointer } else { Step::Slice };
                    ty.elem.into_iter().for_each(|elem| step(to, elem));
                }
                Kind::Map | Kind::Chan => ty.inner.into_iter().for_each(|inner| step(Step::Pointer, inner)),
                Kind::String => step(Step::String, id),
                Kind::Interface => step(Step::Interface { by_table: true }, id),
                Kind::Eface => step(Step::Interface { by_table: false }, id),
                Kind::Func => step(Step::Func, id),
                Kind::UnsafePointer => step(Step::Unknown, id),
                Kind::Array => {
                    let Some(elem) = ty.elem else { continue };
                    if ty.count <= SPELLED {
                        let size = types.get(elem).size;
                        open.extend((0..ty.count).map(|row| (offset.saturating_add(row * size), elem)));
                    } else if let Ok(count) = u32::try_from(ty.count) {
                        step(Step::Many { count }, elem);
                    }
                }
                Kind::Struct | Kind::Closure | Kind::ChanHeader | Kind::MapHeader => {
                    let fields = ty.fields.iter().filter(|field| !specials.hides(id, field.offset));
                    open.extend(fields.map(|field| (offset.saturating_add(field.offset), field.ty)));
                }
                _ => {}
            }
        }
        self.ops[start..].sort_by_key(|op| op.offset);
        let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        (number(start), number(self.ops.len()))
    }
}

/// The places of pointers in a value, in bytes, as the collector sees them; `None` for a type that has too many.
pub(super) fn pointer_places(types: &Types, ty: TypeId, width: u64) -> Option<Vec<u32>> {
    let (mut places, mut open, mut looks) = (Vec::new(), vec![(0u64, ty)], 0);
    while let Some((offset, id)) = open.pop() {
        looks += 1;
        if looks > MOST_LOOKS || open.len() > MOST_LOOKS || places.len() > MOST_STEPS {
            return None;
        }
        let ty = types.get(id);
        let first = u32::try_from(offset).ok()?;
        match ty.kind {
            // The first word leads to no heap: the collector's maps leave it out (`cmd/compile/internal/typebits`, Go 1.11).
            Kind::Interface | Kind::Eface => places.push(u32::try_from(offset.checked_add(width)?).ok()?),
            Kind::Slice | Kind::String => places.push(first),
            kind if kind.is_pointer_word() => places.push(first),
            Kind::Array => {
                let size = types.get(ty.elem?).size;
                if ty.count > MOST_STEPS as u64 {
                    return None;
                }
                open.extend(
                    (0..ty.count)
                        .map(|row| (offset.saturating_add(row.saturating_mul(size)), ty.elem.unwrap_or(id))),
                );
            }
            _ => open.extend(ty.fields.iter().map(|field| (offset.saturating_add(field.offset), field.ty))),
        }
    }
    places.sort_unstable();
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::go::types::{Field, Type};

    /// The steps of the type `id`, and where its pointers are.
    fn check(types: &Types, id: TypeId, steps: &[(u32, Step)], pointers: Option<&[u32]>) {
        let mut programs = Programs::default();
        let (from, to) = programs.of(types, &Specials::default(), id);
        let found: Vec<(u32, Step)> =
            (from..to).map(|place| programs.op(place)).map(|op| (op.offset, op.step)).collect();
        assert_eq!(found, steps);
        assert_eq!(pointer_places(types, id, 8).as_deref(), pointers);
    }

    fn structure(size: u64, fields: &[(u64, TypeId)]) -> Type {
        let field = |(offset, ty): &(u64, TypeId)| Field {
            name: String::new(),
            offset: *offset,
            ty: *ty,
            embedded: false,
        };
        Type { size, kind: Kind::Struct, fields: fields.iter().map(field).collect(), ..Type::default() }
    }

    #[test]
    fn values_in_values_are_spelled_out() {
        let mut types = Types::default();
        let of = |kind, size| Type { kind, size, ..Type::default() };
        let int = types.push(of(Kind::Int, 8));
        let text = types.push(of(Kind::String, 16));
        let any = types.push(of(Kind::Eface, 16));
        let list = types.push(Type { elem: Some(text), ..of(Kind::Slice, 24) });
        let inner = types.push(structure(40, &[(0, int), (8, list), (32, int)]));
        let outer = types.push(structure(72, &[(0, text), (16, inner), (56, any)]));
        check(&types, int, &[], Some(&[]));
        let any = Step::Interface { by_table: false };
        check(&types, outer, &[(0, Step::String), (24, Step::Slice), (56, any)], Some(&[0, 24, 64]));
        let few = types.push(Type { elem: Some(text), count: 2, ..of(Kind::Array, 32) });
        check(&types, few, &[(0, Step::String), (16, Step::String)], Some(&[0, 16]));
        let many = types.push(Type { elem: Some(inner), count: 1000, ..of(Kind::Array, 40_000) });
        let places: Vec<u32> = (0..1000).map(|row| 40 * row + 8).collect();
        check(&types, many, &[(0, Step::Many { count: 1000 })], Some(&places));
    }

    #[test]
    fn a_type_that_holds_itself_ends() {
        let mut types = Types::default();
        let id = types.push(Type::default());
        let pointer = types.push(Type { kind: Kind::Pointer, size: 8, elem: Some(id), ..Type::default() });
        let endless = structure(8, &[(0, pointer), (0, id), (0, id)]);
        types.row(id).into_iter().for_each(|row| *row = endless.clone());
        let (from, to) = Programs::default().of(&types, &Specials::default(), id);
        assert!((to - from) as usize <= MOST_STEPS + 1);
        assert_eq!(pointer_places(&types, id, 8), None);
    }
}
