//! Fields, statics, texts and elements of the shipped dumps.

use crate::shipped::{Shipped, shipped};
use crate::table::rows;
use arrow_array::UInt32Array;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use heapwise_engine::format::hprof::Value;
use heapwise_engine::holders::outbound;
use heapwise_engine::id::{Address, ObjectId};
use heapwise_engine::value::{
    FieldKind, elements, field_kinds, field_object, field_value, fields, read_field, text,
};
use std::collections::BTreeSet;

fn ids(objects: &[ObjectId]) -> UInt32Array {
    objects.iter().map(|id| Some(id.0)).collect()
}

#[test]
fn fields_of_every_type_have_the_values_of_the_program() {
    for shipped in shipped() {
        let everything = shipped.at("everything");
        let found: Vec<(&str, Value)> = fields(shipped, everything)
            .into_iter()
            .map(|(field, value)| (field.name.as_str(), value.expect("a whole object")))
            .collect();
        let value = |name: &str| found.iter().find(|field| field.0 == name).expect("a field").1;
        assert_eq!(found.len(), 9);
        assert_eq!(value("z"), Value::Boolean(true));
        assert_eq!(value("c"), Value::Char(0xdf));
        assert_eq!(value("b"), Value::Byte(-7));
        assert_eq!(value("s"), Value::Short(-300));
        assert_eq!(value("i"), Value::Int(i32::MIN));
        assert_eq!(value("l"), Value::Long(i64::MAX));
        assert_eq!(value("f"), Value::Float(1.5));
        assert_eq!(value("d"), Value::Double(-0.25));
        assert_eq!(value("nothing"), Value::Object(Address(0)));
    }
}

#[test]
fn static_fields_are_in_their_table() {
    for shipped in shipped() {
        let mut fields = rows(shipped, "fields", &["class", "static", "name", "type", "value"]);
        fields.retain(|row| row[..2] == ["shop.Shop$Everything", "true"]);
        let value = |name: &str| {
            let row = fields.iter().find(|row| row[2] == name).expect("a static field");
            (row[3].as_str(), row[4].as_str())
        };
        assert_eq!(value("staticZ"), ("boolean", "true"));
        assert_eq!(value("staticL"), ("long", "-9223372036854775808"));
        assert_eq!(value("staticD"), ("double", "3.141592653589793"));
        assert_eq!(value("CONSTANT"), ("int", "42"));
        assert_eq!(value("staticText").0, "object");
        assert!(value("staticText").1.ends_with("\"a static text\""), "{}", value("staticText").1);
    }
}

#[test]
fn a_field_that_hides_another_leaves_both_readable() {
    for shipped in shipped() {
        let leaf = ids(&[shipped.at("leaf")]);
        for (class, id, name) in [("Leaf", 3, "leaf"), ("Mid", 2, "mid"), ("Base", 1, "base")] {
            let class = format!("shop.Shop${class}");
            let read = |field, kind| read_field(shipped, &leaf, field, Some(&class), kind).unwrap();
            assert_eq!(read("id", FieldKind::Int).as_primitive::<Int64Type>().value(0), id);
            let text_object = read("name", FieldKind::Object);
            let text_object = text_object.as_primitive::<arrow_array::types::UInt32Type>().value(0);
            assert_eq!(text(shipped, ObjectId(text_object)).as_deref(), Some(name));
        }
        let nearest = read_field(shipped, &leaf, "id", None, FieldKind::Int).unwrap();
        assert_eq!(nearest.as_primitive::<Int64Type>().value(0), 3);
    }
}

#[test]
fn texts_of_every_script_are_whole() {
    for shipped in shipped() {
        let expected: Vec<String> = shipped.truth["facts"]["texts_utf16"]
            .as_array()
            .unwrap()
            .iter()
            .map(|units| {
                let units = units.as_array().unwrap().iter().map(|unit| unit.as_u64().unwrap());
                let units: Vec<u16> = units.map(|unit| u16::try_from(unit).unwrap()).collect();
                String::from_utf16_lossy(&units)
            })
            .collect();
        let found = elements(shipped, shipped.at("texts"));
        let found: Vec<String> = found.into_iter().map(|id| text(shipped, id).expect("a string")).collect();
        assert_eq!(found, expected);
        let strings: BTreeSet<String> =
            rows(shipped, "strings", &["value"]).into_iter().map(|mut row| row.remove(0)).collect();
        assert!(expected.iter().all(|text| strings.contains(text)));
    }
}

