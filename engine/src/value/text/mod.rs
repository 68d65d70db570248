//! Objects as text: strings, boxed values, and what else of the Java platform stands for a text.

mod units;
mod forms;
mod part;
mod plain;
mod net;
mod number;
mod moment;

pub(super) use units::Units;

use super::go;
use super::slot::{Data, Slot};
use crate::error::{Error, Result};
use crate::id::{ClassId, ObjectId};
use crate::store::Snapshot;
use arrow_array::builder::StringBuilder;
use arrow_array::{StringArray, UInt32Array};
use forms::{FORMS, MOST_FIELDS, Write};
use part::Part;

/// Objects that a text leads through, one inside the other; a corrupt dump may have a cycle of them.
const MOST_NESTED: u8 = 8;

/// Bytes that a text is expected to have.
const USUAL_BYTES: usize = 24;

/// The texts of the objects `ids`; null where the id is null or the object is none that stands for a text.
///
/// # Errors
/// [`Error::Input`] where the texts together have more than 2 GiB.
pub fn read_text(snapshot: &Snapshot, ids: &UInt32Array) -> Result<StringArray> {
    let mut reader = TextReader::new(snapshot);
    let mut texts = StringBuilder::with_capacity(ids.len(), ids.len() * USUAL_BYTES);
    let mut text = String::new();
    for id in ids {
        let known = id.filter(|id| snapshot.ids().contains(id)).map(ObjectId);
        if !known.is_some_and(|id| reader.read_into(id, &mut text)) {
            texts.append_null();
            continue;
        }
        if i32::try_from(texts.values_slice().len() + text.len()).is_err() {
            return Err(Error::Input(
                "texts of more than 2 GiB at once: select fewer or shorter ones".into(),
            ));
        }
        texts.append_value(&text);
    }
    Ok(texts.finish())
}

/// The text that an object stands for; `None` for objects that stand for none. May hold any character, control
/// characters too; halves of surrogate pairs become U+FFFD.
///
/// The content of a string, builder, `char[]` or `byte[]`; the value of a boxed primitive; the name of a class, an enum
/// constant or a thread; what `toString` gives for numbers, URLs, files, patterns, moments … The table of them is
/// `FORMS` in `text/forms.rs`; subclasses count.
pub fn text(snapshot: &Snapshot, id: ObjectId) -> Option<String> {
    if snapshot.go().is_some() {
        return go::text(snapshot, id);
    }
    let mut text = String::new();
    TextReader { snapshot, known: Vec::new(), kinds: Vec::new() }.read_into(id, &mut text).then_some(text)
}

/// Reads the texts of many objects: what a class means is looked up when its first object comes.
#[derive(Debug)]
pub struct TextReader<'a> {
    snapshot: &'a Snapshot,
    /// By class: 0 where it was not met yet, else one more than its place in `kinds`. Empty: nothing is kept.
    known: Vec<u32>,
    kinds: Vec<Option<Kind>>,
}

/// How the objects of one class are written.
#[derive(Clone, Copy, Debug)]
struct Kind {
    write: Write,
    slots: [Option<Slot>; MOST_FIELDS],
}

impl<'a> TextReader<'a> {
    /// A reader that has met no class yet; 4 bytes per class.
    pub fn new(snapshot: &'a Snapshot) -> TextReader<'a> {
        TextReader { snapshot, known: vec![0; snapshot.class_count()], kinds: Vec::new() }
    }

    /// Puts the text of an object into `out`, in the place of what was there; as [`text`].
    ///
    /// False where it stands for none; `out` is then empty.
    pub fn read_into(&mut self, id: ObjectId, out: &mut String) -> bool {
        out.clear();
        if self.snapshot.go().is_some() {
            let text = go::text(self.snapshot, id);
            return text.map(|text| out.push_str(&text)).is_some();
        }
        let written = self.push(id, out, MOST_NESTED).is_some();
        if !written {
            out.clear();
        }
        written
    }

    /// Appends the text of an object that may lead through `depth` others.
    fn push(&mut self, id: ObjectId, out: &mut String, depth: u8) -> Option<()> {
        let kind = self.kind(self.snapshot.class_of(id))?;
        let data = Data::of(self.snapshot, id);
        (kind.write)(&mut Part { id, data, slots: kind.slots, depth, reader: self }, out)
    }

    fn kind(&mut self, class: ClassId) -> Option<Kind> {
        let Some(&known) = self.known.get(class.index()) else { return find(self.snapshot, class) };
        if let Some(place) = (known as usize).checked_sub(1) {
            return self.kinds[place];
        }
        let kind = find(self.snapshot, class);
        self.kinds.push(kind);
        self.known[class.index()] = u32::try_from(self.kinds.len()).unwrap_or_default();
        kind
    }
}

/// The form of the class, or of the nearest class above it that has one.
fn find(snapshot: &Snapshot, class: ClassId) -> Option<Kind> {
    let form = |class| FORMS.iter().find(|form| form.class == snapshot.class_name(class));
    let (above, form) = snapshot.classes().chain(class).find_map(|class| Some((class, form(class)?)))?;
    let mut slots = [None; MOST_FIELDS];
    for (slot, field) in slots.iter_mut().zip(form.fields) {
        *slot = Slot::find_above(snapshot, class, above, field);
    }
    Some(Kind { write: form.write, slots })
}
