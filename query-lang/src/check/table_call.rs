//! Functions in FROM: their arguments, which may come from the relations before them, and their columns.

use super::Checker;
use super::expr::null;
use super::fields::widest;
use super::scope::{Entry, Named, Origin, Scope};
use super::tree::{ColumnId, Expr, Node, TableCall};
use super::types::{Objects, Type};
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span, nearest};
use crate::functions::{self, Function, Parameter, Role, TableFunction, TableParameter, row_columns};
use crate::heap::kind_of;
use crate::syntax::ast::{self, Argument, Name};
use heapwise_engine::table::Kind;
use heapwise_engine::value;
use std::sync::Arc;

/// A function in FROM as it is written.
pub(super) struct Written<'q> {
    /// Its name.
    pub(super) name: &'q Name,
    /// Its arguments.
    pub(super) arguments: &'q [Argument],
    /// What it goes by.
    pub(super) alias: Option<&'q Name>,
    /// The whole call.
    pub(super) span: Span,
}

impl Checker<'_> {
    /// A call with the entry of its rows.
    pub(super) fn function(
        &mut self,
        scope: &Scope<'_>,
        dump: &Arc<Dump>,
        written: &Written<'_>,
    ) -> Result<(TableCall, Entry)> {
        let (function, which, parameters) = table_function(written.name)?;
        let placed = placed(function, parameters, written)?;
        let dumps = self.dumps(which, parameters, &placed, written.span)?;
        let mut arguments = Vec::new();
        for (parameter, argument) in parameters.iter().zip(placed) {
            if parameter.accepts == Parameter::Dump {
                continue;
            }
            self.row_arguments(scope, dump, function, parameter, argument, &mut arguments)?;
        }
        let dump = arguments
            .iter()
            .find_map(|argument| argument.ty.dump.clone())
            .unwrap_or_else(|| Arc::clone(dump));
        let types = self.row_types(which, &dump, arguments.first())?;
        let columns: Vec<(ColumnId, Type)> = types
            .into_iter()
            .chain([Type::of(Kind::Count)])
            .map(|ty| (self.column(Origin::Derived), ty))
            .collect();
        let entry = row_entry(which, &columns, written);
        let call = TableCall { function: which, dump, dumps, arguments, columns, outer: false };
        Ok((call, entry))
    }

    /// The dumps that a function compares: those that are named, else all or the first two.
    fn dumps(
        &self,
        which: TableFunction,
        parameters: &[TableParameter],
        placed: &[Option<&ast::Expr>],
        span: Span,
    ) -> Result<Vec<Arc<Dump>>> {
        if !parameters.iter().any(|parameter| parameter.accepts == Parameter::Dump) {
            return Ok(Vec::new());
        }
        let named = placed.iter().flatten().map(|argument| match &argument.node {
            ast::Node::Name(name, None) => self.dump(Some(name), argument.span),
            ast::Node::Text(text) => {
                self.dump(Some(&Name { text: text.clone(), span: argument.span }), argument.span)
            }
            _ => {
                Err(Diagnostic::check(argument.span, "the alias of an open dump is needed here", "no alias"))
            }
        });
        let named = named.collect::<Result<Vec<_>>>()?;
        let open = self.context.dumps;
        let dumps = match (named.is_empty(), which.takes_all_dumps()) {
            (false, _) => named,
            (true, true) => open.to_vec(),
            (true, false) => open.iter().take(2).cloned().collect(),
        };
        match dumps.len() {
            0 | 1 => Err(Diagnostic::check(span, "two dumps are needed to compare them", "needs two dumps")
                .hint("open both: heapwise query before.hprof after.hprof …; they are called a and b")),
            _ => Ok(dumps),
        }
    }

    /// The checked argument of a parameter; references are three: sources, targets and names.
    fn row_arguments(
        &mut self,
        scope: &Scope<'_>,
        dump: &Arc<Dump>,
        function: &Function,
        parameter: &TableParameter,
        argument: Option<&ast::Expr>,
        arguments: &mut Vec<Expr>,
    ) -> Result<()> {
        let Some(argument) = argument else {
            arguments.push(null(Span::default()));
            return Ok(());
        };
        if parameter.accepts == Parameter::References {
            arguments.extend(self.references(scope, argument)?);
            return Ok(());
        }
        let takes_sets = matches!(parameter.accepts, Parameter::Set | Parameter::Any);
        if takes_sets && let Some(set) = self.set_query(scope, argument, parameter.accepts)? {
            arguments.push(set);
            return Ok(());
        }
        let value = self.expr(scope, argument)?;
        let takes_objects = matches!(parameter.accepts, Parameter::Object | Parameter::Set | Parameter::Any);
        let value = if takes_objects { self.object_literal_in(dump, value)? } else { value };
        let value = self.argument(function, parameter.accepts, value)?;
        check_option(function, parameter, &value)?;
        arguments.push(value);
        Ok(())
    }

    /// A query of references as lists: sources, targets and, where it has them, names.
    fn references(&mut self, scope: &Scope<'_>, argument: &ast::Expr) -> Result<Vec<Expr>> {
        let needed = || {
            Diagnostic::check(argument.span, "a query of references is needed here", "not a query")
                .hint("write whatif(SELECT source, target, via FROM references WHERE …)")
        };
        let query = self.query_of(scope, argument).ok_or_else(needed)?;
        let checked = self.set_rows(scope, &query)?;
        let kinds: Vec<Option<Kind>> = checked.output.iter().map(|output| output.ty.kind).collect();
        const OBJECT: Option<Kind> = Some(Kind::Object);
        let columns = match kinds.as_slice() {
            [OBJECT] => [None, Some(0), None],
            [OBJECT, OBJECT] => [Some(0), Some(1), None],
            [OBJECT, OBJECT, Some(Kind::Text)] => [Some(0), Some(1), Some(2)],
            _ => return Err(needed()),
        };
        let checked = Arc::new(checked);
        let list = |column: Option<usize>| match column {
            Some(column) => self.list_of(&checked, column, argument.span),
            None => null(argument.span),
        };
        Ok(columns.map(list).into())
    }

    /// The types of a function's columns.
    fn row_types(
        &self,
        which: TableFunction,
        dump: &Arc<Dump>,
        argument: Option<&Expr>,
    ) -> Result<Vec<Type>> {
        let mut types: Vec<Type> =
            row_columns(which).iter().map(|column| Type::within(column.kind, dump)).collect();
        if let (TableFunction::Elements, Some(argument)) = (which, argument) {
            types[1] = self.element_type(dump, argument)?;
        }
        Ok(types)
    }

    /// What the elements of a list, an array or a collection are.
    fn element_type(&self, dump: &Arc<Dump>, of: &Expr) -> Result<Type> {
        if let Some(Kind::List(item)) = of.ty.kind {
            return Ok(Type { kind: Some(*item), ..of.ty.clone() });
        }
        if !of.ty.is(Kind::Object) && of.ty.kind.is_some() {
            let what = of.ty.name();
            return Err(Diagnostic::check(of.span, format!("{what} has no elements"), format!("is {what}"))
                .hint("give a collection, an array or a list"));
        }
        let occurring;
        let classes: &[_] = match &of.ty.objects {
            Objects::Instances(classes) => classes,
            Objects::Statics(_) => &[],
            Objects::Any => {
                occurring = self.occurring(of)?.unwrap_or_default();
                &occurring
            }
        };
        let kinds = classes.iter().map(|&class| Some((value::element_kind(&dump.snapshot, class)?, class)));
        let kind = kinds.collect::<Option<Vec<_>>>().and_then(|kinds| widest(&kinds));
        Ok(Type::within(kind.map_or(Kind::Object, kind_of), dump))
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

/// The function of that name, if it gives rows.
fn table_function(name: &Name) -> Result<(&'static Function, TableFunction, &'static [TableParameter])> {
    let found = functions::find(&name.text, true);
    if let Some(function) = found
        && let Role::Table(which, parameters) = function.role
    {
        return Ok((function, which, parameters));
    }
    let message = match found {
        Some(_) => format!("`{}` gives one value, not rows", name.text),
        None => format!("there is no table function `{}`", name.text),
    };
    let error = Diagnostic::check(name.span, message, "cannot stand in FROM");
    let tables = functions::all().filter(|function| matches!(function.role, Role::Table(..)));
    let names: Vec<&str> = tables.map(|function| function.name).collect();
    Err(match nearest(&name.text, names.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("table functions: {}", names.join(", "))),
    })
}

