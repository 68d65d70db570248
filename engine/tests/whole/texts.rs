//! Objects that stand for a text, by class: as Java itself writes them.

use crate::shipped::shipped;
use crate::small::open_bytes;
use arrow_array::{Array, UInt32Array};
use heapwise_engine::id::{Address, ObjectId};
use heapwise_engine::value::{TextReader, read_text, text};
use heapwise_testdata::hprof::{Hprof, Options, Type, Value};

/// The text of an instance of `class` with these fields.
fn of(class: &str, fields: &[(&str, Value)]) -> Option<String> {
    made(|dump| instance(dump, class, fields))
}

fn instance(dump: &mut Hprof, class: &str, fields: &[(&str, Value)]) -> u64 {
    let types: Vec<(&str, Type)> = fields.iter().map(|(name, value)| (*name, value.value_type())).collect();
    let values: Vec<Value> = fields.iter().map(|(_, value)| *value).collect();
    let class = dump.find_class(class).unwrap_or_else(|| dump.class(class, &types));
    dump.instance(class, &values)
}

fn made(make: impl Fn(&mut Hprof) -> u64) -> Option<String> {
    let mut dump = Hprof::new(Options::default());
    let object = make(&mut dump);
    let directory = tempfile::tempdir().unwrap();
    let snapshot = open_bytes(&dump.bytes(), directory.path()).unwrap();
    text(&snapshot, snapshot.find(Address(object)).unwrap())
}

/// The text of an instance of `class` whose fields are strings; an empty one is null.
fn of_texts(class: &str, fields: &[(&str, &str)], numbers: &[(&str, Value)]) -> Option<String> {
    made(|dump| {
        let string = |text: &str, dump: &mut Hprof| if text.is_empty() { 0 } else { dump.string(text) };
        let texts = fields.iter().map(|(name, text)| (*name, Value::Object(string(text, dump))));
        let fields: Vec<(&str, Value)> = texts.chain(numbers.iter().copied()).collect();
        instance(dump, class, &fields)
    })
}

#[test]
fn numbers_are_written_as_java_does() {
    let check = |class: &str, fields: &[(&str, Value)], expected: &str| {
        assert_eq!(of(class, fields).as_deref(), Some(expected), "{class}");
    };
    let uuid = [("mostSigBits", Value::Long(-1)), ("leastSigBits", Value::Long(2))];
    check("java.util.UUID", &uuid, "ffffffff-ffff-ffff-0000-000000000002");
    check("java.util.concurrent.atomic.AtomicBoolean", &[("value", Value::Int(1))], "true");
    check(
        "java.util.concurrent.atomic.AtomicLong",
        &[("value", Value::Long(i64::MIN))],
        "-9223372036854775808",
    );
    let decimal = [("intCompact", Value::Long(-1_234)), ("scale", Value::Int(2))];
    check("java.math.BigDecimal", &decimal, "-12.34");
    let integer = |ints: &[i32]| {
        let ints: Vec<Value> = ints.iter().map(|&int| Value::Int(int)).collect();
        made(|dump| {
            let mag = dump.array(Type::Int, &ints);
            instance(dump, "java.math.BigInteger", &[("signum", Value::Int(-1)), ("mag", Value::Object(mag))])
        })
    };
    assert_eq!(integer(&[1, 0]).as_deref(), Some("-4294967296"));
    assert_eq!(integer(&[1; 5_000]), None, "too long");
}

#[test]
fn moments_are_written_as_java_does() {
    let check = |class: &str, fields: &[(&str, Value)], expected: Option<&str>| {
        assert_eq!(of(class, fields).as_deref(), expected, "{class}");
    };
    let instant = |nanos| [("seconds", Value::Long(1_700_000_000)), ("nanos", Value::Int(nanos))];
    check("java.time.Instant", &instant(0), Some("2023-11-14T22:13:20Z"));
    check("java.time.Instant", &instant(-1), None);
    check("java.time.Duration", &instant(5), Some("PT472222H13M20.000000005S"));
    check("java.util.Date", &[("fastTime", Value::Long(-1))], Some("1969-12-31T23:59:59.999Z"));
    let timestamp = [("nanos", Value::Int(1)), ("fastTime", Value::Long(1_700_000_000_000))];
    check("java.sql.Timestamp", &timestamp, Some("2023-11-14T22:13:20.000000001Z"));
    let date = [("year", Value::Int(2024)), ("month", Value::Short(2)), ("day", Value::Short(29))];
    check("java.time.LocalDate", &date, Some("2024-02-29"));
    let zoned = made(|dump| {
        let time = [
            ("hour", Value::Byte(7)),
            ("minute", Value::Byte(8)),
            ("second", Value::Byte(0)),
            ("nano", Value::Int(0)),
        ];
        let time = instance(dump, "java.time.LocalTime", &time);
        let date = instance(dump, "java.time.LocalDate", &date);
        let both = [("date", Value::Object(date)), ("time", Value::Object(time))];
        let both = instance(dump, "java.time.LocalDateTime", &both);
        let [offset, zone] = ["+01:00", "Europe/Paris"].map(|id| Value::Object(dump.string(id)));
        let offset = instance(dump, "java.time.ZoneOffset", &[("id", offset)]);
        let zone = instance(dump, "java.time.ZoneRegion", &[("id", zone)]);
        let parts = [("dateTime", both), ("offset", offset), ("zone", zone)];
        instance(dump, "java.time.ZonedDateTime", &parts.map(|(name, id)| (name, Value::Object(id))))
    });
    assert_eq!(zoned.as_deref(), Some("2024-02-29T07:08+01:00[Europe/Paris]"));
}

