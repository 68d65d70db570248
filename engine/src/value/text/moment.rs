//! Dates, times and durations.

use super::part::Part;
use crate::value::time::{push_date, push_duration, push_instant, push_millis, push_time};

/// Milliseconds since 1970: `Date`, `Calendar`.
pub(super) fn millis(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    push_millis(out, part.integer(0)?);
    Some(())
}

/// `java.sql.Timestamp`: whole seconds in the superclass's milliseconds, the rest in nanoseconds.
pub(super) fn timestamp(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    let nanos = u32::try_from(part.integer(1)?).ok()?;
    push_instant(out, part.integer(0)?.div_euclid(1_000), nanos);
    Some(())
}

/// Seconds since 1970 and nanoseconds.
pub(super) fn instant(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    let nanos = u32::try_from(part.integer(1)?).ok()?;
    push_instant(out, part.integer(0)?, nanos);
    Some(())
}

/// Seconds and nanoseconds.
pub(super) fn duration(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    push_duration(out, part.integer(0)?, part.integer(1)?);
    Some(())
}

/// Year, month, day.
pub(super) fn date(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    push_date(out, part.integer(0)?, part.integer(1)?, part.integer(2)?);
    Some(())
}

/// Hour, minute, second, nanosecond.
pub(super) fn time(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    push_time(out, part.integer(0)?, part.integer(1)?, part.integer(2)?, part.integer(3)?);
    Some(())
}

/// Date and time.
pub(super) fn date_time(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    part.push(0, out)?;
    out.push('T');
    part.push(1, out)
}

/// Something and its offset from UTC.
pub(super) fn offset(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    part.push(0, out)?;
    part.push(1, out)
}

/// Date, time, offset and zone; an offset that is the zone is written once.
pub(super) fn zoned(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    offset(part, out)?;
    if part.object(1) != part.object(2) {
        let zone = part.text(2)?;
        out.extend(["[", zone.as_str(), "]"]);
    }
    Some(())
}
