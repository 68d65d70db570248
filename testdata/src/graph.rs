//! Graphs for tests and benchmarks, the same for the same seed: tiny nasty ones, lists, and one like a heap.

/// The columns of a graph; ids are dense.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// One more than objects; the targets of object i are `targets[starts[i]..starts[i + 1]]`.
    pub starts: Vec<u32>,
    /// Strong references, repeats and self references included.
    pub targets: Vec<u32>,
    /// The class of each object.
    pub class_of: Vec<u32>,
    /// The class object of each class, or `u32::MAX`.
    pub class_objects: Vec<u32>,
    /// Referents as (from, to, strength 1 to 4), sorted.
    pub special: Vec<(u32, u32, u8)>,
    /// Stack locals as (thread, object), sorted.
    pub locals: Vec<(u32, u32)>,
    /// Roots, ascending and distinct.
    pub roots: Vec<u32>,
    /// Bytes of each object.
    pub shallow: Vec<u64>,
}

/// A small generator of random numbers (xorshift64*, Vigna 2016).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence of `seed`.
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `limit` (which is not 0).
    pub fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        u32::try_from((high * u64::from(limit)) >> 32).expect("below a u32")
    }

    /// A number below `limit`, small ones more often.
    pub fn skewed(&mut self, limit: u32) -> u32 {
        let once = self.below(limit);
        let twice = self.below(1 + once);
        self.below(1 + twice)
    }
}

impl Graph {
    /// A graph of one class without class object, from (from, to) references.
    pub fn of(objects: u32, references: &[(u32, u32)], roots: &[u32]) -> Graph {
        let mut lists = vec![Vec::new(); objects as usize];
        for &(from, to) in references {
            lists[from as usize].push(to);
        }
        Graph {
            class_of: vec![0; objects as usize],
            class_objects: vec![u32::MAX],
            roots: roots.to_vec(),
            shallow: vec![1; objects as usize],
            ..Graph::from_lists(&lists)
        }
    }

    /// Up to 40 objects with everything at random: irreducible loops, repeats, referents, locals, unreachable parts.
    ///
    /// The sizes are distinct powers of two, so that every sum names its objects.
    pub fn nasty(seed: u64, objects: u32) -> Graph {
        let mut random = Random::new(seed);
        let density = 1 + random.below(3);
        let span = 1 + random.below(objects);
        let mut lists = vec![Vec::new(); objects as usize];
        for _ in 0..objects * density {
            let from = random.below(objects);
            let near = (from + random.below(span)) % objects;
            lists[from as usize].push(if random.below(4) == 0 { random.below(objects) } else { near });
        }
        let classes = 1 + random.below(5);
        let class_object =
            |random: &mut Random| if random.below(2) == 0 { u32::MAX } else { random.below(objects) };
        let few = |random: &mut Random| random.below(1 + objects / 4);
        let mut graph = Graph::from_lists(&lists);
        graph.class_of = (0..objects).map(|_| random.below(classes)).collect();
        graph.class_objects = (0..classes).map(|_| class_object(&mut random)).collect();
        for _ in 0..few(&mut random) {
            let strength = 1 + u8::try_from(random.below(4)).expect("below 4");
            graph.special.push((random.below(objects), random.below(objects), strength));
        }
        for _ in 0..few(&mut random) {
            graph.locals.push((random.below(objects), random.below(objects)));
        }
        graph.roots = (0..=few(&mut random)).map(|_| random.below(objects)).collect();
        graph.shallow = (0..objects).map(|object| 1 << object).collect();
        graph.sorted()
    }

    /// A linked list of `objects` objects below one root; with `back`, each also holds the one before it.
    pub fn list(objects: u32, back: bool) -> Graph {
        let lists: Vec<Vec<u32>> = (0..objects)
            .map(|object| {
                let next = (object + 1 < objects).then_some(object + 1);
                let previous = object.checked_sub(1).filter(|_| back);
                next.into_iter().chain(previous).collect()
            })
            .collect();
        Graph {
            class_of: vec![0; objects as usize],
            class_objects: vec![u32::MAX],
            roots: vec![0],
            shallow: vec![1; objects as usize],
            ..Graph::from_lists(&lists)
        }
    }

    /// A list whose `length` elements, each with a part of its own, are also in an array: root 0 holds the list's first
    /// node (1) and, behind it, the array (2); node i holds element i.
    pub fn list_and_array(length: u32) -> Graph {
        let node = |index: u32| if index == 0 { 1 } else { 3 * index };
        let element = |index: u32| 3 * index + 4;
        let mut lists = vec![Vec::new(); 3 * length as usize + 3];
        lists[0] = vec![1, 2];
        lists[2] = (0..length).map(element).collect();
        for index in 0..length {
            let next = (index + 1 < length).then(|| node(index + 1));
            lists[node(index) as usize] = next.into_iter().chain([element(index)]).collect();
            lists[element(index) as usize] = vec![element(index) + 1];
        }
        let objects = lists.len();
        Graph {
            class_of: vec![0; objects],
            class_objects: vec![u32::MAX],
            roots: vec![0],
            shallow: vec![1; objects],
            ..Graph::from_lists(&lists)
        }
    }

