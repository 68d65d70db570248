//! FROM: tables, objects, sub-selects and joins.

use super::Checker;
use super::scope::{Entry, Named, Origin, Scope};
use super::tree::{ColumnId, Relation};
use super::types::{Objects, Type};
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span};
use crate::source::{ObjectSet, Source, attributes};
use crate::syntax::ast::{self, ClassName, JoinKind, Name};
use crate::tables;
use heapwise_engine::id::ClassId;
use heapwise_engine::table::{Column, Kind};
use std::sync::Arc;

/// More relations in one statement are refused: WITH could otherwise multiply a short text beyond measure.
const MAX_RELATIONS: usize = 500;

impl Checker<'_> {
    /// The relation of a FROM; its entries go into `scope`.
    pub(super) fn from(&mut self, scope: &mut Scope<'_>, from: &[ast::Joined]) -> Result<Relation> {
        let mut whole: Option<Relation> = None;
        for joined in from {
            self.relations += 1;
            if self.relations > MAX_RELATIONS {
                return Err(Diagnostic::check(
                    joined.relation.span,
                    format!("more than {MAX_RELATIONS} relations"),
                    "too many",
                ));
            }
            let (relation, entry) = self.relation(scope, &joined.relation)?;
            check_alias(scope, &entry, joined.relation.span)?;
            scope.entries.push(entry);
            whole = Some(match whole {
                None => relation,
                Some(left) => {
                    let before = self.forbid(Some("in ON"));
                    let on = joined.on.as_ref().map(|on| self.condition(scope, on)).transpose()?;
                    self.forbid(before);
                    Relation::Join(joined.kind, Box::new(left), Box::new(relation), on)
                }
            });
            if matches!(joined.kind, JoinKind::Right | JoinKind::Full) {
                // Rows without a left side have no place in its order, and rows of the right keep theirs.
                scope.entries.iter_mut().for_each(|entry| entry.attributes.clear());
            }
        }
        Ok(whole.unwrap_or(Relation::One))
    }

    fn relation(&mut self, scope: &Scope<'_>, relation: &ast::Relation) -> Result<(Relation, Entry)> {
        let alias = relation.alias.as_ref();
        let dump = || self.dump(relation.dump.as_ref(), relation.span);
        match &relation.source {
            ast::Source::Query(query) => {
                if let Some(dump) = &relation.dump {
                    return Err(moved(dump));
                }
                self.sub_select(scope, query, alias)
            }
            ast::Source::Name(name) if name.plain && relation.dump.is_none() && self.is_named(&name.text) => {
                self.named_query(scope, name, alias)
            }
            ast::Source::Name(name) if name.plain => {
                let dump = dump()?;
                match self.table(&dump, name, alias) {
                    Some(found) => Ok(found),
                    None => self.instances(&dump, &relation.source, alias),
                }
            }
            ast::Source::Function(function, arguments) => {
                let dump = dump()?;
                self.function(scope, &dump, function, arguments, alias, relation.span)
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

    pub(super) fn is_named(&self, name: &str) -> bool {
        self.named.iter().any(|(other, _)| other.text.eq_ignore_ascii_case(name))
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
            .rposition(|(other, _)| other.text.eq_ignore_ascii_case(&name.text))
            .unwrap_or(0);
        let own = Name { text: name.text.clone(), span: name.span };
        let hidden = self.named.split_off(place);
        let query = hidden[0].1.clone();
        let found = self.sub_select(scope, &query, Some(alias.unwrap_or(&own)));
        self.named.extend(hidden);
        found
    }

    /// A sub-select in FROM does not see the relations beside it.
    fn sub_select(
        &mut self,
        scope: &Scope<'_>,
        query: &ast::Query,
        alias: Option<&Name>,
    ) -> Result<(Relation, Entry)> {
        let checked = self.query(query, scope.parent)?;
        let columns: Vec<ColumnId> = checked.output.iter().map(|_| self.column(Origin::Derived)).collect();
        let named: Vec<Named> = checked
            .output
            .iter()
            .zip(&columns)
            .map(|(output, &id)| Named { name: output.name.clone(), id, ty: output.ty.clone() })
            .collect();
        let one_object = matches!(named.as_slice(), [only] if only.ty.is(Kind::Object));
        let entry = Entry {
            alias: alias.map(|alias| alias.text.clone()),
            this: one_object.then(|| (named[0].id, named[0].ty.clone())),
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

fn check_alias(scope: &Scope<'_>, entry: &Entry, span: Span) -> Result<()> {
    let Some(alias) = &entry.alias else { return Ok(()) };
    let taken = scope
        .entries
        .iter()
        .any(|other| other.alias.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(alias)));
    if !taken {
        return Ok(());
    }
    Err(Diagnostic::check(span, format!("two relations are called `{alias}`"), "the second")
        .hint("give one of them another name: FROM classes c1, classes c2"))
}
