//! Made paths and the rules that match them; `tests/whole/leaks.rs` has those that look at a heap.

use super::{Path, Rules};
use crate::graph::Strength;
use crate::rules::platform::{is_go_package_of_others, is_platform};
use crate::rules::{Runtime, Step, Type};
use std::sync::Arc;

/// The path `text`: a root, then objects, and between them by what they hold the next:
/// `thread: java.lang.Thread -threadLocals- a.B`.
///
/// `static a.B` is a class object; `a.B<c.D` has the superclass c.D; `a.B*3` has 3 instances (else 1000). Blanks in names
/// of Go are `+`; its roots begin with `go `.
pub(super) fn path(text: &str) -> Path {
    let (root, steps) = text.split_once(": ").expect("a root");
    let (runtime, root) = match root.strip_prefix("go ") {
        Some(root) => (Runtime::Go, root),
        None => (Runtime::Java, root),
    };
    let mut via = None;
    let (root, thread) = (root.to_owned(), None);
    let mut path = Path { runtime, root, thread, strength: Strength::Strong, steps: Vec::new() };
    for (place, word) in steps.replace("static ", "static:").split_whitespace().enumerate() {
        if place % 2 == 1 {
            via = Some(
                word.strip_prefix('-')
                    .and_then(|word| word.strip_suffix('-'))
                    .expect("-field-")
                    .replace('+', " "),
            );
        } else {
            path.steps.push(step(runtime, word, via.take()));
        }
    }
    path
}

fn step(runtime: Runtime, word: &str, via: Option<String>) -> Step {
    let count = word.rsplit_once('*').and_then(|(name, count)| Some((name, count.parse().ok()?)));
    let (word, count) = count.unwrap_or((word, 1000));
    let class = word.strip_prefix("static:");
    let mut names = class.unwrap_or(word).split('<').map(|name| name.replace('+', " "));
    let name = names.next().expect("a class");
    let kind = Type {
        application: match runtime {
            Runtime::Java => !is_platform(&name, None),
            Runtime::Go => is_go_package_of_others(&name),
        },
        name: if class.is_some() { "java.lang.Class".into() } else { name.clone() },
        stands_for: class.map(|_| name),
        ancestors: names.chain(collection(word)).collect(),
    };
    Step { kind: Arc::new(kind), via, count: if class.is_some() { 1 } else { count }, object: None }
}

/// The superclass that makes a collection of the JDK one.
fn collection(class: &str) -> Option<String> {
    let named =
        |ending: &str| class.starts_with("java.util.") && class.ends_with(ending) && !class.contains('$');
    let of = |kind: &str| format!("java.util.Abstract{kind}");
    match () {
        () if named("Map") => Some(of("Map")),
        () if ["List", "Set", "Queue", "Deque"].into_iter().any(named) => Some(of("Collection")),
        () => None,
    }
}

/// The rule and the reference `Class#field` (or root) that tell of `text`.
pub(in crate::rules) fn found(rules: &Rules, text: &str) -> Option<(String, String)> {
    let path = path(text);
    let found = rules.find(&path, None)?;
    let edge = match found.edge.checked_sub(1) {
        None => path.root.clone(),
        Some(before) => {
            let owner = &path.steps[before].kind;
            let via = path.steps[found.edge].via.as_ref().expect("not the first");
            format!("{}#{via}", owner.stands_for.as_ref().unwrap_or(&owner.name))
        }
    };
    Some((found.rule.name.clone(), edge))
}

mod java;
mod go;
mod ordinary;

#[test]
fn each_rule_over_paths_alone_is_tried() {
    let rules = Rules::built_in().unwrap();
    let tried: Vec<&str> = java::CASES.iter().chain(go::CASES).map(|case| case.1).collect();
    let untried =
        rules.all().iter().filter(|rule| !rule.looks_at_heap() && !tried.contains(&rule.name.as_str()));
    assert_eq!(untried.map(|rule| rule.name.as_str()).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn made_paths_are_told_of_by_their_rules() {
    let rules = Rules::built_in().unwrap();
    let wrong = java::CASES.iter().chain(go::CASES).filter_map(|(text, rule, edge)| {
        let expected = Some(((*rule).to_owned(), edge.replace('+', " ")));
        let found = found(&rules, text);
        (found != expected).then(|| format!("{text}: {found:?}, not {rule} at {edge}"))
    });
    assert_eq!(wrong.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn ordinary_paths_are_told_of_by_the_general_rules_or_none() {
    let rules = Rules::built_in().unwrap();
    let wrong = ordinary::CASES.iter().filter_map(|(text, rule)| {
        let found = found(&rules, text);
        (found.as_ref().map(|found| found.0.as_str()) != *rule)
            .then(|| format!("{text}: {found:?}, not {rule:?}"))
    });
    assert_eq!(wrong.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn a_path_of_a_million_steps_is_matched_by_loops() {
    let mut long = path("class: static com.acme.List -HEAD- com.acme.Node -next- com.acme.Node");
    let again = long.steps[2].clone();
    long.steps.extend(std::iter::repeat_n(again, 1_000_000));
    let rules = Rules::built_in().unwrap();
    let found = rules.find(&long, None).unwrap();
    assert_eq!((found.rule.name.as_str(), found.edge), ("own-linked-list", 1));
}

#[test]
fn of_several_edges_the_nearest_to_the_end_is_taken() {
    let rules = Rules::built_in().unwrap();
    let text = "class: static com.acme.A -ROOT- com.acme.A$B -this$0- com.acme.A -b- com.acme.A$C -this$1- com.acme.Leaf";
    assert_eq!(found(&rules, text), Some(("inner-class".into(), "com.acme.A$C#this$1".into())));
}
