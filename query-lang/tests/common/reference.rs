//! The reference page, made from what the crate says about its tables, functions, attributes and statements.

use heapwise_query_lang::functions::{self, Function, Role, row_columns};
use heapwise_query_lang::{Session, attributes, statements};
use std::fmt::Write;

const HEAD: &str = "# Reference

Every table, function, attribute and statement of the query language. [language.md](language.md) explains how they go
together; at the prompt `:help NAME` shows the same. The examples run as tests, on a small heap of `com.acme` classes.

<!-- Made from the code by a test: HEAPWISE_BLESS=1 cargo test -p heapwise-query-lang --test docs -->
";

/// The text of the page.
pub(crate) fn page(session: &Session) -> String {
    let mut page = HEAD.to_owned();
    forms(&mut page);
    tables(&mut page, session);
    of_objects(&mut page);
    functions_by_group(&mut page);
    page
}

fn forms(page: &mut String) {
    for group in statements::FORMS {
        heading(page, 2, group.title, &["form", "meaning", "example"]);
        for form in group.forms {
            row(page, &[&code(form.syntax), form.doc, &code(form.example)]);
        }
    }
}

fn tables(page: &mut String, session: &Session) {
    page.push_str("\n## Tables\n");
    for table in session.tables().iter().filter(|table| table.kind == "table") {
        let described = session.describe(&table.name).expect("a table is described");
        let own = described.iter().skip(1).take_while(|it| it.kind != "function" && it.kind != "keyword");
        write!(page, "\n### {}\n\n{}.\n", table.name, capital(&table.doc)).expect("a text grows");
        columns(page, own.map(|it| (it.name.as_str(), it.kind.as_str(), it.doc.as_str())));
    }
}

fn of_objects(page: &mut String) {
    heading(page, 2, "Attributes of objects", &["attribute", "kind", "meaning"]);
    for attribute in attributes() {
        row(page, &[&code(&attribute.name), &attribute.kind, &attribute.doc]);
    }
}

fn functions_by_group(page: &mut String) {
    for group in functions::GROUPS {
        let gives_rows = group.functions.iter().any(|it| matches!(it.role, Role::Table(..)));
        let title = format!("Functions: {}", group.title.to_lowercase());
        if gives_rows {
            write!(page, "\n## {title}\n").expect("a text grows");
            group.functions.iter().for_each(|function| table_function(page, function));
        } else {
            heading(page, 2, &title, &["function", "result", "example"]);
            for function in group.functions {
                row(page, &[&signature(function), function.doc, &code(function.example)]);
            }
        }
    }
}

fn table_function(page: &mut String, function: &Function) {
    let Role::Table(which, _) = function.role else { return };
    write!(page, "\n### {}\n\n{}. {}\n\n", function.name, signature(function), function.doc)
        .expect("a text grows");
    writeln!(page, "    {}", function.example).expect("a text grows");
    columns(page, row_columns(which).iter().map(|it| (it.name, it.kind.tag(), it.doc)));
}

fn columns<'a>(page: &mut String, columns: impl Iterator<Item = (&'a str, &'a str, &'a str)>) {
    head(page, &["column", "kind", "meaning"]);
    for (name, kind, doc) in columns {
        row(page, &[&code(name), kind, doc]);
    }
}

fn signature(function: &Function) -> String {
    let own = code(function.signature);
    let aliases: Vec<String> = function.aliases.iter().map(|alias| code(alias)).collect();
    if aliases.is_empty() { own } else { format!("{own}, also {}", aliases.join(", ")) }
}

fn heading(page: &mut String, level: usize, title: &str, cells: &[&str]) {
    write!(page, "\n{} {title}\n", "#".repeat(level)).expect("a text grows");
    head(page, cells);
}

fn head(page: &mut String, cells: &[&str]) {
    page.push('\n');
    row(page, cells);
    writeln!(page, "|{}", "---|".repeat(cells.len())).expect("a text grows");
}

/// A row of a table; a `|` in a cell would end the cell.
fn row(page: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    writeln!(page, "| {} |", cells.join(" | ")).expect("a text grows");
}

fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or(String::new(), |first| first.to_uppercase().chain(rest).collect())
}
