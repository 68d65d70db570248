//! Names and literals that mean something on the test heap, where the grammar takes any.

use crate::campaign::Rng;

const ALIASES: &[&str] = &["n", "n", "n", "n", "n", "n", "n", "n", "o", "x"];
const FIELDS: &[&str] =
    &["id", "name", "next", "weight", "live", "mark", "table", "class", "retained", "shallow", "length"];
const ATTRIBUTES: &[&str] = &[
    "@id",
    "@address",
    "@class",
    "@shallow",
    "@retained",
    "@dominator",
    "@length",
    "@strength",
    "@displayName",
    "@root",
];
const CLASSES: &[&str] = &[
    "com.acme.Node",
    "com.acme.Node",
    "com.acme.Leaf",
    "com.acme.Tree",
    "java.util.HashMap",
    "java.lang.String",
    "byte[]",
    "com.acme.Node[]",
    "objects",
    "objects",
    "classes",
    "histogram",
    "roots",
    "threads",
    "n",
    "x",
    "`com.acme.Base`",
];
const TABLE_FUNCTIONS: &[&str] = &[
    "outbound",
    "inbound",
    "referrers",
    "paths",
    "dominated",
    "dominators",
    "entries",
    "elements",
    "fields",
    "statics",
    "reachable",
    "merged_paths",
    "retained_set",
    "whatif",
    "dominator_tree",
    "big_drops",
    "common_dominator",
];
const FUNCTIONS: &[&str] = &[
    "count",
    "sum",
    "max",
    "min",
    "avg",
    "array_agg",
    "row_number",
    "rank",
    "lag",
    "first_value",
    "abs",
    "round",
    "lower",
    "length",
    "substr",
    "concat",
    "coalesce",
    "nullif",
    "toString",
    "toHex",
    "text",
    "hash",
    "same",
    "size",
    "retained_size",
    "classof",
    "dominatorof",
    "dominators",
    "outbounds",
    "inbounds",
    "string_agg",
    "approx_percentile",
    "format_bytes",
    "date_trunc",
];
const TYPES: &[&str] = &["text", "integer", "float", "boolean", "bytes", "address", "timestamp"];
const PARTS: &[&str] = &["year", "month", "day", "hour", "epoch"];
const ARGUMENTS: &[&str] = &["avoiding", "through", "by", "depth"];
const INTEGERS: &[&str] =
    &["0", "1", "2", "3", "10", "1_000", "4", "5", "100", "9223372036854775807", "9223372036854775808"];
const FLOATS: &[&str] = &["0.5", "2.0", "1e3", "1.5e-3", "1e308"];
const TEXTS: &[&str] =
    &["''", "'node 3'", "'a%'", "'it''s'", "'%d'", "'class'", "'2026-01-02'", "'com.acme.*'"];
const QUOTED: &[&str] =
    &["\"com\\.acme\\..*\"", "\".*Node\"", "\"com.acme.Leaf\"", "\"java.*\"", "\"(\"", "\"\""];
const ADDRESSES: &[&str] = &["0x700010000", "0x700010000", "0x700010000", "0x0", "0xfffffffffffffffff"];
const SIZES: &[&str] = &["1KB", "10MiB", "1.5gb", "0kib"];
const PARAMETERS: &[&str] = &["$least", "$text", "$missing"];

/// Rules whose words come from here.
const RULES: &[(&str, &[&str])] = &[
    ("class_name", CLASSES),
    ("attribute", ATTRIBUTES),
    ("integer", INTEGERS),
    ("float", FLOATS),
    ("single_quoted", TEXTS),
    ("double_quoted", QUOTED),
    ("address", ADDRESSES),
    ("size", SIZES),
    ("parameter", PARAMETERS),
    ("quoted_name", &["`n`", "`odd name`", "`größe`"]),
];

/// How often a rule is taken where others may be, of 100, by the rule around it: queries without FROM seldom mean something.
pub(super) fn likelihood(around: &str, rule: &str) -> usize {
    match (around, rule) {
        ("select", "from") => 97,
        ("call" | "table_function", _) if rule != "k_distinct" && rule != "order_by" && rule != "filter" => {
            80
        }
        ("relation", "k_as" | "name" | "") => 90,
        ("relation", "k_in") | ("relation", "k_lateral") | ("source", "k_objects") => 3,
        ("query", "with") | ("select", "having" | "windows" | "group_by") | ("path", _) => 12,
        _ => 25,
    }
}

/// How often an alternative is taken beside others.
pub(super) fn weight(rule: &str) -> usize {
    match rule {
        "select" => 12,
        "query" | "reference" | "class_name" => 8,
        "call" | "literal" | "attribute" | "item" => 4,
        "table_function" => 3,
        _ => 1,
    }
}

/// Whether [`word`] has words for a rule.
pub(super) fn are_for(rule: &str) -> bool {
    matches!(rule, "name" | "word" | "any_word") || RULES.iter().any(|(name, _)| *name == rule)
}

/// A word for `rule`, which stands `within` other rules, outermost first; `None`: the grammar makes it.
pub(super) fn word(rule: &str, within: &[&str], rng: &mut Rng) -> Option<String> {
    let around = within.last().copied().unwrap_or_default();
    let of = match (rule, around) {
        ("word", "table_function") => TABLE_FUNCTIONS,
        ("word", "call") => FUNCTIONS,
        ("any_word", "cast" | "unary") => TYPES,
        ("any_word", "extract") => PARTS,
        ("any_word", "argument") => ARGUMENTS,
        ("any_word" | "word", "step") => FIELDS,
        ("word", "reference") if rng.percent(35) => FIELDS,
        ("word" | "any_word" | "name", _) => ALIASES,
        _ => RULES.iter().find(|(name, _)| *name == rule)?.1,
    };
    Some(rng.word(of).to_owned())
}
