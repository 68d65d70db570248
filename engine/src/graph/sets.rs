//! Sets of groups, each stored once, and their unions and intersections, each computed once while it is asked for.

use crate::graph::heap::id;

/// The empty set.
pub(super) const EMPTY: u32 = 0;

/// Results of each operation that are remembered: 4 MB at most, so that they stay near the processor.
const CACHE_BITS: u32 = 18;
/// Elements of all sets (256 MB), and steps of work (some seconds), at which a graph counts as too complex.
///
/// Real heaps of 300,000 objects have 1,000 sets with 3,000 elements and take 20,000 steps.
const MAX_ELEMENTS: usize = 1 << 26;
const MAX_WORK: u64 = 1 << 31;
const MAX_WORK_OF_OBJECT: u64 = 64;

/// Interned sets of u32, ascending; a set is its number.
pub(super) struct Sets {
    /// The elements of set s are `elements[starts[s]..starts[s + 1]]`.
    elements: Vec<u32>,
    starts: Vec<usize>,
    /// Open addressing over set numbers by the hash of the elements; `u32::MAX` is free.
    table: Vec<u32>,
    unions: Cache,
    intersections: Cache,
    scratch: Vec<u32>,
    work: u64,
    max_work: u64,
}

impl Sets {
    /// No sets but the empty one; the bound on work grows with `objects`.
    pub(super) fn new(objects: usize) -> Sets {
        let mut sets = Sets {
            elements: Vec::new(),
            starts: vec![0],
            table: vec![u32::MAX; 1 << 10],
            unions: Cache::new(),
            intersections: Cache::new(),
            scratch: Vec::new(),
            work: 0,
            max_work: MAX_WORK + MAX_WORK_OF_OBJECT * objects as u64,
        };
        sets.intern(&[]);
        sets
    }

    /// How many sets there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The elements of a set, ascending.
    pub(super) fn get(&self, set: u32) -> &[u32] {
        &self.elements[self.starts[set as usize]..self.starts[set as usize + 1]]
    }

    /// Whether the bounds on memory or work were hit: every set from then on is meaningless.
    pub(super) fn exhausted(&self) -> bool {
        self.elements.len() > MAX_ELEMENTS || self.starts.len() > MAX_ELEMENTS || self.work > self.max_work
    }

    /// The set of these elements.
    pub(super) fn of(&mut self, elements: &[u32]) -> u32 {
        let mut elements = elements.to_vec();
        elements.sort_unstable();
        elements.dedup();
        self.intern(&elements)
    }

    /// What is in either set.
    #[inline]
    pub(super) fn union(&mut self, a: u32, b: u32) -> u32 {
        self.work += 1;
        let (a, b) = (a.min(b), a.max(b));
        if a == EMPTY || a == b {
            return b;
        }
        if let Some(known) = self.unions.get(a, b) {
            return known;
        }
        let result = self.build(a, b, unite);
        self.unions.put(a, b, result);
        result
    }

    /// What is in both sets.
    #[inline]
    pub(super) fn intersection(&mut self, a: u32, b: u32) -> u32 {
        self.work += 1;
        let (a, b) = (a.min(b), a.max(b));
        if a == EMPTY || a == b {
            return a;
        }
        if let Some(known) = self.intersections.get(a, b) {
            return known;
        }
        let result = self.build(a, b, intersect);
        self.intersections.put(a, b, result);
        result
    }

    fn build(&mut self, a: u32, b: u32, make: impl Fn(&[u32], &[u32], &mut Vec<u32>)) -> u32 {
        let mut out = std::mem::take(&mut self.scratch);
        out.clear();
        make(self.get(a), self.get(b), &mut out);
        self.work += 8 + self.get(a).len() as u64 + self.get(b).len() as u64;
        let result = if self.exhausted() { EMPTY } else { self.intern(&out) };
        self.scratch = out;
        result
    }

    fn intern(&mut self, elements: &[u32]) -> u32 {
        if self.starts.len() * 2 > self.table.len() {
            self.grow();
        }
        let mask = self.table.len() - 1;
        let mut place = hash(elements) & mask;
        while self.table[place] != u32::MAX {
            if self.get(self.table[place]) == elements {
                return self.table[place];
            }
            place = (place + 1) & mask;
        }
        let set = id(self.len());
        self.table[place] = set;
        self.elements.extend(elements);
        self.starts.push(self.elements.len());
        set
    }

    fn grow(&mut self) {
        let mask = self.table.len() * 2 - 1;
        let mut table = vec![u32::MAX; mask + 1];
        for set in 0..id(self.len()) {
            let mut place = hash(self.get(set)) & mask;
            while table[place] != u32::MAX {
                place = (place + 1) & mask;
            }
            table[place] = set;
        }
        self.table = table;
    }
}

fn unite(mut a: &[u32], mut b: &[u32], out: &mut Vec<u32>) {
    while let (Some(&x), Some(&y)) = (a.first(), b.first()) {
        out.push(x.min(y));
        a = &a[usize::from(x <= y)..];
        b = &b[usize::from(y <= x)..];
    }
    out.extend(a);
    out.extend(b);
}

fn intersect(mut a: &[u32], mut b: &[u32], out: &mut Vec<u32>) {
    while let (Some(&x), Some(&y)) = (a.first(), b.first()) {
        if x == y {
            out.push(x);
        }
        a = &a[usize::from(x <= y)..];
        b = &b[usize::from(y <= x)..];
    }
}

#[expect(clippy::cast_possible_truncation, reason = "any bits of the hash will do")]
fn hash(elements: &[u32]) -> usize {
    let mix = |hash: u64, &element: &u32| {
        (hash ^ u64::from(element)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
    };
    let hash = elements.iter().fold(elements.len() as u64, mix);
    (hash ^ (hash >> 32)) as usize
}

/// Remembers results by a pair of numbers; a newer one takes the place of an older one.
struct Cache {
    entries: Vec<Entry>,
}

/// The numbers, the lower one first, and the result; 16 bytes, so that it lies in one line of the processor's cache.
#[derive(Clone, Copy, Default)]
#[repr(align(16))]
struct Entry {
    a: u32,
    b: u32,
    result: u32,
}

impl Cache {
    /// One that remembers nothing: no pair has two zeros.
    fn new() -> Cache {
        Cache { entries: vec![Entry::default(); 1 << CACHE_BITS] }
    }

    #[inline]
    fn get(&self, a: u32, b: u32) -> Option<u32> {
        let entry = &self.entries[Cache::place(a, b)];
        (entry.a == a && entry.b == b).then_some(entry.result)
    }

    fn put(&mut self, a: u32, b: u32, result: u32) {
        self.entries[Cache::place(a, b)] = Entry { a, b, result };
    }

    #[inline]
    fn place(a: u32, b: u32) -> usize {
        let key = u64::from(a) << 32 | u64::from(b);
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - CACHE_BITS)) as usize
    }
}
