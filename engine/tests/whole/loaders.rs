//! Class loaders of two dumps: matched by what they loaded, not by the name of their class alone.
//!
//! ```text
//! com.acme.Server ──APPS──▶ Object[] ──[i]──▶ WebappLoader ◀──loader── shop.Cart, lib.Json     one for each deployment
//!                                     ──[j]──▶ WebappLoader ◀──loader── blog.Post, lib.Json
//! ```

use crate::small::open_bytes;
use heapwise_engine::diff::{Diff, LoaderChange, PathTree, compare};
use heapwise_engine::progress::Progress;
use heapwise_engine::rules::Rules;
use heapwise_engine::store::Snapshot;
use heapwise_testdata::hprof::{Hprof, Options, Root, Type, Value};

/// A server with so many deployments of a shop, one of a blog, and one loader that has loaded nothing.
fn server(shops: u32) -> Snapshot {
    let mut dump = Hprof::new(Options::default());
    let above = dump.class("java.lang.ClassLoader", &[]);
    let webapp = dump.subclass("com.acme.WebappLoader", above, &[]);
    let main = dump.class("com.acme.Server", &[]);
    dump.root(Root::StickyClass, main);
    let empty = dump.instance(webapp, &[]);
    let mut kept = vec![empty];
    for app in std::iter::once("blog.Post").chain((0..shops).map(|_| "shop.Cart")) {
        let loader = dump.instance(webapp, &[]);
        let size = if app == "shop.Cart" { 4000 } else { 100 };
        for name in [app, "lib.Json"] {
            let class = dump.class(name, &[("body", Type::Object)]);
            dump.set_loader(class, loader);
            let body = dump.byte_array(&vec![1; size]);
            let object = dump.instance(class, &[Value::Object(body)]);
            kept.extend([object, class]);
        }
        kept.push(loader);
    }
    let array = dump.object_array("java.lang.Object[]", &kept);
    dump.set_static(main, "APPS", Value::Object(array));
    let directory = tempfile::tempdir().expect("a temporary directory");
    open_bytes(&dump.bytes(), directory.path()).expect("a right dump")
}

fn diff(before: &Snapshot, after: &Snapshot) -> Diff {
    let (snapshots, progress) = ([before, after], Progress::default());
    let tree = PathTree::new(&snapshots, &progress).unwrap();
    compare(&snapshots, &tree, &Rules::built_in().unwrap(), &progress).unwrap()
}

fn webapps(found: &Diff) -> Vec<&LoaderChange> {
    found.loaders.iter().filter(|row| row.class.as_deref() == Some("com.acme.WebappLoader")).collect()
}

#[test]
fn deployments_of_one_application_are_one_row_and_two_applications_two() {
    let (before, after) = (server(1), server(4));
    let found = diff(&before, &after);
    let rows = webapps(&found);
    let counts: Vec<(String, u64, u64, u64, u64)> = rows
        .iter()
        .map(|row| {
            (row.label(), row.loaders_before, row.loaders_after, row.classes_after, row.instances_after)
        })
        .collect();
    let expected = [("shop", 1, 4, 8, 8), ("no classes", 1, 1, 0, 0), ("blog", 1, 1, 2, 2)];
    let names: Vec<(&str, u64, u64, u64, u64)> =
        counts.iter().map(|row| (row.0.as_str(), row.1, row.2, row.3, row.4)).collect();
    assert_eq!(names[0], expected[0], "the one that grew comes first");
    assert_eq!(names.len(), 3);
    assert!(names.contains(&expected[1]) && names.contains(&expected[2]), "{names:?}");
}

#[test]
fn what_loaders_retain_is_that_of_them_as_one_set() {
    let (before, after) = (server(1), server(4));
    let found = diff(&before, &after);
    let shop = webapps(&found)[0];
    let each = shop.retained_before;
    assert!(each > 8000, "two bodies and more: {each}");
    assert_eq!(shop.retained_after, 4 * each);
}

#[test]
fn classes_of_one_name_are_a_row_for_each_application() {
    let found = diff(&server(1), &server(4));
    let mut json: Vec<(u64, u64)> = found
        .classes
        .iter()
        .filter(|row| row.class == "lib.Json")
        .map(|row| (row.instances_before, row.instances_after))
        .collect();
    json.sort_unstable();
    assert_eq!(json, [(1, 1), (1, 4)]);
}
