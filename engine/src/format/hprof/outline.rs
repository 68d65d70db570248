//! What a dump consists of: small records, and where its heap is.

use super::header::Header;
use super::hop::Hop;
use super::sub_record::SubRecord;
use super::sub_records::SubRecords;
use super::tables::Tables;
use super::unit::Unit;
use crate::error::Result;
use crate::input::Warnings;
use crate::progress::Progress;
use rayon::prelude::*;

/// A dump without its heap: header, small records, and where the heap data is.
#[derive(Clone, Debug)]
pub struct Outline {
    /// The head of the file.
    pub header: Header,
    /// The small records.
    pub tables: Tables,
    /// The addresses of all loaded classes, ascending, each once.
    pub class_addresses: Vec<u64>,
    /// The heap data in pieces of about 4 MiB, in the order of the file.
    pub units: Vec<Unit>,
    /// Whether the file has the record that ends a heap of segments; jhsdb and old JDKs write none.
    pub has_end: bool,
    /// What is odd about the file.
    pub warnings: Warnings,
}

impl Outline {
    /// The sub-records of `unit` in the dump `bytes`, to be read one by one.
    pub fn sub_records<'a>(&self, bytes: &'a [u8], unit: &'a Unit) -> SubRecords<'a> {
        SubRecords::new(bytes, unit, self.header.id_size)
    }

    /// Calls `work` for every sub-record of `unit`; damage is stepped over with a warning in `warnings`.
    pub fn for_each_record<'a>(
        &self,
        bytes: &'a [u8],
        unit: &'a Unit,
        warnings: &mut Warnings,
        mut work: impl FnMut(SubRecord<'a>) -> Result<()>,
    ) -> Result<()> {
        let mut records = self.sub_records(bytes, unit);
        loop {
            match records.next() {
                Ok(Some(record)) => work(record)?,
                Ok(None) => return Ok(()),
                Err(_) => self.step_over_damage(&mut records, warnings),
            }
        }
    }

    /// As [`Outline::for_each_record`], with only the outsides of the sub-records.
    pub fn for_each_hop(
        &self,
        bytes: &[u8],
        unit: &Unit,
        warnings: &mut Warnings,
        mut work: impl FnMut(Hop) -> Result<()>,
    ) -> Result<()> {
        let mut records = self.sub_records(bytes, unit);
        loop {
            match records.hop() {
                Ok(Some(hop)) => work(hop)?,
                Ok(None) => return Ok(()),
                Err(_) => self.step_over_damage(&mut records, warnings),
            }
        }
    }

    /// `work` on every unit, by all threads of rayon's pool; the results in the order of the units.
    ///
    /// `progress` counts bytes of heap data. The first error, in the order of the units, ends it.
    pub fn map_units<T: Send>(
        &self,
        progress: &Progress,
        work: impl Fn(&Unit) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let results: Vec<Result<T>> = self
            .units
            .par_iter()
            .map(|unit| {
                progress.check()?;
                let result = work(unit)?;
                progress.add(unit.len())?;
                Ok(result)
            })
            .collect();
        results.into_iter().collect()
    }

    fn step_over_damage(&self, records: &mut SubRecords<'_>, warnings: &mut Warnings) {
        let skipped = records.recover(&self.class_addresses);
        warnings.add(skipped.start, "damaged heap data is skipped", skipped.len());
    }
}
