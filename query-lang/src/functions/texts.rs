//! Functions of texts. Characters are counted from 1.

use super::Parameter::{Integer, Number, Text, Texts};
use super::Role::Scalar as S;
use super::{Function, Scalar};

pub(super) static TEXTS: &[Function] = &[
    Function::new("lower", "lower(text)", S(Scalar::Lower, &[Text], 0))
        .also(&["toLowerCase"])
        .says("The text in lower case.", "SELECT lower('ABC')"),
    Function::new("upper", "upper(text)", S(Scalar::Upper, &[Text], 0))
        .also(&["toUpperCase"])
        .says("The text in upper case.", "SELECT upper('abc')"),
    Function::new("initcap", "initcap(text)", S(Scalar::InitCap, &[Text], 0))
        .says("The text with the first letter of each word in upper case.", "SELECT initcap('two words')"),
    Function::new(
        "substring",
        "substring(text, start [, length])",
        S(Scalar::Substring, &[Text, Integer, Integer], 1),
    )
    .also(&["substr"])
    .says("Part of a text; the first character is number 1.", "SELECT substring('abcdef', 2, 3)"),
    Function::new("left_part", "left_part(text, n)", S(Scalar::Left, &[Text, Integer], 0))
        .says("The first n characters.", "SELECT left_part('abcdef', 2)"),
    Function::new("right_part", "right_part(text, n)", S(Scalar::Right, &[Text, Integer], 0))
        .says("The last n characters.", "SELECT right_part('abcdef', 2)"),
    Function::new(
        "split_part",
        "split_part(text, separator, n)",
        S(Scalar::SplitPart, &[Text, Text, Integer], 0),
    )
    .says("The n-th part between separators; the first is number 1.", "SELECT split_part('a,b,c', ',', 2)"),
    Function::new("trim", "trim(text)", S(Scalar::Trim, &[Text], 0))
        .says("The text without blanks at both ends.", "SELECT trim('  a ')"),
    Function::new("ltrim", "ltrim(text)", S(Scalar::TrimLeft, &[Text], 0))
        .says("The text without blanks at its start.", "SELECT ltrim('  a ')"),
    Function::new("rtrim", "rtrim(text)", S(Scalar::TrimRight, &[Text], 0))
        .says("The text without blanks at its end.", "SELECT rtrim('  a ')"),
    Function::new("lpad", "lpad(text, n [, fill])", S(Scalar::PadLeft, &[Text, Integer, Text], 1)).says(
        "The text filled up with blanks or `fill` at its start to n characters, or cut to them.",
        "SELECT lpad('7', 3, '0')",
    ),
    Function::new("rpad", "rpad(text, n [, fill])", S(Scalar::PadRight, &[Text, Integer, Text], 1))
        .says("The same at its end.", "SELECT rpad('7', 3, '.')"),
    Function::new("repeat", "repeat(text, n)", S(Scalar::Repeat, &[Text, Integer], 0))
        .says("The text n times; longer than 1 MB it is cut.", "SELECT repeat('ab', 3)"),
    Function::new("reverse", "reverse(text)", S(Scalar::Reverse, &[Text], 0))
        .says("The characters from last to first.", "SELECT reverse('abc')"),
    Function::new("replace", "replace(text, old, new)", S(Scalar::Replace, &[Text, Text, Text], 0))
        .says("The text with every `old` replaced by `new`.", "SELECT replace('a-b', '-', '+')"),
    Function::new("concat", "concat(text, …)", S(Scalar::Concat, &[Text, Texts], 0)).says(
        "The texts one after the other; nulls are left out (|| gives null instead).",
        "SELECT concat('a', 1, null)",
    ),
    Function::new("contains", "contains(text, part)", S(Scalar::Contains, &[Text, Text], 0))
        .says("Whether the text contains the part.", "SELECT contains('abc', 'b')"),
    Function::new("starts_with", "starts_with(text, part)", S(Scalar::StartsWith, &[Text, Text], 0))
        .also(&["startsWith"])
        .says("Whether the text starts with the part.", "SELECT starts_with('abc', 'ab')"),
    Function::new("ends_with", "ends_with(text, part)", S(Scalar::EndsWith, &[Text, Text], 0))
        .also(&["endsWith"])
        .says("Whether the text ends with the part.", "SELECT ends_with('abc', 'bc')"),
    Function::new("position", "position(text, part)", S(Scalar::Position, &[Text, Text], 0))
        .also(&["strpos", "indexOf"])
        .says(
            "Where the part begins in the text, from 1; 0 when it does not occur.",
            "SELECT position('abc', 'c')",
        ),
    Function::new("regexp_like", "regexp_like(text, regex)", S(Scalar::RegexpLike, &[Text, Text], 0)).says(
        "Whether the regular expression matches somewhere in the text; =~ asks for the whole text.",
        "SELECT regexp_like('abc', 'b.')",
    ),
    Function::new(
        "regexp_extract",
        "regexp_extract(text, regex [, group])",
        S(Scalar::RegexpExtract, &[Text, Text, Integer], 1),
    )
    .says(
        "What the first match of the regular expression, or a group of it, holds; null without a match.",
        "SELECT regexp_extract('k12', '([0-9]+)', 1)",
    ),
    Function::new("regexp_count", "regexp_count(text, regex)", S(Scalar::RegexpCount, &[Text, Text], 0))
        .says("How often the regular expression matches.", "SELECT regexp_count('a1b22', '[0-9]+')"),
    Function::new(
        "regexp_replace",
        "regexp_replace(text, regex, new)",
        S(Scalar::RegexpReplace, &[Text, Text, Text], 0),
    )
    .says(
        "The text with the first match of the regular expression replaced; \\1 is the first group.",
        "SELECT regexp_replace('k12', '([0-9]+)', '<\\1>')",
    ),
    Function::new("format_bytes", "format_bytes(bytes)", S(Scalar::FormatBytes, &[Number], 0))
        .says("A size for people: 1.5 MB; units are powers of 1024.", "SELECT format_bytes(1536KB)"),
];
