//! Functions of collections, arrays and lists.

use super::Parameter::{Any, Object, Text};
use super::Role::Scalar as S;
use super::{Function, Scalar};

pub(super) static COLLECTIONS: &[Function] = &[
    Function::new("size", "size(collection)", S(Scalar::Size, &[Object], 0)).also(&["len"]).says(
        "The number of elements of a collection, entries of a map, or elements of an array; of a slice or text that is a \
         field of a Go object its length, of a channel the values that wait; null for other objects.",
        "SELECT size(t.table) FROM com.acme.Tree t",
    ),
    Function::new("capacity", "capacity(collection)", S(Scalar::Capacity, &[Object], 0)).also(&["cap"]).says(
        "The number of slots of the array behind a collection; of a Go slice or channel its capacity; null where there is \
         none.",
        "SELECT capacity(m) FROM java.util.HashMap m",
    ),
    Function::new("fill_ratio", "fill_ratio(collection)", S(Scalar::FillRatio, &[Object], 0)).says(
        "The part of the slots that is used, from 0 to 1.",
        "SELECT fill_ratio(m) FROM java.util.HashMap m",
    ),
    Function::new("collisions", "collisions(map)", S(Scalar::Collisions, &[Object], 0)).says(
        "The number of entries of a hash table that share their slot with an earlier one.",
        "SELECT collisions(m) FROM java.util.HashMap m",
    ),
    Function::new("get", "get(map, 'key')", S(Scalar::Get, &[Object, Text], 0)).says(
        "The value of the entry whose key has that text; null when there is none.",
        "SELECT get(m, 'one') FROM java.util.HashMap m",
    ),
    Function::new("length", "length(text, array or list)", S(Scalar::Length, &[Any], 0))
        .also(&["char_length"])
        .says(
            "The number of characters of a text, or of elements of an array or list.",
            "SELECT length('text'), length(t.table) FROM com.acme.Tree t",
        ),
];
