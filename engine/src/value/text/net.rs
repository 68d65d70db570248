//! URLs and URIs, put together from their fields.

use super::part::Part;
use std::fmt::Write;

/// As `URL.toExternalForm`: the fields are protocol, authority, path, query and fragment.
pub(super) fn url(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    part.push(0, out)?;
    out.push(':');
    if part.text(1).is_some_and(|authority| !authority.is_empty()) {
        part.push_after("//", 1, out);
    }
    part.push_after("", 2, out);
    part.push_after("?", 3, out);
    part.push_after("#", 4, out);
    Some(())
}

/// The fields of a URI; `string` is null until somebody asked for it.
pub(super) const URI: &[&str] = &[
    "string",
    "scheme",
    "schemeSpecificPart",
    "authority",
    "userInfo",
    "host",
    "port",
    "path",
    "query",
    "fragment",
];

/// As `URI.toString`; put together as `URI.defineString` does where it was not asked for yet.
pub(super) fn uri(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    if part.push(0, out).is_some() {
        return Some(());
    }
    let start = out.len();
    part.push_after("", 1, out);
    if out.len() > start {
        out.push(':');
    }
    if part.object(7).is_none() {
        // No path: an opaque URI, as `mailto:a@b`.
        part.push_after("", 2, out);
    } else {
        push_hierarchical(part, out);
    }
    part.push_after("#", 9, out);
    (out.len() > start).then_some(())
}

fn push_hierarchical(part: &mut Part<'_, '_>, out: &mut String) {
    match part.text(5) {
        None => part.push_after("//", 3, out),
        Some(host) => {
            out.push_str("//");
            if let Some(user) = part.text(4) {
                let _ = write!(out, "{user}@");
            }
            let bare = host.contains(':') && !host.starts_with('[');
            let _ = if bare { write!(out, "[{host}]") } else { write!(out, "{host}") };
            if let Some(port) = part.integer(6).filter(|&port| port != -1) {
                let _ = write!(out, ":{port}");
            }
        }
    }
    part.push_after("", 7, out);
    part.push_after("?", 8, out);
}
