//! docs/rules.md lists the conditions and the rules as the code and the file have them.

#![expect(clippy::unwrap_used, reason = "a test that meets a surprise fails")]

use heapwise_engine::rules::{Condition, Rule, Rules, Runtime};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What the page says where its second part begins, which is made by this test.
const MARK: &str = "<!-- Made from the code by a test: HEAPWISE_BLESS=1 cargo test -p heapwise-engine --test rules_page -->\n";

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules.md")
}

fn made() -> String {
    let mut made = String::from("\n## Conditions\n\n| condition | meaning |\n|---|---|\n");
    for condition in Condition::ALL {
        writeln!(made, "| `{}` | {}. |", condition.name(), condition.meaning()).unwrap();
    }
    let rules = Rules::built_in().unwrap();
    for (heading, runtime) in [("The rules for Java", Runtime::Java), ("The rules for Go", Runtime::Go)] {
        writeln!(made, "\n## {heading}").unwrap();
        rules.all().iter().filter(|rule| rule.runtime == runtime).for_each(|rule| section(&mut made, rule));
    }
    made
}

fn section(made: &mut String, rule: &Rule) {
    write!(made, "\n### {}\n\n{}{}", rule.name, &rule.title[..1].to_uppercase(), &rule.title[1..]).unwrap();
    writeln!(made, " ({}, {}).\n\n```", rule.nature.name(), rule.confidence).unwrap();
    rule.roots.iter().for_each(|root| writeln!(made, "root {root}").unwrap());
    rule.paths.iter().for_each(|path| writeln!(made, "{path}").unwrap());
    rule.conditions.iter().for_each(|condition| writeln!(made, "where {}", condition.name()).unwrap());
    writeln!(made, "```\n\n{} **{}** ([documentation]({}))", rule.why, rule.mend, rule.link).unwrap();
}

#[test]
fn the_page_has_the_rules_as_they_are() {
    let kept = std::fs::read_to_string(page()).unwrap().replace("\r\n", "\n");
    let (written, listed) = kept.split_once(MARK).expect("the page has the mark");
    let made = made();
    if std::env::var_os("HEAPWISE_BLESS").is_some() {
        std::fs::write(page(), format!("{written}{MARK}{made}")).unwrap();
        return;
    }
    let differs = listed.lines().zip(made.lines()).find(|(kept, made)| kept != made);
    assert!(listed == made, "HEAPWISE_BLESS=1 writes docs/rules.md anew; first difference: {differs:?}");
}

#[test]
fn rules_are_written_as_sentences() {
    for rule in Rules::built_in().unwrap().all() {
        let name = &rule.name;
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{name}");
        assert!(rule.title.len() <= 90 && !rule.title.ends_with('.'), "{name}: a title is a line");
        assert!([&rule.why, &rule.mend].iter().all(|text| text.ends_with('.')), "{name}: sentences end");
        assert!(rule.link.starts_with("https://"), "{name}: {}", rule.link);
        let is_go = name.starts_with("go-");
        assert_eq!(is_go, rule.runtime == Runtime::Go, "{name}: rules for Go say so");
    }
}

#[test]
fn the_example_of_the_page_is_a_rule() {
    let page = std::fs::read_to_string(page()).unwrap();
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let rules = Rules::built_in().unwrap().with_text(example, Path::new("example")).unwrap();
    assert_eq!(rules.all()[0].name, "tenant-registry");
}
