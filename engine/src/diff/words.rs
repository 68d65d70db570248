//! What the words of Go's objects are called, by class.

use super::symbols::{Symbol, Symbols};
use crate::format::go::infer::Shape;
use crate::id::ClassId;
use crate::store::{GoIndex, Snapshot};

/// Words of a value that have names of their own; what is beyond is called as an element is.
const NAMED: u64 = 512;

/// The names of the words of each class's values; indexes of arrays are left out.
pub(super) struct Words {
    pointer_bytes: u64,
    /// By class: how many words a value has, and the names of the first ones.
    values: Vec<(u64, Vec<Symbol>)>,
    /// The name where there is none.
    element: Symbol,
}

impl Words {
    /// The names of the classes of a Go dump; `None` for other dumps.
    pub(super) fn new(snapshot: &Snapshot, symbols: &mut Symbols) -> Option<Words> {
        let go = snapshot.go()?;
        let pointer_bytes = u64::from(go.params.pointer_bytes).max(1);
        let element = symbols.intern("[]");
        let values = snapshot.classes().ids().map(|class| value(go, class, pointer_bytes, symbols)).collect();
        Some(Words { pointer_bytes, values, element })
    }

    /// The name of the word at byte `offset` of an object of `class`.
    pub(super) fn name(&self, class: ClassId, offset: u64) -> Symbol {
        let named = self.values.get(class.index()).and_then(|(words, names)| {
            let word = (offset / self.pointer_bytes).checked_rem(*words)?;
            names.get(usize::try_from(word).ok()?)
        });
        named.copied().unwrap_or(self.element)
    }
}

fn value(go: &GoIndex, class: ClassId, pointer_bytes: u64, symbols: &mut Symbols) -> (u64, Vec<Symbol>) {
    let Some((ty, shape)) = go.type_of(class) else { return (0, Vec::new()) };
    let words = go.types.get(ty).size / pointer_bytes;
    let name = |word: u64| {
        let path = folded(&go.types.path(ty, word * pointer_bytes));
        match (shape, path.as_str()) {
            (Shape::Value, "") => "value".to_owned(),
            (Shape::Value, path) => path.strip_prefix('.').unwrap_or(path).to_owned(),
            (_, path) => format!("[]{path}"),
        }
    };
    (words, (0..words.min(NAMED)).map(|word| symbols.intern(&name(word))).collect())
}

/// A path without the numbers of elements: `.slots[3].elem` is `.slots[].elem`.
fn folded(path: &str) -> String {
    let mut folded = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        inside &= c != ']';
        if !inside {
            folded.push(c);
        }
        inside |= c == '[';
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn numbers_of_elements_are_left_out() {
        assert_eq!(folded(".slots[3].elem"), ".slots[].elem");
        assert_eq!(folded("[12][0]"), "[][]");
        assert_eq!(folded(".next"), ".next");
    }
}