/// The argument of each parameter: first those without a name, in order, then those with one.
fn placed<'q>(
    function: &Function,
    parameters: &[TableParameter],
    written: &Written<'q>,
) -> Result<Vec<Option<&'q ast::Expr>>> {
    let wrong = |span: Span, message: String| {
        Err(Diagnostic::check(span, message, "wrong arguments").hint(format!("write {}", function.signature)))
    };
    let mut placed = vec![None; parameters.len()];
    for (i, argument) in written.arguments.iter().enumerate() {
        let place = match &argument.name {
            None => Some(i).filter(|&i| i < parameters.len()),
            Some(name) => {
                parameters.iter().position(|parameter| parameter.name.eq_ignore_ascii_case(&name.text))
            }
        };
        let span = argument.name.as_ref().map_or(argument.value.span, |name| name.span);
        let Some(place) = place else {
            return match &argument.name {
                Some(name) => wrong(span, format!("`{}` has no argument `{}`", function.name, name.text)),
                None => {
                    wrong(span, format!("`{}` takes at most {} arguments", function.name, parameters.len()))
                }
            };
        };
        if placed[place].replace(&argument.value).is_some() {
            return wrong(span, format!("`{}` is given twice", parameters[place].name));
        }
    }
    match parameters
        .iter()
        .zip(&placed)
        .find(|(parameter, argument)| parameter.required && argument.is_none())
    {
        Some((parameter, _)) => {
            wrong(written.span, format!("`{}` needs {}", function.name, article(parameter.name)))
        }
        None => Ok(placed),
    }
}

