//! An object in one line, for people.

use super::text::text;
use crate::id::ObjectId;
use crate::store::Snapshot;

/// Characters of a text that are shown.
const SHOWN: usize = 60;

/// Class and address of an object, and the beginning of its text if it has one: `java.lang.String @ 0x7f "abc"`.
///
/// May hold any character: escape it before it is shown.
pub fn display(snapshot: &Snapshot, id: ObjectId) -> String {
    let class = snapshot.class_name(snapshot.class_of(id));
    let address = snapshot.address(id);
    match snapshot.class_of_object(id) {
        Some(stands_for) => format!("class {} @ {address}", snapshot.class_name(stands_for)),
        None => match text(snapshot, id) {
            Some(text) => format!("{class} @ {address} {:?}", shortened(&text)),
            None => format!("{class} @ {address}"),
        },
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
