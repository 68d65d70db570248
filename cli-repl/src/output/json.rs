//! JSON: an array of objects, or an object a line.

use super::cell::{Cell, Heading};
use super::escape::is_hostile;
use super::number::non_finite;
use super::time::iso;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes rows as JSON objects.
pub(crate) struct Json {
    /// `"name":`, written once.
    keys: Vec<Vec<u8>>,
    /// Whether the objects are lines of their own and not elements of an array.
    lines: bool,
    first: bool,
}

impl Json {
    /// Objects with the names of `headings` as keys.
    pub(crate) fn new(headings: &[Heading], lines: bool) -> io::Result<Json> {
        let key = |heading: &Heading| -> io::Result<Vec<u8>> {
            let mut key = Vec::new();
            write_string(&heading.name, &mut key)?;
            key.push(b':');
            Ok(key)
        };
        Ok(Json { keys: headings.iter().map(key).collect::<io::Result<_>>()?, lines, first: true })
    }

    pub(super) fn row(&mut self, cells: &[Cell], out: &mut dyn Write) -> io::Result<()> {
        let before: &[u8] = match (self.lines, self.first) {
            (true, _) => b"{",
            (false, true) => b"[\n{",
            (false, false) => b",\n{",
        };
        self.first = false;
        out.write_all(before)?;
        for (position, (key, cell)) in self.keys.iter().zip(cells).enumerate() {
            if position > 0 {
                out.write_all(b",")?;
            }
            out.write_all(key)?;
            write_cell(cell, out)?;
        }
        out.write_all(if self.lines { b"}\n" } else { b"}" })
    }

    pub(super) fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match (self.lines, self.first) {
            (true, _) => Ok(()),
            (false, true) => out.write_all(b"[]\n"),
            (false, false) => out.write_all(b"\n]\n"),
        }
    }
}

/// A string in quotes. What a terminal would obey is spelled `\u001b`: the same string to every JSON reader.
pub(crate) fn write_string(text: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"\"")?;
    let mut plain = 0;
    for (position, c) in text.char_indices() {
        if c != '"' && c != '\\' && !is_hostile(c) {
            continue;
        }
        out.write_all(&text.as_bytes()[plain..position])?;
        plain = position + c.len_utf8();
        match c {
            '"' => out.write_all(b"\\\"")?,
            '\\' => out.write_all(b"\\\\")?,
            '\n' => out.write_all(b"\\n")?,
            _ => {
                let mut spelled = String::new();
                spell(c, &mut spelled);
                out.write_all(spelled.as_bytes())?;
            }
        }
    }
    out.write_all(&text.as_bytes()[plain..])?;
    out.write_all(b"\"")
}

/// A JSON document, keys in the order of the type, strings as harmless as [`write_string`]'s; `pretty` in
/// lines, else in one.
pub(crate) fn document(value: &impl Serialize, pretty: bool) -> io::Result<String> {
    let text = if pretty { serde_json::to_string_pretty(value)? } else { serde_json::to_string(value)? };
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        // Outside of strings JSON is ASCII, and its only control characters are the writer's line breaks.
        if is_hostile(c) && c != '\n' { spell(c, &mut safe) } else { safe.push(c) }
    }
    safe.push('\n');
    Ok(safe)
}

fn spell(c: char, out: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        // Writing to a string does not fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}

fn write_cell(cell: &Cell, out: &mut dyn Write) -> io::Result<()> {
    match cell {
        Cell::Null => out.write_all(b"null"),
        Cell::Object(object) => {
            out.write_all(b"{\"class\":")?;
            write_string(object.class, out)?;
            write!(out, ",\"address\":\"0x{:x}\"}}", object.address)
        }
        Cell::Address(address) => write!(out, "\"0x{address:x}\""),
        Cell::Number(number) => write!(out, "{number}"),
        // JSON has no such numbers, and a null would claim that there is no value.
        Cell::Float(value) if !value.is_finite() => write!(out, "\"{}\"", non_finite(*value)),
        Cell::Float(value) => Ok(serde_json::to_writer(out, value)?),
        Cell::Bool(value) => write!(out, "{value}"),
        Cell::Text(text) => write_string(text, out),
        Cell::Time(time) => write!(out, "\"{}\"", iso(*time)),
        Cell::List(items) => {
            out.write_all(b"[")?;
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.write_all(b",")?;
                }
                write_cell(item, out)?;
            }
            out.write_all(b"]")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cell::Object;
    use super::*;

    fn write(lines: bool, rows: &[&[Cell]]) -> String {
        let headings = ["a", "b\""].map(|name| Heading { name: name.to_owned(), numeric: false });
        let mut json = Json::new(&headings, lines).unwrap();
        let mut out = Vec::new();
        for row in rows {
            json.row(row, &mut out).unwrap();
        }
        json.end(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cells_have_their_form() {
        let object = Object { class: "X\u{1b}", address: 255, line: None };
        for (cell, expected) in [
            (Cell::Null, "null"),
            (Cell::Object(object), r#"{"class":"X\u001b","address":"0xff"}"#),
            (Cell::Address(0), r#""0x0""#),
            (Cell::Number(i64::MIN.into()), "-9223372036854775808"),
            (Cell::Number(u64::MAX.into()), "18446744073709551615"),
            (Cell::Float(1.0), "1.0"),
            (Cell::Float(0.1), "0.1"),
            (Cell::Float(f64::NAN), r#""NaN""#),
            (Cell::Float(f64::NEG_INFINITY), r#""-Infinity""#),
            (Cell::Bool(true), "true"),
            (Cell::Time(0), r#""1970-01-01T00:00:00.000Z""#),
            (Cell::List(vec![]), "[]"),
            (Cell::List(vec![Cell::Text("\u{1b},"), Cell::Null, Cell::Number(1)]), r#"["\u001b,",null,1]"#),
            (Cell::Text("a\"\\\n\t\u{9b}\u{202e}\u{e0041}ü"), r#""a\"\\\n\u0009\u009b\u202e\udb40\udc41ü""#),
        ] {
            let mut out = Vec::new();
            write_cell(&cell, &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn strings_come_back_as_they_were() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let text = format!("a{c}b");
            let mut out = Vec::new();
            write_string(&text, &mut out).unwrap();
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn rows_are_objects() {
        let rows: &[&[Cell]] = &[&[Cell::Number(1), Cell::Null], &[Cell::Number(2), Cell::Bool(false)]];
        assert_eq!(write(false, rows), "[\n{\"a\":1,\"b\\\"\":null},\n{\"a\":2,\"b\\\"\":false}\n]\n");
        assert_eq!(write(true, rows), "{\"a\":1,\"b\\\"\":null}\n{\"a\":2,\"b\\\"\":false}\n");
        assert_eq!(write(false, &[]), "[]\n");
        assert_eq!(write(true, &[]), "");
    }

    #[test]
    fn documents_are_indented() {
        let value = serde_json::json!({"a": [1, {"b": "\u{9b}\n"}], "c": []});
        let text = document(&value, true).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        assert_eq!(document(&value, false).unwrap().lines().count(), 1);
        assert!(text.contains("\\u009b\\n") && text.lines().count() > 6, "{text}");
    }
}