    /// Like a Java heap: small clusters of objects in tables and lists, 4 in 10 objects without references, most with one
    /// holder near by, some shared, some that point back; half of the class objects are roots; a few unreachable.
    ///
    /// The first objects are the class objects. A class follows from the class of the holder, as with declared fields.
    pub fn heap_like(seed: u64, objects: u32) -> Graph {
        let mut random = Random::new(seed);
        let classes = (objects / 2000).clamp(4, 5000);
        let mut heap =
            HeapLike { references: Vec::new(), class_of: vec![0; classes as usize], heads: vec![0] };
        while heap.class_of.len() < objects as usize {
            heap.add_cluster(&mut random, classes, objects);
        }
        let mut graph = Graph::from_references(objects, &heap.references);
        graph.class_of = heap.class_of;
        graph.class_objects = (0..classes).collect();
        graph.roots = (0..classes)
            .filter(|class| class % 2 == 0)
            .chain((0..40).map(|_| random.below(objects)))
            .collect();
        for _ in 0..objects / 500 {
            let strength = 1 + u8::try_from(random.below(4)).expect("below 4");
            graph.special.push((random.below(objects), random.below(objects), strength));
        }
        graph.locals =
            (0..200.min(objects)).map(|_| (random.below(classes), random.below(objects))).collect();
        graph.shallow = (0..objects).map(|_| 16 + 8 * u64::from(random.below(6))).collect();
        graph.sorted()
    }

    fn sorted(mut self) -> Graph {
        self.special.sort_unstable();
        self.special.dedup_by_key(|row| (row.0, row.1));
        self.locals.sort_unstable();
        self.roots.sort_unstable();
        self.roots.dedup();
        self
    }

    fn from_references(objects: u32, references: &[(u32, u32)]) -> Graph {
        let mut starts = vec![0u32; objects as usize + 1];
        for &(from, _) in references {
            starts[from as usize + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut targets = vec![0; references.len()];
        for &(from, to) in references {
            let place = &mut next[from as usize];
            targets[*place as usize] = to;
            *place += 1;
        }
        Graph { starts, targets, ..Graph::default() }
    }

    fn from_lists(lists: &[Vec<u32>]) -> Graph {
        let ends = lists.iter().scan(0, |end, list| {
            *end += u32::try_from(list.len()).expect("few references");
            Some(*end)
        });
        let starts = std::iter::once(0).chain(ends).collect();
        Graph { starts, targets: lists.concat(), ..Graph::default() }
    }
}

/// A heap that grows by clusters.
struct HeapLike {
    references: Vec<(u32, u32)>,
    class_of: Vec<u32>,
    /// The first objects of all clusters.
    heads: Vec<u32>,
}

impl HeapLike {
    /// A head, held by a table (often), the last head (a list) or anything, and up to 40 objects below it.
    fn add_cluster(&mut self, random: &mut Random, classes: u32, objects: u32) {
        let head = u32::try_from(self.class_of.len()).expect("a u32 of objects");
        let last = self.heads[self.heads.len() - 1];
        let table = self.heads[(self.heads.len() - 1) / 500 * 500];
        let holder = match random.below(10) {
            0..7 => table,
            7..9 => last,
            _ => self.heads[random.below(u32::try_from(self.heads.len()).expect("a u32 of heads")) as usize],
        };
        self.hold(random, holder, head, classes);
        let size = 1 + random.skewed(120).min(objects - head - 1);
        for object in head + 1..head + size {
            let inner = random.below(object - head) * 3 / 5;
            self.hold(random, head + inner, object, classes);
            if random.below(100) < 10 {
                self.references.push((object, head));
            }
            if random.below(100) < 10 {
                self.references.push((head + inner, random.skewed(object)));
            }
        }
        self.heads.push(head);
    }

    fn hold(&mut self, random: &mut Random, holder: u32, object: u32, classes: u32) {
        if random.below(200) > 0 {
            self.references.push((holder, object));
        }
        let field = random.below(3) * random.below(2);
        let common = if random.below(50) == 0 { classes } else { classes.min(150) };
        let class = self.class_of[holder as usize].wrapping_mul(3).wrapping_add(field + 1) % common;
        self.class_of.push(class);
    }
}
