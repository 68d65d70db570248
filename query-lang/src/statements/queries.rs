//! Statements and the clauses of a query.

use super::{Form, form};

pub(super) static STATEMENTS: &[Form] = &[
    form(
        "SELECT",
        "SELECT [DISTINCT] items FROM sources …",
        "The rows of sources: what is written between SELECT and FROM, for each. Without FROM it is one row.",
        "SELECT toString(n.name), n.@retained FROM com.acme.Node n LIMIT 3",
    ),
    form(
        "VALUES",
        "VALUES (value, …), …",
        "Rows that are written out; stands wherever a SELECT does.",
        "SELECT v.id, v.text FROM (VALUES (1, 'one'), (2, 'two')) v(id, text)",
    ),
    form(
        "LET",
        "LET name = query",
        "Runs the query and keeps its rows under the name for the statements that follow: in FROM, as a set, behind IN.",
        "LET heavy = SELECT n FROM com.acme.Node n WHERE n.weight > 4; SELECT retained_size(heavy); SELECT n.id FROM heavy",
    ),
    form(
        "ASSERT",
        "ASSERT condition [, 'message']",
        "Goes on where the condition is true; ends the script with the message and exit code 3 where it is not.",
        "ASSERT (SELECT count(*) FROM com.acme.Node) < 100, 'too many nodes'",
    ),
    form(
        "EXPLAIN",
        "EXPLAIN query",
        "How the query would run, instead of its rows.",
        "EXPLAIN SELECT count(*) FROM objects WHERE retained > 1KB",
    ),
    form(
        "EXPLAIN ANALYZE",
        "EXPLAIN ANALYZE query",
        "Runs the query and tells rows, time and bytes spilled, of the whole and of each step.",
        "EXPLAIN ANALYZE SELECT class, count(*) FROM objects GROUP BY class",
    ),
];

pub(super) static CLAUSES: &[Form] = &[
    form(
        "WITH",
        "WITH name [(column, …)] AS (query), … SELECT …",
        "Names queries for the one that follows.",
        "WITH heavy AS (SELECT n, n.weight AS w FROM com.acme.Node n WHERE n.weight > 4) SELECT n.id, w FROM heavy",
    ),
    form(
        "AS",
        "expression [AS] name",
        "Names a column or, after a source, its rows; MAT's names in double quotes are fine.",
        "SELECT n.weight AS w, n.id \"the number\" FROM com.acme.Node AS n LIMIT 1",
    ),
    form("DISTINCT", "SELECT DISTINCT …", "Each row once.", "SELECT DISTINCT n.live FROM com.acme.Node n"),
    form(
        "OBJECTS",
        "SELECT OBJECTS expression",
        "MAT's form for objects: objects stay, those of a list become a row each, nulls are left out.",
        "SELECT DISTINCT OBJECTS classof(n) FROM INSTANCEOF com.acme.Base n",
    ),
    form(
        "AS RETAINED SET",
        "SELECT AS RETAINED SET object FROM …",
        "MAT's form for the objects that would be freed if all the selected went; FROM retained_set(query) is the same.",
        "SELECT AS RETAINED SET t FROM com.acme.Tree t",
    ),
    form(
        "WHERE",
        "WHERE condition",
        "Keeps the rows for which the condition is true.",
        "SELECT n FROM com.acme.Node n WHERE n.weight > 2 AND n.next = null",
    ),
    form(
        "GROUP BY",
        "GROUP BY expression, …",
        "One row for each key: an expression, the name of a column or its number.",
        "SELECT n.live, count(*), sum(n.@shallow) FROM com.acme.Node n GROUP BY n.live",
    ),
    form(
        "HAVING",
        "HAVING condition",
        "Keeps the groups for which the condition is true.",
        "SELECT class, count(*) FROM objects GROUP BY class HAVING count(*) > 10",
    ),
    form(
        "ORDER BY",
        "ORDER BY expression [ASC | DESC] [NULLS FIRST | NULLS LAST], …",
        "Sorts: by names or numbers of columns, or by expressions. Nulls come last unless it says otherwise.",
        "SELECT n.id, n.next.id FROM com.acme.Node n ORDER BY 2 DESC NULLS LAST LIMIT 3",
    ),
    form("LIMIT", "LIMIT n | ALL", "At most so many rows.", "SELECT class FROM histogram LIMIT 5"),
    form(
        "OFFSET",
        "OFFSET n",
        "Leaves out so many rows at the start.",
        "SELECT id FROM com.acme.Node ORDER BY id LIMIT 2 OFFSET 3",
    ),
    form(
        "UNION",
        "query UNION [ALL] query",
        "The rows of both, each once; with ALL as often as they come. Columns match by place.",
        "SELECT id FROM com.acme.Node WHERE id < 2 UNION ALL SELECT id FROM com.acme.Leaf",
    ),
    form(
        "INTERSECT",
        "query INTERSECT [ALL] query",
        "The rows that both have.",
        "SELECT id FROM com.acme.Node INTERSECT SELECT id + 1 FROM com.acme.Node",
    ),
    form(
        "EXCEPT",
        "query EXCEPT [ALL] query",
        "The rows of the first that the second does not have.",
        "SELECT id FROM com.acme.Node EXCEPT SELECT id * 2 FROM com.acme.Node",
    ),
];
