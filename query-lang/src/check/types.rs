//! The types of values, and what two of them have in common.

use super::tree::{Expr, Node};
use crate::dump::Dump;
use heapwise_engine::id::ClassId;
use heapwise_engine::table::Kind;
use std::sync::Arc;

/// The type of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Type {
    /// The kind of its values; `None`: it is the literal null, of every kind.
    pub(crate) kind: Option<Kind>,
    /// The dump that objects and class ranks belong to.
    pub(crate) dump: Option<Arc<Dump>>,
    /// What is known of objects.
    pub(crate) objects: Objects,
}

/// What is known of the objects of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Objects {
    /// Nothing.
    Any,
    /// They are instances of these classes.
    Instances(Arc<[ClassId]>),
    /// They are the class objects of these classes.
    Statics(Arc<[ClassId]>),
}

impl Type {
    /// The type of null.
    pub(crate) const NULL: Type = Type { kind: None, dump: None, objects: Objects::Any };

    /// A type without a dump.
    pub(crate) const fn of(kind: Kind) -> Type {
        Type { kind: Some(kind), dump: None, objects: Objects::Any }
    }

    /// A type of a dump; the dump is kept only where it matters.
    pub(crate) fn within(kind: Kind, dump: &Arc<Dump>) -> Type {
        let belongs = matches!(kind, Kind::Object | Kind::Class | Kind::List(Kind::Object | Kind::Class));
        Type { kind: Some(kind), dump: belongs.then(|| Arc::clone(dump)), objects: Objects::Any }
    }

    /// Objects of which something is known.
    pub(crate) fn objects(dump: &Arc<Dump>, objects: Objects) -> Type {
        Type { objects, ..Type::within(Kind::Object, dump) }
    }

    /// Whether it is of this kind.
    pub(crate) fn is(&self, kind: Kind) -> bool {
        self.kind == Some(kind)
    }

    /// Whether values are integers, floats or sizes.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self.kind, Some(Kind::Count | Kind::Bytes | Kind::Float))
    }

    /// Whether values are lists.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.kind, Some(Kind::List(_)))
    }

    /// How messages name it.
    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            None => "null",
            Some(Kind::Object) => "an object",
            Some(Kind::Address) => "an address",
            Some(Kind::Class) => "a class",
            Some(Kind::Bytes) => "a size in bytes",
            Some(Kind::Count) => "an integer",
            Some(Kind::Float) => "a float",
            Some(Kind::Bool) => "a truth value",
            Some(Kind::Text) => "a text",
            Some(Kind::Time) => "a time",
            Some(Kind::List(Kind::Object)) => "a list of objects",
            Some(Kind::List(_)) => "a list",
        }
    }

    /// The type that values of both can take, if any.
    pub(crate) fn common(&self, other: &Type) -> Option<Type> {
        use Kind::{Address, Bytes, Class, Count, Float, List, Object, Text, Time};
        let (Some(a), Some(b)) = (self.kind, other.kind) else {
            return Some(if self.kind.is_none() { other.clone() } else { self.clone() });
        };
        match (a, b) {
            (Object, Object) if self.dump == other.dump => {
                let same = self.objects == other.objects;
                Some(Type { objects: if same { self.objects.clone() } else { Objects::Any }, ..self.clone() })
            }
            (Object, Object) => None,
            (List(_), List(_)) if a == b && self.dump != other.dump => None,
            (Time, Text) | (Text, Time) => Some(Type::of(Time)),
            (Class, Class) if self.dump != other.dump => Some(Type::of(Text)),
            (Class, Text) | (Text, Class) => Some(Type::of(Text)),
            _ if a == b => Some(self.clone()),
            (Bytes, Count) | (Count, Bytes) => Some(Type::of(Bytes)),
            (Float, Bytes | Count) | (Bytes | Count, Float) => Some(Type::of(Float)),
            (Address, Count) | (Count, Address) => Some(Type::of(Count)),
            _ => None,
        }
    }
}

impl Expr {
    /// The expression as a value of `ty`, which [`Type::common`] gave.
    pub(crate) fn into_type(self, ty: &Type) -> Expr {
        let Some(to) = ty.kind else { return self };
        let Some(from) = self.ty.kind else { return Expr { ty: ty.clone(), ..self } };
        if from == to && self.ty.dump == ty.dump {
            return self;
        }
        if from == Kind::Class && to == Kind::Text {
            return self.class_as_text();
        }
        let span = self.span;
        if from.data_type() == to.data_type() {
            return Expr { ty: ty.clone(), ..self };
        }
        Expr { node: Node::Convert(Box::new(self)), ty: ty.clone(), span }
    }

    /// The name of a class as text.
    pub(crate) fn class_as_text(self) -> Expr {
        let span = self.span;
        match self.ty.dump.clone() {
            Some(dump) if self.ty.is(Kind::Class) => {
                let node = Node::Read(dump, crate::heap::Read::ClassName, vec![self]);
                Expr { node, ty: Type::of(Kind::Text), span }
            }
            _ => self,
        }
    }

    /// A truth value that is known.
    pub(crate) fn truth(value: bool, span: crate::error::Span) -> Expr {
        Expr { node: Node::Bool(value), ty: Type::of(Kind::Bool), span }
    }
}
