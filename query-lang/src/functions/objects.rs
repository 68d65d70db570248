//! Functions of objects.

use super::Parameter::{Any, Class, Object, Set, Text};
use super::Role::Scalar as S;
use super::{Function, Scalar};

pub(super) static OBJECTS: &[Function] = &[
    Function::new("toString", "toString(object)", S(Scalar::ToText, &[Any], 0)).also(&["text"]).says(
        "The text of a String, StringBuilder, char[], byte[], boxed number, UUID, URL, BigInteger, date, enum constant \
         and other objects that stand for a text; null for other objects; any other value as text.",
        "SELECT toString(n.name) FROM com.acme.Node n LIMIT 1",
    ),
    Function::new("toHex", "toHex(number)", S(Scalar::ToHex, &[Any], 0)).says(
        "A number or an object's address in hexadecimal, as 0x….",
        "SELECT toHex(n) FROM com.acme.Node n LIMIT 1",
    ),
    Function::new("classof", "classof(object)", S(Scalar::ClassOf, &[Object], 0)).says(
        "The class object of an object's class; its fields are the class's statics.",
        "SELECT DISTINCT OBJECTS classof(n) FROM INSTANCEOF com.acme.Base n",
    ),
    Function::new("dominatorof", "dominatorof(object)", S(Scalar::DominatorOf, &[Object], 0))
        .also(&["dominator"])
        .says(
            "The immediate dominator; null when only the roots dominate it.",
            "SELECT dominatorof(n) FROM com.acme.Node n LIMIT 1",
        ),
    Function::new("dominators", "dominators(object)", S(Scalar::Dominated, &[Object], 0)).says(
        "MAT's name of the objects that the object immediately dominates, as a list, the largest retained size first; \
         in FROM it is the chain above the object.",
        "SELECT OBJECTS dominators(t) FROM com.acme.Tree t",
    ),
    Function::new("outbounds", "outbounds(object)", S(Scalar::Outbounds, &[Object], 0)).says(
        "The objects that the object refers to, each once, by address, as a list; its class object is among them.",
        "SELECT OBJECTS outbounds(t) FROM com.acme.Tree t",
    ),
    Function::new("inbounds", "inbounds(object)", S(Scalar::Inbounds, &[Object], 0)).says(
        "The objects that refer to the object, each once, by address, as a list.",
        "SELECT n.id, length(inbounds(n)) FROM com.acme.Node n LIMIT 3",
    ),
    Function::new("retained_size", "retained_size(set)", S(Scalar::RetainedSize, &[Set], 0)).says(
        "Bytes that would be freed if all objects of the set went: exact for any set, never a sum of overlaps.",
        "SELECT retained_size(SELECT n FROM com.acme.Node n WHERE n.id > 10)",
    ),
    Function::new("common_dominator", "common_dominator(set)", S(Scalar::CommonDominator, &[Set], 0)).says(
        "The nearest object that dominates all objects of the set, perhaps one of them; null when only the roots do.",
        "SELECT common_dominator(SELECT n FROM com.acme.Node n WHERE n.id > 10)",
    ),
    Function::new("field", "field(object, 'name')", S(Scalar::Field, &[Object, Text], 0)).says(
        "The field of that name, null for objects whose class has none; object.name is the same.",
        "SELECT field(n, 'id') FROM INSTANCEOF com.acme.Node n LIMIT 2",
    ),
    Function::new("hash", "hash(object)", S(Scalar::ContentHash, &[Object], 0)).says(
        "A hash of the contents: equal texts and arrays of equal values have the same, in every dump.",
        "SELECT hash(n.name) FROM com.acme.Node n LIMIT 1",
    ),
    Function::new("same", "same(a, b)", S(Scalar::SameContent, &[Object, Object], 0)).says(
        "Whether two objects have the same class and contents: equal texts, arrays of equal values, equal fields.",
        "SELECT same(a.name, b.name) FROM com.acme.Node a, com.acme.Node b WHERE a.id = 0 AND b.id = 0",
    ),
    Function::new("package", "package(class)", S(Scalar::Package, &[Class], 0)).says(
        "The package of a class, '' for arrays of primitives and classes without one.",
        "SELECT package(class), sum(shallow) FROM objects GROUP BY 1",
    ),
    Function::new("simple_name", "simple_name(class)", S(Scalar::SimpleName, &[Class], 0)).says(
        "The name of a class without its package.",
        "SELECT simple_name(n.@class) FROM com.acme.Node n LIMIT 1",
    ),
];
