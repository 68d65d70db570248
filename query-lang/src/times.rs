//! Parts of points in time, in UTC and by the Gregorian calendar.

use heapwise_engine::value::time::civil_from_days;

/// Parts that [`part`] knows.
pub(crate) const PARTS: &[&str] =
    &["year", "quarter", "month", "week", "day", "dow", "doy", "hour", "minute", "second", "millisecond"];
/// Units that [`truncated`] knows.
pub(crate) const UNITS: &[&str] = &["year", "quarter", "month", "week", "day", "hour", "minute", "second"];

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The number of days from 1970-01-01 to a date: Howard Hinnant's `days_from_civil`, the inverse of
/// [`civil_from_days`].
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
fn civil(day: i64) -> (i64, i64, i64) {
    let (year, month, of_month) = civil_from_days(day);
    (year, month.into(), of_month.into())
}

/// The number of the ISO week: the week of a date is that of its Thursday.
fn week(day: i64) -> i64 {
    let thursday = day - (day + 3).rem_euclid(7) + 3;
    (thursday - days(civil_from_days(thursday).0, 1, 1)) / 7 + 1
}

/// A part of a time, which is in milliseconds since 1970; `None` for a part that is not in [`PARTS`].
pub(crate) fn part(name: &str, time: i64) -> Option<i64> {
    let (day, within) = (time.div_euclid(DAY), time.rem_euclid(DAY));
    let (year, month, of_month) = civil(day);
    Some(match name {
        "year" => year,
        "quarter" => (month - 1) / 3 + 1,
        "month" => month,
        "week" => week(day),
        "day" => of_month,
        "dow" => (day + 4).rem_euclid(7),
        "doy" => day - days(year, 1, 1) + 1,
        "hour" => within / HOUR,
        "minute" => within % HOUR / MINUTE,
        "second" => within % MINUTE / SECOND,
        "millisecond" => within % SECOND,
        _ => return None,
    })
}

/// The beginning of the unit in which a time lies; `None` for a unit that is not in [`UNITS`], and out of range.
pub(crate) fn truncated(unit: &str, time: i64) -> Option<i64> {
    let day = time.div_euclid(DAY);
    let (year, month, _) = civil(day);
    let length = match unit {
        "year" => return days(year, 1, 1).checked_mul(DAY),
        "quarter" => return days(year, (month - 1) / 3 * 3 + 1, 1).checked_mul(DAY),
        "month" => return days(year, month, 1).checked_mul(DAY),
        "week" => return (day - (day + 3).rem_euclid(7)).checked_mul(DAY),
        "day" => DAY,
        "hour" => HOUR,
        "minute" => MINUTE,
        "second" => SECOND,
        _ => return None,
    };
    time.checked_sub(time.rem_euclid(length))
}

#[cfg(test)]
mod tests {
    use super::{DAY, civil, days, part, truncated};

    #[test]
    fn dates_and_days_are_inverse() {
        for day in (-1_000_000..1_000_000).step_by(97) {
            let (year, month, of_month) = civil(day);
            assert_eq!(days(year, month, of_month), day);
            assert!((1..=12).contains(&month) && (1..=31).contains(&of_month));
        }
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
    }

    #[test]
    fn times_fall_into_parts() {
        // 2026-05-01T12:34:56.789Z, a Friday.
        let time = 1_777_638_896_789;
        let parts = [
            "year",
            "quarter",
            "month",
            "week",
            "day",
            "dow",
            "doy",
            "hour",
            "minute",
            "second",
            "millisecond",
        ];
        let found: Vec<i64> = parts.iter().map(|name| part(name, time).unwrap()).collect();
        assert_eq!(found, [2026, 2, 5, 18, 1, 5, 121, 12, 34, 56, 789]);
        assert_eq!(truncated("day", time), Some(time / DAY * DAY));
        assert_eq!(truncated("week", time).and_then(|week| part("dow", week)), Some(1));
        assert_eq!(truncated("month", -1).and_then(|month| part("month", month)), Some(12));
        assert_eq!(part("week", days(2027, 1, 1) * DAY), Some(53));
        assert_eq!(truncated("century", 0), None);
    }
}
