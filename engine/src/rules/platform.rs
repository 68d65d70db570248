//! Which classes are the platform's own: what an application did on purpose stands in the others.

/// Class loaders of the platform other than the boot loader, which is none.
const PLATFORM_LOADERS: &[&str] = &[
    "jdk.internal.loader.ClassLoaders$PlatformClassLoader",
    "jdk.internal.loader.ClassLoaders$BootClassLoader",
    "jdk.internal.reflect.DelegatingClassLoader",
    "sun.reflect.DelegatingClassLoader",
    "sun.misc.Launcher$ExtClassLoader",
    "java.lang.BootClassLoader",
];

/// How the names of the platform's packages begin.
const PLATFORM_PACKAGES: &[&str] = &[
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "com.sun.",
    "org.ietf.jgss.",
    "org.w3c.dom.",
    "org.xml.sax.",
    "netscape.",
    "android.",
    "androidx.",
    "com.android.",
    "dalvik.",
    "libcore.",
];

/// Whether a class is the platform's: of a platform loader (`None`: the boot loader), and in one of its packages, since
/// agents put classes of their own there.
pub(super) fn is_platform(class: &str, loader: Option<&str>) -> bool {
    let element = class.trim_end_matches("[]");
    loader.is_none_or(|loader| PLATFORM_LOADERS.contains(&loader))
        && (!element.contains('.') || PLATFORM_PACKAGES.iter().any(|package| element.starts_with(package)))
}

/// Whether a Go type, closure or function is of `main` or of a module, whose path begins with a host name; else it is the
/// standard library's or built in. Of a composite type what it consists of decides: `map[string]*main.Session`.
pub(super) fn is_go_package_of_others(name: &str) -> bool {
    let element = go_element(name.strip_prefix("func ").unwrap_or(name));
    let package = element.split('[').next().unwrap_or(element);
    package.starts_with("main.") || package.split_once('/').is_some_and(|(host, _)| host.contains('.'))
}

/// What an array, slice, map, channel or pointer consists of.
fn go_element(name: &str) -> &str {
    let mut rest = name;
    loop {
        let before = rest;
        for prefix in ["*", "chan ", "<-chan ", "chan<- ", "map"] {
            rest = rest
                .strip_prefix(prefix)
                .filter(|_| prefix != "map" || rest[3..].starts_with('['))
                .unwrap_or(rest);
        }
        rest = rest.strip_prefix('[').and_then(after_bracket).unwrap_or(rest);
        if rest == before {
            return rest;
        }
    }
}

/// What follows the bracket that closes the one before `text`.
fn after_bracket(text: &str) -> Option<&str> {
    let mut open = 1;
    let close = text.find(|c| {
        open += i32::from(c == '[') - i32::from(c == ']');
        open == 0
    })?;
    Some(&text[close + 1..])
}

#[cfg(test)]
mod tests {
    use super::{is_go_package_of_others, is_platform};

    #[test]
    fn the_platform_is_what_its_loaders_loaded_in_its_packages() {
        let app = Some("jdk.internal.loader.ClassLoaders$AppClassLoader");
        let platform = Some("jdk.internal.loader.ClassLoaders$PlatformClassLoader");
        assert!(is_platform("java.util.HashMap", None));
        assert!(is_platform("java.sql.DriverInfo", platform));
        assert!(is_platform("byte[]", None));
        assert!(is_platform("java.lang.Object[]", None));
        assert!(!is_platform("com.acme.Shop", app));
        assert!(!is_platform("com.acme.Shop[]", app));
        assert!(!is_platform("javax.inject.Provider", app));
        assert!(!is_platform("com.acme.Agent", None));
        assert!(!is_platform("Shop", app));
    }

    #[test]
    fn go_packages_of_others_are_main_and_those_with_a_host() {
        for name in
            ["main.Session", "map[string]*main.Session", "chan main.Job", "*github.com/a/b.C", "[]*main.X"]
        {
            assert!(is_go_package_of_others(name), "{name}");
        }
        for name in [
            "func main.handle.func1",
            "main.Cache[string]",
            "[]main.Cache[int]",
            "map[a.B[int]][4]chan *main.C",
        ] {
            assert!(is_go_package_of_others(name), "{name}");
        }
        for name in [
            "[]uint8",
            "sync.Pool",
            "map[string]string",
            "net/http.Request",
            "runtime.hchan",
            "string",
            "func() int",
        ] {
            assert!(!is_go_package_of_others(name), "{name}");
        }
    }
}
