//! The table of what stands for a text: class, fields, and the function that writes them.

use super::part::Part;
use super::{moment, net, number, plain};

/// Fields of the form with the most.
pub(super) const MOST_FIELDS: usize = 10;

/// Appends the text of an object; `None` where it has none.
pub(super) type Write = fn(&mut Part<'_, '_>, &mut String) -> Option<()>;

/// How the objects of a class, and of those below it that have no row of their own, are written.
pub(super) struct Form {
    pub(super) class: &'static str,
    /// The fields that `write` reads, by their place here; where a JDK lacks one, it reads as absent.
    pub(super) fields: &'static [&'static str],
    pub(super) write: Write,
}

const fn form(class: &'static str, fields: &'static [&'static str], write: Write) -> Form {
    assert!(fields.len() <= MOST_FIELDS, "more fields than there are slots");
    Form { class, fields, write }
}

const LETTERS: &[&str] = &["value", "coder", "offset", "count"];
const VALUE: &[&str] = &["value"];

/// All forms. To read another class as text, add a row; the fields are those of JDK 8 to 25.
pub(super) const FORMS: &[Form] = &[
    form("java.lang.String", LETTERS, plain::letters),
    form("java.lang.AbstractStringBuilder", LETTERS, plain::letters),
    form("java.lang.StringBuilder", LETTERS, plain::letters),
    form("java.lang.StringBuffer", LETTERS, plain::letters),
    form("char[]", &[], plain::array),
    form("byte[]", &[], plain::array),
    form("java.lang.Class", &[], plain::class),
    form("java.lang.Boolean", VALUE, plain::primitive),
    form("java.lang.Character", VALUE, plain::primitive),
    form("java.lang.Byte", VALUE, plain::primitive),
    form("java.lang.Short", VALUE, plain::primitive),
    form("java.lang.Integer", VALUE, plain::primitive),
    form("java.lang.Long", VALUE, plain::primitive),
    form("java.lang.Float", VALUE, plain::primitive),
    form("java.lang.Double", VALUE, plain::primitive),
    form("java.util.concurrent.atomic.AtomicInteger", VALUE, plain::primitive),
    form("java.util.concurrent.atomic.AtomicLong", VALUE, plain::primitive),
    form("java.util.concurrent.atomic.AtomicBoolean", VALUE, plain::flag),
    form("java.lang.Enum", &["name"], plain::same),
    form("java.lang.Thread", &["name"], plain::same),
    form("java.util.Optional", VALUE, plain::same),
    form("java.util.regex.Pattern", &["pattern"], plain::same),
    form("java.io.File", &["path"], plain::same),
    form("java.util.Locale", &["baseLocale"], plain::locale),
    form("sun.util.locale.BaseLocale", &["language", "script", "region", "variant"], plain::base_locale),
    form("java.lang.StackTraceElement", plain::FRAME, plain::frame),
    form("java.net.URL", &["protocol", "authority", "path", "query", "ref"], net::url),
    form("java.net.URI", net::URI, net::uri),
    form("java.util.UUID", &["mostSigBits", "leastSigBits"], number::uuid),
    form("java.math.BigInteger", &["signum", "mag"], number::big_integer),
    form("java.math.BigDecimal", &["intCompact", "scale", "intVal"], number::big_decimal),
    form("java.util.Date", &["fastTime"], moment::millis),
    form("java.sql.Timestamp", &["fastTime", "nanos"], moment::timestamp),
    form("java.util.Calendar", &["time"], moment::millis),
    form("java.time.Instant", &["seconds", "nanos"], moment::instant),
    form("java.time.Duration", &["seconds", "nanos"], moment::duration),
    form("java.time.LocalDate", &["year", "month", "day"], moment::date),
    form("java.time.LocalTime", &["hour", "minute", "second", "nano"], moment::time),
    form("java.time.LocalDateTime", &["date", "time"], moment::date_time),
    form("java.time.OffsetDateTime", &["dateTime", "offset"], moment::offset),
    form("java.time.OffsetTime", &["time", "offset"], moment::offset),
    form("java.time.ZonedDateTime", &["dateTime", "offset", "zone"], moment::zoned),
    form("java.time.ZoneOffset", &["id"], plain::same),
    form("java.time.ZoneRegion", &["id"], plain::same),
];
