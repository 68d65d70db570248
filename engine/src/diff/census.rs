//! The objects of one dump, counted by the rows of the path tree.

/// What one dump has in each row, and the row of each of its objects.
#[derive(Clone, Debug, Default)]
pub struct Census {
    /// By row: objects. Rows behind the end have none.
    pub count: Vec<u64>,
    /// By row: their shallow size in bytes.
    pub bytes: Vec<u64>,
    /// By object: its row. Every object has one.
    pub row_of: Vec<u32>,
}

impl Census {
    /// The objects in a row.
    pub fn count(&self, row: u32) -> u64 {
        self.count.get(row as usize).copied().unwrap_or_default()
    }

    /// The shallow size in bytes of the objects in a row.
    pub fn bytes(&self, row: u32) -> u64 {
        self.bytes.get(row as usize).copied().unwrap_or_default()
    }

    /// The objects of a row, ascending: one pass over all objects.
    pub fn objects(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        (0u32..).zip(&self.row_of).filter(move |&(_, &here)| here == row).map(|(object, _)| object)
    }

    pub(super) fn add(&mut self, row: u32, bytes: u64) {
        let row = row as usize;
        if row >= self.count.len() {
            self.count.resize(row + 1, 0);
            self.bytes.resize(row + 1, 0);
        }
        self.count[row] += 1;
        self.bytes[row] = self.bytes[row].saturating_add(bytes);
    }
}
