//! Functions of points in time. All times are UTC.

use super::Parameter::{Text, Time};
use super::Role::Scalar as S;
use super::{Function, Scalar};

pub(super) static TIMES: &[Function] = &[
    Function::new("to_timestamp", "to_timestamp(milliseconds or text)", S(Scalar::ToTime, &[Time], 0))
        .also(&["to_time"])
        .says(
            "A point in time from milliseconds since 1970, an ISO 8601 text, or a java.util.Date or Instant.",
            "SELECT to_timestamp(0), to_timestamp('2026-05-01 12:30:00')",
        ),
    Function::new("now", "now()", S(Scalar::Now, &[], 0))
        .also(&["current_timestamp"])
        .says("The time at which the query was checked.", "SELECT now() > TIMESTAMP '2020-01-01'"),
    Function::new("millis", "millis(time)", S(Scalar::Millis, &[Time], 0))
        .says("Milliseconds since 1970.", "SELECT millis(TIMESTAMP '1970-01-02')"),
    Function::new("date_part", "date_part('part', time)", S(Scalar::DatePart, &[Text, Time], 0)).says(
        "A part of a time: year, quarter, month, week, day, dow (Sunday is 0), doy, hour, minute, second or \
             millisecond; EXTRACT(part FROM time) is the same.",
        "SELECT date_part('year', TIMESTAMP '2026-05-01'), EXTRACT(month FROM TIMESTAMP '2026-05-01')",
    ),
    Function::new("date_trunc", "date_trunc('part', time)", S(Scalar::DateTrunc, &[Text, Time], 0)).says(
        "The beginning of the year, quarter, month, week (Monday), day, hour, minute or second.",
        "SELECT date_trunc('hour', TIMESTAMP '2026-05-01 12:34:56')",
    ),
];
