//! Points in time as ISO 8601 has them.

use arrow_array::temporal_conversions::timestamp_ms_to_datetime;

/// A time in milliseconds since 1970 as `2026-05-01T12:30:00.000Z`; years of more than four digits have a sign. Beyond
/// the years that the calendar knows (±262,142) it is the number and its unit.
pub(super) fn iso(time: i64) -> String {
    match timestamp_ms_to_datetime(time) {
        Some(time) => time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        None => format!("{time} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::iso;

    #[test]
    fn times_are_written_in_utc() {
        for (time, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_777_638_896_789, "2026-05-01T12:34:56.789Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "+10000-01-01T00:00:00.000Z"),
            (-62_167_219_200_001, "-0001-12-31T23:59:59.999Z"),
            (i64::MAX, "9223372036854775807 ms"),
            (i64::MIN, "-9223372036854775808 ms"),
        ] {
            assert_eq!(iso(time), expected);
        }
    }
}
