//! Functions that give rows; they stand in FROM, and their arguments may come from the relations before them.

use super::Parameter::{Any, Class, Dump, Integer, Object, References, Set, Text};
use super::Role::Table as T;
use super::{Function, Parameter, TableFunction};
use heapwise_engine::table::{Column, Kind};

/// A parameter of a function that gives rows; those after the first can be named: `name => value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableParameter {
    /// Its name.
    pub name: &'static str,
    /// What it accepts.
    pub accepts: Parameter,
    /// Whether it must be given.
    pub required: bool,
}

const fn needs(name: &'static str, accepts: Parameter) -> TableParameter {
    TableParameter { name, accepts, required: true }
}

const fn takes(name: &'static str, accepts: Parameter) -> TableParameter {
    TableParameter { name, accepts, required: false }
}

const PATH: &[TableParameter] =
    &[needs("object", Object), takes("n", Integer), takes("avoiding", Text), takes("through", Any)];
const MERGED: &[TableParameter] = &[needs("set", Set), takes("avoiding", Text)];
const OBJECT: &[TableParameter] = &[needs("object", Object)];
const SET: &[TableParameter] = &[needs("set", Set)];
const CUTS: &[TableParameter] = &[needs("references", References)];
const REACHABLE: &[TableParameter] = &[needs("set", Set), takes("depth", Integer)];
const TREE: &[TableParameter] = &[takes("depth", Integer), takes("by", Text)];
const DROPS: &[TableParameter] = &[takes("least", Integer)];
const CLASS: &[TableParameter] = &[needs("class", Class)];

const PAIR: &[TableParameter] = &[takes("before", Dump), takes("after", Dump)];
const SERIES: &[TableParameter] = &[
    takes("first", Dump),
    takes("second", Dump),
    takes("third", Dump),
    takes("fourth", Dump),
    takes("fifth", Dump),
    takes("sixth", Dump),
    takes("seventh", Dump),
    takes("eighth", Dump),
];

