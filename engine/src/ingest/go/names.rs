//! The class table of a Go dump.

use super::keys::ClassKey;
use crate::format::go::Records;
use crate::id::{Address, ClassId};
use crate::store::classes::{Class, Classes};
use std::collections::HashMap;

/// The class table of `keys`, and the class of each of them by its position.
pub(super) fn classes(keys: &[ClassKey], records: &Records) -> (Classes, Vec<ClassId>) {
    let names: HashMap<u64, &str> =
        records.types.iter().map(|record| (record.address, record.name.as_str())).collect();
    // Of a pointer type a dump has the package alone.
    let type_name = |address| {
        let name = names.get(&address).filter(|name| !name.is_empty() && !name.ends_with('.'))?;
        Some((*name).to_owned())
    };
    let mut rows: Vec<(Class, usize)> =
        (0..).zip(keys).map(|(place, &key)| (class(key, key.name(type_name)), place)).collect();
    rows.sort_by(|a, b| (&a.0.name, a.0.address, a.1).cmp(&(&b.0.name, b.0.address, b.1)));
    let mut of_key = vec![ClassId(0); keys.len()];
    for (class, (_, place)) in (0..).zip(&rows) {
        of_key[*place] = ClassId(class);
    }
    (Classes::new(rows.into_iter().map(|(row, _)| row).collect(), Vec::new()), of_key)
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