#[test]
fn places_and_frames_are_put_together() {
    let url =
        [("protocol", "http"), ("authority", "host:80"), ("path", "/p"), ("query", "q=1"), ("ref", "r")];
    assert_eq!(of_texts("java.net.URL", &url, &[]).as_deref(), Some("http://host:80/p?q=1#r"));
    let uri = [
        ("string", ""),
        ("scheme", "http"),
        ("userInfo", "me"),
        ("host", "::1"),
        ("path", "/p"),
        ("fragment", "f"),
    ];
    let port = [("port", Value::Int(8080))];
    assert_eq!(of_texts("java.net.URI", &uri, &port).as_deref(), Some("http://me@[::1]:8080/p#f"));
    let opaque = [("scheme", "mailto"), ("schemeSpecificPart", "a@b"), ("path", "")];
    assert_eq!(of_texts("java.net.URI", &opaque, &[]).as_deref(), Some("mailto:a@b"));
    assert_eq!(of_texts("java.net.URI", &[("string", "urn:x"), ("path", "")], &[]).as_deref(), Some("urn:x"));
    let frame = [
        ("declaringClass", "a.B"),
        ("methodName", "m"),
        ("fileName", "B.java"),
        ("moduleName", "mod"),
        ("moduleVersion", "1"),
    ];
    let numbers = |line| [("lineNumber", Value::Int(line)), ("format", Value::Byte(0))];
    let check = |line, expected| {
        assert_eq!(
            of_texts("java.lang.StackTraceElement", &frame, &numbers(line)).as_deref(),
            Some(expected)
        );
    };
    check(7, "mod@1/a.B.m(B.java:7)");
    check(-1, "mod@1/a.B.m(B.java)");
    check(-2, "mod@1/a.B.m(Native Method)");
    let locale = [("language", "zh"), ("script", "Hant"), ("region", "TW"), ("variant", "")];
    assert_eq!(of_texts("sun.util.locale.BaseLocale", &locale, &[]).as_deref(), Some("zh-Hant-TW"));
    assert_eq!(of_texts("sun.util.locale.BaseLocale", &[("language", "")], &[]).as_deref(), Some("und"));
}

/// An enum may have a field `name` of its own.
#[test]
fn constants_are_their_names() {
    let constant = made(|dump| {
        let class = dump.class("java.lang.Enum", &[("name", Type::Object)]);
        let class = dump.subclass("com.acme.Color", class, &[("name", Type::Object)]);
        let [own, name] = ["red", "RED"].map(|name| Value::Object(dump.string(name)));
        dump.instance(class, &[own, name])
    });
    assert_eq!(constant.as_deref(), Some("RED"));
    for shipped in shipped() {
        let texts: Vec<Option<String>> =
            (0..3).map(|i| text(shipped, shipped.at(&format!("colors.[{i}]")))).collect();
        assert!(
            texts.iter().all(|text| text.as_ref().is_some_and(|text| text.to_uppercase() == *text)),
            "{texts:?}"
        );
    }
}

#[test]
fn an_object_in_itself_has_no_text() {
    let inside = made(|dump| {
        let optional = instance(dump, "java.util.Optional", &[("value", Value::NULL)]);
        dump.set(optional, "value", Value::Object(optional));
        optional
    });
    assert_eq!(inside, None);
}

#[test]
fn many_texts_are_each_ones_text() {
    for shipped in shipped() {
        let ids: Vec<u32> = shipped.ids().step_by(7).collect();
        let nulls = [None, Some(u32::MAX)].into_iter();
        let texts =
            read_text(shipped, &ids.iter().copied().map(Some).chain(nulls).collect::<UInt32Array>()).unwrap();
        assert!(texts.is_null(ids.len()) && texts.is_null(ids.len() + 1));
        let mut reader = TextReader::new(shipped);
        let mut buffer = "before".to_owned();
        for (row, &id) in ids.iter().enumerate() {
            let found = texts.is_valid(row).then(|| texts.value(row));
            assert_eq!(text(shipped, ObjectId(id)).as_deref(), found);
            assert_eq!(reader.read_into(ObjectId(id), &mut buffer), found.is_some());
            assert_eq!(buffer, found.unwrap_or_default());
        }
    }
}
