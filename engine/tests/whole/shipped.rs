//! The shipped real dumps with what is known of them, each opened once for all tests.

use heapwise_engine::format::hprof::Value;
use heapwise_engine::id::ObjectId;
use heapwise_engine::open::{Options, open};
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use heapwise_engine::value::{elements, field_object, field_value, static_object, text};
use heapwise_testdata::dumps::Dump;
use serde_json::Value as Json;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// A shipped dump that was opened, and its truth.
pub(crate) struct Shipped {
    pub(crate) dump: Dump,
    pub(crate) snapshot: Arc<Snapshot>,
    /// The content of its `truth.json`.
    pub(crate) truth: Json,
}

/// The shipped dumps of `Shop.java`.
pub(crate) fn shipped() -> &'static [Shipped; 2] {
    static OPENED: OnceLock<[Shipped; 2]> = OnceLock::new();
    OPENED.get_or_init(|| Dump::SHOPS.map(Shipped::open))
}

/// The shipped dump of JDK 17, garbage included.
pub(crate) fn jdk17() -> &'static Shipped {
    &shipped()[0]
}

/// Opens `dump` with its index in the directory `indexes`.
pub(crate) fn open_in(dump: &Path, indexes: &Path) -> Snapshot {
    let options = Options { index_dir: Some(indexes.to_owned()), ..Options::default() };
    open(dump, &options, &Progress::default()).expect("a dump that can be opened")
}

impl Shipped {
    /// Opened as it is shipped. What is mapped stays when the directory goes, which happens at once.
    fn open(dump: Dump) -> Shipped {
        let indexes = tempfile::tempdir().expect("a temporary directory");
        let snapshot = Arc::new(open_in(&dump.compressed(), indexes.path()));
        let truth = std::fs::read(dump.truth()).expect("shipped");
        Shipped { dump, snapshot, truth: serde_json::from_slice(&truth).expect("JSON") }
    }

    /// The number at a place in the truth like `/facts/orders`.
    pub(crate) fn number(&self, place: &str) -> u64 {
        self.truth.pointer(place).and_then(Json::as_u64).unwrap_or_else(|| panic!("no number at {place}"))
    }

    /// The instances of the only class called `class`; `X` stands for `shop.Shop$X`.
    pub(crate) fn instances(&self, class: &str) -> Vec<ObjectId> {
        let whole = if class.contains('.') { class.to_owned() } else { format!("shop.Shop${class}") };
        let classes = self.snapshot.classes_named(&whole);
        assert_eq!(classes.len(), 1, "classes called {whole}");
        self.snapshot.instances(&classes, self.snapshot.ids()).into_iter().map(ObjectId).collect()
    }

    /// The object at the end of a path of fields and `[i]` from the static field `shop.Shop.shop`.
    pub(crate) fn at(&self, path: &str) -> ObjectId {
        let shop = static_object(&self.snapshot, "shop.Shop", "shop").expect("the shop");
        path.split('.').filter(|part| !part.is_empty()).fold(shop, |object, part| {
            let next = match part.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                Some(index) => {
                    let index: usize = index.parse().expect("an index");
                    elements(&self.snapshot, object).get(index).copied()
                }
                None => field_object(&self.snapshot, object, part),
            };
            next.unwrap_or_else(|| panic!("{part} of {path} is null"))
        })
    }

    /// The field `name` of an object, which is an integer.
    pub(crate) fn integer(&self, object: ObjectId, name: &str) -> i64 {
        match field_value(&self.snapshot, object, name) {
            Some(Value::Int(value)) => value.into(),
            Some(Value::Long(value)) => value,
            other => panic!("{name} is {other:?}"),
        }
    }

    /// The text of the object that the field `name` refers to.
    pub(crate) fn text(&self, object: ObjectId, name: &str) -> String {
        field_object(&self.snapshot, object, name)
            .and_then(|object| text(&self.snapshot, object))
            .expect("a text")
    }
}

impl Deref for Shipped {
    type Target = Arc<Snapshot>;

    fn deref(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }
}
