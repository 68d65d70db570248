//! Made paths and the rules that match them.

use super::{Path, Rules};
use crate::graph::Strength;
use crate::rules::{Runtime, Step, Type};
use std::sync::Arc;

/// The path `text`: a root, then objects with what holds them between: `thread: java.lang.Thread -threadLocals- a.B`.
/// `static a.B` is a class object; `a.B<c.D` has the superclass c.D; `a.B*30` has 30 instances (else 1000).
/// Classes of `java.` are the platform's.
fn path(text: &str) -> Path {
    let (root, steps) = text.split_once(": ").expect("a root");
    let mut via = None;
    let mut path = Path {
        runtime: Runtime::Java,
        root: root.to_owned(),
        thread: None,
        strength: Strength::Strong,
        steps: Vec::new(),
    };
    for (place, word) in steps.replace("static ", "static\u{a0}").split(' ').enumerate() {
        if place % 2 == 1 {
            via = Some(word.trim_matches('-').to_owned());
        } else {
            path.steps.push(step(word, via.take()));
        }
    }
    path
}

fn step(word: &str, via: Option<String>) -> Step {
    let (word, count) =
        word.split_once('*').map_or((word, 1000), |(word, count)| (word, count.parse().unwrap()));
    let class = word.strip_prefix("static\u{a0}");
    let mut names = class.unwrap_or(word).split('<').map(str::to_owned);
    let name = names.next().unwrap();
    let application = !name.starts_with("java.") && name.contains('.');
    let kind = Type {
        name: if class.is_some() { "java.lang.Class".into() } else { name.clone() },
        stands_for: class.map(|_| name),
        ancestors: names.collect(),
        application,
    };
    Step { kind: Arc::new(kind), via, count: if class.is_some() { 1 } else { count }, object: None }
}

/// Fails unless the first rule for `text` is `rule`, at the reference `Class#via`.
fn check(text: &str, rule: &str, edge: &str) {
    let rules = Rules::built_in().unwrap();
    let path = path(text);
    let found = rules.find(&path, None);
    let found = found.map(|found| (found.rule.name.as_str(), at(&path, found.edge)));
    assert_eq!(found, Some((rule, edge.to_owned())), "{text}");
}

/// The reference into step `edge`, or the root.
fn at(path: &Path, edge: usize) -> String {
    let Some(before) = edge.checked_sub(1) else { return path.root.clone() };
    let owner = &path.steps[before].kind;
    format!("{}#{}", owner.stands_for.as_ref().unwrap_or(&owner.name), path.steps[edge].via.as_ref().unwrap())
}

fn check_none(text: &str) {
    let rules = Rules::built_in().unwrap();
    let path = path(text);
    assert_eq!(rules.find(&path, None).map(|found| found.rule.name.as_str()), None, "{text}");
}

#[test]
fn a_thread_local_is_found_below_its_thread() {
    check(
        "thread: java.lang.Thread -threadLocals- java.lang.ThreadLocal$ThreadLocalMap -table- \
         java.lang.ThreadLocal$ThreadLocalMap$Entry[] -[3]- java.lang.ThreadLocal$ThreadLocalMap$Entry -value- \
         com.acme.Context -seen- java.util.ArrayList -elementData- java.lang.Object[] -[7]- com.acme.Payload",
        "thread-local",
        "java.lang.ThreadLocal$ThreadLocalMap$Entry#value",
    );
}

#[test]
fn a_field_of_a_local_variable_is_no_implicit_reference() {
    check_none("java frame: com.acme.Service -next- com.acme.Service");
}
