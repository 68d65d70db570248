//! A finding as people read it: some ten lines.

use crate::output::{escape, human_bytes, thousands};
use heapwise_engine::diff::{Finding, Holder, PathStep, Survival};

/// The width of explanations.
const WIDTH: usize = 110;
/// Steps of a path that are shown at either end of a long one.
const SHOWN_STEPS: usize = 12;

/// The lines of a finding.
pub(crate) fn lines(finding: &Finding) -> Vec<String> {
    let mut lines = vec![head(finding)];
    let mut line = |name: &str, text: String| lines.push(format!("   {name:<7} {text}"));
    line("what", what(finding));
    line(if is_suspect(finding) { "size" } else { "growth" }, growth(finding));
    if let Some(known) = &finding.identity {
        line("age", age(known));
    }
    line("holder", holder(finding));
    if let Some(point) = &finding.accumulation {
        let (bytes, children) = (human_bytes(point.retained), thousands(point.children));
        let largest = human_bytes(point.largest_child_retained);
        let it = format!("{} @ {}", escape(&point.class), point.address);
        line(
            "point",
            format!("{it} retains {bytes} in {children} objects, of which the largest retains {largest}"),
        );
    }
    for (at, step) in path(&finding.path).into_iter().enumerate() {
        line(if at == 0 { "path" } else { "" }, step);
    }
    if let Some(other) = finding.also_held_by.first() {
        let percent = percent(other.share);
        line("also", format!("{percent} of them are held by {} too", escape(&other.name)));
    }
    for (at, text) in wrap(&finding.explanation).into_iter().enumerate() {
        line(if at == 0 { "why" } else { "" }, text);
    }
    for (at, text) in wrap(&finding.mend).into_iter().enumerate() {
        line(if at == 0 { "mend" } else { "" }, text);
    }
    lines
}

/// Whether the finding is of one dump.
fn is_suspect(finding: &Finding) -> bool {
    finding.category == "suspect"
}

fn what(finding: &Finding) -> String {
    let leaked = &finding.leaked;
    let (class, instances) = (escape(&leaked.class), thousands(leaked.instances_after));
    let retained = human_bytes(leaked.retained_after);
    if is_suspect(finding) {
        return format!("{class}: {instances} instances, which retain {retained}");
    }
    format!(
        "{class}: {} → {instances} instances, which retain {} → {retained}",
        thousands(leaked.instances_before),
        human_bytes(leaked.retained_before)
    )
}

/// The first line of a finding.
pub(crate) fn head(finding: &Finding) -> String {
    let rule = finding.rule.as_deref().map(|rule| format!(", rule {}", escape(rule))).unwrap_or_default();
    format!(
        "{}. {} ({}, {}, confidence {:.2}{rule})",
        finding.rank,
        escape(&finding.title),
        finding.category,
        finding.strength,
        finding.confidence
    )
}

fn growth(finding: &Finding) -> String {
    let objects = thousands(finding.growth_objects);
    let mut text = match (is_suspect(finding), finding.growth_objects) {
        (true, _) => format!(
            "{}, {objects} objects where it piles up",
            human_bytes(finding.growth_bytes.unsigned_abs())
        ),
        (false, 0) => signed_bytes(finding.growth_bytes),
        (false, _) => {
            format!("{}, {objects} objects more where it began", signed_bytes(finding.growth_bytes))
        }
    };
    if finding.off_heap_bytes > 0 {
        text.push_str(&format!(", and {} outside the heap", signed_bytes(finding.off_heap_bytes)));
    }
    match (finding.freed, &finding.implicit_edge) {
        (Some(freed), Some(edge)) => {
            let edge = edge.to_string();
            text.push_str(&format!("; without {} {} would be free", escape(&edge), human_bytes(freed)));
        }
        (Some(freed), None) => text.push_str(&format!("; {} would be free without it", human_bytes(freed))),
        _ => {}
    }
    text
}

/// How many objects are new, where addresses tell.
fn age(known: &Survival) -> String {
    let mut text = format!(
        "{} have come to be, {} were there before (by their addresses",
        thousands(known.new),
        thousands(known.survived)
    );
    if known.reused > 0 {
        text.push_str(&format!("; {} in slots that others had", thousands(known.reused)));
    }
    text.push(')');
    if let Some(edge) = &known.edge {
        text.push_str(&format!(", held by {}", escape(&edge.to_string())));
    }
    text
}

fn holder(finding: &Finding) -> String {
    let holder = &finding.holder;
    let mut text = match (&holder.name, holder.root.as_str()) {
        (Some(name), "thread") => format!("thread \"{}\"", escape(name)),
        (Some(name), "goroutine") => format!("goroutines of {}", escape(name)),
        (Some(name), _) => escape(name).into_owned(),
        (None, root) => format!("root: {}", escape(root)),
    };
    if let Some(frame) = holder.frame.as_ref().filter(|frame| holder.name.as_ref() != Some(frame)) {
        text.push_str(&format!(" in {}", escape(frame)));
    }
    if let Some(state) = &holder.state {
        text.push_str(&format!(" ({})", escape(state)));
    }
    text.push_str(&others(holder));
    if holder.count_after > holder.count_before && ["thread", "goroutine"].contains(&holder.root.as_str()) {
        text.push_str(&match is_suspect(finding) {
            true => format!(", {} of them", thousands(holder.count_after)),
            false => {
                format!(", {} → {} of them", thousands(holder.count_before), thousands(holder.count_after))
            }
        });
    }
    text
}

/// What others of its kind hold.
fn others(holder: &Holder) -> String {
    if holder.others.is_empty() {
        return String::new();
    }
    let others: Vec<String> = holder.others.iter().map(|name| format!("\"{}\"", escape(name))).collect();
    format!(" with {}, and {}", percent(holder.share), others.join(", "))
}

/// A path with a line for each step but those inside of collections, whose fields go into the next line.
fn path(steps: &[PathStep]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut vias = String::new();
    for (at, step) in steps.iter().enumerate() {
        if let Some(via) = &step.via {
            if !via.starts_with(['[', '<']) {
                vias.push('.');
            }
            vias.push_str(via);
        }
        let is_last = at + 1 == steps.len();
        if is_last || !is_inner(&step.class) {
            let class = escape(&step.class).into_owned();
            lines.push(if vias.is_empty() { class } else { format!("{} → {class}", escape(&vias)) });
            vias.clear();
        }
    }
    if lines.len() > 2 * SHOWN_STEPS {
        let left = lines.len() - 2 * SHOWN_STEPS;
        lines.splice(
            SHOWN_STEPS..SHOWN_STEPS + left,
            [format!("… {left} more steps; --format json shows all")],
        );
    }
    lines
}

/// Whether a class is a part of a collection of the platform.
fn is_inner(class: &str) -> bool {
    class.ends_with("[]") || (class.starts_with("java.util.") && class.contains('$'))
}

/// A change of a size.
pub(crate) fn signed_bytes(bytes: i64) -> String {
    let sign = if bytes < 0 { '-' } else { '+' };
    format!("{sign}{}", human_bytes(bytes.unsigned_abs()))
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A text in lines.
fn wrap(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in escape(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
