//! The sources of FROM: tables, objects, sub-selects and named results.

use super::Checker;
use super::scope::{Entry, Named, Origin, Scope};
use super::tree::{Body, ColumnId, Query, Relation};
use super::types::{Objects, Type};
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span};
use crate::source::{ObjectSet, Source, attributes};
use crate::stored::Stored;
use crate::syntax::ast::{self, ClassName, Name};
use crate::tables;
use heapwise_engine::id::ClassId;
use heapwise_engine::table::{Column, Kind};
use std::sync::Arc;

/// More relations in one statement are refused: WITH could otherwise multiply a short text beyond measure.
const MAX_RELATIONS: usize = 500;

impl Checker<'_> {
    /// A relation of FROM that does not look at those before it.
    pub(super) fn relation(
        &mut self,
        scope: &Scope<'_>,
        relation: &ast::Relation,
    ) -> Result<(Relation, Entry)> {
        self.relations += 1;
        if self.relations > MAX_RELATIONS {
            let message = format!("more than {MAX_RELATIONS} relations");
            return Err(Diagnostic::check(relation.span, message, "too many"));
        }
        let (found, mut entry) = self.source(scope, relation)?;
        rename(&mut entry, &relation.columns)?;
        Ok((found, entry))
    }

    fn source(&mut self, scope: &Scope<'_>, relation: &ast::Relation) -> Result<(Relation, Entry)> {
        let alias = relation.alias.as_ref();
        let dump = || self.dump(relation.dump.as_ref(), relation.span);
        match &relation.source {
            ast::Source::Query(query) => {
                if let Some(dump) = &relation.dump {
                    return Err(moved(dump));
                }
                // A sub-select sees the relations beside it only where LATERAL says so.
                let parent = if relation.lateral { Some(scope) } else { scope.parent };
                self.sub_select(parent, query, alias)
            }
            ast::Source::Name(name)
                if name.plain && relation.dump.is_none() && self.is_common(&name.text) =>
            {
                self.named_query(scope, name, alias)
            }
            ast::Source::Name(name)
                if name.plain && relation.dump.is_none() && self.stored(&name.text).is_some() =>
            {
                self.stored_rows(name, alias)
            }
            ast::Source::Name(name) if name.plain => {
                let dump = dump()?;
                match self.table(&dump, name, alias) {
                    Some(found) => Ok(found),
                    None => self.instances(&dump, &relation.source, alias),
                }
            }
            ast::Source::Addresses(addresses) => {
                let dump = dump()?;
                self.listed_objects(&dump, addresses, alias)
            }
            ast::Source::ClassObjects(inner) => {
                let dump = dump()?;
                self.class_objects(&dump, inner, alias)
            }
            source => {
                let dump = dump()?;
                self.instances(&dump, source, alias)
            }
        }
    }

    /// The objects of the classes that a source names.
    fn instances(
        &mut self,
        dump: &Arc<Dump>,
        source: &ast::Source,
        alias: Option<&Name>,
    ) -> Result<(Relation, Entry)> {
        let classes = self.source_classes(dump, source)?;
        let set = ObjectSet::Classes(Arc::clone(&classes));
        Ok(self.objects(dump, set, Objects::Instances(classes), alias))
    }

    fn listed_objects(
        &mut self,
        dump: &Arc<Dump>,
        addresses: &[(u64, Span)],
        alias: Option<&Name>,
    ) -> Result<(Relation, Entry)> {
        let ids = addresses.iter().map(|&(address, span)| self.object_at(dump, address, span));
        let mut ids = ids.collect::<Result<Vec<u32>>>()?;
        ids.sort_unstable();
        ids.dedup();
        let objects = self.classes_of(dump, &ids);
        Ok(self.objects(dump, ObjectSet::Ids(ids.into()), objects, alias))
    }

    fn class_objects(
        &mut self,
        dump: &Arc<Dump>,
        inner: &ast::Source,
        alias: Option<&Name>,
    ) -> Result<(Relation, Entry)> {
        let classes = self.source_classes(dump, inner)?;
        let objects = classes.iter().filter_map(|&class| Some(dump.snapshot.class_object(class)?.0));
        let mut ids: Vec<u32> = objects.collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(self.objects(dump, ObjectSet::Ids(ids.into()), Objects::Statics(classes), alias))
    }

    /// Whether the name is that of a query of WITH or of a result of LET.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.is_common(name) || self.stored(name).is_some()
    }

    fn is_common(&self, name: &str) -> bool {
        self.named.iter().any(|other| other.name.text.eq_ignore_ascii_case(name))
    }

    fn stored(&self, name: &str) -> Option<Arc<Stored>> {
        self.context.results.iter().find(|result| result.name.eq_ignore_ascii_case(name)).cloned()
    }

    /// The rows that LET has kept.
    fn stored_rows(&mut self, name: &ClassName, alias: Option<&Name>) -> Result<(Relation, Entry)> {
        let stored =
            self.stored(&name.text).ok_or_else(|| Diagnostic::check(name.span, "unknown result", ""))?;
        let source = Source::Stored(Arc::clone(&stored));
        let (columns, order) = self.scanned(&source);
        let named: Vec<Named> = stored
            .columns
            .iter()
            .zip(&columns)
            .map(|(column, &id)| Named {
                name: column.name.clone(),
                id,
                ty: Type { kind: Some(column.kind), dump: column.dump.clone(), objects: Objects::Any },
                hidden: false,
            })
            .collect();
        let entry = Entry {
            alias: Some(alias.map_or_else(|| name.text.clone(), |alias| alias.text.clone())),
            this: only_object(&named),
            shows_object: false,
            attributes: Vec::new(),
            order: vec![(order, Type::of(Kind::Address))],
            columns: named,
        };
        Ok((Relation::Scan(source, columns), entry))
    }

    /// A query of WITH; it sees only those before it.
    fn named_query(
        &mut self,
        scope: &Scope<'_>,
        name: &ClassName,
        alias: Option<&Name>,
    ) -> Result<(Relation, Entry)> {
        let place = self
            .named
            .iter()
            .rposition(|other| other.name.text.eq_ignore_ascii_case(&name.text))
            .unwrap_or(0);
        let own = Name { text: name.text.clone(), span: name.span };
        let hidden = self.named.split_off(place);
        let ast::Common { query, columns, .. } = hidden[0].clone();
        let found = self.sub_select(scope.parent, &query, Some(alias.unwrap_or(&own)));
        self.named.extend(hidden);
        let (relation, mut entry) = found?;
        rename(&mut entry, &columns)?;
        Ok((relation, entry))
    }

    /// A sub-select in FROM; `parent` is what it sees of the queries around.
    fn sub_select(
        &mut self,
        parent: Option<&Scope<'_>>,
        query: &ast::Query,
        alias: Option<&Name>,
    ) -> Result<(Relation, Entry)> {
        let checked = self.query(query, parent)?;
        let columns: Vec<ColumnId> =
            checked.output.iter().map(|output| self.column(origin(&checked, output.id))).collect();
        let named: Vec<Named> = checked
            .output
            .iter()
            .zip(&columns)
            .map(|(output, &id)| Named {
                name: output.name.clone(),
                id,
                ty: output.ty.clone(),
                hidden: false,
            })
            .collect();
        let entry = Entry {
            alias: alias.map(|alias| alias.text.clone()),
            this: only_object(&named),
            shows_object: checked.objects,
            attributes: Vec::new(),
            order: named.iter().map(|column| (column.id, column.ty.clone())).collect(),
            columns: named,
        };
        Ok((Relation::Query(Box::new(checked), columns), entry))
    }

    fn table(
        &mut self,
        dump: &Arc<Dump>,
        name: &ClassName,
        alias: Option<&Name>,
    ) -> Option<(Relation, Entry)> {
        let alias_or_name = alias.map_or(&name.text, |alias| &alias.text).clone();
        if name.text.eq_ignore_ascii_case("objects") {
            return Some(self.all_objects(dump, alias_or_name));
        }
        let source = match dump.table(&name.text) {
            Some(table) => Source::Table(Arc::clone(table)),
            None if name.text.eq_ignore_ascii_case(tables::DUMPS) => {
                Source::Table(tables::dumps(self.context.dumps))
            }
            None => return None,
        };
        let Source::Table(table) = &source else { return None };
        let described = table.columns();
        let (columns, order) = self.scanned(&source);
        let entry = self.entry(dump, alias_or_name, described, &columns, order);
        Some((Relation::Scan(source, columns), entry))
    }

    /// The table `objects`: its columns have names, and its rows are objects.
    fn all_objects(&mut self, dump: &Arc<Dump>, alias: String) -> (Relation, Entry) {
        let alias = Name { text: alias, span: Span::default() };
        let (relation, mut entry) = self.objects(dump, ObjectSet::All, Objects::Any, Some(&alias));
        entry.columns = attributes()
            .iter()
            .zip(&entry.attributes)
            .map(|(column, &id)| Named {
                name: column.name.to_owned(),
                id,
                ty: Type::within(column.kind, dump),
                hidden: false,
            })
            .collect();
        entry.shows_object = false;
        (relation, entry)
    }

    /// A scan of objects.
    fn objects(
        &mut self,
        dump: &Arc<Dump>,
        set: ObjectSet,
        objects: Objects,
        alias: Option<&Name>,
    ) -> (Relation, Entry) {
        let source = Source::Objects(Arc::clone(dump), set);
        let this = self.column(Origin::Scan(source.clone(), 0));
        let attributes: Vec<ColumnId> =
            (0..attributes().len()).map(|i| self.column(Origin::Attribute(this, i))).collect();
        let columns = std::iter::once(this).chain(attributes.iter().copied()).collect();
        let ty = Type::objects(dump, objects);
        let entry = Entry {
            alias: alias.map(|alias| alias.text.clone()),
            columns: Vec::new(),
            this: Some((this, ty.clone())),
            shows_object: true,
            attributes,
            order: vec![(this, ty)],
        };
        (Relation::Scan(source, columns), entry)
    }

    /// What is known of listed objects: their classes, unless they are class objects.
    fn classes_of(&self, dump: &Dump, ids: &[u32]) -> Objects {
        let objects = || ids.iter().map(|&id| heapwise_engine::id::ObjectId(id));
        let stands: Option<Vec<ClassId>> = objects().map(|id| dump.snapshot.class_of_object(id)).collect();
        if let Some(classes) = stands {
            return Objects::Statics(classes.into());
        }
        let mut classes: Vec<ClassId> = objects().map(|id| dump.snapshot.class_of(id)).collect();
        classes.sort_unstable();
        classes.dedup();
        Objects::Instances(classes.into())
    }

    /// Columns for all columns of a source; the last is the one that orders rows.
    fn scanned(&mut self, source: &Source) -> (Vec<ColumnId>, ColumnId) {
        let columns: Vec<ColumnId> =
            (0..source.width()).map(|i| self.column(Origin::Scan(source.clone(), i))).collect();
        let order = columns[source.order()];
        (columns, order)
    }

    pub(super) fn entry(
        &self,
        dump: &Arc<Dump>,
        alias: String,
        described: &[Column],
        columns: &[ColumnId],
        order: ColumnId,
    ) -> Entry {
        let named = described.iter().zip(columns).map(|(column, &id)| Named {
            name: column.name.to_owned(),
            id,
            ty: Type::within(column.kind, dump),
            hidden: false,
        });
        Entry {
            alias: Some(alias),
            columns: named.collect(),
            this: None,
            shows_object: false,
            attributes: Vec::new(),
            order: vec![(order, Type::of(Kind::Address))],
        }
    }
}

