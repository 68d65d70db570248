//! The functions of the language: one table for checks, completion and help.

/// A function and what is said about it.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The name; any case is accepted.
    pub name: &'static str,
    /// Other names of the same.
    pub aliases: &'static [&'static str],
    /// How it is called.
    pub signature: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// What it is.
    pub role: Role,
}

/// What a function does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// One value per row; what its parameters are, and how many of them may be left out.
    Scalar(Scalar, &'static [Parameter], usize),
    /// One value per group.
    Aggregate(Aggregate),
    /// Rows; stands in FROM.
    Table(TableFunction),
}

/// What a parameter accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// An object.
    Object,
    /// A text; a class counts as its name.
    Text,
    /// An integer.
    Integer,
    /// A number of any kind.
    Number,
    /// Anything.
    Any,
    /// The type of the first argument, any number of times (only as the last parameter).
    More,
    /// Texts, any number of times (only as the last parameter).
    Texts,
}

/// Functions of one row.
#[expect(missing_docs, reason = "each is documented in FUNCTIONS")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    ToText,
    ToHex,
    ClassOf,
    DominatorOf,
    Length,
    Lower,
    Upper,
    Substring,
    Trim,
    Replace,
    Contains,
    StartsWith,
    EndsWith,
    Concat,
    Left,
    Right,
    SplitPart,
    Position,
    RegexpReplace,
    Abs,
    Round,
    Floor,
    Ceil,
    Coalesce,
    NullIf,
    Greatest,
    Least,
}

/// Functions of a group.
#[expect(missing_docs, reason = "each is documented in FUNCTIONS")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aggregate {
    Count,
    Sum,
    Avg,
    Min,
    Max,
}

/// Functions that give rows.
#[expect(missing_docs, reason = "each is documented in FUNCTIONS")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TableFunction {
    Paths,
    Dominated,
    Dominators,
    Outbound,
    Inbound,
}

/// The function of that name, in any case.
pub fn find(name: &str) -> Option<&'static Function> {
    let same = |other: &str| other.eq_ignore_ascii_case(name);
    FUNCTIONS.iter().find(|function| same(function.name) || function.aliases.iter().any(|alias| same(alias)))
}

const fn scalar(
    name: &'static str,
    aliases: &'static [&'static str],
    signature: &'static str,
    role: Role,
    doc: &'static str,
) -> Function {
    Function { name, aliases, signature, doc, role }
}

const fn aggregate(
    name: &'static str,
    signature: &'static str,
    which: Aggregate,
    doc: &'static str,
) -> Function {
    Function { name, aliases: &[], signature, doc, role: Role::Aggregate(which) }
}

const fn rows(
    name: &'static str,
    aliases: &'static [&'static str],
    signature: &'static str,
    which: TableFunction,
    doc: &'static str,
) -> Function {
    Function { name, aliases, signature, doc, role: Role::Table(which) }
}

use Parameter::{Any, Integer, More, Number, Object, Text, Texts};
use Role::Scalar as S;