pub(super) static ROWS: &[Function] = &[
    Function::new("paths", "FROM paths(object [, n] [, avoiding => 'Class.field'] [, through => object or 'Class'])", T(TableFunction::Paths, PATH)).says(
        "The shortest paths from roots to the object (n of them, 1), a row for each step; `avoiding` leaves out references by a field \
         and objects of a class (several separated by commas, * for any), `through` wants a certain object or one of a class on the path.",
        "SELECT n.id, p.step, p.object, p.via FROM com.acme.Leaf n, paths(n, 1, avoiding => 'java.lang.Thread') p",
    ),
    Function::new("merged_paths", "FROM merged_paths(set [, avoiding => 'Class.field'])", T(TableFunction::MergedPaths, MERGED)).says(
        "The shortest paths to all objects of the set, merged into a tree from the roots; depth first, the branch with most objects first.",
        "SELECT depth, object, via, objects FROM merged_paths(SELECT n FROM com.acme.Leaf n)",
    ),
    Function::new("dominated", "FROM dominated(object)", T(TableFunction::Dominated, OBJECT)).says(
        "The objects that the object immediately dominates, largest retained first.",
        "SELECT d.object, d.retained FROM com.acme.Tree t, dominated(t) d",
    ),
    Function::new("dominators", "FROM dominators(object)", T(TableFunction::Dominators, OBJECT)).says(
        "The chain of dominators above the object, nearest first.",
        "SELECT d.step, d.object FROM com.acme.Leaf n, dominators(n) d WHERE n.@retained < 1MB",
    ),
    Function::new("dominator_tree", "FROM dominator_tree([depth] [, by => 'class', 'package' or 'loader'])", T(TableFunction::DominatorTree, TREE)).says(
        "The dominator tree from the roots down to a depth (1), depth first, largest retained first; grouped by class, package or loader where `by` says so.",
        "SELECT depth, name, objects, retained FROM dominator_tree(2, by => 'class')",
    ),
    Function::new("big_drops", "FROM big_drops([least])", T(TableFunction::BigDrops, DROPS)).says(
        "Objects that retain at least so many bytes (1 % of the heap) while none of the objects below them retains half of it: where memory piles up.",
        "SELECT object, retained, largest_child, drop FROM big_drops(100)",
    ),
    Function::new("retained_set", "FROM retained_set(set)", T(TableFunction::RetainedSet, SET)).says(
        "The objects that would be freed if all objects of the set went, by address.",
        "SELECT count(*), sum(shallow) FROM retained_set(SELECT t FROM com.acme.Tree t)",
    ),
    Function::new("whatif", "FROM whatif(query of source, target [, via])", T(TableFunction::WhatIf, CUTS)).says(
        "The objects that would be freed if these references were cut; `via` tells references of the same two objects apart. \
         A query of one column of objects cuts all references to them.",
        "SELECT sum(shallow) FROM whatif(SELECT source, target, via FROM references WHERE via = 'next')",
    ),
    Function::new("reachable", "FROM reachable(set [, depth])", T(TableFunction::Reachable, REACHABLE)).says(
        "The objects that the set reaches within so many references (any number), itself included, the nearest first.",
        "SELECT r.object, r.depth FROM com.acme.Tree t, reachable(t, 2) r",
    ),
    Function::new("outbound", "FROM outbound(object)", T(TableFunction::Outbound, OBJECT)).also(&["outbounds"]).says(
        "What the object refers to, with the field or index.",
        "SELECT o.via, o.object FROM com.acme.Tree t, outbound(t) o",
    ),
    Function::new("inbound", "FROM inbound(object)", T(TableFunction::Inbound, OBJECT)).also(&["inbounds", "referrers"]).says(
        "What refers to the object, with the field or index.",
        "SELECT n.id, r.object, r.via FROM com.acme.Leaf n, referrers(n) r",
    ),
    Function::new("entries", "FROM entries(map)", T(TableFunction::Entries, OBJECT)).says(
        "The entries of a map in its own order: keys and values.",
        "SELECT toString(e.key), toString(e.value) FROM java.util.HashMap m, entries(m) e",
    ),
    Function::new("elements", "FROM elements(collection, array or list)", T(TableFunction::Elements, &[needs("collection", Any)])).also(&["unnest"]).says(
        "The elements of a collection, an array or a list in their order; null elements too.",
        "SELECT e.index, e.value FROM com.acme.Tree t, elements(t.table) e",
    ),
    Function::new("fields", "FROM fields(object)", T(TableFunction::Fields, OBJECT)).says(
        "The fields of an object with their values as text, superclass fields last.",
        "SELECT f.name, f.class, f.value FROM com.acme.Tree t, fields(t) f",
    ),
    Function::new("statics", "FROM statics(class)", T(TableFunction::Statics, CLASS)).says(
        "The static fields of a class with their values as text; the class is a name or a class object.",
        "SELECT name, value, object FROM statics('com.acme.Registry')",
    ),
    Function::new("diff", "FROM diff([before, after])", T(TableFunction::Diff, PAIR)).says(
        "The classes of two open dumps side by side, the largest growth of what they retain first; classes of one name are a row for each \
         loader that differs by name or by what it loaded. Without arguments: the first two dumps.",
        "SELECT class, instances_before, instances_after FROM diff(a, b) LIMIT 5",
    ),
    Function::new("loader_diff", "FROM loader_diff([before, after])", T(TableFunction::LoaderDiff, PAIR)).says(
        "The class loaders of two open dumps side by side, matched by class, name and what they loaded: an application that was deployed \
         four times is a row with four loaders, two applications are two rows. The largest growth of what they retain first.",
        "SELECT loader, label, loaders_before, loaders_after FROM loader_diff(b, a) WHERE loaders_after > loaders_before",
    ),
    Function::new("growth", "FROM growth([first, … last])", T(TableFunction::Growth, SERIES)).says(
        "What grew from the first to the last of some open dumps (all of them), with who holds it: the findings of `heapwise diff`; \
         with more than two dumps also how its number went.",
        "SELECT rank, class, holder, growth_bytes, confidence FROM growth(b, a) ORDER BY rank",
    ),
    Function::new("edges", "FROM edges([before, after])", T(TableFunction::Edges, PAIR)).says(
        "References of two open dumps by who refers by what to what, with their number, the largest growth first. What has more targets for \
         each owner is a container that grows.",
        "SELECT owner, via, target, references_before, references_after FROM edges(b, a) WHERE category = 'grown'",
    ),
    Function::new("path_tree", "FROM path_tree([first, … last])", T(TableFunction::PathTree, SERIES)).says(
        "The objects of some open dumps (all of them) by the path of names that leads to them from a root: each object is in one row. \
         Counts and sizes are those of the first and the last dump; `total` includes all rows below.",
        "SELECT depth, via, class, objects_before, objects_after FROM path_tree(b, a) WHERE objects_after > objects_before",
    ),
    Function::new("suspects", "FROM suspects()", T(TableFunction::Suspects, &[])).says(
        "The places of one dump behind which a twentieth of the heap lies or more, with who holds it.",
        "SELECT rank, class, holder, bytes FROM suspects()",
    ),
];

