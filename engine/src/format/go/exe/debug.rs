//! Debug information: loaded once, asked for the variables of functions later.

use super::Global;
use super::dies::{Entries, Function};
use super::dwarf_types::{Places, add_types, unescaped};
use super::image::Image;
use super::locals::{self, Capture, Local};
use super::module::Module;
use super::sections::{Sections, text};
use crate::error::{Error, Result};
use crate::format::go::types::Types;
use rayon::prelude::*;

/// Warnings that are kept; each unit can have its own.
const MOST_WARNINGS: usize = 10;

/// What stays of the debug information.
#[derive(Debug)]
pub(super) struct Debug {
    sections: Sections,
    places: Places,
    /// Functions by their first instruction.
    functions: Vec<Function>,
}

/// What loading gives.
pub(super) struct Loaded {
    pub(super) debug: Debug,
    pub(super) types: Types,
    pub(super) globals: Vec<Global>,
    pub(super) warnings: Vec<String>,
}

impl Debug {
    /// Reads all units of Go packages, in parallel; `None` where there are none.
    ///
    /// Errors: sections that cannot be inflated. A damaged unit is a warning.
    pub(super) fn load(image: &Image, module: Option<&Module>) -> Result<Option<Loaded>> {
        let sections = Sections::load(image)?;
        let dwarf = sections.dwarf(image);
        let mut headers = Vec::new();
        let mut units = dwarf.units();
        let ended = loop {
            match units.next() {
                Ok(Some(header)) => headers.push(header),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        let read: Vec<(Entries<'_>, Option<gimli::Error>)> = headers
            .into_par_iter()
            .map(|header| {
                let mut entries = Entries::default();
                let error = entries.read(&dwarf, header).err();
                (entries, error)
            })
            .collect();
        let damaged = read.iter().filter_map(|(_, error)| *error).chain(ended);
        let mut warnings: Vec<String> = damaged.map(|error| Error::from(error).to_string()).collect();
        warnings.dedup();
        warnings.truncate(MOST_WARNINGS);
        let units: Vec<Entries<'_>> = read.into_iter().map(|(entries, _)| entries).collect();
        if units.iter().all(|unit| unit.types.is_empty()) {
            return warnings.pop().map_or(Ok(None), |warning| Err(Error::Input(warning)));
        }
        let mut types = Types::default();
        let start = module.map(|module| module.types.0);
        let descriptor = |offset: u64| start.and_then(|start| start.checked_add(offset));
        let places = add_types(&mut types, &units, u64::from(image.pointer_bytes), descriptor);
        let globals = globals(&units, &places);
        let mut functions: Vec<Function> =
            units.iter().flat_map(|unit| unit.functions.iter().copied()).collect();
        functions.sort_unstable();
        functions.dedup_by_key(|function| function.entry);
        drop(units);
        Ok(Some(Loaded { debug: Debug { sections, places, functions }, types, globals, warnings }))
    }

    /// See [`super::Exe::locals`].
    pub(super) fn locals(&self, image: &Image, entry: u64, pc: u64) -> Vec<Local> {
        let function = self.function(entry);
        function.map_or_else(Vec::new, |function| {
            locals::locals(&self.sections.dwarf(image), &self.places, function, pc)
        })
    }

    /// What closures of the function that begins at `entry` hold.
    pub(super) fn captures(&self, image: &Image, entry: u64) -> Vec<Capture> {
        let function = self.function(entry);
        function.map_or_else(Vec::new, |function| {
            locals::captures(&self.sections.dwarf(image), &self.places, function)
        })
    }

    fn function(&self, entry: u64) -> Option<Function> {
        let row = self.functions.binary_search_by_key(&entry, |function| function.entry).ok()?;
        self.functions.get(row).copied()
    }
}

/// Global variables by address; of those at one address the first.
fn globals(units: &[Entries<'_>], places: &Places) -> Vec<Global> {
    let variables = units.iter().flat_map(|unit| &unit.variables);
    let known = variables.filter_map(|variable| {
        let ty = places.get(variable.ty)?;
        Some(Global { name: unescaped(&text(variable.name)), address: variable.address, ty })
    });
    let mut globals: Vec<Global> = known.filter(|global| global.address != 0).collect();
    globals.sort_by(|a, b| (a.address, &a.name).cmp(&(b.address, &b.name)));
    globals.dedup_by_key(|global| global.address);
    globals
}

/// What gimli says of damaged debug information, as the engine's error.
impl From<gimli::Error> for Error {
    fn from(error: gimli::Error) -> Error {
        Error::Input(format!("debug information: {error}"))
    }
}
