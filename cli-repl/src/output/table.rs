//! Aligned columns for people.

use super::cell::{Cell, Heading, LISTED, Object};
use super::escape::escape;
use super::number::{float, thousands};
use super::time::iso;
use std::io::{self, Write};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Rows that are looked at before the widths are fixed; later rows stream.
const MEASURED_ROWS: usize = 1000;
/// Between columns.
const GAP: &str = "  ";
/// No column of text is padded beyond this where nothing is cut: one long string must not lengthen every row.
const WIDEST: usize = 120;
/// No column of text is cut below this many cells of the terminal.
const NARROWEST: usize = 12;

/// Writes rows as aligned columns.
pub(crate) struct Table {
    headings: Vec<Heading>,
    /// Empty until the widths are known.
    widths: Vec<usize>,
    waiting: Vec<Vec<String>>,
    /// The terminal's width; `None` where nothing may be cut.
    screen: Option<usize>,
}

impl Table {
    /// A table below `headings`, cut to the width of the screen if there is one.
    pub(crate) fn new(headings: Vec<Heading>, screen: Option<usize>) -> Table {
        Table { headings, widths: Vec::new(), waiting: Vec::new(), screen }
    }

    pub(super) fn row(&mut self, cells: &[Cell], out: &mut dyn Write) -> io::Result<()> {
        let row: Vec<String> = cells.iter().map(text).collect();
        if !self.widths.is_empty() {
            return self.line(&row, out);
        }
        self.waiting.push(row);
        if self.waiting.len() < MEASURED_ROWS { Ok(()) } else { self.begin(out) }
    }

    pub(super) fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.headings.is_empty() || !self.widths.is_empty() {
            return Ok(());
        }
        let empty = self.waiting.is_empty();
        self.begin(out)?;
        if empty { writeln!(out, "(no rows)") } else { Ok(()) }
    }

    /// Fixes the widths, writes the head and the rows that waited.
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.measure();
        let names: Vec<String> =
            self.headings.iter().map(|heading| escape(&heading.name).into_owned()).collect();
        self.line(&names, out)?;
        let rule: Vec<String> = self.widths.iter().map(|&width| "─".repeat(width)).collect();
        self.line(&rule, out)?;
        for row in std::mem::take(&mut self.waiting) {
            self.line(&row, out)?;
        }
        Ok(())
    }

    fn measure(&mut self) {
        self.widths = self.headings.iter().map(|heading| escape(&heading.name).width()).collect();
        for row in &self.waiting {
            for (width, text) in self.widths.iter_mut().zip(row) {
                *width = (*width).max(text.width());
            }
        }
        match self.screen {
            Some(screen) => self.shrink(screen),
            None => self.widths.iter_mut().for_each(|width| *width = (*width).min(WIDEST)),
        }
    }

    /// Takes from the widest columns of text until the table fits the screen; numbers stay whole.
    fn shrink(&mut self, screen: usize) {
        let gaps = GAP.len() * self.widths.len().saturating_sub(1);
        loop {
            let over = (self.widths.iter().sum::<usize>() + gaps).saturating_sub(screen);
            let texts = self.widths.iter_mut().zip(&self.headings).filter(|(_, heading)| !heading.numeric);
            let mut texts: Vec<&mut usize> = texts.map(|(width, _)| width).collect();
            texts.sort_unstable_by(|a, b| b.cmp(a));
            let next = texts.get(1).map_or(0, |width| **width).max(NARROWEST);
            let Some(widest) = texts.first_mut().filter(|width| over > 0 && ***width > NARROWEST) else {
                return;
            };
            // Down to the second widest, or one below it where they are equal.
            let step = (**widest).saturating_sub(next).max(1);
            **widest -= step.min(over);
        }
    }

    fn line(&self, row: &[String], out: &mut dyn Write) -> io::Result<()> {
        let last = row.len().saturating_sub(1);
        for (column, text) in row.iter().enumerate() {
            let width = self.widths[column];
            let numeric = self.headings[column].numeric;
            let cut = self.screen.is_some() && !numeric && text.width() > width;
            let text = if cut { shorten(text, width) } else { text.clone() };
            let padding = width.saturating_sub(text.width());
            match (numeric, column == last) {
                (true, _) => write!(out, "{:padding$}{text}", "")?,
                (false, true) => write!(out, "{text}")?,
                (false, false) => write!(out, "{text}{:padding$}", "")?,
            }
            if column < last {
                write!(out, "{GAP}")?;
            }
        }
        writeln!(out)
    }
}