const fn column(name: &'static str, kind: Kind, doc: &'static str) -> Column {
    Column { name, kind, doc }
}

const IT: Column = column("object", Kind::Object, "the object");
const SHALLOW: Column = column("shallow", Kind::Bytes, "its shallow size in bytes");
const RETAINED: Column = column("retained", Kind::Bytes, "its retained size in bytes");
const STRENGTH: Column =
    column("strength", Kind::Text, "how the reference holds: strong, soft, weak, finalizer or phantom");

const PATH_COLUMNS: &[Column] = &[
    column("path", Kind::Count, "the number of the path, from 1"),
    column("step", Kind::Count, "the number of the step, from 0 at the root's object"),
    IT,
    column("via", Kind::Text, "the field, index or other form by which the previous step holds it"),
    column("root", Kind::Text, "at step 0: the kind of the root"),
    column("thread", Kind::Object, "at step 0: the thread whose root it is"),
];
const MERGED_COLUMNS: &[Column] = &[
    column("node", Kind::Count, "the number of the node, from 1"),
    column("parent", Kind::Count, "the number of the node above; null at a root"),
    column("depth", Kind::Count, "references from the root's object"),
    IT,
    column("via", Kind::Text, "the field, index or other form by which the node above holds it"),
    column("objects", Kind::Count, "how many objects of the set lie here or below"),
    column("bytes", Kind::Bytes, "the shallow size of those objects"),
    RETAINED,
];
const CHAIN_COLUMNS: &[Column] =
    &[column("step", Kind::Count, "how far above, from 1"), IT, SHALLOW, RETAINED];
const TREE_COLUMNS: &[Column] = &[
    column("node", Kind::Count, "the number of the node, from 1"),
    column("parent", Kind::Count, "the number of the node above; null under the virtual root"),
    column("depth", Kind::Count, "levels below the virtual root, from 1"),
    column("name", Kind::Text, "the class, package or loader; the object's class where nothing is grouped"),
    column("object", Kind::Object, "the object; null where objects are grouped"),
    column("objects", Kind::Count, "how many objects the node stands for"),
    column("shallow", Kind::Bytes, "their shallow size in bytes"),
    column("retained", Kind::Bytes, "their retained size in bytes: their subtrees do not overlap"),
];
const DROP_COLUMNS: &[Column] = &[
    IT,
    RETAINED,
    column("largest_child", Kind::Object, "the object below that retains most; null when there is none"),
    column("largest_child_retained", Kind::Bytes, "what that retains"),
    column("drop", Kind::Bytes, "the difference of both"),
    column("children", Kind::Count, "how many objects it immediately dominates"),
];
const SET_COLUMNS: &[Column] = &[IT, SHALLOW, RETAINED];
const REACHED_COLUMNS: &[Column] =
    &[IT, column("depth", Kind::Count, "references from the set, from 0"), SHALLOW, RETAINED];
const OUT_COLUMNS: &[Column] =
    &[column("via", Kind::Text, "the field or index that holds it"), IT, SHALLOW, RETAINED, STRENGTH];
const IN_COLUMNS: &[Column] = &[
    column("via", Kind::Text, "the field or index of the object that refers"),
    IT,
    SHALLOW,
    RETAINED,
    STRENGTH,
];
const ENTRY_COLUMNS: &[Column] = &[
    column("index", Kind::Count, "the place in the map's order, from 0"),
    column("key", Kind::Object, "the key; null for a null key"),
    column("value", Kind::Object, "the value; null for a null value"),
    column("entry", Kind::Object, "the object that holds both, where there is one"),
    column("key_text", Kind::Text, "a key that is a text or a number and no object, as in Go; else null"),
    column("value_text", Kind::Text, "a value that is a text or a number and no object, as in Go; else null"),
];
const ELEMENT_COLUMNS: &[Column] = &[
    column("index", Kind::Count, "the place, from 0"),
    column("value", Kind::Object, "the element: an object, or what the array or list holds"),
];
const FIELD_COLUMNS: &[Column] = &[
    column("name", Kind::Text, "the field"),
    column("class", Kind::Class, "the class that declares it"),
    column(
        "type",
        Kind::Text,
        "object, boolean, char, byte, short, int, long, float or double; of a Go dump object, boolean, integer, floating point or text",
    ),
    column("value", Kind::Text, "the value as text; of an object its text, else class and address"),
    column("object", Kind::Object, "the object that a reference leads to"),
];

