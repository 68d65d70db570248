//! Class names: from the file's spelling to Java's.

/// The Java spelling of a class name from the file.
///
/// `java/lang/String` → `java.lang.String`, `[Ljava/lang/String;` → `java.lang.String[]`, `[[I` → `int[][]`.
/// Names that have dots already (Android's), and what follows the `+` or `/` of a hidden class
/// (`X$$Lambda+0x00007f556c006650`), stay. What is no descriptor stays as it is.
pub fn java_name(name: &str) -> String {
    let element = name.trim_start_matches('[');
    let dimensions = name.len() - element.len();
    if dimensions == 0 {
        return dotted(name);
    }
    let Some(element) = element_name(element) else {
        return name.to_owned();
    };
    element + &"[]".repeat(dimensions)
}

/// The Java spelling of the element type of an array's descriptor.
fn element_name(descriptor: &str) -> Option<String> {
    let primitive = match descriptor {
        "B" => "byte",
        "C" => "char",
        "D" => "double",
        "F" => "float",
        "I" => "int",
        "J" => "long",
        "S" => "short",
        "Z" => "boolean",
        _ => return descriptor.strip_prefix('L')?.strip_suffix(';').map(dotted),
    };
    Some(primitive.to_owned())
}

/// Slashes to dots, but for the one before a hidden class's address.
fn dotted(name: &str) -> String {
    match name.rsplit_once("/0x") {
        Some((class, address)) => class.replace('/', ".") + "/0x" + address,
        None => name.replace('/', "."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelt_as_in_java() {
        let check = |name, expected: &str| assert_eq!(java_name(name), expected);
        check("java/lang/String", "java.lang.String");
        check("[Ljava/lang/String;", "java.lang.String[]");
        check("[[Ljava/util/Map$Entry;", "java.util.Map$Entry[][]");
        check("[[I", "int[][]");
        check("[Z", "boolean[]");
        check("int", "int");
        check("I", "I");
        check("java.lang.String[]", "java.lang.String[]");
        check("a/B$$Lambda$2+0x00007f556c006650", "a.B$$Lambda$2+0x00007f556c006650");
        check("a/B$$Lambda/0x00007f556c006650", "a.B$$Lambda/0x00007f556c006650");
        check("[La/B$$Lambda/0x00007f55;", "a.B$$Lambda/0x00007f55[]");
        check("[", "[");
        check("[Q", "[Q");
        check("[Lopen", "[Lopen");
        check("", "");
    }
}