fn moved(dump: &Name) -> Diagnostic {
    Diagnostic::check(dump.span, "a sub-select cannot be moved to another dump", "not here")
        .hint("write IN inside the sub-select")
}

/// What is known of an output column: of rows that are not grouped, how it is computed.
fn origin(query: &Query, id: ColumnId) -> Origin {
    let Body::Select(select) = &query.body else { return Origin::Derived };
    let item = select.items.iter().find(|(item, _)| *item == id && !select.grouped);
    item.map_or(Origin::Derived, |(_, item)| Origin::Computed(Box::new(item.clone())))
}

/// The object of a row when there is no other column.
fn only_object(columns: &[Named]) -> Option<(ColumnId, Type)> {
    match columns {
        [only] if only.ty.is(Kind::Object) => Some((only.id, only.ty.clone())),
        _ => None,
    }
}

/// Gives the columns other names: `alias(a, b)`.
pub(super) fn rename(entry: &mut Entry, names: &[Name]) -> Result<()> {
    let Some(last) = names.last() else { return Ok(()) };
    if names.len() > entry.columns.len() {
        let message = match entry.columns.len() {
            0 => "the objects of a class have no columns to name".to_owned(),
            columns => format!("more names than columns: {} for {columns}", names.len()),
        };
        return Err(Diagnostic::check(last.span, message, "too many names"));
    }
    for (column, name) in entry.columns.iter_mut().zip(names) {
        column.name.clone_from(&name.text);
    }
    Ok(())
}
