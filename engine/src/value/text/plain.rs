//! Texts that stand in a field or an array, and those that are put together from a few.

use super::part::Part;
use super::units::Units;
use crate::format::hprof::Value;
use crate::value::read::integer;
use std::fmt::Write;

/// A string or builder.
pub(super) fn letters(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    Units::of_string(&part.data?, &part.slots)?.push(out);
    Some(())
}

/// A `char[]`, or a `byte[]` as Latin-1.
pub(super) fn array(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    Units::of_array(part.snapshot(), part.id, false)?.push(out);
    Some(())
}

/// The name of the class that a class object stands for.
pub(super) fn class(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    let snapshot = part.snapshot();
    out.push_str(snapshot.class_name(snapshot.class_of_object(part.id)?));
    Some(())
}

/// The value of a boxed primitive.
pub(super) fn primitive(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    match part.value(0)? {
        Value::Boolean(value) => write!(out, "{value}"),
        Value::Char(unit) => write!(out, "{}", String::from_utf16_lossy(&[unit])),
        Value::Float(value) => write!(out, "{value}"),
        Value::Double(value) => write!(out, "{value}"),
        other => write!(out, "{}", integer(other)?),
    }
    .ok()
}

/// An `AtomicBoolean`, whose value is an `int`.
pub(super) fn flag(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    out.push_str(if part.integer(0)? == 0 { "false" } else { "true" });
    Some(())
}

/// The text of the object in the only field.
pub(super) fn same(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    part.push(0, out)
}

/// The language tag of a locale, without extensions.
pub(super) fn locale(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    part.push(0, out)
}

/// `Locale.toLanguageTag`: language, script, region and variant; `und` where there is no language, and today's codes in
/// the place of three that `Locale` keeps by their old name up to JDK 16.
pub(super) fn base_locale(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    let [language, script, region, variant] = [0, 1, 2, 3].map(|field| part.text(field).unwrap_or_default());
    out.push_str(match language.as_str() {
        "" => "und",
        "iw" => "he",
        "in" => "id",
        "ji" => "yi",
        other => other,
    });
    for subtag in [script, region, variant.replace('_', "-")].iter().filter(|subtag| !subtag.is_empty()) {
        out.push('-');
        out.push_str(subtag);
    }
    Some(())
}

/// The fields of a `StackTraceElement`; those of loader and module since JDK 9.
pub(super) const FRAME: &[&str] = &[
    "declaringClass",
    "methodName",
    "fileName",
    "lineNumber",
    "classLoaderName",
    "moduleName",
    "moduleVersion",
    "format",
];

/// As `StackTraceElement.toString`: `java.base@17.0.9/java.lang.Thread.run(Thread.java:840)`.
pub(super) fn frame(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    let format = part.integer(7).unwrap_or_default();
    let start = out.len();
    // Bit 0: one of the JDK's own loaders; bit 1: a module that comes with the JDK. Their names and versions say nothing.
    if format & 1 == 0 && part.text(4).is_some_and(|loader| !loader.is_empty()) {
        part.push(4, out)?;
        out.push('/');
    }
    if part.text(5).is_some_and(|module| !module.is_empty()) {
        part.push(5, out)?;
        if format & 2 == 0 {
            part.push_after("@", 6, out);
        }
    }
    if out.len() > start {
        out.push('/');
    }
    part.push(0, out)?;
    part.push_after(".", 1, out);
    let line = part.integer(3).unwrap_or(-1);
    let file = part.text(2);
    match (line, file) {
        (-2, _) => out.push_str("(Native Method)"),
        (_, None) => out.push_str("(Unknown Source)"),
        (..0, Some(file)) => write!(out, "({file})").ok()?,
        (_, Some(file)) => write!(out, "({file}:{line})").ok()?,
    }
    Some(())
}