fn article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    match noun.ends_with('s') && !noun.ends_with("ss") {
        true => noun.to_owned(),
        false => format!("{} {noun}", if vowel { "an" } else { "a" }),
    }
}

/// Options that have only a few values are checked before anything runs.
fn check_option(function: &Function, parameter: &TableParameter, value: &Expr) -> Result<()> {
    const BY: &[&str] = &["object", "class", "package", "loader"];
    let Node::Text(text) = &value.node else { return Ok(()) };
    if parameter.name != "by" || BY.contains(&text.to_lowercase().as_str()) {
        return Ok(());
    }
    Err(Diagnostic::check(
        value.span,
        format!("`{}` cannot group by `{text}`", function.name),
        "unknown group",
    )
    .hint(format!("by => {}", BY.join(", "))))
}

fn row_entry(which: TableFunction, columns: &[(ColumnId, Type)], written: &Written<'_>) -> Entry {
    let alias = written.alias.map_or_else(|| written.name.text.clone(), |alias| alias.text.clone());
    let named = row_columns(which).iter().zip(columns).map(|(column, (id, ty))| Named {
        name: column.name.to_owned(),
        id: *id,
        ty: ty.clone(),
        hidden: false,
    });
    let is_set =
        matches!(which, TableFunction::RetainedSet | TableFunction::WhatIf | TableFunction::Dominated);
    Entry {
        alias: Some(alias),
        columns: named.collect(),
        this: is_set.then(|| columns[0].clone()),
        shows_object: false,
        attributes: Vec::new(),
        order: columns.last().map(|(id, ty)| (*id, ty.clone())).into_iter().collect(),
    }
}
