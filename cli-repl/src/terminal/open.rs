//! Opens a dump while the user watches, and may stop it.

use super::progress::Watch;
use crate::args::{DumpArg, Options};
use crate::failure::Result;
use crate::interrupt;
use crate::output::escape;
use crate::session::{Dump, Dumps};
use heapwise_engine::progress::Progress;
use std::io::Write;
use std::sync::Arc;

/// Opens `dump` into `dumps`; `verify` checks the whole index there is.
pub(crate) fn open(dumps: &mut Dumps, dump: &DumpArg, options: &Options, verify: bool) -> Result<Dump> {
    let progress = Arc::new(Progress::default());
    let watch = Watch::start(&progress, options);
    let work = progress.clone();
    let opened = interrupt::during(move || progress.cancel(), || dumps.open(dump, options, verify, &work));
    drop(watch);
    opened
}

/// Tells on standard error what the dump lacks and why its index was built anew.
pub(crate) fn warn(dump: &Dump) {
    let because = dump.snapshot.build().rebuilt_because.iter();
    let rebuilt = because.map(|reason| format!("the index was built anew: {reason}"));
    for warning in rebuilt.chain(dump.snapshot.info().warnings.iter().cloned()) {
        // Where standard error is gone, there is nobody to warn.
        drop(writeln!(std::io::stderr(), "heapwise: warning: {}: {}", escape(&dump.path), escape(&warning)));
    }
}
