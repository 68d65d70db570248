//! Queries over the shipped real dumps answer what is known of the program that was dumped.

#![expect(clippy::unwrap_used, reason = "a test that meets a surprise fails")]

use heapwise_testdata::dumps::{Dump, GoDump};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// Runs the program on `dump` and reads its answer.
fn run(command: &str, dump: &Path, indexes: &Path, arguments: &[&str]) -> Value {
    let ran = Command::new(env!("CARGO_BIN_EXE_heapwise"))
        .arg(command)
        .arg(dump)
        .args(arguments)
        .args(["--format", "json", "--no-progress", "--index-dir"])
        .arg(indexes)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{command} {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).unwrap()
}

/// A query, and what the truth says that it answers.
type Case = (&'static str, fn(&Value) -> Value);

/// Checks queries on every shipped dump: each answers one row, whose values are those of `expected` from the truth.
fn check(cases: &[Case]) {
    let indexes = tempfile::tempdir().unwrap();
    for dump in Dump::SHOPS {
        let truth: Value = serde_json::from_slice(&std::fs::read(dump.truth()).unwrap()).unwrap();
        let text: Vec<&str> = cases.iter().map(|case| case.0).collect();
        for (query, expected) in text.iter().zip(cases.iter().map(|case| case.1)) {
            let rows = run("query", &dump.compressed(), indexes.path(), &[query]);
            let [row] = &rows.as_array().unwrap()[..] else { panic!("{query}: {rows}") };
            let found: Vec<&Value> = row.as_object().unwrap().values().collect();
            let expected = expected(&truth);
            let expected = expected.as_array().map_or_else(|| vec![&expected], |all| all.iter().collect());
            assert_eq!(found, expected, "{dump:?}: {query}");
        }
    }
}

fn text_of(units: &Value) -> Value {
    let units = units.as_array().unwrap().iter().map(|unit| u16::try_from(unit.as_u64().unwrap()).unwrap());
    String::from_utf16_lossy(&units.collect::<Vec<u16>>()).into()
}

#[test]
fn counts_sums_and_groups() {
    check(&[
        ("SELECT count(*) FROM shop.Shop$Order", |truth| truth["facts"]["orders"].clone()),
        ("SELECT sum(cents) FROM shop.Shop$Order", |truth| truth["facts"]["orders_cents"].clone()),
        ("SELECT count(DISTINCT toString(o.customer)) FROM shop.Shop$Order o", |truth| {
            truth["facts"]["orders_customers"].clone()
        }),
        (
            "SELECT min(n), max(n) FROM (SELECT toString(o.customer) AS c, count(*) AS n \
             FROM shop.Shop$Order o GROUP BY toString(o.customer))",
            |truth| {
                let each = truth["facts"]["orders"].as_u64().unwrap()
                    / truth["facts"]["orders_customers"].as_u64().unwrap();
                json!([each, each])
            },
        ),
        ("SELECT count(*) FROM \"shop\\.Plugin\"", |truth| truth["facts"]["plugin_classes"].clone()),
        ("SELECT count(*) FROM INSTANCEOF shop.Shop$Base", |_| json!(1)),
        ("SELECT count(*) FROM shop.Shop$Basket b WHERE b.articles.@length = 30", |truth| {
            truth["facts"]["listeners"].clone()
        }),
        ("SELECT count(*) FROM threads WHERE name LIKE 'cashier-%' AND state = 'WAITING' AND daemon", |_| {
            json!(2)
        }),
    ]);
}

#[test]
fn fields_and_texts() {
    check(&[
        ("SELECT e.b, e.c, e.d, e.f, e.i, e.l, e.nothing, e.s, e.z FROM shop.Shop$Everything e", |_| {
            json!([-7, "ß", -0.25, 1.5, i32::MIN, i64::MAX, null, -300, true])
        }),
        (
            "SELECT e.CONSTANT AS a, e.staticD AS b, e.staticL AS c, toString(e.staticText) AS d \
             FROM CLASS shop.Shop$Everything e",
            |_| json!([42, std::f64::consts::PI, i64::MIN, "a static text"]),
        ),
        (
            "SELECT l.id AS a, l.id@(shop.Shop$Mid) AS b, l.id@(shop.Shop$Base) AS c, toString(l.name) AS d, \
             toString(l.name@(shop.Shop$Mid)) AS e, toString(l.name@(shop.Shop$Base)) AS f FROM shop.Shop$Leaf l",
            |_| json!([3, 2, 1, "leaf", "mid", "base"]),
        ),
        (
            "SELECT toString(s.texts[0]) AS a, toString(s.texts[1]) AS b, toString(s.texts[4]) AS c, \
             toString(s.texts[7]) AS d, toString(s.texts[9]) AS e, toString(s.texts[10]) AS f, \
             s.texts[11] AS g FROM shop.Shop s",
            |truth| {
                let texts = &truth["facts"]["texts_utf16"];
                let mut expected: Vec<Value> = [0, 1, 4, 7, 9, 10].map(|row| text_of(&texts[row])).into();
                expected.push(Value::Null);
                expected.into()
            },
        ),
        ("SELECT s.direct.capacity FROM shop.Shop s", |truth| truth["facts"]["direct_capacity"].clone()),
        ("SELECT s.lost.referent = null AS a, s.weak.referent = s.kept AS b FROM shop.Shop s", |_| {
            json!([true, true])
        }),
    ]);
}

#[test]
fn shapes_and_sizes() {
    check(&[
        (
            "SELECT s.diamond.left.@retained AS a, s.diamond.right.@retained AS b, s.diamond.shared.@retained AS c, \
             s.diamond.@retained AS d, s.chain.@retained AS e, s.ring.@retained AS f FROM shop.Shop s",
            |truth| {
                let retained = &truth["retained"];
                let arm = &retained["shop.Shop$Arm"];
                let (shared, top) = (&retained["shop.Shop$Shared"], &retained["shop.Shop$Top"]);
                json!([arm["left"], arm["right"], shared, top, retained["chain"], retained["ring"]])
            },
        ),
        ("SELECT max(@retained) FROM shop.Shop$Session", |truth| truth["retained"]["sessions"].clone()),
        (
            "SELECT s.chain.number AS a, s.chain.next.next.number AS b, s.ring.next.number AS c, \
             s.self.next = s.self AS d FROM shop.Shop s",
            |truth| {
                let last = truth["facts"]["chain"].as_u64().unwrap() - 1;
                json!([last, last - 2, 1, true])
            },
        ),
        ("SELECT s.soft.referent.@strength AS a, s.kept.@strength AS b FROM shop.Shop s", |_| {
            json!(["soft", "strong"])
        }),
    ]);
}

#[test]
fn the_histogram_is_what_the_jvm_counted() {
    let indexes = tempfile::tempdir().unwrap();
    for dump in Dump::SHOPS {
        let truth: Value = serde_json::from_slice(&std::fs::read(dump.truth()).unwrap()).unwrap();
        let rows = run("histogram", &dump.compressed(), indexes.path(), &[]);
        for (class, expected) in truth["histogram"].as_object().unwrap() {
            let mine = rows.as_array().unwrap().iter().filter(|row| row["class"] == class.as_str());
            let sum = |column: &str| mine.clone().map(|row| row[column].as_u64().unwrap()).sum::<u64>();
            assert_eq!(
                json!({"instances": sum("instances"), "bytes": sum("shallow")}),
                *expected,
                "{dump:?} {class}"
            );
        }
    }
}

#[test]
fn a_path_leads_from_a_static_field() {
    let indexes = tempfile::tempdir().unwrap();
    for dump in Dump::SHOPS {
        let steps = run(
            "paths",
            &dump.compressed(),
            indexes.path(),
            &["SELECT s FROM shop.Shop$Shared s", "--limit", "1"],
        );
        let vias: Vec<&Value> = steps.as_array().unwrap().iter().map(|step| &step["via"]).collect();
        assert_eq!(
            vias,
            [&Value::Null, &json!("shop"), &json!("diamond"), &json!("shared")],
            "{dump:?}: {steps}"
        );
    }
}

#[test]
fn collections_are_counted_by_class() {
    let indexes = tempfile::tempdir().unwrap();
    for dump in Dump::ALL {
        let histogram = run("histogram", &dump.compressed(), indexes.path(), &[]);
        let of_class = |class: &Value, column: &str| {
            let mine = histogram.as_array().unwrap().iter().filter(|row| row["class"] == *class);
            mine.map(|row| row[column].as_u64().unwrap()).sum::<u64>()
        };
        let rows = run("collections", &dump.compressed(), indexes.path(), &[]);
        let rows = rows.as_array().unwrap();
        assert!(rows.iter().any(|row| row["class"] == "java.util.HashMap"), "{dump:?}");
        for row in rows {
            let elements = row["elements"].as_u64().unwrap();
            let (all, empty) = (row["collections"].as_u64().unwrap(), row["empty"].as_u64().unwrap());
            assert_eq!(row["retained"], of_class(&row["class"], "retained"), "{dump:?} {row}");
            assert!(all <= of_class(&row["class"], "instances") && elements >= all - empty, "{dump:?} {row}");
            assert_eq!(row["slots"].is_null(), row["unused"].is_null(), "{dump:?} {row}");
        }
    }
}

#[test]
fn goroutines_are_listed_by_what_they_do() {
    for dump in GoDump::ALL {
        let directory = tempfile::tempdir().unwrap();
        let (path, exe) = dump.unpack(directory.path()).unwrap();
        let rows = run("goroutines", &path, directory.path(), &["--exe", exe.to_str().unwrap()]);
        let workers = rows.as_array().unwrap().iter().find(|row| row["started"] == "main.worker").unwrap();
        assert_eq!(
            (&workers["goroutines"], &workers["reason"]),
            (&json!(5), &json!("chan receive")),
            "{dump:?}"
        );
        let page = Command::new(env!("CARGO_BIN_EXE_heapwise"))
            .args([Path::new("info"), &path, Path::new("--index-dir"), directory.path()])
            .output()
            .unwrap();
        let page = String::from_utf8(page.stdout).unwrap();
        assert!(page.contains("          5  main.worker\n"), "{dump:?}: {page}");
    }
}