const DIFF_COLUMNS: &[Column] = &[
    column("class", Kind::Text, "the class, without the numbers that only one process gives"),
    column("loader", Kind::Text, "the class of its loader; null for the boot loader"),
    column("loader_label", Kind::Text, LABEL),
    column("instances_before", Kind::Count, "instances in the first dump"),
    column("instances_after", Kind::Count, "instances in the second"),
    column("shallow_before", Kind::Bytes, "their shallow size in the first dump"),
    column("shallow_after", Kind::Bytes, "their shallow size in the second"),
    column("retained_before", Kind::Bytes, "what they retain as a set in the first dump"),
    column("retained_after", Kind::Bytes, "what they retain as a set in the second"),
];
const LABEL: &str =
    "what tells the loader from others of its class: its name, or the package of most of its classes";
const LOADER_COLUMNS: &[Column] = &[
    column("loader", Kind::Text, "the class of the loaders; null for the boot loader"),
    column("label", Kind::Text, LABEL),
    column("package", Kind::Text, "the package of which they loaded most classes"),
    column("loaders_before", Kind::Count, "loaders in the first dump"),
    column("loaders_after", Kind::Count, "loaders in the second"),
    column("classes_before", Kind::Count, "classes that they loaded, in the first dump"),
    column("classes_after", Kind::Count, "classes that they loaded, in the second"),
    column("instances_before", Kind::Count, "instances of those in the first dump"),
    column("instances_after", Kind::Count, "instances of those in the second"),
    column("shallow_before", Kind::Bytes, "their shallow size in the first dump"),
    column("shallow_after", Kind::Bytes, "their shallow size in the second"),
    column(
        "retained_before",
        Kind::Bytes,
        "what loaders, classes and instances retain as one set in the first dump",
    ),
    column("retained_after", Kind::Bytes, "the same in the second"),
];
const FINDING_COLUMNS: &[Column] = &[
    column("rank", Kind::Count, "the place, from 1: surest and largest first"),
    column("class", Kind::Text, "the class that is leaked"),
    column("holder", Kind::Text, "who holds it: a thread's name, `static Class.field`, the kind of a root"),
    column("growth_bytes", Kind::Bytes, "bytes more that are charged to it; findings do not overlap"),
    column("growth_objects", Kind::Count, "objects more where the growth began"),
    column("confidence", Kind::Float, "from 0 to 1: how likely it does not end by itself"),
    column("category", Kind::Text, "grown, new or moved"),
    column("strength", Kind::Text, "the weakest reference on the path"),
    column("rule", Kind::Text, "the rule that knows it; null where none does"),
    column(
        "implicit_edge",
        Kind::Text,
        "the reference that nobody wrote on purpose; null where no rule tells",
    ),
    column("instances_before", Kind::Count, "instances of the class in the first dump"),
    column("instances_after", Kind::Count, "instances of the class in the last"),
    column("retained_before", Kind::Bytes, "what they retain as a set in the first dump"),
    column("retained_after", Kind::Bytes, "what they retain as a set in the last"),
    column(
        "objects_new",
        Kind::Count,
        "objects of the class in it that have come to be, by their addresses; null of Java",
    ),
    column("objects_survived", Kind::Count, "those that were there before; null of Java"),
    column("objects_reused", Kind::Count, "the new ones in slots that others had (inferred); null of Java"),
    column("freed", Kind::Bytes, "what cutting the reference would free; null where it was not computed"),
    column("trend", Kind::Text, "monotonic, step, saturating, saw-tooth, flat or falling; null of two dumps"),
    column("path", Kind::Text, "the path, its steps separated by ` → `"),
    column("explanation", Kind::Text, "what happens, and why"),
    column("mend", Kind::Text, "what to do; null where no rule tells"),
];
const SUSPECT_COLUMNS: &[Column] = &[
    column("rank", Kind::Count, "the place, from 1: largest first"),
    column("class", Kind::Text, "the class that piles up"),
    column("holder", Kind::Text, "who holds it: a thread's name, `static Class.field`, the kind of a root"),
    column("bytes", Kind::Bytes, "what lies behind the place; suspects do not overlap"),
    column("objects", Kind::Count, "objects where they pile up"),
    column("confidence", Kind::Float, "from 0 to 1: how suspect that is"),
    column("rule", Kind::Text, "the rule that knows it; null where none does"),
    column(
        "implicit_edge",
        Kind::Text,
        "the reference that nobody wrote on purpose; null where no rule tells",
    ),
    column("instances", Kind::Count, "instances of the class"),
    column("retained", Kind::Bytes, "what they retain as a set"),
    column("freed", Kind::Bytes, "what cutting the reference would free; null where it was not computed"),
    column("path", Kind::Text, "the path, its steps separated by ` → `"),
    column("explanation", Kind::Text, "what happens, and why"),
    column("mend", Kind::Text, "what to do; null where no rule tells"),
];
const EDGE_COLUMNS: &[Column] = &[
    column("owner", Kind::Text, "the class that refers; `class X` where static fields of X do"),
    column("via", Kind::Text, "by what: a field, `[]`, `<local>`, `referent`"),
    column("target", Kind::Text, "the class that is referred to"),
    column("category", Kind::Text, "new, gone, grown, shrunk or same, by the number of references"),
    column("references_before", Kind::Count, "references in the first dump"),
    column("references_after", Kind::Count, "references in the second"),
    column("owners_before", Kind::Count, "objects that have some, in the first dump"),
    column("owners_after", Kind::Count, "objects that have some, in the second"),
    column("targets_before", Kind::Count, "objects that they lead to, in the first dump"),
    column("targets_after", Kind::Count, "objects that they lead to, in the second"),
    column("bytes_before", Kind::Bytes, "the shallow size of those in the first dump"),
    column("bytes_after", Kind::Bytes, "the shallow size of those in the second"),
];
const PATH_TREE_COLUMNS: &[Column] = &[
    column("node", Kind::Count, "the number of the row, from 1"),
    column("parent", Kind::Count, "the number of the row above; null for a root"),
    column("depth", Kind::Count, "rows between it and its root"),
    column("via", Kind::Text, "by what the row above refers to it; of a root, why it is kept"),
    column("class", Kind::Text, "the class of its objects; of class objects, the one that they stand for"),
    column("strength", Kind::Text, "how well the roots reach it"),
    column("objects_before", Kind::Count, "objects in the first dump"),
    column("objects_after", Kind::Count, "objects in the last"),
    column("bytes_before", Kind::Bytes, "their shallow size in the first dump"),
    column("bytes_after", Kind::Bytes, "their shallow size in the last"),
    column("total_before", Kind::Bytes, "the shallow size of these and all objects below, in the first dump"),
    column("total_after", Kind::Bytes, "the shallow size of these and all objects below, in the last"),
    column("trend", Kind::Text, "how the number of objects went; null of two dumps"),
    column(
        "place",
        Kind::Text,
        "the owner and the fields that lead to the row: `static com.acme.Shop.CARTS.table[].value`",
    ),
];

