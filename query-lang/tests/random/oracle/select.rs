//! Random queries around random expressions.

use super::data::CALLS;
use super::generate::Generator;
use super::scope::Frame;
use super::tree::{Body, Expr, From, Join, Key, Order, Query, Select, Source, Type};

/// How many rows a query may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    Any,
    /// One at most.
    One,
    /// In an order that is told.
    Ordered,
}

impl Generator<'_> {
    /// A query with columns of these types.
    pub(crate) fn query(&mut self, types: &[Type], rows: Rows) -> Query {
        let reach = self.named.len();
        let with =
            if self.rng.percent(8) && self.queries > 0 { vec![self.named_query()] } else { Vec::new() };
        let mut query = if self.rng.percent(12) && self.queries > 0 {
            self.queries -= 1;
            let operation =
                *self.rng.pick(&["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"]);
            let left = self.query(types, Rows::Any);
            let right = self.query(types, Rows::Any);
            self.limited(Body::Set(operation, Box::new(left), Box::new(right)), types.len(), rows, Vec::new())
        } else {
            self.select_query(types, rows)
        };
        self.named.truncate(reach);
        query.with = with;
        query
    }

    fn named_query(&mut self) -> (String, Query) {
        self.queries -= 1;
        let frames = std::mem::take(&mut self.frames);
        let types: Vec<Type> = (0..1 + self.rng.below(2)).map(|_| self.any_type()).collect();
        let query = self.query(&types, Rows::Any);
        self.frames = frames;
        let name = self.name("q");
        self.named.push((name.clone(), output(&query).into_iter().zip(types).collect()));
        (name, query)
    }

    /// Order, limit and offset; what is limited has an order that tells all rows apart.
    fn limited(&mut self, body: Body, width: usize, rows: Rows, mut order: Vec<Order>) -> Query {
        let single = matches!(&body, Body::Select(select) if select.grouped && select.keys.is_empty());
        let limits = (rows == Rows::One && !single) || self.rng.percent(18);
        if limits || rows == Rows::Ordered {
            for number in 1..=width {
                let key = self.order(Key::Column(number));
                order.push(key);
            }
        } else {
            order.clear();
        }
        let limit = limits.then(|| if rows == Rows::One { 1 } else { 1 + self.rng.below(4) });
        let offset = (limits && self.rng.percent(25)).then(|| 1 + self.rng.below(2));
        Query { with: Vec::new(), body, order, limit, offset }
    }

    fn select_query(&mut self, types: &[Type], rows: Rows) -> Query {
        self.frames.push(Frame::default());
        let mut select = Select { from: self.from(), ..Select::default() };
        if self.rng.percent(65) {
            select.filter = Some(self.expr(Type::Bool, 3));
        }
        if rows == Rows::One && self.rng.percent(70) || self.rng.percent(25) {
            self.grouped(&mut select, rows);
        }
        self.mark_windows(self.frames.len(), true);
        select.distinct = self.rng.percent(10);
        for &ty in types {
            let item = (self.expr(ty, 3), self.name("c"));
            select.items.push(item);
        }
        if select.grouped && !select.says_grouped() {
            select.having = Some(Expr::Literal(super::value::Value::Bool(true)));
        }
        let mut order = Vec::new();
        if !select.distinct && self.rng.percent(50) {
            let ty = self.any_type();
            let expr = self.expr(ty, 2);
            let ungrouped = !select.grouped && super::tree::has_aggregate(&expr);
            if !ungrouped && !matches!(expr, Expr::Literal(_) | Expr::Minus(_)) {
                order.push(self.order(Key::Expr(expr)));
            }
        }
        self.frames.pop();
        self.limited(Body::Select(Box::new(select)), types.len(), rows, order)
    }

    fn mark_windows(&mut self, level: usize, windows: bool) {
        if let Some(frame) = level.checked_sub(1).and_then(|level| self.frames.get_mut(level)) {
            frame.windows = windows;
        }
    }

    fn grouped(&mut self, select: &mut Select, rows: Rows) {
        select.grouped = true;
        let mut frame = self.frames.last().cloned().unwrap_or_default();
        let columns = frame.columns.clone();
        frame.before = Some(std::mem::take(&mut frame.columns));
        let keys = if rows == Rows::One && self.rng.percent(75) { 0 } else { self.rng.below(3) };
        for _ in 0..keys {
            if self.rng.percent(75) && !columns.is_empty() {
                let column = self.rng.pick(&columns).clone();
                select.keys.push(column.0.clone());
                frame.columns.push(column);
                continue;
            }
            let queries = std::mem::take(&mut self.queries);
            let ty = *self.rng.pick(&[Type::Bool, Type::Int, Type::Text]);
            let key = self.expr(ty, 2);
            self.queries = queries;
            if matches!(key, Expr::Binary(..) | Expr::Call(..)) {
                select.keys.push(key.clone());
                frame.keys.push((key, ty));
            }
        }
        frame.total = select.keys.clone();
        frame.repeats = false;
        if let Some(own) = self.frames.last_mut() {
            *own = frame;
        }
        if self.rng.percent(35) {
            select.having = Some(self.expr(Type::Bool, 2));
        }
    }

    fn from(&mut self) -> Vec<From> {
        let mut from: Vec<From> = Vec::new();
        let count = *self.rng.pick(&[0, 1, 1, 1, 1, 2, 2, 3]);
        for i in 0..count {
            let next = self.relation(i == 0);
            from.push(next);
        }
        from
    }

    fn relation(&mut self, first: bool) -> From {
        let joins = [
            Join::Cross,
            Join::Cross,
            Join::Inner,
            Join::Inner,
            Join::Left,
            Join::Left,
            Join::Semi,
            Join::Anti,
        ];
        let mut join = if first { Join::Cross } else { *self.rng.pick(&joins) };
        let (source, columns) = self.source(&mut join, first);
        if !first && matches!(source, Source::Table(_)) && self.rng.percent(6) {
            join = *self.rng.pick(&[Join::Right, Join::Full]);
        }
        let alias = self.name("r");
        let columns: Vec<(Expr, Type)> =
            columns.into_iter().map(|(name, ty)| (name.under(&alias), ty)).collect();
        let own = self.frames.last().map(|frame| frame.columns.clone()).unwrap_or_default();
        if let Some(frame) = self.frames.last_mut() {
            frame.columns.extend(columns.clone());
        }
        let needs_on = !matches!(join, Join::Cross);
        let on = match (&source, needs_on) {
            (_, false) => None,
            (Source::Function(..), true) => Some(Expr::Literal(super::value::Value::Bool(true))),
            _ => Some(self.expr(Type::Bool, 2)),
        };
        if let Some(frame) = self.frames.last_mut() {
            match join {
                Join::Semi | Join::Anti => frame.columns = own,
                _ => {
                    frame.total.extend(columns.into_iter().map(|(expr, _)| expr));
                    // Of the tables `u` alone has equal rows; those of queries and calls may be.
                    let known = matches!(&source, Source::Table(name)
                        if name != "u" && self.data.tables.contains_key(name.as_str()));
                    frame.repeats |= !known;
                }
            }
        }
        From { join, source, alias, on }
    }

    fn source(&mut self, join: &mut Join, first: bool) -> (Source, Vec<(Name, Type)>) {
        if self.queries > 0 && self.rng.percent(18) {
            return self.derived(*join, first);
        }
        let objects = self.frames.iter().any(|frame| !frame.of_type(Type::Object, false).is_empty());
        if objects && self.rng.percent(20) && matches!(join, Join::Cross | Join::Inner | Join::Left) {
            return self.called();
        }
        if !self.named.is_empty() && self.rng.percent(40) {
            let (name, columns) = self.rng.pick(&self.named).clone();
            return (
                Source::Table(name),
                columns.into_iter().map(|(name, ty)| (Name::Given(name), ty)).collect(),
            );
        }
        let tables: Vec<&'static str> = self.data.tables.keys().copied().collect();
        let table = *self.rng.pick(&tables);
        let columns = &self.data.tables[table].columns;
        (Source::Table(table.to_owned()), columns.iter().map(|&(name, ty)| (Name::Known(name), ty)).collect())
    }

    fn derived(&mut self, join: Join, first: bool) -> (Source, Vec<(Name, Type)>) {
        self.queries -= 1;
        let types: Vec<Type> = (0..1 + self.rng.below(2)).map(|_| self.any_type()).collect();
        let lateral =
            !first && self.rng.percent(60) && matches!(join, Join::Cross | Join::Inner | Join::Left);
        let own = self.frames.pop().unwrap_or_default();
        self.frames.push(if lateral { own.clone() } else { Frame::default() });
        let query = self.query(&types, Rows::Any);
        self.frames.pop();
        self.frames.push(own);
        let columns =
            output(&query).into_iter().zip(types).map(|(name, ty)| (Name::Given(name), ty)).collect();
        (Source::Query(query, lateral), columns)
    }

    fn called(&mut self) -> (Source, Vec<(Name, Type)>) {
        let queries = std::mem::take(&mut self.queries);
        let object = self.leaf(Type::Object);
        self.queries = queries;
        let is_array = matches!(object, Expr::Column(_, "table"));
        let (name, columns) = if is_array { CALLS[3] } else { *self.rng.pick(&CALLS[..3]) };
        let columns = columns.iter().map(|&(name, ty)| (Name::Known(name), ty)).collect();
        (Source::Function(name, object), columns)
    }
}

/// The name of a column before its relation has one.
enum Name {
    Known(&'static str),
    Given(String),
}

impl Name {
    fn under(self, alias: &str) -> Expr {
        match self {
            Name::Known(name) => Expr::Column(alias.to_owned(), name),
            Name::Given(name) => Expr::Named(alias.to_owned(), name),
        }
    }
}

fn output(query: &Query) -> Vec<String> {
    super::query::columns_of(query)
}
