//! Comma-separated values as RFC 4180 has them.

use super::cell::{Cell, Heading};
use super::escape::escape_except;
use super::number::non_finite;
use super::time::iso;
use std::io::{self, Write};

/// Writes rows as lines of values between commas, ending in CR LF; the first line has the names.
pub(crate) struct Csv;

impl Csv {
    /// Writes the line of names.
    pub(crate) fn new(headings: &[Heading], out: &mut dyn Write) -> io::Result<Csv> {
        if headings.is_empty() {
            return Ok(Csv);
        }
        for (position, heading) in headings.iter().enumerate() {
            comma(position, out)?;
            write_text(&heading.name, out)?;
        }
        out.write_all(b"\r\n")?;
        Ok(Csv)
    }

    pub(super) fn row(&mut self, cells: &[Cell], out: &mut dyn Write) -> io::Result<()> {
        for (position, cell) in cells.iter().enumerate() {
            comma(position, out)?;
            write_cell(cell, out)?;
        }
        out.write_all(b"\r\n")
    }
}

fn comma(position: usize, out: &mut dyn Write) -> io::Result<()> {
    if position > 0 { out.write_all(b",") } else { Ok(()) }
}

fn write_cell(cell: &Cell, out: &mut dyn Write) -> io::Result<()> {
    match cell {
        // An empty value is a null; an empty text is in quotes.
        Cell::Null => Ok(()),
        Cell::Text(text) => write_text(text, out),
        Cell::Object(_) | Cell::List(_) => {
            let mut text = Vec::new();
            write_plain(cell, &mut text)?;
            write_text(&String::from_utf8_lossy(&text), out)
        }
        number => write_plain(number, out),
    }
}

/// A value without quotes. Items of a list stand between `; `, and a null among them is a word.
fn write_plain(cell: &Cell, out: &mut dyn Write) -> io::Result<()> {
    match cell {
        Cell::Null => out.write_all(b"null"),
        Cell::Object(object) => write!(out, "{}@0x{:x}", object.class, object.address),
        Cell::Address(address) => write!(out, "0x{address:x}"),
        Cell::Number(number) => write!(out, "{number}"),
        Cell::Float(value) if !value.is_finite() => out.write_all(non_finite(*value).as_bytes()),
        Cell::Float(value) => Ok(serde_json::to_writer(out, value)?),
        Cell::Bool(value) => write!(out, "{value}"),
        Cell::Text(text) => out.write_all(text.as_bytes()),
        Cell::Time(time) => out.write_all(iso(*time).as_bytes()),
        Cell::List(items) => items.iter().enumerate().try_for_each(|(position, item)| {
            out.write_all(if position > 0 { b"; " } else { b"" })?;
            write_plain(item, out)
        }),
    }
}

/// Text in quotes where it needs them. Line breaks and tabs stay, other characters that a terminal obeys are
/// spelled out: people look at CSV with `cat` and `less`, and spreadsheets have no use for them.
fn write_text(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let text = escape_except(text, |c| matches!(c, '\n' | '\t'));
    if !text.is_empty() && !text.contains([',', '"', '\n']) {
        return out.write_all(text.as_bytes());
    }
    write!(out, "\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::super::cell::Object;
    use super::*;

    #[test]
    fn values_are_quoted_where_needed() {
        let object = Object { class: "java.lang.String[]", address: 255, line: None };
        for (cell, expected) in [
            (Cell::Null, ""),
            (Cell::Text(""), "\"\""),
            (Cell::Text("plain text"), "plain text"),
            (Cell::Text("a,b"), "\"a,b\""),
            (Cell::Text("say \"hi\""), "\"say \"\"hi\"\"\""),
            (Cell::Text("a\nb"), "\"a\nb\""),
            (Cell::Text("\u{1b}[2J\r"), "\\u{1b}[2J\\r"),
            (Cell::Object(object), "java.lang.String[]@0xff"),
            (Cell::Address(16), "0x10"),
            (Cell::Number(-1_000_000), "-1000000"),
            (Cell::Float(0.25), "0.25"),
            (Cell::Float(f64::INFINITY), "Infinity"),
            (Cell::Bool(false), "false"),
            (Cell::Time(0), "1970-01-01T00:00:00.000Z"),
            (Cell::List(vec![]), "\"\""),
            (Cell::List(vec![Cell::Number(1), Cell::Null, Cell::Float(0.5)]), "1; null; 0.5"),
            (Cell::List(vec![Cell::Text("a,"), Cell::Text("\u{1b}")]), "\"a,; \\u{1b}\""),
        ] {
            let mut out = Vec::new();
            write_cell(&cell, &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{cell:?}");
        }
    }

    #[test]
    fn lines_end_in_cr_lf() {
        let headings = ["a", "b,c"].map(|name| Heading { name: name.to_owned(), numeric: false });
        let mut out = Vec::new();
        let mut csv = Csv::new(&headings, &mut out).unwrap();
        csv.row(&[Cell::Number(1), Cell::Null], &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a,\"b,c\"\r\n1,\r\n");
    }
}
