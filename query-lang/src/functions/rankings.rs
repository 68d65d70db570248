//! Functions of a row's place among others; they need OVER (…). Ties are broken by the order of rows.

use super::Parameter::{Any, Integer};
use super::Role::Ranking as R;
use super::{Function, Ranking};

pub(super) static RANKINGS: &[Function] = &[
    Function::new("row_number", "row_number() OVER (…)", R(Ranking::RowNumber, &[], 0)).says(
        "The number of the row, from 1.",
        "SELECT n.id, row_number() OVER (PARTITION BY n.live ORDER BY n.id) FROM com.acme.Node n",
    ),
    Function::new("rank", "rank() OVER (…)", R(Ranking::Rank, &[], 0)).says(
        "The number of the first row with an equal key.",
        "SELECT n.id, rank() OVER (ORDER BY n.live) FROM com.acme.Node n",
    ),
    Function::new("dense_rank", "dense_rank() OVER (…)", R(Ranking::DenseRank, &[], 0)).says(
        "The number of the key among distinct keys.",
        "SELECT n.id, dense_rank() OVER (ORDER BY n.live) FROM com.acme.Node n",
    ),
    Function::new("percent_rank", "percent_rank() OVER (…)", R(Ranking::PercentRank, &[], 0))
        .says("(rank - 1) / (rows - 1).", "SELECT percent_rank() OVER (ORDER BY n.id) FROM com.acme.Node n"),
    Function::new("cume_dist", "cume_dist() OVER (…)", R(Ranking::CumeDist, &[], 0)).says(
        "The part of the rows up to this key.",
        "SELECT cume_dist() OVER (ORDER BY n.id) FROM com.acme.Node n",
    ),
    Function::new("ntile", "ntile(n) OVER (…)", R(Ranking::Ntile, &[Integer], 0)).says(
        "The number of the row's part when the rows are cut into n parts of equal size.",
        "SELECT n.id, ntile(4) OVER (ORDER BY n.id) FROM com.acme.Node n",
    ),
    Function::new("lag", "lag(value [, n]) OVER (…)", R(Ranking::Lag, &[Any, Integer], 1)).says(
        "The value n rows before (1); null where there is none.",
        "SELECT n.id - lag(n.id) OVER (ORDER BY n.id) FROM com.acme.Node n",
    ),
    Function::new("lead", "lead(value [, n]) OVER (…)", R(Ranking::Lead, &[Any, Integer], 1)).says(
        "The value n rows after (1); null where there is none.",
        "SELECT n.id, lead(n.id, 2) OVER (ORDER BY n.id) FROM com.acme.Node n",
    ),
    Function::new("first_value", "first_value(value) OVER (…)", R(Ranking::First, &[Any], 0)).says(
        "The value of the first row of the frame.",
        "SELECT first_value(n.id) OVER (PARTITION BY n.live ORDER BY n.id) FROM com.acme.Node n",
    ),
    Function::new("last_value", "last_value(value) OVER (…)", R(Ranking::Last, &[Any], 0)).says(
        "The value of the last row of the frame, which by default ends at the row itself.",
        "SELECT last_value(n.id) OVER (PARTITION BY n.live ORDER BY n.id) FROM com.acme.Node n",
    ),
    Function::new("nth_value", "nth_value(value, n) OVER (…)", R(Ranking::Nth, &[Any, Integer], 0)).says(
        "The value of the n-th row of the frame; null where there is none.",
        "SELECT nth_value(n.id, 2) OVER (ORDER BY n.id) FROM com.acme.Node n",
    ),
];
