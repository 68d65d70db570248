//! How a dump is written, whatever it holds.

/// The form of the file.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes of an identifier: 4 or 8.
    pub id_size: u8,
    /// `1.0.1`, `1.0.2` or `1.0.3`.
    pub version: &'static str,
    /// When the dump says it was written, in milliseconds since 1970.
    pub time_ms: u64,
    /// In which order classes, objects and roots come.
    pub order: Order,
    /// How the heap is framed.
    pub segments: Segments,
    /// Whether a record ends the heap.
    pub end: bool,
}

/// The order of the sub-records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Classes, objects, roots: JDK 11 and 17.
    RootsLast,
    /// Classes, roots, objects: JDK 21 and 25.
    RootsBeforeObjects,
    /// Any order, the same for the same number.
    Shuffled(u64),
}

/// How the heap data is cut into records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segments {
    /// Heap dump segments of at most so many bytes, or of one sub-record.
    Of(usize),
    /// One heap dump record with the right length: jhsdb.
    One,
    /// One heap dump record that states the length 0: to the end of the file.
    ZeroLength,
    /// One heap dump record that states this length, right or wrong.
    Stating(u32),
}

impl Default for Options {
    fn default() -> Options {
        Options {
            id_size: 8,
            version: "1.0.2",
            time_ms: 1_700_000_000_000,
            order: Order::RootsLast,
            segments: Segments::Of(1 << 20),
            end: true,
        }
    }
}
