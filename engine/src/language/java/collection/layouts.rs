//! The table of collections: which class has which shape, and which fields hold its parts.

use super::shape::Shape::{self, *};
use super::shape::{Chain, Link};

/// What instances of a class, and of those below it that have no row of their own, consist of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub(super) class: &'static str,
    pub(super) shape: Shape,
    /// The fields that the shape names, in its order. Without one of them in the class, the next row is tried.
    pub(super) fields: &'static [&'static str],
    /// The class and static field of the object that stands for null (or for no element).
    pub(super) mask: Option<(&'static str, &'static str)>,
}

const fn row(class: &'static str, shape: Shape, fields: &'static [&'static str]) -> Layout {
    assert!(fields.len() <= super::kind::MOST_FIELDS, "more fields than there are slots");
    Layout { class, shape, fields, mask: None }
}

const fn masked(
    class: &'static str,
    shape: Shape,
    fields: &'static [&'static str],
    mask: (&'static str, &'static str),
) -> Layout {
    Layout { mask: Some(mask), ..row(class, shape, fields) }
}

const NODE: Chain = Chain { next: "next", key: "key", value: "value", backward: false, live: false };
const BIN: Chain = Chain { value: "val", ..NODE };
const LINKED: Chain = Chain { next: "after", ..NODE };
const BACKWARD: Chain = Chain { backward: true, ..NODE };
const WEAK: Chain = Chain { key: "referent", backward: true, live: true, ..NODE };
/// One entry in a slot. Entries whose thread local is gone stay in the table, with their value, and count.
const LOCAL: Chain = Chain { next: "", key: "referent", ..NODE };

const ITEMS: Link = Link { next: "next", item: "item", previous: "", nulls: false };
const ITEMS_OR_NULL: Link = Link { nulls: true, ..ITEMS };
const FROM_MIDDLE: Link = Link { previous: "prev", ..ITEMS };

/// "No second element" of `List12` and `Set12` since JDK 12; before, null.
const EMPTY: (&str, &str) = ("java.util.ImmutableCollections", "EMPTY");

