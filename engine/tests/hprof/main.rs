//! Dumps written by code, in every form and every state of damage, against what they must give.

mod forms;
mod damage;

use heapwise_engine::error::Result;
use heapwise_engine::format::hprof::{Outline, SubRecord, outline, read_value};
use heapwise_engine::input::Warnings;
use heapwise_engine::progress::Progress;
use heapwise_testdata::hprof::{Hprof, Options, Order, Segments, Type, Value};

/// The outline of `bytes`, a line for each sub-record in the order of the file, and all warnings.
fn read(bytes: &[u8]) -> Result<(Outline, Vec<String>, Warnings)> {
    let outline = outline(bytes, &Progress::default())?;
    let mut warnings = outline.warnings.clone();
    let mut lines = Vec::new();
    for unit in &outline.units {
        outline.for_each_record(bytes, unit, &mut warnings, |record| {
            lines.push(describe(&record));
            Ok(())
        })?;
    }
    Ok((outline, lines, warnings))
}

fn describe(record: &SubRecord<'_>) -> String {
    match record {
        SubRecord::Root(root) => {
            format!(
                "root {:?} {} {:?} {:?} {:?}",
                root.kind, root.object, root.thread_serial, root.frame, root.stack_serial
            )
        }
        SubRecord::Class(class) => {
            let statics: Vec<_> =
                class.statics().map(|field| read_value(field.value_type, field.value)).collect();
            let fields: Vec<_> = class.fields().map(|field| field.field_type).collect();
            format!(
                "class {} {} {} {statics:?} {fields:?}",
                class.address, class.super_class, class.instance_size
            )
        }
        SubRecord::Instance(it) => format!("instance {} {} {:?}", it.address, it.class, it.body),
        SubRecord::ObjectArray(it) => {
            format!("objects {} {} {:?}", it.address, it.class, it.elements.iter().collect::<Vec<_>>())
        }
        SubRecord::PrimitiveArray(it) => {
            format!("primitives {} {:?} {} {:?}", it.address, it.element, it.length, it.body)
        }
        SubRecord::HeapInfo(it) => format!("heap {}", it.heap),
    }
}

/// A ring of nodes with a thread, an array, strings: something of everything.
fn ring(options: Options, nodes: usize) -> Hprof {
    let mut dump = Hprof::new(options);
    let node = dump.class("com.acme.Node", &[("next", Type::Object), ("value", Type::Int)]);
    let leaf = dump.subclass("com.acme.Leaf", node, &[("weight", Type::Double), ("value", Type::Long)]);
    let first = dump.instance(leaf, &[Value::Double(0.5), Value::Long(-1), Value::NULL, Value::Int(7)]);
    let mut last = first;
    for value in 0..nodes {
        last = dump.instance(node, &[Value::Object(last), Value::Int(value.try_into().unwrap_or(0))]);
    }
    dump.set(first, "next", Value::Object(last));
    dump.set_static(node, "HEAD", Value::Object(first));
    dump.set_static(node, "COUNT", Value::Short(-3));
    dump.string("Grüße");
    dump.string("世界");
    dump.object_array("com.acme.Node[]", &[first, 0, last]);
    for element in Type::PRIMITIVES {
        dump.array(element, &[element.zero(), element.zero(), element.zero()]);
    }
    let thread = dump.thread("worker-1", &["com.acme.Node.run:12", "java.lang.Thread.run"]);
    dump.local(thread, 1, last);
    dump
}

fn options(id_size: u8, order: Order, segments: Segments) -> Options {
    Options { id_size, order, segments, ..Options::default() }
}

/// How many sub-records are hopped over; checks that they ascend and lie within `bytes`.
fn hops(outline: &Outline, bytes: &[u8]) -> Result<usize> {
    let (mut hops, mut last) = (0, 0);
    for unit in &outline.units {
        outline.for_each_hop(bytes, unit, &mut Warnings::default(), |hop| {
            hops += 1;
            assert!(hop.offset.0 >= last && hop.end > hop.offset && hop.end.0 <= bytes.len() as u64);
            last = hop.end.0;
            Ok(())
        })?;
    }
    Ok(hops)
}
