//! Sub-queries that look outside answer what joins and groups written by hand do.

mod common;

use heapwise_query_lang::Session;

/// The rows without the names of columns.
fn rows(session: &Session, query: &str) -> String {
    let answer = common::answer(session, query);
    assert!(!answer.starts_with("error:"), "{answer}");
    answer.split_once('\n').map(|(_, rows)| rows.to_owned()).unwrap_or_default()
}

fn check(session: &Session, nested: &str, joined: &str) {
    assert_eq!(rows(session, nested), rows(session, joined), "{nested}\n{joined}");
}

const N: &str = "com.acme.Node n";

#[test]
fn sub_queries_equal_joins() {
    let session = common::session(2);
    for operator in ["<", "<=", "=", "<>", ">", ">="] {
        for field in ["m.id", "m.weight", "m.id % 3", "m.id / 2"] {
            let on = format!("{field} {operator} {}", field.replace("m.", "n."));
            let nested = |item: &str, rest: &str| {
                format!(
                    "SELECT n.id, (SELECT {item} FROM com.acme.Leaf m WHERE {on} {rest}) FROM {N} ORDER BY n.id"
                )
            };
            let grouped = |item: &str| {
                format!(
                    "SELECT n.id, {item} FROM {N} LEFT JOIN com.acme.Leaf m ON {on} GROUP BY n.id ORDER BY n.id"
                )
            };
            check(&session, &nested("count(*)", ""), &grouped("count(m.id)"));
            check(&session, &nested("max(m.weight)", ""), &grouped("max(m.weight)"));
            check(&session, &nested("sum(m.id) + n.id", ""), &grouped("sum(m.id) + n.id"));
            check(&session, &nested("m.id", "ORDER BY m.id LIMIT 1"), &grouped("min(m.id)"));
            check(&session, &nested("m.id", "ORDER BY m.id DESC LIMIT 1"), &grouped("max(m.id)"));
            for (exists, semi) in [("EXISTS", "SEMI"), ("NOT EXISTS", "ANTI")] {
                let condition = format!("{exists} (SELECT 1 FROM com.acme.Leaf m WHERE {on})");
                let joined =
                    format!("SELECT n.id FROM {N} LEFT {semi} JOIN com.acme.Leaf m ON {on} ORDER BY n.id");
                check(&session, &format!("SELECT n.id FROM {N} WHERE {condition} ORDER BY n.id"), &joined);
                let value =
                    format!("SELECT id FROM (SELECT n.id, {condition} AS c FROM {N}) x WHERE c ORDER BY id");
                check(&session, &value, &joined);
            }
            let lateral = format!(
                "SELECT n.id, m.id FROM {N}, LATERAL (SELECT m.id FROM com.acme.Leaf m WHERE {on}) m ORDER BY 1, 2"
            );
            check(
                &session,
                &lateral,
                &format!("SELECT n.id, m.id FROM {N} JOIN com.acme.Leaf m ON {on} ORDER BY 1, 2"),
            );
        }
    }
}
