//! The objects of one dump, counted by the rows of the path tree.

use super::rows::NO_ROW;
use crate::store::columns::References;
use std::sync::OnceLock;

/// What one dump has in each row, and the row of each of its objects.
#[derive(Clone, Debug)]
pub struct Census {
    /// By row: objects. Rows behind the end have none.
    pub count: Vec<u64>,
    /// By row: their shallow size in bytes.
    pub bytes: Vec<u64>,
    /// By object: its row. Every object has one.
    pub row_of: Vec<u32>,
    /// References by target.
    pub(super) inbound: References,
    /// The objects by row, ascending in each; made when first asked for.
    members: OnceLock<Members>,
}

/// The objects of row r are `objects[starts[r]..starts[r + 1]]`.
#[derive(Clone, Debug, Default)]
struct Members {
    starts: Vec<usize>,
    objects: Vec<u32>,
}

impl Census {
    /// Of a dump with these references by target: none of its objects has a row yet.
    pub(super) fn new(inbound: References) -> Census {
        let row_of = vec![NO_ROW; inbound.starts.len() - 1];
        Census { count: Vec::new(), bytes: Vec::new(), row_of, inbound, members: OnceLock::new() }
    }

    /// The objects in a row.
    pub fn count(&self, row: u32) -> u64 {
        self.count.get(row as usize).copied().unwrap_or_default()
    }

    /// The shallow size in bytes of the objects in a row.
    pub fn bytes(&self, row: u32) -> u64 {
        self.bytes.get(row as usize).copied().unwrap_or_default()
    }

    /// The objects of a row, ascending. The first call sorts all objects by row: 4 bytes for each.
    pub fn objects(&self, row: u32) -> &[u32] {
        let members = self.members.get_or_init(|| self.members());
        let start = members.starts.get(row as usize).copied().unwrap_or_default();
        let end = members.starts.get(row as usize + 1).copied().unwrap_or(start);
        &members.objects[start..end]
    }

    fn members(&self) -> Members {
        let mut starts = Vec::with_capacity(self.count.len() + 1);
        let mut sum = 0;
        for &count in std::iter::once(&0).chain(&self.count) {
            sum += usize::try_from(count).unwrap_or_default();
            starts.push(sum);
        }
        let mut next = starts.clone();
        let mut objects = vec![0; self.row_of.len().max(sum)];
        for (object, &row) in (0u32..).zip(&self.row_of) {
            if let Some(place) = next.get_mut(row as usize) {
                objects[*place] = object;
                *place += 1;
            }
        }
        Members { starts, objects }
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
