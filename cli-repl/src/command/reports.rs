//! `strings` and `collections`: tables that are queries of the language.

use super::query;
use crate::args::Options;
use crate::failure::Result;
use crate::output::{Sink, View};
use crate::session::{Dumps, Queries, Source};

/// Texts of strings: how many strings have each, what they retain, and what one of them would not.
pub(crate) const STRINGS: &str = "\
SELECT toString(s) AS value, count(*) AS strings, sum(s.@retained) AS bytes,
       sum(s.@retained) - max(s.@retained) AS wasted
FROM java.lang.String s GROUP BY toString(s) ORDER BY wasted DESC, bytes DESC, value";

/// Classes of collections: how many there are, how full, and what their instances retain together.
pub(crate) const COLLECTIONS: &str = "\
SELECT c.class, c.collections, c.empty, c.elements, c.slots, c.unused, h.retained
FROM (SELECT o.class, count(*) AS collections, count(*) FILTER (WHERE size(o) = 0) AS empty, sum(size(o)) AS elements,
             sum(capacity(o)) AS slots, sum(if(capacity(o) < size(o), 0, capacity(o) - size(o))) AS unused
      FROM objects o WHERE o.kind = 'instance' AND size(o) IS NOT NULL GROUP BY o.class) c
LEFT JOIN (SELECT class, sum(retained) AS retained FROM histogram GROUP BY class) h ON h.class = c.class
ORDER BY h.retained DESC, c.class";

/// Writes the rows of `text`.
pub(crate) fn run(text: &str, options: &Options, dumps: &Dumps, view: View, sink: &mut Sink) -> Result<()> {
    let queries = Queries::new(options, dumps)?;
    let statements = queries.statements(Source::typed(text.to_owned()))?;
    query::run(&queries, &statements, dumps, view, sink)
}
