//! Why a text is not of the language, in words that help.

use super::scan::{Token, TokenKind, tokens};
use super::{KEYWORDS, Rule};
use crate::error::{Diagnostic, Result, Span, nearest};
use pest::error::{Error, ErrorVariant, InputLocation};

/// Deeper nesting is refused before the parser, which recurses, sees it.
const MAX_NESTING: usize = 100;

/// An error when brackets are unbalanced or too deep, or a quote is never closed.
pub(super) fn check_nesting(text: &str) -> Result<()> {
    let mut open: Vec<(Span, &str)> = Vec::new();
    let mut cases = 0_usize;
    for Token { kind, span } in tokens(text) {
        let word = &text[span.start..span.end];
        match (kind, word) {
            (TokenKind::Open, _) => return Err(open_quote(span, word)),
            (TokenKind::Sign, "(" | "[") => open.push((span, word)),
            (TokenKind::Sign, ")" | "]") => close(open.pop(), span, word)?,
            (TokenKind::Sign, ";") => break_off(&open)?,
            (TokenKind::Word, _) if word.eq_ignore_ascii_case("case") => cases += 1,
            (TokenKind::Word, _) if word.eq_ignore_ascii_case("end") => cases = cases.saturating_sub(1),
            _ => {}
        }
        if open.len() + cases > MAX_NESTING {
            return Err(Diagnostic::syntax(
                span,
                format!("nested deeper than {MAX_NESTING} levels"),
                "too deep",
            )
            .hint("name parts of the query with WITH name AS (…)"));
        }
    }
    break_off(&open)
}

fn open_quote(span: Span, word: &str) -> Diagnostic {
    let quote = &word[..1];
    let place = Span { start: span.start, end: span.start + 1 };
    Diagnostic::syntax(place, "a quote is never closed", "opened here")
        .hint(format!("add the closing {quote}"))
}

fn close(open: Option<(Span, &str)>, span: Span, word: &str) -> Result<()> {
    let opener = if word == ")" { "(" } else { "[" };
    match open {
        Some((_, found)) if found == opener => Ok(()),
        Some((_, found)) => {
            Err(Diagnostic::syntax(span, format!("`{found}` is closed by `{word}`"), "does not fit"))
        }
        None => Err(Diagnostic::syntax(span, format!("`{word}` without `{opener}`"), "nothing to close")
            .hint(format!("remove it, or add the `{opener}`"))),
    }
}

fn break_off(open: &[(Span, &str)]) -> Result<()> {
    let Some(&(span, found)) = open.last() else { return Ok(()) };
    let closer = if found == "(" { ")" } else { "]" };
    Err(Diagnostic::syntax(span, format!("`{found}` is never closed"), "opened here")
        .hint(format!("add `{closer}`")))
}

/// What pest found, as a diagnostic.
pub(super) fn explain(text: &str, error: &Error<Rule>) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let all = tokens(text);
    let place = all.iter().position(|token| token.span.end > at);
    let span = place.map_or(Span { start: at, end: at }, |i| all[i].span);
    let found = &text[span.start..span.end];
    let expected = expectation(error);
    let message = match found {
        "" => format!("the statement ends too early: expected {expected}"),
        _ => format!("expected {expected}, found `{}`", found.chars().take(40).collect::<String>()),
    };
    let diagnostic = Diagnostic::syntax(span, message, "not expected here");
    match advice(text, &all, place) {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

/// The longest list of alternatives that still helps.
const MAX_EXPECTED: usize = 6;

fn expectation(error: &Error<Rule>) -> String {
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        return "something else".to_owned();
    };
    let mut words: Vec<String> = Vec::new();
    for word in positives.iter().filter_map(|&rule| describe(rule)) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.len() > MAX_EXPECTED && words.iter().any(|word| word.as_str() == "an operator") {
        words
            .retain(|word| !matches!(word.as_str(), "IS" | "NOT" | "LIKE" | "BETWEEN" | "IN" | "AND" | "OR"));
    }
    if words.len() > MAX_EXPECTED {
        words.truncate(MAX_EXPECTED);
        words.push("…".to_owned());
        return words.join(", ");
    }
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "something else".to_owned(),
    }
}

fn describe(rule: Rule) -> Option<String> {
    let name = format!("{rule:?}");
    if let Some(keyword) = name.strip_prefix("k_") {
        return Some(keyword.to_uppercase());
    }
    let word = match rule {
        Rule::EOI => "the end",
        Rule::compare | Rule::add_op | Rule::mul_op | Rule::set_op => "an operator",
        Rule::suffix
        | Rule::is_null
        | Rule::is_distinct
        | Rule::in_list
        | Rule::in_query
        | Rule::in_value
        | Rule::between
        | Rule::instance_of
        | Rule::like => "an operator",
        Rule::name | Rule::word | Rule::any_word | Rule::quoted_name => "a name",
        Rule::class_name | Rule::source | Rule::relation => "a class, table or sub-select",
        Rule::integer | Rule::count | Rule::digits => "a number",
        Rule::script
        | Rule::statement
        | Rule::query
        | Rule::select
        | Rule::body
        | Rule::branch
        | Rule::sub_select => "SELECT",
        Rule::join | Rule::join_kind => "JOIN",
        Rule::order_by => "ORDER BY",
        Rule::group_by => "GROUP BY",
        Rule::limit => "LIMIT",
        Rule::r#where => "WHERE",
        Rule::having => "HAVING",
        Rule::from => "FROM",
        Rule::with => "WITH",
        Rule::when => "WHEN",
        Rule::step | Rule::declared | Rule::index | Rule::attribute | Rule::call_mark | Rule::slice => {
            return None;
        }
        Rule::retained_set | Rule::WHITESPACE | Rule::COMMENT | Rule::minus => return None,
        Rule::item | Rule::items | Rule::star | Rule::name_star | Rule::objects_item => "an expression",
        _ => "an expression",
    };
    Some(word.to_owned())
}

