//! Opens a dump while the user watches, and may stop it.

use crate::args::{DumpArg, Options};
use crate::failure::Result;
use crate::interrupt;
use crate::output::escape;
use crate::session::{Dump, Dumps};
use crate::watch::Watch;
use heapwise_engine::open;
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Classes;
use std::io::Write;
use std::sync::Arc;

/// Opens `dump` into `dumps`; `verify` checks the whole index there is.
pub(crate) fn open(dumps: &mut Dumps, dump: &DumpArg, options: &Options, verify: bool) -> Result<Dump> {
    watched(options, |progress| dumps.open(dump, options, verify, progress))
}

/// Counts the classes of `dump` without an index; the second value says what could not be read.
pub(crate) fn count_classes(dump: &DumpArg, options: &Options) -> Result<(Classes, Vec<String>)> {
    watched(options, |progress| Ok(open::count_classes(&dump.path, &options.engine(), progress)?))
}

/// Makes the references of `dump` by target, unless they are there.
pub(crate) fn find_referrers(dump: &Dump, options: &Options) -> Result<()> {
    watched(options, |progress| Ok(dump.snapshot.inbound(progress).map(drop)?))
}

/// Does `work` while the user watches, and may stop it.
pub(crate) fn watched<T>(options: &Options, work: impl FnOnce(&Progress) -> Result<T>) -> Result<T> {
    let progress = Arc::new(Progress::default());
    let watch = Watch::start(&progress, options);
    let watched = progress.clone();
    let done = interrupt::during(move || progress.cancel(), || work(&watched));
    drop(watch);
    done
}

/// Tells on standard error what the dump lacks and why its index was built anew.
pub(crate) fn warn(dump: &Dump) {
    let because = dump.snapshot.build().rebuilt_because.iter();
    let rebuilt = because.map(|reason| format!("the index was built anew: {reason}"));
    let warnings: Vec<String> = rebuilt.chain(dump.snapshot.info().warnings.iter().cloned()).collect();
    warn_all(&dump.path, &warnings);
}

/// Tells `warnings` about the dump at `path` on standard error.
pub(crate) fn warn_all(path: &str, warnings: &[String]) {
    for warning in warnings {
        // Where standard error is gone, there is nobody to warn.
        drop(writeln!(std::io::stderr(), "heapwise: warning: {}: {}", escape(path), escape(warning)));
    }
}
