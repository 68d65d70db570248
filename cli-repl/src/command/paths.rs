//! `paths`: how objects are held.

use super::fold::{Part, fold};
use crate::args::Format;
use crate::failure::{Failure, Result};
use crate::output::{Object, Shown, Sink, View, escape, thousands, write};
use crate::session::{Answer, Dump, Dumps, Queries, Source};
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{Schema, SchemaRef};
use heapwise_engine::holders::{Path, PathFinder, Step};
use heapwise_engine::id::{Address, ObjectId};
use heapwise_engine::language::java::thread_facts;
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use heapwise_engine::table::Kind;
use std::io::{self, Write};
use std::sync::Arc;

/// Objects of a query whose paths are drawn for people who do not say how many.
const DRAWN_OBJECTS: usize = 20;
/// Steps drawn at either end of a long path.
const DRAWN_STEPS: usize = 25;
/// No step is indented deeper, lest a long path leave the screen.
const DEEPEST_INDENT: usize = 30;

/// Objects, as a query yields them.
type Objects<'a> = Box<dyn Iterator<Item = Result<ObjectId>> + 'a>;

/// What `target` says: the object at an address, else the text of a query.
pub(crate) fn object(dump: &Dump, target: &str) -> Result<Option<ObjectId>> {
    let Some(digits) = target.trim().strip_prefix("0x").or_else(|| target.trim().strip_prefix("0X")) else {
        return Ok(None);
    };
    let Ok(address) = u64::from_str_radix(digits, 16) else {
        return Err(Failure::Usage(format!(
            "`{target}` is no address: an address is 0x and hexadecimal digits"
        )));
    };
    match dump.snapshot.find(Address(address)) {
        Some(id) => Ok(Some(id)),
        None => Err(Failure::Query(format!("no object of {} starts at 0x{address:x}", dump.path))),
    }
}

/// Writes up to `limit` paths (`None`: all) to one object.
pub(crate) fn run(dump: &Dump, id: ObjectId, dumps: &Dumps, view: View, sink: &mut Sink) -> Result<Shown> {
    show(dump, Box::new(std::iter::once(Ok(id))), dumps, view, sink)
}

/// Writes up to `limit` paths (`None`: all) to each object that the query answers.
pub(crate) fn run_query(
    queries: &Queries,
    text: &str,
    dumps: &Dumps,
    view: View,
    sink: &mut Sink,
) -> Result<Shown> {
    let mut shown = Shown::default();
    for statement in queries.statements(Source::typed(text.to_owned()))? {
        queries.run(&statement, |answer| {
            let column =
                answer.schema.fields().iter().position(|field| Kind::of(field) == Some(Kind::Object));
            let column = column.ok_or_else(|| {
                Failure::Query(
                    "the query answers no objects: select some, as in `SELECT x FROM … x`".to_owned(),
                )
            })?;
            let dump = dumps.dump_of(answer.schema.field(column));
            let dump = dump.ok_or_else(|| Failure::Query("no dump is open".to_owned()))?;
            let objects = answer.batches.flat_map(move |batch| ids(batch, column));
            shown = show(dump, Box::new(objects), dumps, view, sink)?;
            Ok(())
        })?;
    }
    Ok(shown)
}

fn ids(batch: Result<RecordBatch>, column: usize) -> Vec<Result<ObjectId>> {
    match batch {
        Ok(batch) => {
            let ids = batch.column(column).as_primitive::<UInt32Type>();
            ids.iter().flatten().map(|id| Ok(ObjectId(id))).collect()
        }
        Err(failure) => vec![Err(failure)],
    }
}

/// Writes the paths to `objects`; who wants to watch and stop it makes the references by target before.
fn show(dump: &Dump, objects: Objects, dumps: &Dumps, view: View, sink: &mut Sink) -> Result<Shown> {
    let limit = view.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    match view.format {
        Format::Table => draw_all(&dump.snapshot, objects, limit, view.show_all, sink),
        _ => write(answer(&dump.snapshot, objects, limit)?, View { limit: None, ..view }, dumps, sink),
    }
}

/// The rows: path (from 1), step (0: the root's object), object, via.
fn answer<'a>(snapshot: &'a Snapshot, objects: Objects<'a>, limit: usize) -> Result<Answer<'a>> {
    let schema = Arc::new(Schema::new(vec![
        Kind::Count.field("path"),
        Kind::Count.field("step"),
        Kind::Object.field("object"),
        Kind::Text.field("via"),
    ]));
    let columns = schema.clone();
    let mut number = 0;
    let finder = PathFinder::new(snapshot, &Progress::default())?;
    let batches = objects.map(move |id| {
        let paths = finder.paths(id?, limit);
        let batch = batch(&paths, number, columns.clone());
        number += paths.len();
        batch
    });
    Ok(Answer { schema, batches: Box::new(batches), total: None })
}