#[test]
fn sums_over_a_field_are_the_programs_own() {
    for shipped in shipped() {
        let orders = shipped.instances("Order");
        assert_eq!(orders.len() as u64, shipped.number("/facts/orders"));
        let cents = read_field(shipped, &ids(&orders), "cents", None, FieldKind::Int).unwrap();
        let sum: i64 = cents.as_primitive::<Int64Type>().values().iter().sum();
        assert_eq!(u64::try_from(sum).unwrap(), shipped.number("/facts/orders_cents"));
        let customers: BTreeSet<String> =
            orders.iter().map(|&order| shipped.text(order, "customer")).collect();
        assert_eq!(customers.len() as u64, shipped.number("/facts/orders_customers"));
        assert_eq!(size_of_map(shipped, "orders"), shipped.number("/facts/orders"));
        let kinds = field_kinds(shipped, "cents", None);
        assert_eq!(kinds.iter().map(|kind| kind.0).collect::<Vec<_>>(), [FieldKind::Int]);
    }
}

#[test]
fn a_cleared_reference_is_null_and_others_refer() {
    for shipped in shipped() {
        assert_eq!(shipped.truth["facts"]["weak_cleared"], true);
        assert_eq!(field_object(shipped, shipped.at("lost"), "referent"), None);
        let kept = shipped.at("kept");
        for reference in ["weak", "phantom"] {
            assert_eq!(shipped.at(&format!("{reference}.referent")), kept);
        }
        assert_eq!(text(shipped, kept).as_deref(), Some("kept by weak and phantom alike"));
        let capacity = shipped.integer(shipped.at("direct"), "capacity");
        assert_eq!(u64::try_from(capacity).unwrap(), shipped.number("/facts/direct_capacity"));
    }
}

#[test]
fn an_array_of_mixed_arrays_is_read_by_its_elements() {
    for shipped in shipped() {
        let rows = elements(shipped, shipped.at("matrix"));
        let shape = |id: &ObjectId| {
            let length = shipped.snapshot.objects().length[id.index()];
            (shipped.class_name(shipped.class_of(*id)).to_owned(), length)
        };
        let shapes: Vec<(String, u32)> = rows.iter().map(shape).collect();
        let expected =
            [("int[][]", 2), ("java.lang.String[]", 3), ("java.lang.Object[]", 0), ("byte[]", 5_000)];
        assert_eq!(shapes, expected.map(|(class, length)| (class.to_owned(), length)));
        assert_eq!(elements(shipped, rows[1]).len(), 2, "null is no element");
    }
}

fn size_of_map(shipped: &Shipped, path: &str) -> u64 {
    match field_value(shipped, shipped.at(path), "size") {
        Some(Value::Int(size)) => u64::try_from(size).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// Each reference is told once, with the name that the object itself gives it, in the order of the object.
#[test]
fn the_table_of_references_names_what_objects_hold() {
    for shipped in shipped() {
        let table = rows(shipped, "references", &["source", "via", "target", "strength"]);
        let mut by_source: Vec<Vec<(String, String)>> = vec![Vec::new(); shipped.object_count()];
        for mut row in table {
            let source: usize = row[0].parse().unwrap();
            by_source[source].push((std::mem::take(&mut row[1]), std::mem::take(&mut row[2])));
        }
        for id in shipped.ids().step_by(3).map(ObjectId) {
            let held = outbound(shipped, id).unwrap().into_iter();
            let held = held.filter(|held| held.via != "<class>" && held.via != "<local>");
            let mut expected: Vec<_> = held.map(|held| (held.via, held.object.0.to_string())).collect();
            let mut found = std::mem::take(&mut by_source[id.index()]);
            // Referents stand at the end of the table.
            expected.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, expected, "{:?} {id:?}", shipped.dump);
        }
    }
}
