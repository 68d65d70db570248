//! Functions of one row in plans.

use super::Planner;
use super::expr::null;
use crate::check::tree::Expr;
use crate::error::Result;
use crate::functions::Scalar;
use crate::udf::{self, Float, Function};
use datafusion::functions::expr_fn as functions;
use datafusion::functions::regex::expr_fn as regexes;
use datafusion::logical_expr::{Expr as Planned, Operator, binary_expr, lit};
use heapwise_engine::table::Kind;

/// Longer texts are not made by `repeat` and the like: one row must not take the memory of all.
const MAX_TEXT: i64 = 1 << 20;

impl Planner<'_> {
    /// The planned form of a call; `kind` is that of its value.
    pub(super) fn scalar(&self, which: Scalar, operands: &[Expr], kind: Option<Kind>) -> Result<Planned> {
        let all = self.all(operands)?;
        let kind = kind.unwrap_or(Kind::Text);
        Ok(match own(which, kind) {
            Some(function) => self.done(udf::call(function, all, self.cancel))?,
            None => standard(which, &all),
        })
    }
}

/// The function of ours that computes it.
fn own(which: Scalar, kind: Kind) -> Option<Function> {
    Some(match which {
        Scalar::ToHex => Function::Hex,
        Scalar::Abs => Function::Abs,
        Scalar::Sign => Function::Sign,
        Scalar::Round => Function::Round,
        Scalar::Floor => Function::Float(Float::Floor),
        Scalar::Ceil => Function::Float(Float::Ceil),
        Scalar::Trunc => Function::Float(Float::Trunc),
        Scalar::Sqrt => Function::Float(Float::Sqrt),
        Scalar::Exp => Function::Float(Float::Exp),
        Scalar::Ln => Function::Float(Float::Ln),
        Scalar::Log10 => Function::Float(Float::Log10),
        Scalar::Log2 => Function::Float(Float::Log2),
        Scalar::Power => Function::Float(Float::Power),
        Scalar::Package => Function::Package,
        Scalar::SimpleName => Function::SimpleName,
        Scalar::RegexpExtract => Function::Extract,
        Scalar::FormatBytes => Function::FormatBytes,
        Scalar::DatePart => Function::DatePart,
        Scalar::DateTrunc => Function::DateTrunc,
        Scalar::InList => Function::InList,
        Scalar::Item => Function::Item(kind),
        Scalar::Only => Function::Only(kind),
        Scalar::ListLength => Function::ListLength,
        _ => return None,
    })
}

/// The function of DataFusion that computes it.
fn standard(which: Scalar, all: &[Planned]) -> Planned {
    let [a, b, c] = [0, 1, 2].map(|i| all.get(i).cloned().unwrap_or_else(|| null(None)));
    match which {
        Scalar::Length => functions::character_length(a),
        Scalar::Lower => functions::lower(a),
        Scalar::Upper => functions::upper(a),
        Scalar::InitCap => functions::initcap(a),
        Scalar::Substring if all.len() == 2 => functions::substr(a, b),
        Scalar::Substring => functions::substring(a, b, at_least_zero(c)),
        Scalar::Trim => functions::btrim(vec![a]),
        Scalar::TrimLeft => functions::ltrim(vec![a]),
        Scalar::TrimRight => functions::rtrim(vec![a]),
        Scalar::PadLeft => functions::lpad(padded(all)),
        Scalar::PadRight => functions::rpad(padded(all)),
        Scalar::Repeat => {
            functions::left(functions::repeat(functions::left(a, lit(MAX_TEXT)), repeats(b)), lit(MAX_TEXT))
        }
        Scalar::Reverse => functions::reverse(a),
        Scalar::Replace => functions::replace(a, b, c),
        Scalar::Contains => functions::contains(a, b),
        Scalar::StartsWith => functions::starts_with(a, b),
        Scalar::EndsWith => functions::ends_with(a, b),
        Scalar::Concat => concat(all),
        Scalar::Left => functions::left(a, b),
        Scalar::Right => functions::right(a, b),
        Scalar::SplitPart => functions::split_part(a, b, c),
        Scalar::Position => functions::strpos(a, b),
        Scalar::RegexpReplace => functions::regexp_replace(a, b, c, None),
        Scalar::RegexpLike => regexes::regexp_like(a, b, None),
        Scalar::RegexpCount => regexes::regexp_count(a, b, None, None),
        Scalar::Coalesce => functions::coalesce(all.to_vec()),
        Scalar::NullIf => functions::nullif(a, b),
        Scalar::Greatest => functions::greatest(all.to_vec()),
        Scalar::Least => functions::least(all.to_vec()),
        // What is left is checked away: reads of the heap, conversions, choices.
        _ => a,
    }
}

/// Nulls are nothing. DataFusion's own `concat` fails where simplifying leaves it without arguments.
fn concat(all: &[Planned]) -> Planned {
    let texts = all.iter().map(|text| functions::coalesce(vec![text.clone(), lit("")]));
    let joined = texts.reduce(|left, right| binary_expr(left, Operator::StringConcat, right));
    joined.unwrap_or_else(|| lit(""))
}

/// A negative length would be an error in the middle of a scan.
fn at_least_zero(length: Planned) -> Planned {
    functions::greatest(vec![length, lit(0_i64)])
}

fn repeats(count: Planned) -> Planned {
    functions::least(vec![at_least_zero(count), lit(MAX_TEXT)])
}

fn padded(all: &[Planned]) -> Vec<Planned> {
    let mut all = all.to_vec();
    if let Some(length) = all.get_mut(1) {
        *length = repeats(length.clone());
    }
    all
}
