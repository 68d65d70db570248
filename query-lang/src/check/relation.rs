//! FROM: tables, classes, patterns, addresses, table functions, sub-selects and joins.

use super::Checker;
use super::path::{listed, quoted_if_odd};
use super::scope::{Entry, Named, Origin, Scope};
use super::tree::{ColumnId, Expr, Node, Relation, TableCall};
use super::types::{Objects, Type};
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span, nearest};
use crate::functions::{self, Role, TableFunction};
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

    /// The classes that a source names, ascending.
    fn source_classes(&self, dump: &Dump, source: &ast::Source) -> Result<Arc<[ClassId]>> {
        let mut classes = match source {
            ast::Source::Name(name) => self.named_classes(dump, name)?,
            ast::Source::Pattern(pattern, span) => pattern_classes(dump, pattern, *span)?,
            ast::Source::Subclasses(inner) => {
                let above = self.source_classes(dump, inner)?;
                above.iter().flat_map(|&class| dump.snapshot.subclasses(class)).collect()
            }
            _ => Vec::new(),
        };
        classes.sort_unstable();
        classes.dedup();
        Ok(classes.into())
    }

    /// A class name, or an error that also knows tables.
    fn named_classes(&self, dump: &Dump, name: &ClassName) -> Result<Vec<ClassId>> {
        let error = match self.classes_named(dump, name) {
            Ok(classes) => return Ok(classes),
            Err(error) => error,
        };
        let tables = dump.tables.iter().map(|table| table.name()).chain(["dumps"]);
        let named = self.named.iter().map(|(name, _)| name.text.as_str());
        match nearest(&name.text, tables.chain(named)) {
            Some(near) if name.plain => Err(Diagnostic::check(
                name.span,
                format!("no table or class is called `{}`", name.text),
                "unknown source",
            )
            .hint(format!("did you mean {}?", quoted_if_odd(near)))),
            _ => Err(error),
        }
    }

    fn is_named(&self, name: &str) -> bool {
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

    fn entry(
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

    fn function(
        &mut self,
        scope: &Scope<'_>,
        dump: &Arc<Dump>,
        name: &Name,
        arguments: &[ast::Expr],
        alias: Option<&Name>,
        span: Span,
    ) -> Result<(Relation, Entry)> {
        let function = self.table_function(name)?;
        let (object, count) = match arguments {
            [object] => (object, None),
            [object, count] if function == TableFunction::Paths => {
                (object, Some(self.positive(scope, count)?))
            }
            _ => {
                let signature = functions::find(&name.text).map_or("", |function| function.signature);
                return Err(Diagnostic::check(
                    span,
                    format!("`{}` takes the address of an object", name.text),
                    "wrong arguments",
                )
                .hint(format!("write {signature}")));
            }
        };
        let object = self.constant_object(dump, object)?;
        let described = tables::columns(function);
        let columns: Vec<ColumnId> = (0..=described.len()).map(|_| self.column(Origin::Derived)).collect();
        let order = columns[described.len()];
        let alias = alias.map_or_else(|| name.text.clone(), |alias| alias.text.clone());
        let entry = self.entry(dump, alias, described, &columns, order);
        let call = TableCall { function, dump: Arc::clone(dump), object, count, span };
        Ok((Relation::Call(call, columns), entry))
    }

    fn table_function(&self, name: &Name) -> Result<TableFunction> {
        let found = functions::find(&name.text);
        if let Some(Role::Table(function)) = found.map(|function| function.role) {
            return Ok(function);
        }
        let message = match found {
            Some(_) => format!("`{}` gives one value, not rows", name.text),
            None => format!("there is no table function `{}`", name.text),
        };
        let error = Diagnostic::check(name.span, message, "cannot stand in FROM");
        let tables = functions::FUNCTIONS.iter().filter(|function| matches!(function.role, Role::Table(_)));
        let names: Vec<&str> = tables.map(|function| function.name).collect();
        Err(match nearest(&name.text, names.iter().copied()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("table functions: {}", names.join(", "))),
        })
    }

    fn constant_object(&mut self, dump: &Dump, argument: &ast::Expr) -> Result<u32> {
        let value = self.expr(&Scope::default(), argument).map_err(|error| match argument.node {
            ast::Node::Parameter(_) => error,
            _ => Diagnostic::check(argument.span, "an address is needed here", "not an address")
                .hint("write an address such as 0x7f001234; arguments from rows are not supported yet"),
        })?;
        match value.node {
            Node::Address(address) => self.object_at(dump, address, value.span),
            _ => Err(Diagnostic::check(
                value.span,
                format!("an address is needed here, this is {}", value.ty.name()),
                "not an address",
            )
            .hint("write an address such as 0x7f001234")),
        }
    }

    /// A count that is known when the query is checked.
    pub(super) fn positive(&mut self, scope: &Scope<'_>, expr: &ast::Expr) -> Result<usize> {
        let value: Expr = self.expr(scope, expr)?;
        match value.node {
            Node::Int(count) if value.ty.is(Kind::Count) && count >= 0 => {
                Ok(usize::try_from(count).unwrap_or(usize::MAX))
            }
            _ => Err(Diagnostic::check(
                expr.span,
                "a number that is not negative is needed here",
                "not a count",
            )),
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

fn pattern_classes(dump: &Dump, pattern: &str, span: Span) -> Result<Vec<ClassId>> {
    let regex = super::compare::whole(pattern, span)?;
    let classes: Vec<ClassId> =
        dump.classes().filter(|&class| regex.is_match(dump.snapshot.class_name(class))).collect();
    if !classes.is_empty() {
        return Ok(classes);
    }
    let error = Diagnostic::check(span, format!("no class name matches \"{pattern}\""), "matches nothing");
    let part = regex::Regex::new(pattern).ok();
    let near: Vec<&str> =
        dump.class_names().filter(|name| part.as_ref().is_some_and(|part| part.is_match(name))).collect();
    Err(match (near.is_empty(), nearest(pattern, dump.class_names())) {
        (false, _) => error.hint(format!(
            "the whole name must match, in Java spelling; the pattern is part of {}",
            listed(near.into_iter())
        )),
        (true, Some(name)) => error.hint(format!("did you mean {}?", quoted_if_odd(name))),
        (true, None) => error.hint("a pattern is a regular expression over whole names: \"com\\.acme\\..*\""),
    })
}
