//! Fields by which the runtime keeps its books: they hold, but say nothing about who needs an object.

/// Classes with fields that a path takes only where there is no other way.
const BOOKS: &[(&str, &[&str])] = &[
    (
        "java.lang.ClassLoader",
        &["classes", "parallelLockMap", "packages", "classLoaderValueMap", "nativeLibraries"],
    ),
    ("java.lang.Thread", &["group", "contextClassLoader", "inheritedAccessControlContext"]),
    ("java.lang.ThreadGroup", &["threads", "groups", "parent"]),
    ("java.lang.Module", &["loader", "layer"]),
    ("java.security.ProtectionDomain", &["classloader"]),
    ("java.security.AccessControlContext", &["context"]),
    // The list of what frees direct buffers; each buffer has its own.
    ("jdk.internal.ref.Cleaner", &["first"]),
    ("sun.misc.Cleaner", &["first"]),
];

/// Static fields in which HotSpot shows its own tables of a class (`heapDumper.cpp`).
const TABLES: [&str; 4] = ["<resolved_references>", "<init_lock>", "<signers>", "$assertionsDisabled"];

/// Whether the field `name` that `class` declares is the runtime's own book-keeping.
pub fn is_book(class: &str, name: &str) -> bool {
    let of_class = BOOKS.iter().find(|book| book.0 == class);
    TABLES.contains(&name) || of_class.is_some_and(|book| book.1.contains(&name))
}
