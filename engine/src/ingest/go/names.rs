//! The class table of a Go dump.

use super::keys::ClassKey;
use crate::format::go::Records;
use crate::format::go::infer::{Shape, Typing};
use crate::format::go::types::{Kind, Type, TypeId, Types};
use crate::id::{Address, ClassId};
use crate::store::classes::{Class, Classes};
use std::collections::HashMap;

/// The class table of `keys`, and the class of each of them by its position.
pub(super) fn classes(
    keys: &[ClassKey],
    records: &Records,
    typing: Option<&Typing>,
) -> (Classes, Vec<ClassId>, Vec<ClassType>) {
    let names: HashMap<u64, &str> =
        records.types.iter().map(|record| (record.address, record.name.as_str())).collect();
    // Of a pointer type a dump has the package alone.
    let type_name = |address| {
        let name = names.get(&address).filter(|name| !name.is_empty() && !name.ends_with('.'))?;
        Some((*name).to_owned())
    };
    let name = |key: ClassKey| match (key, typing) {
        (ClassKey::Typed { ty, shape }, Some(typing)) => typed_name(&typing.types, TypeId(ty), shape),
        _ => key.name(type_name),
    };
    let mut rows: Vec<(Class, usize)> =
        (0..).zip(keys).map(|(place, &key)| (class(key, name(key)), place)).collect();
    rows.sort_by(|a, b| (&a.0.name, a.0.address, a.1).cmp(&(&b.0.name, b.0.address, b.1)));
    let mut of_key = vec![ClassId(0); keys.len()];
    let mut types = Vec::new();
    let mut classes: Vec<Class> = Vec::new();
    for (row, place) in rows {
        let ty = class_type(keys[place]);
        // Bytes of strings are one class, whatever told that they are.
        let is_text = |ty: &ClassType| ty.as_ref().is_some_and(|ty| ty.1 == Shape::Text as u8);
        let same = is_text(&ty) && types.last().is_some_and(is_text);
        if !same {
            classes.push(row);
            types.push(ty);
        }
        of_key[place] = ClassId(u32::try_from(classes.len() - 1).unwrap_or(u32::MAX));
    }
    (Classes::new(classes, Vec::new()), of_key, types)
}

/// The type of a class and what its objects hold of it, where it is known.
pub(super) type ClassType = Option<(u32, u8)>;

fn class_type(key: ClassKey) -> ClassType {
    match key {
        ClassKey::Typed { ty, shape } => Some((ty, shape)),
        _ => None,
    }
}

fn typed_name(types: &Types, ty: TypeId, shape: u8) -> String {
    let Type { name, kind, .. } = types.get(ty);
    // `[]T` is what a slice leads to, `string` the letters: what points there is a class of its own.
    let is_header =
        matches!(kind, Kind::Slice | Kind::String) && (name.starts_with("[]") || name == "string");
    match shape {
        shape if shape == Shape::Array as u8 => format!("[]{name}"),
        shape if shape == Shape::Text as u8 => "string".to_owned(),
        _ if is_header => format!("{name} header"),
        _ if name.is_empty() => format!("<unnamed type {}>", ty.0),
        _ => name.clone(),
    }
}

fn class(key: ClassKey, name: String) -> Class {
    let address = match key {
        ClassKey::Header { type_address, .. } => type_address,
        _ => 0,
    };
    Class {
        name,
        address: Address(address),
        object: None,
        super_class: None,
        loader: Address(0),
        loader_object: None,
        own_sizes: true,
        element: None,
        instance_bytes: 0,
        object_bytes: 0,
        instances: 0,
        shallow: 0,
    }
}
