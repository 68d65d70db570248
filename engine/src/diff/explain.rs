//! A finding in words.

use super::confidence::Bound;
use super::finding::Finding;
use crate::rules::Rule;

/// Puts title and explanation into a finding that has all else; `grown`: how many instances of the leaked class it has more.
pub(super) fn explain(finding: &mut Finding, grown: i64, rule: Option<&Rule>, bound: Option<&Bound>) {
    let more = grown.max(0);
    let others = finding.holder.others.len();
    let who = match (&finding.holder.name, finding.holder.root.as_str()) {
        (Some(name), "thread") if others > 0 => format!("threads \"{name}\" and {others} others together"),
        (Some(name), "thread") => format!("thread \"{name}\""),
        (Some(name), "goroutine") => format!("goroutines of {name}"),
        (Some(name), _) => name.clone(),
        (None, "unreachable") => "nothing that the file shows".to_owned(),
        (None, root) => format!("a root ({root})"),
    };
    let class = &finding.leaked.class;
    finding.title = match (rule, bound) {
        (Some(rule), _) => rule.title.clone(),
        (None, Some(_)) => format!("{class} fills a place that is bounded"),
        (None, None) => format!("{class} piles up behind {who}"),
    };
    let mut text = match finding.category {
        "moved" => format!("{class} is now reached through {who}; about as much of it is gone elsewhere."),
        "suspect" => format!("behind {who} there are {more} {class}."),
        _ if more == 0 => format!("{class} behind {who} has grown in size, not in number."),
        "new" => format!("behind {who} there are {more} {class} in a place where there were none before."),
        _ => format!("behind {who} there are {more} {class} more than before."),
    };
    if let Some(edge) = &finding.implicit_edge {
        text.push_str(&format!(" What holds them is {edge}."));
    }
    if let Some(rule) = rule {
        text.push(' ');
        text.push_str(&rule.why);
    }
    match bound {
        Some(Bound::Field(name, most)) => text.push_str(&format!(" It is bounded by {name} = {most}.")),
        Some(Bound::Evicts(class)) => text.push_str(&format!(" {class} throws entries away by itself.")),
        None => {}
    }
    if let Some(other) = finding.also_held_by.first() {
        let percent = (other.share * 100.0).round();
        text.push_str(&format!(" {percent} % of them are also held by {}.", other.name));
    }
    finding.explanation = if text.starts_with(class.as_str()) { text } else { capitalised(&text) };
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
