//! The part of a table that some types need.

use super::table::{Field, Type, TypeId, Types};

impl Types {
    /// A table of the types `kept` and all that these are made of or lead to, in the order of this one, and for each row
    /// of this one its row there.
    ///
    /// Descriptors are left out: the new table is for reading values, not for finding types.
    pub fn pruned(&self, kept: impl IntoIterator<Item = TypeId>) -> (Types, Vec<Option<TypeId>>) {
        let mut needed = vec![false; self.len()];
        let mut open: Vec<TypeId> = kept.into_iter().collect();
        while let Some(id) = open.pop() {
            let Some(mark) = needed.get_mut(id.index()).filter(|mark| !**mark) else { continue };
            *mark = true;
            let ty = self.get(id);
            open.extend([ty.elem, ty.key, ty.inner].into_iter().flatten());
            open.extend(ty.fields.iter().map(|field| field.ty));
        }
        let mut rows = (0..).map(TypeId);
        let new: Vec<Option<TypeId>> =
            needed.iter().map(|needed| needed.then(|| rows.next()).flatten()).collect();
        let mut pruned = Types::default();
        for (_, ty) in self.iter().filter(|(id, _)| needed[id.index()]) {
            pruned.push(moved(ty, |id| new.get(id.index()).copied().flatten()));
        }
        (pruned, new)
    }
}

/// A type with the rows of its parts in another table.
fn moved(ty: &Type, row: impl Fn(TypeId) -> Option<TypeId>) -> Type {
    let fields = ty.fields.iter().filter_map(|field| Some(Field { ty: row(field.ty)?, ..field.clone() }));
    Type {
        name: ty.name.clone(),
        elem: ty.elem.and_then(&row),
        key: ty.key.and_then(&row),
        inner: ty.inner.and_then(&row),
        fields: fields.collect(),
        ..*ty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::go::types::Kind;

    #[test]
    fn what_is_needed_stays_with_all_that_it_leads_to() {
        let mut types = Types::default();
        let named = |name: &str| Type { name: name.to_owned(), ..Type::default() };
        types.push(named("other"));
        let node = types.push(named("node"));
        types.push(named("another"));
        let int = types.push(named("int"));
        let pointer = types.push(Type { kind: Kind::Pointer, elem: Some(node), ..named("*node") });
        let field = |name: &str, ty| Field { name: name.to_owned(), offset: 0, ty, embedded: false };
        let fields = vec![field("next", pointer), field("value", int)];
        types.row(node).into_iter().for_each(|row| row.fields = fields.clone());
        let (pruned, rows) = types.pruned([pointer]);
        let names: Vec<&str> = pruned.iter().map(|(_, ty)| ty.name.as_str()).collect();
        assert_eq!(names, ["node", "int", "*node"]);
        assert_eq!(rows, [None, Some(TypeId(0)), None, Some(TypeId(1)), Some(TypeId(2))]);
        assert_eq!(pruned.get(TypeId(2)).elem, Some(TypeId(0)));
        assert_eq!(pruned.field(TypeId(0), "next").map(|field| field.ty), Some(TypeId(2)));
        let (none, rows) = types.pruned([TypeId(u32::MAX)]);
        assert!(none.is_empty() && rows.iter().all(Option::is_none));
    }
}
