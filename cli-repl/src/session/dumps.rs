//! The open dumps and their aliases.

use crate::args::{DumpArg, Options};
use crate::failure::{Failure, Result};
use arrow_schema::Field;
use heapwise_engine::open::{self, open};
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use heapwise_query_lang::DUMP_KEY;
use std::sync::Arc;

/// The dumps of a session, in the order in which they were opened. Aliases are unique.
#[derive(Default)]
pub(crate) struct Dumps {
    list: Vec<Dump>,
}

/// An open dump.
#[derive(Clone)]
pub(crate) struct Dump {
    /// What queries call it.
    pub(crate) alias: String,
    /// The file as the user named it.
    pub(crate) path: String,
    /// The dump itself.
    pub(crate) snapshot: Arc<Snapshot>,
}

impl Dumps {
    /// Opens a dump, building its index if there is none; with `verify`, checks the whole index there is.
    pub(crate) fn open(
        &mut self,
        dump: &DumpArg,
        options: &Options,
        verify: bool,
        progress: &Progress,
    ) -> Result<Dump> {
        let alias = self.alias(dump)?;
        let options = open::Options { verify, ..options.engine() };
        let snapshot = Arc::new(open(&dump.path, &options, progress)?);
        let path = dump.path.display().to_string();
        let dump = Dump { alias, path, snapshot };
        self.list.push(dump.clone());
        Ok(dump)
    }

    /// The dumps, the first one first.
    pub(crate) fn list(&self) -> &[Dump] {
        &self.list
    }

    /// The dump whose ids a column of an answer holds.
    pub(crate) fn dump_of(&self, field: &Field) -> Option<&Dump> {
        match field.metadata().get(DUMP_KEY) {
            Some(alias) => self.list.iter().find(|dump| dump.alias == *alias),
            None => self.list.first(),
        }
    }

    /// The snapshot whose ids a column of an answer holds.
    pub(crate) fn of(&self, field: &Field) -> Option<&Snapshot> {
        self.dump_of(field).map(|dump| &*dump.snapshot)
    }

    /// The alias that was asked for, or the first letter that is free.
    fn alias(&self, dump: &DumpArg) -> Result<String> {
        let taken = |alias: &str| self.list.iter().any(|dump| dump.alias == alias);
        match &dump.alias {
            Some(alias) if taken(alias) => Err(Failure::Usage(format!(
                "two dumps cannot both be called `{alias}`: choose another alias"
            ))),
            Some(alias) => Ok(alias.clone()),
            None => {
                let letters = ('a'..='z').map(String::from);
                let mut names = letters.chain((1..).map(|number: u32| format!("dump{number}")));
                names.find(|name| !taken(name)).ok_or_else(|| Failure::Usage("too many dumps".to_owned()))
            }
        }
    }
}
