//! What tells one process from another in its heap.

use crate::store::Snapshot;
use crate::value::static_value;

/// Static fields that a process sets to a random number when it starts.
const RANDOM: [(&str, &str); 3] = [
    ("java.util.ImmutableCollections", "SALT32L"),
    ("java.util.ImmutableCollections", "SALT"),
    ("java.util.concurrent.ThreadLocalRandom", "seeder"),
];

/// Whether two dumps are of one process; `None` where they do not tell.
pub fn same_process(a: &Snapshot, b: &Snapshot) -> Option<bool> {
    let number = |snapshot: &Snapshot, (class, field): (&str, &str)| {
        let class = snapshot.classes().named(class).next()?;
        let fields = snapshot.classes().fields(class);
        // A reference differs between two dumps of one process too.
        let is_number = |kind: crate::format::hprof::FieldType| kind.primitive_name().is_some();
        let found =
            fields.iter().find(|known| known.is_static && known.name == field && is_number(known.kind))?;
        static_value(snapshot, found)
    };
    RANDOM.iter().find_map(|&of| Some(number(a, of)? == number(b, of)?))
}
