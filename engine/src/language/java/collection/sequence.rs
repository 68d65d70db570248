//! The elements of lists, sets, queues and arrays, in the order in which the collection itself goes through them.

use super::kind::Found;
use super::shape::{Link, Shape};
use super::walk::{Cycle, Elements, Nodes};
use crate::format::hprof::{FieldType, SubRecord};
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::{Slots, record};
use std::iter;

/// Elements, one by one; `None` for null.
pub type Objects<'a> = Box<dyn Iterator<Item = Option<ObjectId>> + 'a>;

/// The elements from the place `skip` on; `None` where the shape is none of a sequence, or that of a view of others.
pub(super) fn elements<'a>(of: &Found<'a>, skip: usize) -> Option<Objects<'a>> {
    let found = *of;
    Some(match of.kind.shape {
        Shape::Array | Shape::References => {
            let (array, length) = array(of);
            Box::new((skip.min(length)..length).map(move |index| array.get(index)))
        }
        Shape::RingTo | Shape::RingOf => {
            let (array, start, length) = ring(of);
            let at = move |index| array.get((start + index) % array.len());
            Box::new((skip.min(length)..length).map(at))
        }
        Shape::Scattered => Box::new(array(of).0.objects(false).map(Some).skip(skip)),
        Shape::Links(link) => Box::new(linked(of, link).skip(skip)),
        Shape::Few => {
            Box::new((0..of.kind.slots.len()).filter_map(move |field| few(&found, field)).skip(skip))
        }
        Shape::One => Box::new(iter::once(of.object(0)).skip(skip)),
        Shape::Copies => {
            let number = of.count(1).and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
            Box::new(iter::repeat_n(of.object(0), number.saturating_sub(skip)))
        }
        Shape::Enums => {
            let universe = Elements::or_none(of.snapshot, of.object(0));
            let bits = bits(of, 1);
            let is_set = move |&index: &usize| {
                bits.clone().nth(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
            };
            Box::new((0..universe.len()).filter(is_set).map(move |index| universe.get(index)).skip(skip))
        }
        Shape::NoElements => Box::new(iter::empty()),
        _ => return None,
    })
}

/// The array of an array list, or the array itself, and the number of its first elements that count.
pub(super) fn array<'a>(of: &Found<'a>) -> (Elements<'a>, usize) {
    let id = if matches!(of.kind.shape, Shape::References) { Some(of.id) } else { of.object(0) };
    let array = Elements::or_none(of.snapshot, id);
    let size = of.count(1).and_then(|size| usize::try_from(size).ok());
    let all = array.len();
    (array, if of.has(1) { size.unwrap_or_default().min(all) } else { all })
}

/// The array of a ring, the place of its first element, and the number of its elements.
pub(super) fn ring<'a>(of: &Found<'a>) -> (Elements<'a>, usize, usize) {
    let array = Elements::or_none(of.snapshot, of.object(0));
    let number = |field| of.count(field).and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
    let (start, last) = (number(1), number(2));
    let room = array.len();
    if start >= room {
        return (array, 0, 0);
    }
    let length = match of.kind.shape {
        Shape::RingTo if last < start => (room - start) + last.min(room),
        Shape::RingTo => last.min(room) - start,
        _ => last,
    };
    (array, start, length.min(room))
}

fn linked<'a>(of: &Found<'a>, link: &'static Link) -> impl Iterator<Item = Option<ObjectId>> + use<'a> {
    let first = of.object(0).map(|node| first(of.snapshot, node, link));
    let nodes = Nodes::new(of.snapshot, first.into_iter(), [link.next, link.item]);
    nodes.filter_map(move |(data, [_, item])| {
        let item = data.object(item);
        // `LinkedTransferQueue` (JDK 8) puts the node itself in the place of an element that was taken.
        (link.nulls || item.is_some_and(|item| item != data.id)).then_some(item)
    })
}

/// The first node of the list that `node` is in.
fn first(snapshot: &Snapshot, node: ObjectId, link: &'static Link) -> ObjectId {
    let mut fields = Slots::new(snapshot, [link.previous]);
    let mut cycle = Cycle::default();
    let mut first = node;
    while cycle.is_new(first) {
        let previous = fields.read(first).and_then(|(data, [previous])| data.object(previous));
        match previous {
            Some(previous) => first = previous,
            None => return first,
        }
    }
    node
}

fn few(of: &Found<'_>, field: usize) -> Option<Option<ObjectId>> {
    let element = of.unmasked(of.object(field));
    element.is_some().then_some(element)
}

/// The words of bits in field `field`, the lowest first: a `long`, or an array of them.
pub(super) fn bits<'a>(of: &Found<'a>, field: usize) -> impl Iterator<Item = u64> + Clone + use<'a> {
    let array = of.object(field).and_then(|array| match record(of.snapshot, array)? {
        SubRecord::PrimitiveArray(array) if array.element == FieldType::Long => array.body,
        _ => None,
    });
    let one = if array.is_none() { of.integer(field) } else { None };
    let words = array.unwrap_or_default().as_chunks::<8>().0.iter();
    words.map(|&word| u64::from_be_bytes(word)).chain(one.map(i64::cast_unsigned))
}
