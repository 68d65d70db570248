//! Names that mean the same in two dumps: without the numbers that the runtime puts into them.

use std::borrow::Cow;

/// Markers of classes that the runtime or a library makes, each followed by a number or hash that differs from run to run.
const GENERATED: [&str; 7] = [
    "$$Lambda",
    "$$EnhancerBy",
    "$$FastClassBy",
    "$$KeyFactoryBy",
    "$$SpringCGLIB",
    "GeneratedMethodAccessor",
    "GeneratedConstructorAccessor",
];

/// A class's name without what only one process gives it: the number of a lambda, proxy or accessor, the address of a
/// hidden class. Nodes of one structure have one name, whether they are in lists or trees.
pub fn class_name(name: &str) -> Cow<'_, str> {
    match name {
        "java.util.HashMap$TreeNode" => return "java.util.HashMap$Node".into(),
        "java.util.concurrent.ConcurrentHashMap$TreeNode" => {
            return "java.util.concurrent.ConcurrentHashMap$Node".into();
        }
        _ => {}
    }
    let (element, dimensions) = name.find("[]").map_or((name, ""), |place| name.split_at(place));
    let hidden = element.split_once(['/', '+']).filter(|(_, rest)| is_number(rest));
    let visible = hidden.map_or(element, |(visible, _)| visible);
    let plain = without_number(visible);
    match (plain.len() == name.len() - dimensions.len(), dimensions) {
        (true, _) => name.into(),
        (false, "") => plain.into(),
        (false, _) => format!("{plain}{dimensions}").into(),
    }
}

/// Whether the class was made by the runtime or a library, and not written by anybody.
pub fn is_generated(name: &str) -> bool {
    GENERATED.iter().any(|marker| name.contains(marker)) || proxy(name).is_some()
}

/// A thread's name without its numbers, so that the threads of a pool share it.
pub fn thread_name(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '0'..='9' if plain.ends_with('#') => {}
            '0'..='9' => plain.push('#'),
            c => plain.push(c),
        }
    }
    plain
}

fn without_number(name: &str) -> &str {
    let marked = GENERATED.iter().filter_map(|marker| Some(name.find(marker)? + marker.len())).min();
    match marked {
        Some(end) => {
            // A marker that ends in "By" names a library before its own "$$".
            let rest = &name[end..];
            let library = rest.split("$$").next().unwrap_or_default();
            let number = library.starts_with(['$', '/', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
            &name[..end + if number { 0 } else { library.len() }]
        }
        None => proxy(name).unwrap_or(name),
    }
}

/// `…$Proxy` of `…$Proxy12`.
fn proxy(name: &str) -> Option<&str> {
    let plain = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (plain.len() < name.len() && plain.ends_with("$Proxy")).then_some(plain)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_names_lose_their_numbers() {
        for (name, expected) in [
            ("java.lang.String", "java.lang.String"),
            ("a.B$$Lambda$14+0x00007f0a8c0", "a.B$$Lambda"),
            ("a.B$$Lambda$14/0x00007f0a8c0", "a.B$$Lambda"),
            ("a.B$$Lambda/0x7f", "a.B$$Lambda"),
            ("a.B$$Lambda$3[]", "a.B$$Lambda[]"),
            ("com.sun.proxy.$Proxy12", "com.sun.proxy.$Proxy"),
            ("jdk.internal.reflect.GeneratedMethodAccessor7", "jdk.internal.reflect.GeneratedMethodAccessor"),
            ("a.B$$EnhancerBySpringCGLIB$$5e1f", "a.B$$EnhancerBySpringCGLIB"),
            ("a.B$$SpringCGLIB$$0", "a.B$$SpringCGLIB"),
            ("java.lang.invoke.LambdaForm$DMH/0x00ff", "java.lang.invoke.LambdaForm$DMH"),
            ("java.util.HashMap$TreeNode", "java.util.HashMap$Node"),
            ("a.Outer$1", "a.Outer$1"),
            ("int[]", "int[]"),
        ] {
            assert_eq!(class_name(name), expected);
        }
    }

    #[test]
    fn threads_of_a_pool_share_a_name() {
        assert_eq!(thread_name("pool-12-thread-3"), "pool-#-thread-#");
        assert_eq!(thread_name("main"), "main");
    }

    #[test]
    fn generated_classes_are_known() {
        assert!(is_generated("a.B$$Lambda$14/0x7f") && is_generated("jdk.proxy2.$Proxy9"));
        assert!(!is_generated("a.B$Proxy") && !is_generated("a.B$1"));
    }
}