/// The advice for the token at `place`, or for the words before it when one is a misspelt keyword.
fn advice(text: &str, all: &[Token], place: Option<usize>) -> Option<String> {
    let at = place.unwrap_or(all.len());
    let word = |i: usize| all.get(i).map(|token| &text[token.span.start..token.span.end]);
    let before = at.checked_sub(1).and_then(word);
    if let Some(hint) = word(at).and_then(|found| habit(found, before)) {
        return Some(hint);
    }
    if word(at) == Some(".") && matches!(word(at + 1), Some("include" | "source")) {
        return Some(
            "a line that includes a file stands between statements: end the one before it with ;".to_owned(),
        );
    }
    let candidates = [Some(at), at.checked_sub(1), at.checked_sub(2)];
    let misspelt = candidates.into_iter().flatten().filter_map(word).find_map(misspelt);
    misspelt.or_else(|| word(at).and_then(|found| keyword(found, before)))
}

fn misspelt(word: &str) -> Option<String> {
    let upper = word.to_uppercase();
    if word.len() < 4 || KEYWORDS.contains(&upper.as_str()) {
        return None;
    }
    let keyword = nearest_keyword(word)?;
    Some(format!("did you mean {keyword} instead of `{word}`?"))
}

/// A keyword with two neighbouring letters swapped counts as near, too.
fn nearest_keyword(word: &str) -> Option<&'static str> {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.to_uppercase().chars().collect();
        letters.sort_unstable();
        letters
    };
    let swapped = KEYWORDS.iter().copied().find(|keyword| sorted(keyword) == sorted(word));
    swapped
        .or_else(|| nearest(word, KEYWORDS.iter().copied()).filter(|it| it.len().abs_diff(word.len()) <= 1))
}

/// A keyword where none can stand: something before it is missing, or it is meant as a name.
fn keyword(found: &str, before: Option<&str>) -> Option<String> {
    let upper = found.to_uppercase();
    if !KEYWORDS.contains(&upper.as_str()) {
        return None;
    }
    let clause = ["FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "JOIN", "ON", "THEN", "END"];
    match before {
        Some(",") if clause.contains(&upper.as_str()) => Some(format!("remove the comma before {upper}")),
        Some(sign) if clause.contains(&upper.as_str()) && !sign.chars().any(char::is_alphanumeric) => {
            Some(format!("something is missing between {sign} and {upper}"))
        }
        _ => Some(format!("a name that is a keyword stands in back-quotes: `{found}`")),
    }
}

/// Habits from other languages.
fn habit(found: &str, before: Option<&str>) -> Option<String> {
    let upper = found.to_uppercase();
    if before.is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit()))
        && ["KB", "MB", "GB", "TB", "KIB", "MIB", "GIB", "TIB"].contains(&upper.as_str())
    {
        return Some(format!("write the unit without a blank: {}{found}", before.unwrap_or_default()));
    }
    let hint = match upper.as_str() {
        "&" => "write AND",
        "|" => "write OR, or || to join texts",
        "!" => "write NOT, or <> for unequal",
        "{" | "}" => "parameters are written $name, without braces",
        "?" => "parameters are written $name",
        "TOP" | "FETCH" => "write LIMIT n at the end",
        _ if before.is_some_and(|word| word.eq_ignore_ascii_case("top")) => "write LIMIT n at the end",
        "SHOW" => "`:tables` at the prompt lists the tables",
        "DESCRIBE" | "DESC" if before.is_none() => {
            "`:describe NAME` at the prompt says what is known of a name"
        }
        _ if found.starts_with('\'') && before.is_some_and(|word| word.eq_ignore_ascii_case("from")) => {
            "a class stands there without quotes; in double quotes it is a pattern"
        }
        "*" if before == Some(".") => "the classes of a package are a pattern: \"java\\.util\\..*\"",
        _ if before.is_some_and(|word| word.eq_ignore_ascii_case("recursive")) => {
            "there is no WITH RECURSIVE: reachable(…), paths(…) and dominators(…) walk the heap"
        }
        "WHERE" => "the order is SELECT … FROM … WHERE … GROUP BY … HAVING … ORDER BY … LIMIT …",
        "INSERT" | "UPDATE" | "DELETE" | "CREATE" | "DROP" | "ALTER" => {
            "a dump is read only: start with SELECT"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}
