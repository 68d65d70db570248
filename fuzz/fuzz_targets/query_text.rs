//! Any text as statements of the query language: parsed, or refused with a drawn diagnostic.
#![no_main]

use heapwise_query_lang::{Session, SessionOptions};
use std::sync::LazyLock;

static SESSION: LazyLock<Session> =
    LazyLock::new(|| Session::new(SessionOptions::default()).expect("a session without dumps starts"));

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Err(diagnostic) = SESSION.statements(text) {
        assert!(!diagnostic.render(text).is_empty());
    }
});