/// The columns of a function's rows.
pub fn row_columns(function: TableFunction) -> &'static [Column] {
    match function {
        TableFunction::Paths => PATH_COLUMNS,
        TableFunction::MergedPaths => MERGED_COLUMNS,
        TableFunction::Dominated | TableFunction::RetainedSet | TableFunction::WhatIf => SET_COLUMNS,
        TableFunction::Dominators => CHAIN_COLUMNS,
        TableFunction::DominatorTree => TREE_COLUMNS,
        TableFunction::BigDrops => DROP_COLUMNS,
        TableFunction::Reachable => REACHED_COLUMNS,
        TableFunction::Outbound => OUT_COLUMNS,
        TableFunction::Inbound => IN_COLUMNS,
        TableFunction::Entries => ENTRY_COLUMNS,
        TableFunction::Elements => ELEMENT_COLUMNS,
        TableFunction::Fields | TableFunction::Statics => FIELD_COLUMNS,
        TableFunction::Diff => DIFF_COLUMNS,
        TableFunction::LoaderDiff => LOADER_COLUMNS,
        TableFunction::Growth => FINDING_COLUMNS,
        TableFunction::Edges => EDGE_COLUMNS,
        TableFunction::PathTree => PATH_TREE_COLUMNS,
        TableFunction::Suspects => SUSPECT_COLUMNS,
    }
}
