//! An object whose text is being written, with its fields by their place in the table of forms.

use super::TextReader;
use super::forms::MOST_FIELDS;
use crate::format::hprof::Value;
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::slot::{Data, Slot};

/// An object in the middle of its text.
pub(super) struct Part<'r, 'a> {
    pub(super) id: ObjectId,
    /// `None` where the object is no instance.
    pub(super) data: Option<Data<'a>>,
    pub(super) slots: [Option<Slot>; MOST_FIELDS],
    /// Objects that the text may still lead through.
    pub(super) depth: u8,
    pub(super) reader: &'r mut TextReader<'a>,
}

impl<'a> Part<'_, 'a> {
    pub(super) fn snapshot(&self) -> &'a Snapshot {
        self.reader.snapshot
    }

    /// The value of field `field`.
    pub(super) fn value(&self, field: usize) -> Option<Value> {
        self.data?.value(self.slots[field])
    }

    /// The integer in field `field`.
    pub(super) fn integer(&self, field: usize) -> Option<i64> {
        self.data?.integer(self.slots[field])
    }

    /// The object that field `field` refers to.
    pub(super) fn object(&self, field: usize) -> Option<ObjectId> {
        self.data?.object(self.slots[field])
    }

    /// Appends the text of the object that field `field` refers to; `None` where it is null or has no text.
    pub(super) fn push(&mut self, field: usize, out: &mut String) -> Option<()> {
        let object = self.object(field)?;
        self.reader.push(object, out, self.depth.checked_sub(1)?)
    }

    /// Appends `before` and the text in field `field`, if there is one.
    pub(super) fn push_after(&mut self, before: &str, field: usize, out: &mut String) {
        let end = out.len();
        out.push_str(before);
        if self.push(field, out).is_none() {
            out.truncate(end);
        }
    }

    /// The text of the object that field `field` refers to.
    pub(super) fn text(&mut self, field: usize) -> Option<String> {
        let mut text = String::new();
        self.push(field, &mut text)?;
        Some(text)
    }
}
