//! Functions of a group of rows. Each may have FILTER (WHERE …), and with OVER (…) works on a window.

use super::Parameter::{Any, Condition, Number, Text};
use super::Role::Aggregate as A;
use super::{Aggregate, Function};

pub(super) static AGGREGATES: &[Function] = &[
    Function::new("count", "count(*), count([DISTINCT] value)", A(Aggregate::Count, &[Any])).says(
        "The number of rows, or of rows where the value is not null.",
        "SELECT count(*), count(DISTINCT n.live) FROM com.acme.Node n",
    ),
    Function::new("sum", "sum([DISTINCT] number)", A(Aggregate::Sum, &[Number]))
        .says("The sum; of sizes again a size.", "SELECT sum(n.@shallow) FROM com.acme.Node n"),
    Function::new("avg", "avg([DISTINCT] number)", A(Aggregate::Avg, &[Number]))
        .also(&["mean"])
        .says("The mean, a float.", "SELECT avg(n.id) FROM com.acme.Node n"),
    Function::new("min", "min(value)", A(Aggregate::Min, &[Any]))
        .says("The least value.", "SELECT min(n.id) FROM com.acme.Node n"),
    Function::new("max", "max(value)", A(Aggregate::Max, &[Any]))
        .says("The largest value.", "SELECT max(n.id) FROM com.acme.Node n"),
    Function::new("median", "median(number)", A(Aggregate::Median, &[Number]))
        .says("The middle value, exact, a float.", "SELECT median(n.id) FROM com.acme.Node n"),
    Function::new("percentile", "percentile(number, p)", A(Aggregate::Percentile, &[Number, Number])).says(
        "The value below which the part p (0 to 1) of the values lies, exact, interpolated; a float.",
        "SELECT percentile(n.id, 0.9) FROM com.acme.Node n",
    ),
    Function::new(
        "approx_percentile",
        "approx_percentile(number, p)",
        A(Aggregate::ApproxPercentile, &[Number, Number]),
    )
    .says(
        "The same by a t-digest, in little memory: an estimate, a float.",
        "SELECT approx_percentile(n.id, 0.5) FROM com.acme.Node n",
    ),
    Function::new("approx_distinct", "approx_distinct(value)", A(Aggregate::ApproxDistinct, &[Any])).says(
        "An estimate of the number of distinct values (HyperLogLog, about 2 % off).",
        "SELECT approx_distinct(n.id) FROM com.acme.Node n",
    ),
    Function::new("stddev", "stddev(number)", A(Aggregate::StdDev, &[Number]))
        .says("The standard deviation of the sample.", "SELECT stddev(n.id) FROM com.acme.Node n"),
    Function::new("variance", "variance(number)", A(Aggregate::Variance, &[Number]))
        .says("The variance of the sample.", "SELECT variance(n.id) FROM com.acme.Node n"),
    Function::new("array_agg", "array_agg(value [ORDER BY key])", A(Aggregate::Collect, &[Any]))
        .also(&["collect"])
        .says(
            "The values as a list, nulls left out; of objects a set that retained_size and others take.",
            "SELECT n.live, retained_size(array_agg(n)) FROM com.acme.Node n GROUP BY n.live",
        ),
    Function::new(
        "string_agg",
        "string_agg(text, separator [ORDER BY key])",
        A(Aggregate::Join, &[Text, Text]),
    )
    .also(&["group_concat"])
    .says(
        "The texts one after the other with the separator between.",
        "SELECT string_agg(toString(n.name), ', ' ORDER BY n.id) FROM com.acme.Node n WHERE n.id < 3",
    ),
    Function::new("bool_and", "bool_and(condition)", A(Aggregate::All, &[Condition]))
        .also(&["every"])
        .says("Whether it holds for all rows.", "SELECT bool_and(n.live) FROM com.acme.Node n"),
    Function::new("bool_or", "bool_or(condition)", A(Aggregate::Any, &[Condition]))
        .says("Whether it holds for some row.", "SELECT bool_or(n.live) FROM com.acme.Node n"),
    Function::new("any_value", "any_value(value)", A(Aggregate::AnyValue, &[Any])).says(
        "The least value: one of the group, the same on every run.",
        "SELECT any_value(n) FROM com.acme.Node n",
    ),
];