/// All layouts, JDK 8 to 25, from the sources of `java.base`. To read another class, add a row; where a JDK changed the
/// fields, add a row for each layout, the newest first.
pub(super) const LAYOUTS: &[Layout] = &[
    // Maps.
    row("java.util.HashMap", Chains(&NODE), &["table", "size"]),
    row("java.util.LinkedHashMap", Linked(&LINKED), &["table", "size", "head"]),
    row("java.util.TreeMap", Tree, &["root", "size"]),
    row("java.util.Hashtable", Chains(&BACKWARD), &["table", "count"]),
    row("java.util.Properties", Behind, &["map"]),
    masked("java.util.IdentityHashMap", Pairs, &["table", "size"], ("java.util.IdentityHashMap", "NULL_KEY")),
    masked("java.util.WeakHashMap", Chains(&WEAK), &["table", "size"], ("java.util.WeakHashMap", "NULL_KEY")),
    masked("java.util.EnumMap", Universe, &["keyUniverse", "vals", "size"], ("java.util.EnumMap", "NULL")),
    row("java.util.concurrent.ConcurrentHashMap", Bins(&BIN), &["table", "baseCount", "counterCells"]),
    row("java.util.concurrent.ConcurrentSkipListMap", SkipList(&BIN), &["head", "adder"]),
    row("java.util.concurrent.ConcurrentSkipListMap", SkipList(&NODE), &["head"]),
    row("java.util.ImmutableCollections$MapN", Pairs, &["table", "size"]),
    row("java.util.ImmutableCollections$Map1", Pair, &["k0", "v0"]),
    row("java.util.ImmutableCollections$Map0", NoEntries, &[]),
    row("java.util.Collections$SingletonMap", Pair, &["k", "v"]),
    row("java.util.Collections$EmptyMap", NoEntries, &[]),
    row("java.util.Collections$UnmodifiableMap", Behind, &["m"]),
    row("java.util.Collections$SynchronizedMap", Behind, &["m"]),
    row("java.util.Collections$CheckedMap", Behind, &["m"]),
    row("java.util.jar.Attributes", Behind, &["map"]),
    row("java.lang.ThreadLocal$ThreadLocalMap", Chains(&LOCAL), &["table", "size"]),
    // Lists.
    row("java.util.ArrayList", Array, &["elementData", "size"]),
    row("java.util.Vector", Array, &["elementData", "elementCount"]),
    row("java.util.Arrays$ArrayList", Array, &["a"]),
    row("java.util.LinkedList", Links(&ITEMS_OR_NULL), &["first", "size"]),
    row("java.util.ImmutableCollections$ListN", Array, &["elements"]),
    masked("java.util.ImmutableCollections$List12", Few, &["e0", "e1"], EMPTY),
    row("java.util.ImmutableCollections$List2", Few, &["e0", "e1"]),
    row("java.util.ImmutableCollections$List1", Few, &["e0"]),
    row("java.util.ImmutableCollections$List0", NoElements, &[]),
    row("java.util.ImmutableCollections$SubList", Part, &["root", "offset", "size"]),
    row("java.util.ArrayList$SubList", Part, &["root", "offset", "size"]),
    row("java.util.ArrayList$SubList", Part, &["this$0", "offset", "size"]),
    row("java.util.AbstractList$SubList", Part, &["root", "offset", "size"]),
    row("java.util.SubList", Part, &["l", "offset", "size"]),
    row("java.util.Collections$CopiesList", Copies, &["element", "n"]),
    row("java.util.Collections$SingletonList", One, &["element"]),
    row("java.util.Collections$EmptyList", NoElements, &[]),
    row("java.util.concurrent.CopyOnWriteArrayList", Array, &["array"]),
    row("java.util.concurrent.CopyOnWriteArrayList$COWSubList", Part, &["this$0", "offset", "size"]),
    row("java.util.concurrent.CopyOnWriteArrayList$COWSubList", Part, &["l", "offset", "size"]),
    row("java.util.concurrent.atomic.AtomicReferenceArray", Array, &["array"]),
    // Sets.
    row("java.util.HashSet", Keys, &["map"]),
    row("java.util.TreeSet", Keys, &["m"]),
    row("java.util.concurrent.ConcurrentSkipListSet", Keys, &["m"]),
    row("java.util.Collections$SetFromMap", Keys, &["m"]),
    row("java.util.RegularEnumSet", Enums, &["universe", "elements"]),
    row("java.util.JumboEnumSet", Enums, &["universe", "elements"]),
    row("java.util.BitSet", Bits, &["words"]),
    row("java.util.ImmutableCollections$SetN", Scattered, &["elements", "size"]),
    masked("java.util.ImmutableCollections$Set12", Few, &["e0", "e1"], EMPTY),
    row("java.util.ImmutableCollections$Set2", Few, &["e0", "e1"]),
    row("java.util.ImmutableCollections$Set1", Few, &["e0"]),
    row("java.util.ImmutableCollections$Set0", NoElements, &[]),
    row("java.util.Collections$SingletonSet", One, &["element"]),
    row("java.util.Collections$EmptySet", NoElements, &[]),
    row("java.util.concurrent.CopyOnWriteArraySet", Behind, &["al"]),
    // Queues.
    row("java.util.ArrayDeque", RingTo, &["elements", "head", "tail"]),
    row("java.util.PriorityQueue", Array, &["queue", "size"]),
    row("java.util.concurrent.ArrayBlockingQueue", RingOf, &["items", "takeIndex", "count"]),
    row("java.util.concurrent.PriorityBlockingQueue", Array, &["queue", "size"]),
    row("java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue", Array, &["queue", "size"]),
    row("java.util.concurrent.DelayQueue", Behind, &["q"]),
    row("java.util.concurrent.LinkedBlockingQueue", Links(&ITEMS), &["head", "count"]),
    row("java.util.concurrent.LinkedBlockingDeque", Links(&ITEMS), &["first", "count"]),
    row("java.util.concurrent.ConcurrentLinkedQueue", Links(&ITEMS), &["head"]),
    row("java.util.concurrent.ConcurrentLinkedDeque", Links(&FROM_MIDDLE), &["head"]),
    row("java.util.concurrent.LinkedTransferQueue", Links(&ITEMS), &["head"]),
    row("java.util.concurrent.SynchronousQueue", NoElements, &[]),
    row("java.util.Collections$AsLIFOQueue", Behind, &["q"]),
    // Views of collections, and what holds at most one object.
    row("java.util.Collections$UnmodifiableCollection", Behind, &["c"]),
    row("java.util.Collections$SynchronizedCollection", Behind, &["c"]),
    row("java.util.Collections$CheckedCollection", Behind, &["c"]),
    row("java.util.AbstractMap$1", Keys, &["this$0"]),
    row("java.util.AbstractMap$2", Values, &["this$0"]),
    row("java.util.HashMap$KeySet", Keys, &["this$0"]),
    row("java.util.HashMap$Values", Values, &["this$0"]),
    row("java.util.HashMap$EntrySet", Nodes, &["this$0"]),
    row("java.util.LinkedHashMap$LinkedKeySet", Keys, &["this$0"]),
    row("java.util.LinkedHashMap$LinkedValues", Values, &["this$0"]),
    row("java.util.LinkedHashMap$LinkedEntrySet", Nodes, &["this$0"]),
    row("java.util.TreeMap$KeySet", Keys, &["m"]),
    row("java.util.TreeMap$Values", Values, &["this$0"]),
    row("java.util.TreeMap$EntrySet", Nodes, &["this$0"]),
    row("java.util.Hashtable$KeySet", Keys, &["this$0"]),
    row("java.util.Hashtable$ValueCollection", Values, &["this$0"]),
    row("java.util.Hashtable$EntrySet", Nodes, &["this$0"]),
    row("java.util.WeakHashMap$KeySet", Keys, &["this$0"]),
    row("java.util.WeakHashMap$Values", Values, &["this$0"]),
    row("java.util.WeakHashMap$EntrySet", Nodes, &["this$0"]),
    row("java.util.IdentityHashMap$KeySet", Keys, &["this$0"]),
    row("java.util.IdentityHashMap$Values", Values, &["this$0"]),
    row("java.util.EnumMap$KeySet", Keys, &["this$0"]),
    row("java.util.EnumMap$Values", Values, &["this$0"]),
    row("java.util.concurrent.ConcurrentHashMap$KeySetView", Keys, &["map"]),
    row("java.util.concurrent.ConcurrentHashMap$ValuesView", Values, &["map"]),
    row("java.util.concurrent.ConcurrentHashMap$EntrySetView", Nodes, &["map"]),
    row("java.util.concurrent.ConcurrentSkipListMap$KeySet", Keys, &["m"]),
    row("java.util.concurrent.ConcurrentSkipListMap$Values", Values, &["m"]),
    row("java.util.concurrent.ConcurrentSkipListMap$EntrySet", Nodes, &["m"]),
    row("java.util.Optional", Few, &["value"]),
];