/// All functions, in the order in which help lists them.
pub static FUNCTIONS: &[Function] = &[
    scalar(
        "toString",
        &["text"],
        "toString(object)",
        S(Scalar::ToText, &[Any], 0),
        "The text of a String, char[], byte[] or boxed number; null for other objects; any other value as text.",
    ),
    scalar(
        "toHex",
        &[],
        "toHex(number)",
        S(Scalar::ToHex, &[Any], 0),
        "A number or an object's address in hexadecimal, as 0x….",
    ),
    scalar(
        "classof",
        &[],
        "classof(object)",
        S(Scalar::ClassOf, &[Object], 0),
        "The class object of an object's class; its fields are the class's statics.",
    ),
    scalar(
        "dominatorof",
        &["dominator"],
        "dominatorof(object)",
        S(Scalar::DominatorOf, &[Object], 0),
        "The immediate dominator; null when only the roots dominate it.",
    ),
    scalar(
        "length",
        &["char_length"],
        "length(text or array)",
        S(Scalar::Length, &[Any], 0),
        "The number of characters of a text, or of elements of an array.",
    ),
    scalar("lower", &["toLowerCase"], "lower(text)", S(Scalar::Lower, &[Text], 0), "The text in lower case."),
    scalar("upper", &["toUpperCase"], "upper(text)", S(Scalar::Upper, &[Text], 0), "The text in upper case."),
    scalar(
        "substring",
        &["substr"],
        "substring(text, start [, length])",
        S(Scalar::Substring, &[Text, Integer, Integer], 1),
        "Part of a text; the first character is number 1.",
    ),
    scalar("trim", &[], "trim(text)", S(Scalar::Trim, &[Text], 0), "The text without blanks at both ends."),
    scalar(
        "replace",
        &[],
        "replace(text, old, new)",
        S(Scalar::Replace, &[Text, Text, Text], 0),
        "The text with every `old` replaced by `new`.",
    ),
    scalar(
        "contains",
        &[],
        "contains(text, part)",
        S(Scalar::Contains, &[Text, Text], 0),
        "Whether the text contains the part.",
    ),
    scalar(
        "starts_with",
        &["startsWith"],
        "starts_with(text, part)",
        S(Scalar::StartsWith, &[Text, Text], 0),
        "Whether the text starts with the part.",
    ),
    scalar(
        "ends_with",
        &["endsWith"],
        "ends_with(text, part)",
        S(Scalar::EndsWith, &[Text, Text], 0),
        "Whether the text ends with the part.",
    ),
    scalar(
        "concat",
        &[],
        "concat(text, …)",
        S(Scalar::Concat, &[Text, Texts], 0),
        "The texts one after the other; nulls are left out (|| gives null instead).",
    ),
    scalar(
        "left_part",
        &[],
        "left_part(text, n)",
        S(Scalar::Left, &[Text, Integer], 0),
        "The first n characters.",
    ),
    scalar(
        "right_part",
        &[],
        "right_part(text, n)",
        S(Scalar::Right, &[Text, Integer], 0),
        "The last n characters.",
    ),
    scalar(
        "split_part",
        &[],
        "split_part(text, separator, n)",
        S(Scalar::SplitPart, &[Text, Text, Integer], 0),
        "The n-th part between separators; the first is number 1.",
    ),
    scalar(
        "position",
        &["strpos"],
        "position(text, part)",
        S(Scalar::Position, &[Text, Text], 0),
        "Where the part begins in the text, from 1; 0 when it does not occur.",
    ),
    scalar(
        "regexp_replace",
        &[],
        "regexp_replace(text, regex, new)",
        S(Scalar::RegexpReplace, &[Text, Text, Text], 0),
        "The text with the first match of the regular expression replaced; \\1 is the first group.",
    ),
    scalar("abs", &[], "abs(number)", S(Scalar::Abs, &[Number], 0), "The number without its sign."),
    scalar(
        "round",
        &[],
        "round(number [, digits])",
        S(Scalar::Round, &[Number, Integer], 1),
        "The float rounded to so many decimal places (0), halves away from zero.",
    ),
    scalar(
        "floor",
        &[],
        "floor(number)",
        S(Scalar::Floor, &[Number], 0),
        "The largest integer not above it.",
    ),
    scalar(
        "ceil",
        &["ceiling"],
        "ceil(number)",
        S(Scalar::Ceil, &[Number], 0),
        "The least integer not below it.",
    ),
    scalar(
        "coalesce",
        &["ifnull", "nvl"],
        "coalesce(value, …)",
        S(Scalar::Coalesce, &[Any, More], 0),
        "The first value that is not null.",
    ),
    scalar(
        "nullif",
        &[],
        "nullif(a, b)",
        S(Scalar::NullIf, &[Any, More], 0),
        "Null when both are equal, else the first.",
    ),
    scalar(
        "greatest",
        &[],
        "greatest(value, …)",
        S(Scalar::Greatest, &[Any, More], 0),
        "The largest of the values; nulls are left out.",
    ),
    scalar(
        "least",
        &[],
        "least(value, …)",
        S(Scalar::Least, &[Any, More], 0),
        "The smallest of the values; nulls are left out.",
    ),
    aggregate(
        "count",
        "count(*), count([DISTINCT] value)",
        Aggregate::Count,
        "The number of rows, or of rows where the value is not null.",
    ),
    aggregate("sum", "sum([DISTINCT] number)", Aggregate::Sum, "The sum; of sizes again a size."),
    aggregate("avg", "avg([DISTINCT] number)", Aggregate::Avg, "The mean, a float."),
    aggregate("min", "min(value)", Aggregate::Min, "The least value."),
    aggregate("max", "max(value)", Aggregate::Max, "The largest value."),
    rows(
        "paths",
        &[],
        "FROM paths(address [, n])",
        TableFunction::Paths,
        "The shortest paths from roots to the object (n of them, 1), a row for each step.",
    ),
    rows(
        "dominated",
        &[],
        "FROM dominated(address)",
        TableFunction::Dominated,
        "The objects that the object immediately dominates, largest retained first.",
    ),
    rows(
        "dominators",
        &[],
        "FROM dominators(address)",
        TableFunction::Dominators,
        "The chain of dominators above the object, nearest first.",
    ),
    rows(
        "outbound",
        &["outbounds"],
        "FROM outbound(address)",
        TableFunction::Outbound,
        "What the object refers to, with the field or index.",
    ),
    rows(
        "inbound",
        &["inbounds", "referrers"],
        "FROM inbound(address)",
        TableFunction::Inbound,
        "What refers to the object, with the field or index.",
    ),
];

#[cfg(test)]
mod tests {
    use super::{FUNCTIONS, find};

    #[test]
    fn names_are_unique_and_documented() {
        for function in FUNCTIONS {
            let names = function.aliases.iter().chain([&function.name]);
            for name in names {
                assert!(std::ptr::eq(find(&name.to_uppercase()).unwrap(), function), "{name} is named twice");
            }
            assert!(function.doc.ends_with('.'), "{}", function.name);
        }
    }
}
