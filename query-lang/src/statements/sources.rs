//! What stands in FROM.

use super::{Form, form};

pub(super) static SOURCES: &[Form] = &[
    form(
        "FROM",
        "FROM source [IN dump] [[AS] alias [(column, …)]], …",
        "Where rows come from: a class, a table, a table function, addresses, a query in parentheses, a named result.",
        "SELECT n.id, e.value FROM com.acme.Tree n, elements(n.table) e",
    ),
    form(
        "INSTANCEOF",
        "FROM INSTANCEOF class · object INSTANCEOF class",
        "The objects of a class and of all classes below it, interfaces excepted since dumps do not know them; between \
         expressions a test of the same.",
        "SELECT count(*) FROM INSTANCEOF com.acme.Base b WHERE b INSTANCEOF com.acme.Leaf",
    ),
    form(
        "CLASS",
        "FROM CLASS name",
        "The class object; its fields are the statics. FROM OBJECTS name is the same.",
        "SELECT c.COUNT, c.HEAD.name FROM CLASS com.acme.Registry c",
    ),
    form(
        "FROM OBJECTS",
        "FROM OBJECTS 0x… | (query) | class",
        "MAT's form: the objects at addresses or of a query; before a class name its class object.",
        "SELECT * FROM OBJECTS (SELECT OBJECTS n.next FROM com.acme.Node n WHERE n.id < 3)",
    ),
    form(
        "LATERAL",
        "FROM a, LATERAL source",
        "SQL's word before a source that uses the rows before it; it may be left out.",
        "SELECT e.key, e.value FROM java.util.HashMap m, LATERAL entries(m) e",
    ),
    form(
        "JOIN",
        "a [INNER] JOIN b ON condition · a CROSS JOIN b",
        "The pairs of rows for which the condition is true. CROSS JOIN and a comma give all pairs.",
        "SELECT a.id, l.id FROM com.acme.Node a JOIN com.acme.Leaf l ON a.next = l",
    ),
    form(
        "LEFT JOIN",
        "a LEFT | RIGHT | FULL [OUTER] JOIN b ON condition",
        "And the rows of the left (the right, both) without a partner, with nulls for the other.",
        "SELECT a.id, l.id FROM com.acme.Node a LEFT JOIN com.acme.Leaf l ON a.next = l",
    ),
    form(
        "SEMI JOIN",
        "a [LEFT | RIGHT] SEMI JOIN b ON condition",
        "The rows of the left (of the right) that have a partner, each once, without the partner's columns.",
        "SELECT n.id FROM com.acme.Node n SEMI JOIN com.acme.Leaf l ON l.next = n",
    ),
    form(
        "ANTI JOIN",
        "a [LEFT | RIGHT] ANTI JOIN b ON condition",
        "The rows of the left (of the right) that have no partner.",
        "SELECT count(*) FROM com.acme.Node n ANTI JOIN com.acme.Leaf l ON l.next = n",
    ),
    form(
        "ON",
        "JOIN b ON condition",
        "When two rows belong together; `ON true` always.",
        "SELECT m, e.key FROM java.util.HashMap m LEFT JOIN entries(m) e ON true",
    ),
    form(
        "USING",
        "JOIN b USING (column, …)",
        "Rows belong together where these columns of both are equal; each of them is one column then.",
        "SELECT class, a.instances, b.instances FROM histogram IN a a JOIN histogram IN b b USING (class)",
    ),
];
