//! Text to tree: the grammar is on one page (`grammar.pest`), the tree keeps every span.

pub(crate) mod ast;
mod build;
mod scan;
mod problem;

use crate::error::{Diagnostic, Result, Span};
use ast::Statement;
use pest::Parser;

pub(crate) use scan::{Token, TokenKind, tokens};

/// The parser that pest makes from the grammar; its rules have no documentation of their own.
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "syntax/grammar.pest"]
    pub(crate) struct Grammar;
}

pub(crate) use grammar::Rule;

/// Longer texts are refused: nobody writes them, and parsing takes memory many times their length.
const MAX_TEXT: usize = 4 << 20;

/// The statements of `text`, separated by `;`; spans count from the start of `text`.
pub(crate) fn parse(text: &str) -> Result<Vec<Statement>> {
    if text.len() > MAX_TEXT {
        let message = format!("the text is longer than {MAX_TEXT} bytes");
        return Err(Diagnostic::syntax(Span::default(), message, "").hint("split it into several scripts"));
    }
    problem::check_nesting(text)?;
    let mut pairs =
        grammar::Grammar::parse(Rule::script, text).map_err(|error| problem::explain(text, &error))?;
    pairs.next().map_or(Ok(Vec::new()), build::script)
}

/// The reserved words and the other keywords, in upper case, in the order of the grammar.
pub const KEYWORDS: &[&str] = &[
    "SELECT",
    "DISTINCT",
    "AS",
    "FROM",
    "WHERE",
    "GROUP",
    "BY",
    "HAVING",
    "ORDER",
    "ASC",
    "DESC",
    "NULLS",
    "FIRST",
    "LAST",
    "LIMIT",
    "OFFSET",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "ALL",
    "JOIN",
    "INNER",
    "LEFT",
    "RIGHT",
    "FULL",
    "OUTER",
    "CROSS",
    "ON",
    "WITH",
    "OBJECTS",
    "INSTANCEOF",
    "CLASS",
    "IN",
    "AND",
    "OR",
    "NOT",
    "IS",
    "NULL",
    "TRUE",
    "FALSE",
    "LIKE",
    "BETWEEN",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "CAST",
    "EXISTS",
    "RETAINED",
    "SET",
    "EXPLAIN",
    "ANALYZE",
    "LET",
    "ASSERT",
    "VALUES",
    "USING",
    "SEMI",
    "ANTI",
    "LATERAL",
    "WINDOW",
    "OVER",
    "PARTITION",
    "FILTER",
    "ROWS",
    "RANGE",
    "GROUPS",
    "UNBOUNDED",
    "PRECEDING",
    "FOLLOWING",
    "CURRENT",
    "ROW",
    "ILIKE",
    "IMPLEMENTS",
    "EXTRACT",
];
