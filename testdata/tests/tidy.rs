//! The rules of the repository that no compiler checks: the order of modules and crates, and how files look.

#![expect(clippy::unwrap_used, reason = "a test that meets a surprise fails")]

use std::path::{Path, PathBuf};

/// Crates in their order, and what none of them may depend on: the query language knows no terminal, the engine
/// neither.
const CRATES: &[(&str, &[&str])] = &[
    (
        "engine",
        &[
            "heapwise-query-lang",
            "datafusion",
            "pest",
            "pest_derive",
            "clap",
            "rustyline",
            "indicatif",
            "ctrlc",
            "tokio",
        ],
    ),
    ("query-lang", &["clap", "rustyline", "indicatif", "ctrlc"]),
    ("cli-repl", &[]),
];

/// The only files with `unsafe`: they map files, hand on mapped memory, or tell the processor what will be read.
const UNSAFE: &[&str] = &[
    "engine/src/input/dump.rs",
    "engine/src/store/ipc.rs",
    "engine/src/memory/block.rs",
    "engine/src/memory/scratch.rs",
    "engine/src/memory/prefetch.rs",
];

/// Lines that a file of code may have.
const MOST_LINES: usize = 400;

/// Words that say that something is not finished.
const UNFINISHED: &[&str] =
    &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:"), concat!("to", "do!(")];

/// How paths begin that lead out of the repository.
const ELSEWHERE: &[&str] = &[
    concat!("/", "work/"),
    concat!("/", "home/"),
    concat!("/", "root/"),
    concat!("/", "Users/"),
    concat!("shared", "/design"),
    concat!("shared", "/style"),
];

/// What only the program may do.
const PRINTING: &[&str] = &["println!(", "print!(", "eprintln!(", "eprint!(", "dbg!("];

/// A file of the repository: its path from the root, with `/`, and its text.
struct Text {
    path: String,
    text: String,
}

impl Text {
    /// The lines before the tests of the file, without comments, with their numbers from 1.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"));
        lines
            .map(|line| line.split("//").next().unwrap_or_default())
            .enumerate()
            .map(|(row, line)| (row + 1, line))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// All files that people write, of the kinds `endings`.
fn texts(endings: &[&str]) -> Vec<Text> {
    let mut found = Vec::new();
    let mut open = vec![root()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let generated = name == "target" || name == ".git" || name.ends_with(".heapwise");
            if path.is_dir() && !generated {
                open.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let short = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
                found.push(Text { path: short, text: std::fs::read_to_string(path).unwrap() });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty());
    found
}

fn code() -> Vec<Text> {
    texts(&[".rs"])
}

fn prose_and_code() -> Vec<Text> {
    texts(&[".rs", ".md", ".toml", ".py", ".pest", ".java", "run"])
}

/// Fails with a line for each broken rule.
fn check(broken: Vec<String>) {
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

/// The names in the `mod` lines of a crate's root, in their order.
fn modules(crate_root: &str) -> Vec<&str> {
    let lines = crate_root.lines().filter_map(|line| line.strip_suffix(';'));
    lines.filter_map(|line| line.strip_prefix("pub ").unwrap_or(line).strip_prefix("mod ")).collect()
}

/// The modules that `line` names as `crate::module` or `crate::{module, …}`.
fn used<'a>(line: &'a str, modules: &[&'a str]) -> Vec<&'a str> {
    let names = |part: &'a str| {
        let inside = part.strip_prefix('{').map(|rest| rest.split('}').next().unwrap_or(rest).split(','));
        let names: Vec<&str> = inside.map_or_else(|| vec![part], Iterator::collect);
        names.into_iter().map(|name| name.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next())
    };
    let parts = line.split("crate::").skip(1).flat_map(names).flatten();
    parts.filter(|name| modules.contains(name)).collect()
}

#[test]
fn a_module_uses_only_those_before_it() {
    let all = code();
    let mut broken = Vec::new();
    for (name, _) in CRATES {
        let is_root =
            |text: &&Text| ["lib", "main"].iter().any(|file| text.path == format!("{name}/src/{file}.rs"));
        let modules = modules(&all.iter().find(is_root).unwrap().text);
        assert!(modules.len() > 3, "{name}: {modules:?}");
        for file in &all {
            let Some(inside) = file.path.strip_prefix(&format!("{name}/src/")) else { continue };
            let own = inside.split(['/', '.']).next().unwrap_or_default();
            let Some(place) = modules.iter().position(|module| *module == own) else { continue };
            for (row, line) in file.code() {
                let later = used(line, &modules[place + 1..]);
                broken.extend(
                    later.iter().map(|later| format!("{}:{row} uses {later}, which comes later", file.path)),
                );
            }
        }
    }
    check(broken);
}

#[test]
fn a_crate_uses_only_those_before_it() {
    let mut broken = Vec::new();
    for (name, forbidden) in CRATES {
        let manifest = std::fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
        for line in dependencies.lines() {
            let dependency = line.split(['.', ' ', '=']).next().unwrap_or_default();
            let of = |wrong: &&&str| dependency == **wrong || dependency.starts_with(&format!("{wrong}-"));
            broken.extend(forbidden.iter().filter(of).map(|_| format!("{name} depends on {dependency}")));
        }
    }
    check(broken);
}

#[test]
fn a_file_says_what_it_is_for_and_is_short() {
    let silent = |file: &Text| {
        (!file.text.starts_with("//! ")).then(|| format!("{} does not begin with //!", file.path))
    };
    let long = |file: &Text| {
        let lines = file.text.lines().count();
        (lines > MOST_LINES).then(|| format!("{} has {lines} lines", file.path))
    };
    check(code().iter().flat_map(|file| [silent(file), long(file)]).flatten().collect());
}

#[test]
fn a_library_prints_nothing() {
    let mut broken = Vec::new();
    for file in code().iter().filter(|file| {
        ["engine/src", "query-lang/src", "testdata/src"].iter().any(|of| file.path.starts_with(of))
    }) {
        let prints = |&(_, line): &(usize, &str)| PRINTING.iter().any(|printing| line.contains(printing));
        broken.extend(file.code().filter(prints).map(|(row, _)| format!("{}:{row} prints", file.path)));
    }
    check(broken);
}

#[test]
fn only_what_maps_files_is_unsafe() {
    let mut broken = Vec::new();
    for file in code() {
        let allowed = UNSAFE.contains(&file.path.as_str());
        let marks = [concat!("unsa", "fe {"), concat!("unsa", "fe fn"), concat!("unsa", "fe impl")];
        let says = file.code().any(|(_, line)| marks.iter().any(|mark| line.contains(mark)));
        if says && !allowed {
            broken.push(format!("{} has unsafe code", file.path));
        }
        if allowed && !says {
            broken.push(format!("{} has no unsafe code: take it off the list", file.path));
        }
    }
    check(broken);
}

#[test]
fn nothing_is_unfinished_and_nothing_leads_elsewhere() {
    let mut broken = Vec::new();
    for file in prose_and_code() {
        for (row, line) in file.text.lines().enumerate() {
            let found = UNFINISHED.iter().chain(ELSEWHERE).find(|word| line.contains(**word));
            broken.extend(found.map(|word| format!("{}:{} has {word}", file.path, row + 1)));
        }
    }
    check(broken);
}

#[test]
fn links_in_documents_lead_to_files_of_the_repository() {
    let mut broken = Vec::new();
    for file in texts(&[".md"]) {
        let directory = root().join(&file.path).parent().unwrap().to_owned();
        for link in file.text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or_default();
            if path.is_empty() || link.contains("://") {
                continue;
            }
            let target = directory.join(path).canonicalize();
            if !target.is_ok_and(|target| target.starts_with(root().canonicalize().unwrap())) {
                broken.push(format!("{}: {link} leads nowhere", file.path));
            }
        }
    }
    check(broken);
}

#[test]
fn the_rules_find_what_breaks_them() {
    let modules = ["id", "error", "store"];
    assert_eq!(used("use crate::store::Snapshot;", &modules), ["store"]);
    assert_eq!(used("use crate::{error::Result, id::Address};", &modules), ["error", "id"]);
    assert_eq!(used("let x = crate::id::f(crate::error::g());", &modules), ["id", "error"]);
    assert_eq!(used("use crate::identity::X; use super::store;", &modules), [""; 0]);
    let text = Text { path: String::new(), text: "a // b\n#[cfg(test)]\nc".into() };
    assert_eq!(text.code().collect::<Vec<_>>(), [(1, "a ")]);
}
