//! Functions of numbers, and those that choose among values.

use super::Parameter::{Any, Condition, Integer, More, Number};
use super::Role::Scalar as S;
use super::{Function, Scalar};

pub(super) static NUMBERS: &[Function] = &[
    Function::new("abs", "abs(number)", S(Scalar::Abs, &[Number], 0))
        .says("The number without its sign.", "SELECT abs(-3)"),
    Function::new("sign", "sign(number)", S(Scalar::Sign, &[Number], 0))
        .says("-1, 0 or 1.", "SELECT sign(-3)"),
    Function::new("round", "round(number [, digits])", S(Scalar::Round, &[Number, Integer], 1)).says(
        "The float rounded to so many decimal places (0), halves away from zero.",
        "SELECT round(2.345, 2)",
    ),
    Function::new("floor", "floor(number)", S(Scalar::Floor, &[Number], 0))
        .says("The largest integer not above it.", "SELECT floor(2.7)"),
    Function::new("ceil", "ceil(number)", S(Scalar::Ceil, &[Number], 0))
        .also(&["ceiling"])
        .says("The least integer not below it.", "SELECT ceil(2.1)"),
    Function::new("trunc", "trunc(number)", S(Scalar::Trunc, &[Number], 0))
        .says("The integer without its fraction.", "SELECT trunc(-2.7)"),
    Function::new("mod", "mod(a, b)", S(Scalar::Modulo, &[Number, Number], 0))
        .says("The remainder of a / b, as a % b.", "SELECT mod(7, 3)"),
    Function::new("sqrt", "sqrt(number)", S(Scalar::Sqrt, &[Number], 0))
        .says("The square root.", "SELECT sqrt(16)"),
    Function::new("power", "power(base, exponent)", S(Scalar::Power, &[Number, Number], 0))
        .also(&["pow"])
        .says("The base to the power of the exponent, a float.", "SELECT power(2, 10)"),
    Function::new("exp", "exp(number)", S(Scalar::Exp, &[Number], 0))
        .says("e to the power of the number.", "SELECT exp(0)"),
    Function::new("ln", "ln(number)", S(Scalar::Ln, &[Number], 0))
        .also(&["log"])
        .says("The natural logarithm.", "SELECT ln(1)"),
    Function::new("log10", "log10(number)", S(Scalar::Log10, &[Number], 0))
        .says("The logarithm to base 10.", "SELECT log10(1000)"),
    Function::new("log2", "log2(number)", S(Scalar::Log2, &[Number], 0))
        .says("The logarithm to base 2.", "SELECT log2(1024)"),
    Function::new("coalesce", "coalesce(value, …)", S(Scalar::Coalesce, &[Any, More], 0))
        .also(&["ifnull", "nvl"])
        .says("The first value that is not null.", "SELECT coalesce(null, 2, 3)"),
    Function::new("nullif", "nullif(a, b)", S(Scalar::NullIf, &[Any, More], 0))
        .says("Null when both are equal, else the first.", "SELECT nullif(1, 1)"),
    Function::new("if", "if(condition, then, else)", S(Scalar::If, &[Condition, Any, Any], 0))
        .also(&["iif"])
        .says("`then` where the condition is true, else `else`.", "SELECT if(2 > 1, 'yes', 'no')"),
    Function::new("greatest", "greatest(value, …)", S(Scalar::Greatest, &[Any, More], 0))
        .says("The largest of the values; nulls are left out.", "SELECT greatest(1, 3, 2)"),
    Function::new("least", "least(value, …)", S(Scalar::Least, &[Any, More], 0))
        .says("The smallest of the values; nulls are left out.", "SELECT least(1, 3, 2)"),
];
