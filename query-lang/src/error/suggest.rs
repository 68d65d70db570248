//! "Did you mean": the name that a misspelt one is nearest to.

/// The candidate within a third of `wrong`'s length in edits, ignoring case; the first of the nearest. `None`: none is near.
///
/// A candidate also counts as near when it differs in case alone or when `wrong` is its part after the last dot.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong: Vec<char> = wrong.to_lowercase().chars().take(MAX_LENGTH).collect();
    let limit = wrong.len().div_ceil(3).min(MAX_EDITS);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let bound = best.map_or(limit, |(edits, _)| edits.saturating_sub(1));
        if let Some(edits) = near(&wrong, candidate, bound)
            && best.is_none_or(|(least, _)| edits < least)
        {
            best = Some((edits, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Longer names are compared by their beginning: a name from a dump may be of any length.
const MAX_LENGTH: usize = 200;
const MAX_EDITS: usize = 4;

fn near(wrong: &[char], candidate: &str, limit: usize) -> Option<usize> {
    let folded: Vec<char> = candidate.chars().flat_map(char::to_lowercase).take(MAX_LENGTH).collect();
    let simple = folded.iter().rposition(|&c| c == '.').map_or(0, |dot| dot + 1);
    let whole = distance(wrong, &folded, limit);
    // The package alone is missing: nearer than any misspelling but one letter.
    let short = (simple > 0 && folded[simple..] == *wrong && limit >= 1).then_some(1);
    whole.into_iter().chain(short).min()
}

/// The Levenshtein distance (insert, delete, replace, swap of neighbours counted as two), if it is within `limit`.
fn distance(a: &[char], b: &[char], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != y)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
        if row.iter().all(|&edits| edits > limit) {
            return None;
        }
    }
    row.last().copied().filter(|&edits| edits <= limit)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    fn check(wrong: &str, candidates: &[&str], expected: Option<&str>) {
        assert_eq!(nearest(wrong, candidates.iter().copied()), expected, "{wrong}");
    }

    #[test]
    fn the_nearest_name_is_found() {
        check("sise", &["size", "table", "since"], Some("size"));
        check("SIZE", &["size"], Some("size"));
        check("HashMap", &["java.util.HashSet", "java.util.HashMap"], Some("java.util.HashMap"));
        check("java.util.HashMpa", &["java.util.HashMap"], Some("java.util.HashMap"));
        check("x", &["threshold", "loadFactor"], None);
        check("sizes", &["size", "sizer"], Some("size"));
        check("", &["size"], None);
    }
}