fn batch(paths: &[Path], before: usize, schema: SchemaRef) -> Result<RecordBatch> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let steps = || paths.iter().flat_map(|path| &path.steps);
    let numbers = paths
        .iter()
        .enumerate()
        .flat_map(|(path, Path { steps, .. })| std::iter::repeat_n(count(before + path + 1), steps.len()));
    let positions = paths.iter().flat_map(|path| (0..path.steps.len()).map(count));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(numbers)),
        Arc::new(Int64Array::from_iter_values(positions)),
        Arc::new(UInt32Array::from_iter_values(steps().map(|step| step.object.0))),
        Arc::new(steps().map(|step| step.via.as_deref()).collect::<StringArray>()),
    ];
    Ok(RecordBatch::try_new(schema, columns)?)
}

fn draw_all(
    snapshot: &Snapshot,
    objects: Objects,
    limit: usize,
    show_all: &str,
    sink: &mut Sink,
) -> Result<Shown> {
    let most = if limit == usize::MAX { usize::MAX } else { DRAWN_OBJECTS };
    let finder = PathFinder::new(snapshot, &Progress::default())?;
    let mut shown = Shown::default();
    for (position, id) in objects.enumerate() {
        let id = id?;
        if position == most {
            writeln!(sink, "\n… more objects; {show_all} shows all")?;
            break;
        }
        if position > 0 {
            writeln!(sink)?;
        }
        let paths = finder.paths(id, limit);
        if paths.is_empty() {
            let strength = snapshot.strength(id).name();
            writeln!(sink, "{}\n  no path from a root ({strength})", line(snapshot, id))?;
        }
        for path in &paths {
            draw(snapshot, path, sink)?;
        }
        sink.flush()?;
        shown.rows += paths.len() as u64;
    }
    Ok(shown)
}

/// Draws a path as an indented tree, the root first; lists are folded, and of what is still long both ends are drawn.
fn draw(snapshot: &Snapshot, path: &Path, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "root: {}{}", escape(&path.root), of_thread(snapshot, path))?;
    let class = |step: &Step| snapshot.class_of(step.object);
    let looks = |step: usize| (&path.steps[step].via, class(&path.steps[step]));
    let parts = fold(path.steps.len(), |a, b| looks(a) == looks(b));
    let elided =
        if parts.len() > 2 * DRAWN_STEPS + 1 { DRAWN_STEPS..parts.len() - DRAWN_STEPS } else { 0..0 };
    for (depth, part) in parts.iter().enumerate() {
        let indent = 2 * depth.min(DEEPEST_INDENT);
        if depth == elided.start && !elided.is_empty() {
            let left: usize = parts[elided.clone()].iter().map(Part::steps).sum();
            writeln!(out, "{:indent$}… {} more steps; --format json shows all", "", thousands(left as u64))?;
        }
        if elided.contains(&depth) {
            continue;
        }
        let line = match part {
            Part::Step(step) => describe(snapshot, &path.steps[*step]),
            Part::Repeats { steps, period } => repeated(snapshot, &path.steps[steps.clone()], *period),
        };
        writeln!(out, "{:indent$}{line}", "")?;
    }
    Ok(())
}

/// A line for steps that repeat the ones before: `└ next → main.Node × 29,998 more`.
fn repeated(snapshot: &Snapshot, steps: &[Step], period: usize) -> String {
    let one = |step: &Step| {
        let class = snapshot.class_name(snapshot.class_of(step.object));
        format!("{} → {}", escape(step.via.as_deref().unwrap_or("?")), escape(class))
    };
    let round: Vec<String> = steps.iter().take(period).map(one).collect();
    format!("└ {} × {} more", round.join(" "), thousands((steps.len() / period.max(1)) as u64))
}

/// The thread whose stack holds the path, unless the path begins with the thread itself.
fn of_thread(snapshot: &Snapshot, path: &Path) -> String {
    let first = path.steps.first().map(|step| step.object);
    match path.thread.filter(|thread| Some(*thread) != first) {
        Some(thread) => match thread_facts(snapshot, thread).name {
            Some(name) => format!(" of thread \"{}\"", escape(&name)),
            None => format!(" of {}", line(snapshot, thread)),
        },
        None => String::new(),
    }
}

fn describe(snapshot: &Snapshot, step: &Step) -> String {
    let object = line(snapshot, step.object);
    match &step.via {
        Some(via) => format!("└ {} → {object}", escape(via)),
        None => object,
    }
}

fn line(snapshot: &Snapshot, id: ObjectId) -> String {
    let line = Object::new(snapshot, id, true).line.unwrap_or_default();
    escape(&line).into_owned()
}
