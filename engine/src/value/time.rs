//! Points in time as ISO 8601 texts, of the calendar that Java's `java.time` calls ISO.

use std::fmt::Write;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Year, month (from 1) and day (from 1) of a day, counted from 1970-01-01.
///
/// Howard Hinnant, *chrono-compatible low-level date algorithms*, `civil_from_days`: eras of 400 years that begin in
/// March. Constant time, for every day that a count of milliseconds or seconds leads to.
pub fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let days = i128::from(days) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i128::from(month <= 2);
    let small = |number: i128| u8::try_from(number).unwrap_or_default();
    (i64::try_from(year).unwrap_or_default(), small(month), small(day))
}

/// The text of a moment in UTC, `2023-11-14T22:13:20.5Z` … as `java.time.Instant` writes it: a fraction of 0, 3, 6 or 9
/// digits.
pub fn instant(seconds: i64, nanos: u32) -> String {
    let mut text = String::with_capacity(30);
    push_instant(&mut text, seconds, nanos);
    text
}

/// The text of a moment in UTC, counted in milliseconds from 1970-01-01, as [`instant`] writes it.
pub fn instant_of_millis(millis: i64) -> String {
    let mut text = String::with_capacity(30);
    push_millis(&mut text, millis);
    text
}

pub(super) fn push_millis(out: &mut String, millis: i64) {
    let nanos = millis.rem_euclid(1_000) * 1_000_000;
    push_instant(out, millis.div_euclid(1_000), u32::try_from(nanos).unwrap_or_default());
}

pub(super) fn push_instant(out: &mut String, seconds: i64, nanos: u32) {
    let (year, month, day) = civil_from_days(seconds.div_euclid(DAY));
    push_date(out, year, month.into(), day.into());
    let second = seconds.rem_euclid(DAY);
    let _ = write!(out, "T{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60);
    push_fraction(out, nanos.into());
    out.push('Z');
}

/// `2023-11-14`; years of more than four digits have a sign, as `java.time.LocalDate` writes them.
pub(super) fn push_date(out: &mut String, year: i64, month: i64, day: i64) {
    let sign = match year {
        ..0 => "-",
        0..=9_999 => "",
        _ => "+",
    };
    let _ = write!(out, "{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs());
}

/// `22:13`, with seconds and a fraction where they are not 0, as `java.time.LocalTime` writes it.
pub(super) fn push_time(out: &mut String, hour: i64, minute: i64, second: i64, nanos: i64) {
    let _ = write!(out, "{hour:02}:{minute:02}");
    if second != 0 || nanos != 0 {
        let _ = write!(out, ":{second:02}");
        push_fraction(out, nanos);
    }
}

/// `PT8H6M12.345S`, as `java.time.Duration` writes it.
pub(super) fn push_duration(out: &mut String, seconds: i64, nanos: i64) {
    let whole = if seconds < 0 && nanos > 0 { seconds + 1 } else { seconds };
    let (hours, minutes, rest) = (whole / 3_600, whole % 3_600 / 60, whole % 60);
    out.push_str("PT");
    if hours != 0 {
        let _ = write!(out, "{hours}H");
    }
    if minutes != 0 {
        let _ = write!(out, "{minutes}M");
    }
    if rest == 0 && nanos == 0 && whole != 0 {
        return;
    }
    let sign = if rest == 0 && seconds < 0 { "-" } else { "" };
    let _ = write!(out, "{sign}{rest}");
    if nanos > 0 {
        let parts = if seconds < 0 { 1_000_000_000 - nanos } else { nanos };
        let digits = format!("{parts:09}");
        let _ = write!(out, ".{}", digits.trim_end_matches('0'));
    }
    out.push('S');
}

/// `.5`, `.000001` … as groups of three digits; nothing for 0.
fn push_fraction(out: &mut String, nanos: i64) {
    let _ = match nanos {
        0 => Ok(()),
        _ if nanos % 1_000_000 == 0 => write!(out, ".{:03}", nanos / 1_000_000),
        _ if nanos % 1_000 == 0 => write!(out, ".{:06}", nanos / 1_000),
        _ => write!(out, ".{nanos:09}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let check = |days, expected| assert_eq!(civil_from_days(days), expected, "day {days}");
        check(0, (1970, 1, 1));
        check(-1, (1969, 12, 31));
        check(59, (1970, 3, 1));
        check(11_016, (2000, 2, 29));
        check(11_017, (2000, 3, 1));
        check(-719_468, (0, 3, 1));
        check(-719_529, (-1, 12, 31));
        check(2_932_896, (9999, 12, 31));
        civil_from_days(i64::MIN);
        civil_from_days(i64::MAX);
    }

    /// Every day of 800 years against counting them one by one.
    #[test]
    fn days_follow_each_other() {
        let (mut year, mut month, mut day) = (1600_i64, 1_u8, 1_u8);
        for days in -135_140..157_057 {
            assert_eq!(civil_from_days(days), (year, month, day), "day {days}");
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let last = match month {
                2 => 28 + u8::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            (day, month) = if day == last { (1, month + 1) } else { (day + 1, month) };
            if month == 13 {
                (month, year) = (1, year + 1);
            }
        }
        assert_eq!(year, 2400);
    }

    #[test]
    fn moments_are_written_as_java_does() {
        assert_eq!(instant(1_700_000_000, 0), "2023-11-14T22:13:20Z");
        assert_eq!(instant_of_millis(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(instant(0, 1_000), "1970-01-01T00:00:00.000001Z");
        assert_eq!(instant(253_402_300_800, 1), "+10000-01-01T00:00:00.000000001Z");
        assert!(instant_of_millis(i64::MIN).starts_with("-292275055-05-16T16:47:04.192"));
        instant(i64::MIN, u32::MAX);
    }

    #[test]
    fn durations_are_written_as_java_does() {
        let check = |seconds, nanos, expected: &str| {
            let mut text = String::new();
            push_duration(&mut text, seconds, nanos);
            assert_eq!(text, expected);
        };
        check(0, 0, "PT0S");
        check(29_172, 345_000_000, "PT8H6M12.345S");
        check(3_600, 0, "PT1H");
        check(-1, 0, "PT-1S");
        check(-1, 500_000_000, "PT-0.5S");
        check(-2, 1, "PT-1.999999999S");
        check(-61, 0, "PT-1M-1S");
        check(i64::MIN, 0, "PT-2562047788015215H-30M-8S");
    }
}