/// A cell as people read it: harmless, with thousands separators.
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Null => "null".to_owned(),
        Cell::Object(Object { line: Some(line), .. }) => escape(line).into_owned(),
        Cell::Object(object) => format!("{} @ 0x{:x}", escape(object.class), object.address),
        Cell::Address(address) => format!("0x{address:x}"),
        Cell::Number(number) => thousands(*number),
        Cell::Float(value) => float(*value),
        Cell::Bool(value) => value.to_string(),
        Cell::Text(text) => escape(text).into_owned(),
        Cell::Time(time) => iso(*time),
        Cell::List(items) => list(items),
    }
}

/// The first items between brackets, and how many more there are.
fn list(items: &[Cell]) -> String {
    let mut shown: Vec<String> = items.iter().take(LISTED).map(text).collect();
    if items.len() > LISTED {
        let more = i128::try_from(items.len() - LISTED).unwrap_or(i128::MAX);
        shown.push(format!("… {} more", thousands(more)));
    }
    format!("[{}]", shown.join(", "))
}

/// The start of `text` and `…`, together at most `width` cells wide.
pub(crate) fn shorten(text: &str, width: usize) -> String {
    let mut short = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        short.push(c);
    }
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(name: &str, numeric: bool) -> Heading {
        Heading { name: name.to_owned(), numeric }
    }

    fn check(screen: Option<usize>, rows: &[&[Cell]], expected: &str) {
        let mut table =
            Table::new(vec![heading("class", false), heading("bytes", true), heading("x", false)], screen);
        let mut out = Vec::new();
        for row in rows {
            table.row(row, &mut out).unwrap();
        }
        table.end(&mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn columns_line_up() {
        check(
            None,
            &[
                &[Cell::Text("byte[]"), Cell::Number(1_234_567), Cell::Null],
                &[Cell::Text("com.acme.Ünï"), Cell::Number(8), Cell::Address(255)],
                &[Cell::Text("漢字"), Cell::Number(-8), Cell::Text("a\nb\u{1b}[2J")],
            ],
            "class             bytes  x\n\
             ────────────  ─────────  ─────────────\n\
             byte[]        1,234,567  null\n\
             com.acme.Ünï          8  0xff\n\
             漢字                 -8  a\\nb\\u{1b}[2J\n",
        );
    }

    #[test]
    fn a_screen_cuts_text_but_no_number() {
        let class = "com.acme.a.very.long.name.Indeed";
        let rows: &[&[Cell]] =
            &[&[Cell::Text(class), Cell::Number(1_234_567), Cell::Text("0123456789abcdef")]];
        check(
            Some(40),
            rows,
            "class              bytes  x\n\
             ─────────────  ─────────  ──────────────\n\
             com.acme.a.v…  1,234,567  0123456789abc…\n",
        );
        check(
            Some(200),
            rows,
            "class                                 bytes  x\n\
             ────────────────────────────────  ─────────  ────────────────\n\
             com.acme.a.very.long.name.Indeed  1,234,567  0123456789abcdef\n",
        );
        check(
            Some(1),
            rows,
            "class             bytes  x\n\
             ────────────  ─────────  ────────────\n\
             com.acme.a.…  1,234,567  0123456789a…\n",
        );
    }

    #[test]
    fn a_long_text_does_not_lengthen_every_row() {
        let long = "x".repeat(1000);
        let mut table = Table::new(vec![heading("text", false), heading("n", true)], None);
        let mut out = Vec::new();
        table.row(&[Cell::Text(&long), Cell::Number(1)], &mut out).unwrap();
        table.row(&[Cell::Text("y"), Cell::Number(2)], &mut out).unwrap();
        table.end(&mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        let lines: Vec<_> = out.lines().collect();
        assert_eq!(lines[2], format!("{long}  1"));
        assert_eq!(lines[3].len(), WIDEST + 3);
    }

    #[test]
    fn times_and_lists_have_their_form() {
        let numbers = |count: i128| Cell::List((1..=count).map(Cell::Number).collect());
        for (cell, expected) in [
            (Cell::Time(0), "1970-01-01T00:00:00.000Z"),
            (numbers(0), "[]"),
            (numbers(10), "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"),
            (numbers(1234), "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, … 1,224 more]"),
            (Cell::List(vec![Cell::Text("a\n"), Cell::Null, Cell::Address(255)]), "[a\\n, null, 0xff]"),
        ] {
            assert_eq!(text(&cell), expected);
        }
    }

    #[test]
    fn no_rows_say_so() {
        check(None, &[], "class  bytes  x\n─────  ─────  ─\n(no rows)\n");
    }

    #[test]
    fn many_rows_stream() {
        let mut table = Table::new(vec![heading("n", true)], None);
        let mut out = Vec::new();
        for row in 0..MEASURED_ROWS + 5 {
            table.row(&[Cell::Number(i128::try_from(row).unwrap())], &mut out).unwrap();
        }
        assert!(table.waiting.is_empty());
        table.end(&mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), MEASURED_ROWS + 5 + 2);
    }
}
