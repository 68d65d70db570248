//! Random typed expressions.

use super::data::{Data, FIELDS};
use super::scope::Frame;
use super::select::Rows;
use super::tree::{Aggregate, Body, Expr, Join, Key, Order, Query, Select, Source, Type, Window};
use super::value::Value;
use crate::campaign::Rng;

/// Makes random queries.
pub(crate) struct Generator<'g> {
    pub(crate) rng: Rng,
    pub(crate) data: &'g Data,
    /// The queries around, the innermost last.
    pub(crate) frames: Vec<Frame>,
    /// Named queries in reach, with their columns.
    pub(crate) named: Vec<(String, Vec<(String, Type)>)>,
    /// How many names were given.
    pub(crate) names: usize,
    /// How many more sub-queries there may be.
    pub(crate) queries: usize,
}

const INTS: &[i64] = &[0, 1, 2, 2, 3, 5, -1, 4000];
const FLOATS: &[f64] = &[0.0, 0.25, 0.5, 1.0, 1.5, -2.25, 3.0];
const TEXTS: &[&str] = &["a", "b", "ab", "", "node 3", "next", "strong"];
const PATTERNS: &[&str] = &["%", "a%", "%b", "_", "node _", "%o%", ""];

impl Generator<'_> {
    /// An expression of a type, so deep at most.
    pub(crate) fn expr(&mut self, ty: Type, depth: usize) -> Expr {
        if depth == 0 || self.rng.percent(15) {
            return self.leaf(ty);
        }
        if self.rng.percent(22) && self.queries > 0 {
            return self.with_query(ty);
        }
        let frame = self.frames.last().cloned().unwrap_or_default();
        if frame.before.is_some() && self.rng.percent(45) {
            return self.aggregate(ty, depth);
        }
        if frame.windows && self.rng.percent(20) {
            return self.window(ty, depth);
        }
        if self.rng.percent(12) {
            return self.choice(ty, depth);
        }
        match ty {
            Type::Bool => self.condition(depth),
            Type::Int | Type::Float => self.number(ty, depth),
            Type::Text => self.text(depth),
            Type::Object => self.object(depth),
        }
    }

    pub(crate) fn boxed(&mut self, ty: Type, depth: usize) -> Box<Expr> {
        Box::new(self.expr(ty, depth))
    }

    /// A column, of the query itself or one around, or a literal.
    pub(crate) fn leaf(&mut self, ty: Type) -> Expr {
        let mut level = self.frames.len();
        while level > 0 {
            level -= 1;
            let found = self.frames[level].of_type(ty, level + 1 == self.frames.len());
            if !found.is_empty() && self.rng.percent(65) {
                return self.rng.pick(&found).clone();
            }
        }
        let literal = match ty {
            Type::Bool => Value::Bool(self.rng.percent(50)),
            Type::Int => Value::Int(*self.rng.pick(INTS)),
            Type::Float => Value::Float(*self.rng.pick(FLOATS)),
            Type::Text => Value::Text((*self.rng.pick(TEXTS)).to_owned()),
            Type::Object => return self.the_leaf(),
        };
        Expr::Literal(literal)
    }

    /// The only object of its class.
    fn the_leaf(&mut self) -> Expr {
        let alias = self.name("l");
        let item = (Expr::Column(alias.clone(), ""), self.name("c"));
        let source = Source::Table("com.acme.Leaf".to_owned());
        let from = super::tree::From { join: Join::Cross, source, alias, on: None };
        let select = Select { items: vec![item], from: vec![from], ..Select::default() };
        let body = Body::Select(Box::new(select));
        Expr::Scalar(Box::new(Query { with: Vec::new(), body, order: Vec::new(), limit: None, offset: None }))
    }

    pub(crate) fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    pub(crate) fn any_type(&mut self) -> Type {
        *self.rng.pick(&[Type::Bool, Type::Int, Type::Int, Type::Float, Type::Text, Type::Object])
    }

    fn with_query(&mut self, ty: Type) -> Expr {
        self.queries -= 1;
        if ty == Type::Bool && self.rng.percent(80) {
            let negated = self.rng.percent(40);
            if self.rng.percent(50) {
                let of = self.any_type();
                return Expr::Exists(Box::new(self.query(&[of], Rows::Any)), negated);
            }
            let of = self.any_type();
            let x = self.boxed(of, 1);
            return Expr::InQuery(x, Box::new(self.query(&[of], Rows::Any)), negated);
        }
        Expr::Scalar(Box::new(self.query(&[ty], Rows::One)))
    }

    fn choice(&mut self, ty: Type, depth: usize) -> Expr {
        match self.rng.below(4) {
            0 => {
                let n = 1 + self.rng.below(2);
                let branches =
                    (0..n).map(|_| (self.expr(Type::Bool, depth - 1), self.expr(ty, depth - 1))).collect();
                let otherwise = self.rng.percent(60).then(|| self.boxed(ty, depth - 1));
                Expr::Case(branches, otherwise)
            }
            1 => Expr::Call("coalesce", vec![self.expr(ty, depth - 1), self.expr(ty, depth - 1)]),
            2 => Expr::Call("nullif", vec![self.expr(ty, depth - 1), self.leaf(ty)]),
            _ => {
                let condition = self.expr(Type::Bool, depth - 1);
                Expr::Call("if", vec![condition, self.expr(ty, depth - 1), self.expr(ty, depth - 1)])
            }
        }
    }

    fn condition(&mut self, depth: usize) -> Expr {
        let negated = self.rng.percent(30);
        match self.rng.below(12) {
            0 => Expr::Not(self.boxed(Type::Bool, depth - 1)),
            1..=3 => {
                let operator = *self.rng.pick(&["AND", "OR"]);
                Expr::Binary(operator, self.boxed(Type::Bool, depth - 1), self.boxed(Type::Bool, depth - 1))
            }
            4 => {
                let of = self.any_type();
                let x = self.boxed(of, depth - 1);
                Expr::Is(x, if negated { "NOT NULL" } else { "NULL" })
            }
            5 => {
                let x = self.boxed(Type::Bool, depth - 1);
                Expr::Is(x, self.rng.word(&["TRUE", "FALSE", "NOT TRUE", "NOT FALSE"]))
            }
            6 => {
                let of = *self.rng.pick(&[Type::Int, Type::Text]);
                let x = self.boxed(of, depth - 1);
                let list = (0..1 + self.rng.below(3)).map(|_| self.expr(of, depth - 1)).collect();
                Expr::In(x, list, negated)
            }
            7 => {
                let of = *self.rng.pick(&[Type::Int, Type::Float]);
                let (x, a) = (self.boxed(of, depth - 1), self.boxed(of, depth - 1));
                Expr::Between(x, a, self.boxed(of, depth - 1), negated)
            }
            8 => {
                Expr::Like(self.boxed(Type::Text, depth - 1), (*self.rng.pick(PATTERNS)).to_owned(), negated)
            }
            _ => self.comparison(depth),
        }
    }

    fn comparison(&mut self, depth: usize) -> Expr {
        let of = self.any_type();
        let ordered = !matches!(of, Type::Bool | Type::Object);
        let operators = ["=", "=", "<>", "IS DISTINCT FROM", "IS NOT DISTINCT FROM", "<", "<=", ">", ">="];
        let operator = *self.rng.pick(&operators[..if ordered { 9 } else { 5 }]);
        let other = if of == Type::Int && self.rng.percent(20) { Type::Float } else { of };
        Expr::Binary(operator, self.boxed(of, depth - 1), self.boxed(other, depth - 1))
    }

    fn number(&mut self, ty: Type, depth: usize) -> Expr {
        if ty == Type::Int && self.rng.percent(25) {
            let text = self.expr(Type::Text, depth - 1);
            let part = self.leaf(Type::Text);
            return if self.rng.percent(70) {
                Expr::Call("length", vec![text])
            } else {
                Expr::Call("position", vec![text, part])
            };
        }
        match self.rng.below(8) {
            0 => Expr::Minus(self.boxed(ty, depth - 1)),
            1 => Expr::Call("abs", vec![self.expr(ty, depth - 1)]),
            2 => Expr::Call(
                self.rng.word(&["greatest", "least"]),
                vec![self.expr(ty, depth - 1), self.expr(ty, depth - 1)],
            ),
            3 if ty == Type::Float => Expr::Call("cast as float", vec![self.expr(Type::Int, depth - 1)]),
            // Quotients of floats are left out: they would make sums depend on their order.
            3 => {
                let operator = *self.rng.pick(&["/", "%"]);
                Expr::Binary(operator, self.boxed(ty, depth - 1), self.boxed(ty, depth - 1))
            }
            _ => {
                let operator = *self.rng.pick(&["+", "-", "*"]);
                Expr::Binary(operator, self.boxed(ty, depth - 1), self.boxed(ty, depth - 1))
            }
        }
    }

    fn text(&mut self, depth: usize) -> Expr {
        let first = self.expr(Type::Text, depth - 1);
        match self.rng.below(5) {
            0 => Expr::Binary("||", Box::new(first), self.boxed(Type::Text, depth - 1)),
            1 => Expr::Call(self.rng.word(&["lower", "upper", "reverse"]), vec![first]),
            2 => {
                let literal = |value| Expr::Literal(Value::Int(value));
                Expr::Call("substring", vec![first, literal(1), literal(2)])
            }
            3 => Expr::Call("concat", vec![first, self.expr(Type::Text, depth - 1)]),
            _ => Expr::Call("cast as text", vec![self.expr(Type::Int, depth - 1)]),
        }
    }

    fn object(&mut self, depth: usize) -> Expr {
        match self.expr(Type::Object, depth - 1) {
            of @ (Expr::Column(..) | Expr::Named(..)) => Expr::Field(Box::new(of), FIELDS[2].0),
            other => other,
        }
    }

    fn aggregate(&mut self, ty: Type, depth: usize) -> Expr {
        let Some(frame) = self.frames.last_mut() else { return self.leaf(ty) };
        let grouped = frame.clone();
        let columns = frame.before.take().unwrap_or_default();
        *frame = Frame { columns, ..Frame::default() };
        let names: &[&'static str] = match ty {
            Type::Int => &["count", "count", "sum", "min", "max"],
            Type::Float => &["sum", "avg", "min", "max"],
            Type::Bool => &["bool_or", "bool_and"],
            Type::Text | Type::Object => &["min", "max"],
        };
        let name = *self.rng.pick(names);
        let of = if name == "count" { self.any_type() } else { ty };
        let is_star = name == "count" && self.rng.percent(50);
        let argument = if is_star { None } else { Some(self.local(of, depth - 1)) };
        let filter = self.rng.percent(25).then(|| self.expr(Type::Bool, depth - 1));
        let distinct = !is_star && matches!(name, "count" | "sum") && self.rng.percent(30);
        self.frames.pop();
        self.frames.push(grouped);
        Expr::Aggregate(Box::new(Aggregate { name, distinct, argument, filter }))
    }

    /// An expression that looks at the query's own rows first of all.
    fn local(&mut self, ty: Type, depth: usize) -> Expr {
        let own = self.frames.last().map(|frame| frame.of_type(ty, true)).unwrap_or_default();
        if own.is_empty() || self.rng.percent(40) {
            self.expr(ty, depth)
        } else {
            self.rng.pick(&own).clone()
        }
    }

    fn window(&mut self, ty: Type, depth: usize) -> Expr {
        let Some(frame) = self.frames.last_mut() else { return self.leaf(ty) };
        frame.windows = false;
        let (mut total, repeats) = (frame.total.clone(), frame.repeats);
        let names: &[&'static str] = match (ty, repeats) {
            (Type::Int, false) => &["row_number", "rank", "dense_rank", "lag", "lead", "sum", "count", "min"],
            (Type::Int, true) => &["rank", "dense_rank", "sum", "count", "min"],
            (Type::Float, false) => &["sum", "lag", "lead", "max"],
            (Type::Float, true) => &["sum", "max"],
            (_, false) => &["lag", "lead"],
            (_, true) => &["min", "max"],
        };
        let names = if ty == Type::Bool && repeats { &["bool_or", "bool_and"] } else { names };
        let name = *self.rng.pick(names);
        let ranks = matches!(name, "row_number" | "rank" | "dense_rank");
        let argument = (!ranks).then(|| self.expr(ty, depth - 1));
        let types = (self.any_type(), self.any_type());
        let partition = if self.rng.percent(50) { vec![self.expr(types.0, 1)] } else { Vec::new() };
        let sums = !ranks && !matches!(name, "lag" | "lead");
        let rows = (sums && !repeats && self.rng.percent(50)).then(|| (self.rng.below(3), self.rng.below(2)));
        let mut order = Vec::new();
        if rows.is_some() || !sums || self.rng.percent(60) {
            order.push(self.order(Key::Expr(Expr::Literal(Value::Null))));
            order[0].key = Key::Expr(self.expr(types.1, 1));
        }
        if rows.is_some() || matches!(name, "row_number" | "lag" | "lead") {
            order.extend(total.drain(..).map(|expr| Order {
                key: Key::Expr(expr),
                descending: false,
                nulls_first: false,
            }));
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.windows = true;
        }
        Expr::Window(Box::new(Window { name, argument, partition, order, rows }))
    }

    /// A key with a random direction.
    pub(crate) fn order(&mut self, key: Key) -> Order {
        Order { key, descending: self.rng.percent(40), nulls_first: self.rng.percent(25) }
    }
}
