//! What stands in expressions.

use super::{Form, form};

pub(super) static OPERATORS: &[Form] = &[
    form("AND", "a AND b", "Whether both are true.", "SELECT true AND null"),
    form("OR", "a OR b", "Whether one is true.", "SELECT true OR null"),
    form("NOT", "NOT a", "Whether it is false.", "SELECT NOT (1 > 2)"),
    form(
        "IS NULL",
        "value IS [NOT] NULL",
        "Whether it is null; `= null` and `!= null`, as MAT has it, are the same.",
        "SELECT n.id FROM com.acme.Leaf n WHERE n.next IS NULL",
    ),
    form(
        "IS TRUE",
        "condition IS [NOT] TRUE | FALSE",
        "Whether it is so; null is neither.",
        "SELECT null IS TRUE, null IS NOT FALSE",
    ),
    form(
        "IS DISTINCT FROM",
        "a IS [NOT] DISTINCT FROM b",
        "Whether they differ, where null equals null and nothing else.",
        "SELECT null IS DISTINCT FROM 1, null IS NOT DISTINCT FROM null",
    ),
    form(
        "IN",
        "value [NOT] IN (a, b, …) | (query) | named result | list",
        "Whether the value is among them. After a source, IN names one of several open dumps.",
        "SELECT count(*) FROM com.acme.Node n WHERE n.next IN (SELECT l FROM com.acme.Leaf l)",
    ),
    form(
        "EXISTS",
        "[NOT] EXISTS (query)",
        "Whether the query has a row; it may use columns of the query around it.",
        "SELECT n.id FROM com.acme.Node n WHERE EXISTS (SELECT 1 FROM com.acme.Leaf l WHERE l.next = n)",
    ),
    form(
        "BETWEEN",
        "x [NOT] BETWEEN a AND b",
        "Whether it is at least a and at most b.",
        "SELECT 5KB BETWEEN 1KB AND 10KB",
    ),
    form(
        "LIKE",
        "text [NOT] LIKE 'a%_' | \"regex\"",
        "In single quotes SQL's pattern: % for any text, _ for one character. In double quotes MAT's: a regular \
         expression for the whole text.",
        "SELECT 'node 1' LIKE 'node%', 'node 1' LIKE \"node [0-9]\"",
    ),
    form("ILIKE", "text [NOT] ILIKE 'a%_'", "As LIKE, in any case.", "SELECT 'Node' ILIKE 'NO%'"),
    form(
        "=~",
        "text =~ 'regex' · text !~ 'regex'",
        "Whether the regular expression matches the whole text, or does not.",
        "SELECT DISTINCT class FROM objects WHERE class =~ 'com\\.acme\\..*'",
    ),
    form(
        "IMPLEMENTS",
        "object IMPLEMENTS class",
        "MAT's spelling of object INSTANCEOF class.",
        "SELECT count(*) FROM INSTANCEOF com.acme.Base b WHERE b IMPLEMENTS com.acme.Node",
    ),
    form(
        "CASE",
        "CASE [value] WHEN a THEN b … [ELSE c] END",
        "The first b whose a is true (equals the value); c, or null, where none is.",
        "SELECT CASE WHEN n.weight > 2 THEN 'heavy' ELSE 'light' END AS w, count(*) FROM com.acme.Node n GROUP BY w",
    ),
    form(
        "CAST",
        "CAST(value AS kind) · value::kind",
        "The value as int, float, text, bool, bytes, address or timestamp; null when it does not fit.",
        "SELECT CAST('12' AS int), 1536::bytes, '0x10'::address",
    ),
    form(
        "EXTRACT",
        "EXTRACT(part FROM time)",
        "A part of a time, as date_part('part', time).",
        "SELECT EXTRACT(year FROM TIMESTAMP '2026-05-01')",
    ),
    form(
        "TIMESTAMP",
        "TIMESTAMP 'text' · DATE 'text'",
        "A point in time: ISO 8601, UTC where no zone is said. DATE is the beginning of that day.",
        "SELECT TIMESTAMP '2026-05-01 12:30:00' > DATE '2026-05-01'",
    ),
    form("NULL", "NULL", "No value.", "SELECT coalesce(NULL, 1)"),
    form("TRUE", "TRUE · FALSE", "The truth values.", "SELECT TRUE OR FALSE"),
];

pub(super) static WINDOWS: &[Form] = &[
    form(
        "FILTER",
        "aggregate(…) FILTER (WHERE condition)",
        "Counts only the rows for which the condition is true.",
        "SELECT count(*), count(*) FILTER (WHERE n.live) FROM com.acme.Node n",
    ),
    form(
        "OVER",
        "function(…) OVER ([PARTITION BY …] [ORDER BY …] [frame]) | OVER name",
        "Computes an aggregate or a window function over the rows around each row, which all stay.",
        "SELECT n.id, sum(n.weight) OVER (ORDER BY n.id) FROM com.acme.Node n",
    ),
    form(
        "PARTITION BY",
        "OVER (PARTITION BY expression, …)",
        "Each key is a window of its own.",
        "SELECT n.id, rank() OVER (PARTITION BY n.live ORDER BY n.weight DESC) FROM com.acme.Node n",
    ),
    form(
        "WINDOW",
        "WINDOW name AS (window), …",
        "Names windows; stands after HAVING.",
        "SELECT sum(n.id) OVER w, row_number() OVER w FROM com.acme.Node n WINDOW w AS (ORDER BY n.id)",
    ),
    form(
        "ROWS",
        "ROWS | RANGE | GROUPS BETWEEN UNBOUNDED PRECEDING | n PRECEDING | CURRENT ROW AND n FOLLOWING | UNBOUNDED FOLLOWING",
        "The frame around the row, counted in rows, in values of the key or in distinct keys; each end is any of these. \
         With ORDER BY it is by default RANGE from the first row to the current one and those of an equal key.",
        "SELECT n.id, avg(n.weight) OVER (ORDER BY n.id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM com.acme.Node n",
    ),
];
