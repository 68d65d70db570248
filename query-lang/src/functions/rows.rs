//! Functions that give rows; they stand in FROM, and their arguments may come from the relations before them.

use super::Parameter::{Any, Class, Integer, Object, References, Set, Text};
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
    }
}
