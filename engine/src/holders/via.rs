//! By what an object refers to another: the name of a field, the index of an element, or a tie of the runtime.

use crate::format::hprof::{ClassDump, FieldType, SubRecord, Value};
use crate::id::{Address, ObjectId};
use crate::store::Snapshot;
use crate::value::{Place, each_pointer, fields, record};
use std::fmt;

/// By what one object holds another. `Display` gives the spelling of paths: `next`, `[3]`, `<class>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via<'a> {
    /// An instance or static field of this name.
    Field(&'a str),
    /// An element of an array.
    Element(usize),
    /// An object's class.
    Class,
    /// A class's superclass.
    Super,
    /// A class's loader.
    Loader,
    /// A class's signers.
    Signers,
    /// A class's protection domain.
    ProtectionDomain,
    /// An entry of a class's constant pool.
    Constant(u16),
    /// A local variable or other slot of a thread's stack.
    Local,
    /// A local variable of this name, of the frame of this function.
    Named(&'a str, &'a str),
    /// A word of an object of a Go dump.
    Place(Place<'a>),
}

impl fmt::Display for Via<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Via::Field(name) => f.write_str(name),
            Via::Element(index) => write!(f, "[{index}]"),
            Via::Class => f.write_str("<class>"),
            Via::Super => f.write_str("<super>"),
            Via::Loader => f.write_str("<loader>"),
            Via::Signers => f.write_str("<signers>"),
            Via::ProtectionDomain => f.write_str("<protection domain>"),
            Via::Constant(index) => write!(f, "<constant {index}>"),
            Via::Local => f.write_str("<local>"),
            Via::Named(name, function) => write!(f, "<local {name} of {function}>"),
            Via::Place(place) => place.fmt(f),
        }
    }
}

/// Calls `take` for each reference of an object: first those of its fields or elements in the order of the dump,
/// then those to its class and, from a thread, to its locals. Nulls and references that lead nowhere are left out.
pub(crate) fn each_reference(snapshot: &Snapshot, id: ObjectId, mut take: impl FnMut(Via, ObjectId)) {
    let mut to = |via: Via, address: Address| {
        if address.0 != 0
            && let Some(target) = snapshot.find_near(id, address)
        {
            take(via, target);
        }
    };
    match record(snapshot, id) {
        Some(SubRecord::Instance(_)) => each_field(snapshot, id, &mut to),
        Some(SubRecord::ObjectArray(array)) => {
            array.elements.iter().enumerate().for_each(|(index, address)| to(Via::Element(index), address));
        }
        Some(SubRecord::Class(dump)) => each_of_class(snapshot, id, &dump, &mut to),
        _ => {}
    }
    if let Some(class) = snapshot.class_object(snapshot.class_of(id)) {
        take(Via::Class, class);
    }
    if snapshot.go().is_some() {
        each_pointer(snapshot, id, |place, target| take(Via::Place(place), target));
    }
    for &(_, local) in snapshot.locals_of(id) {
        let local = ObjectId(local);
        match local_name(snapshot, id, local) {
            Some((name, function)) => take(Via::Named(name, &function), local),
            None => take(Via::Local, local),
        }
    }
}

/// The variable by which the stack of `thread` holds `local`, and its function, where the dump tells.
fn local_name(snapshot: &Snapshot, thread: ObjectId, local: ObjectId) -> Option<(&str, String)> {
    let stacks = snapshot.stacks();
    stacks.roots_of(local).iter().find_map(|root| {
        let name = stacks.name(root)?;
        let row = stacks.threads.get(root.thread? as usize)?;
        let frame = stacks.frames.get(root.frame? as usize)?;
        (row.object == Some(thread)).then(|| (name, frame.name()))
    })
}

fn each_field<'a>(snapshot: &'a Snapshot, id: ObjectId, to: &mut impl FnMut(Via<'a>, Address)) {
    for (field, value) in fields(snapshot, id) {
        let Some(Value::Object(address)) = value else { continue };
        // The collector's own list, not a reference of the program.
        if field.name != "discovered" || snapshot.class_name(field.class) != "java.lang.ref.Reference" {
            to(Via::Field(&field.name), address);
        }
    }
}

fn each_of_class<'a>(
    snapshot: &'a Snapshot,
    id: ObjectId,
    dump: &ClassDump,
    to: &mut impl FnMut(Via<'a>, Address),
) {
    to(Via::Super, dump.super_class);
    to(Via::Loader, dump.loader);
    to(Via::Signers, dump.signers);
    to(Via::ProtectionDomain, dump.protection_domain);
    for constant in dump.constants().filter(|constant| constant.value_type == FieldType::Object) {
        to(Via::Constant(constant.index), address(constant.value));
    }
    let class = snapshot.class_of_object(id);
    let fields = class.map(|class| snapshot.classes().fields(class)).unwrap_or_default();
    let names = fields.iter().filter(|field| field.is_static);
    for (field, name) in dump.statics().zip(names).filter(|(field, _)| field.value_type == FieldType::Object)
    {
        to(Via::Field(&name.name), address(field.value));
    }
}

fn address(value: &[u8]) -> Address {
    match crate::format::hprof::read_value(FieldType::Object, value) {
        Some(Value::Object(address)) => address,
        _ => Address(0),
    }
}
