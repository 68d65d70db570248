//! What every heap has: the path, and the general rule that may tell of it, or none.

pub(super) const CASES: &[(&str, Option<&str>)] = &[
    // A local variable's own object, and a field of it.
    ("java frame: com.acme.Service -next- com.acme.Service", None),
    (
        "thread: java.lang.Thread*9 -<local>- com.acme.Server*1 -config- com.acme.Config*1 -names- com.acme.Name",
        None,
    ),
    // A singleton and what it consists of.
    ("class: static com.acme.Service -INSTANCE- com.acme.Service*1 -clock- com.acme.Clock*1", None),
    ("class: static com.acme.Service -NAME- java.lang.String", None),
    // Each row has a list of its own: what grows are the rows, where they are gathered.
    (
        "class: static com.acme.A -ALL- java.util.ArrayList -elementData- java.lang.Object[] -[2]- com.acme.Row*1000 -tags- \
         java.util.ArrayList -elementData- java.lang.Object[] -[2]- com.acme.Tag*3000",
        Some("static-collection"),
    ),
    // One server in a lambda, far above the sessions.
    (
        "thread: java.lang.Thread*9 -target- com.acme.Main$$Lambda$1*1 -arg$1- com.acme.Server*1 -sessions- \
         java.util.HashMap*50 -table- java.util.HashMap$Node[]*50 -[2]- java.util.HashMap$Node*5000 -value- com.acme.Session*5000",
        Some("growing-collection"),
    ),
    (
        "class: static com.acme.Main -APP- com.acme.Main$Loop*1 -this$0- com.acme.Main*1 -sessions- java.util.HashMap*50 \
         -table- java.util.HashMap$Node[]*50 -[2]- java.util.HashMap$Node*5000 -value- com.acme.Session*5000",
        Some("growing-collection"),
    ),
    // Iterators and other inner classes of the platform.
    (
        "java frame: java.util.ArrayList$Itr -this$0- java.util.ArrayList -elementData- java.lang.Object[] -[1]- com.acme.A",
        Some("frame-local"),
    ),
    // A class of the platform's own.
    (
        "system class: static java.lang.Integer$IntegerCache -cache- java.lang.Integer[] -[3]- java.lang.Integer",
        None,
    ),
    (
        "system class: static java.lang.System -props- java.util.Properties -map- java.util.concurrent.ConcurrentHashMap",
        None,
    ),
    // The server of one goroutine.
    (
        "go goroutine: runtime.g*30 -<local+s+of+main.main>- main.Server*1 -sessions- map[string]*main.Session*1 -dirPtr- \
         []group<string,*main.Session>*4 -[5].slots[4].elem- main.Session*900",
        Some("go-growing-collection"),
    ),
    // Go's own globals.
    ("go global runtime.allgs: []*runtime.g -[3]- runtime.g", None),
    ("go global unicode.Categories: map[string]*unicode.RangeTable -value- unicode.RangeTable", None),
];
