//! Values of arguments: dumps with aliases, sizes, parameters.

use heapwise_engine::graph::Strength;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A dump on the command line: `DUMP` or `ALIAS=DUMP`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DumpArg {
    /// The alias, if the user gave one.
    pub(crate) alias: Option<String>,
    /// The file.
    pub(crate) path: PathBuf,
}

/// `NAME=VALUE`.
pub(crate) type Parameter = (String, String);

impl FromStr for DumpArg {
    type Err = String;

    fn from_str(text: &str) -> Result<DumpArg, String> {
        let plain = || DumpArg { alias: None, path: PathBuf::from(text) };
        match text.split_once('=') {
            // A file may have `=` in its name: what exists as it stands is no alias.
            Some((alias, path)) if is_name(alias) && !Path::new(text).exists() => match path {
                "" => Err(format!("`{alias}=` lacks the path of a dump")),
                path => Ok(DumpArg { alias: Some(alias.to_owned()), path: PathBuf::from(path) }),
            },
            _ => Ok(plain()),
        }
    }
}

/// A size in bytes: a number and an optional unit, all units powers of 1024.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim().to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        "T" | "TB" | "TIB" => 40,
        _ => return Err("expected a number and a unit, such as 512MB or 2GB".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "expected a number, such as 512MB or 2GB".to_owned())?;
    number.checked_mul(1 << shift).ok_or_else(|| "more than 64 bits hold".to_owned())
}

/// A number of threads, at least 1.
pub(super) fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least 1".to_owned()),
        Ok(threads) => Ok(threads),
        Err(_) => Err("expected a number".to_owned()),
    }
}

/// The weakest reference that holds.
pub(super) fn strength(text: &str) -> Result<Strength, String> {
    match text {
        "strong" | "soft" | "weak" | "phantom" => Strength::parse(text),
        _ => None,
    }
    .ok_or_else(|| "use strong, soft, weak or phantom".to_owned())
}

/// `NAME=VALUE`; a `$` before the name is allowed.
pub(super) fn parameter(text: &str) -> Result<Parameter, String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    let name = name.strip_prefix('$').unwrap_or(name);
    if is_name(name) { Ok((name.to_owned(), value.to_owned())) } else { Err(format!("`{name}` is no name")) }
}

/// Whether `text` can name a dump or a parameter.
pub(crate) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_powers_of_1024() {
        for (text, expected) in [
            ("0", Some(0)),
            ("17", Some(17)),
            ("4k", Some(4096)),
            ("2GB", Some(2 << 30)),
            ("2 GiB", Some(2 << 30)),
            ("1TB", Some(1 << 40)),
            ("", None),
            ("GB", None),
            ("-1", None),
            ("1.5GB", None),
            ("2XB", None),
            ("99999999999999999999", None),
            ("18446744073709551615K", None),
        ] {
            assert_eq!(bytes(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn a_dump_may_have_an_alias() {
        for (text, alias, path) in [
            ("x.hprof", None, "x.hprof"),
            ("old=x.hprof", Some("old"), "x.hprof"),
            ("a=b=c", Some("a"), "b=c"),
            ("dir/a=b", None, "dir/a=b"),
            ("=x", None, "=x"),
        ] {
            let expected = DumpArg { alias: alias.map(str::to_owned), path: path.into() };
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        assert!("a=".parse::<DumpArg>().is_err());
    }

    #[test]
    fn parameters_have_names() {
        let pair = |name: &str, value: &str| Ok((name.to_owned(), value.to_owned()));
        assert_eq!(parameter("n=5"), pair("n", "5"));
        assert_eq!(parameter("$n=a=b"), pair("n", "a=b"));
        assert!(parameter("n").is_err());
        assert!(parameter("=5").is_err());
        assert!(parameter("1a=5").is_err());
    }
}
