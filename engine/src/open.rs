//! Opening a dump: its index is used where it is right, and built where it is not.

use crate::error::{Error, Result};
use crate::graph::Strength;
use crate::ingest::{self, Target, build, build_held};
use crate::input::{self, Compression, Dump};
use crate::language::java::system_properties;
use crate::memory::{Room, available_bytes, with_peak};
use crate::progress::Progress;
use crate::store::columns::Held;
use crate::store::directory::{Place, lock};
use crate::store::entry::FileEntry;
use crate::store::inbound::Keep;
use crate::store::manifest::{FORMAT_VERSION, INFLATED, Identity, Manifest};
use crate::store::{Base, Build, Classes, GoIndex, PhaseTime, Snapshot};
use std::path::{Path, PathBuf};
use std::time::{Instant, UNIX_EPOCH};

/// How a dump is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where indexes lie; `None`: beside the dump.
    pub index_dir: Option<PathBuf>,
    /// Threads that build an index; `None`: one per core.
    pub threads: Option<usize>,
    /// The weakest reference that counts as holding.
    pub held: Strength,
    /// Changes to the inferred layout of objects, as the user writes them.
    pub layout: Option<String>,
    /// The executable that a Go process ran: types of objects come from it.
    pub exe: Option<PathBuf>,
    /// Build the index even where a right one is there.
    pub rebuild: bool,
    /// Check every byte of the index, not only samples.
    pub verify: bool,
    /// The most anonymous memory that building may take, in bytes; `None`: 24 bytes for each object and 256 MiB, or three
    /// quarters of what the system has where that is less. What does not fit lies in files meanwhile.
    pub memory_limit: Option<u64>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            index_dir: None,
            threads: None,
            held: Strength::Strong,
            layout: None,
            exe: None,
            rebuild: false,
            verify: false,
            memory_limit: None,
        }
    }
}

/// Opens the dump at `path` with its index, which is built first where there is none that is right.
///
/// # Errors
/// The dump cannot be read at all, there is no room for the index, or `progress` was cancelled; then a half-built
/// index is removed.
pub fn open(path: &Path, options: &Options, progress: &Progress) -> Result<Snapshot> {
    in_pool(options, || Opening::new(path, options, progress)?.open())
}

/// The class table of the dump at `path` with the number and size of instances, without an index: one pass over the
/// dump. The second value says what could not be read. Columns that grow with the dump lie in a temporary directory.
///
/// # Errors
/// As [`open`].
pub fn count_classes(path: &Path, options: &Options, progress: &Progress) -> Result<(Classes, Vec<String>)> {
    in_pool(options, || {
        let scratch = tempfile::tempdir().map_err(|error| Error::file(&std::env::temp_dir(), error))?;
        let dump = input::open(path, progress, &scratch.path().join(INFLATED))?;
        let room = Room::new(scratch.path(), options.memory_limit.unwrap_or(available_bytes() / 2));
        let how = (options.layout.as_deref(), options.exe.as_deref());
        ingest::count_classes(&dump, how, &room, progress)
    })
}

fn in_pool<T: Send>(options: &Options, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    let Some(threads) = options.threads else { return work() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| Error::Input(format!("{threads} threads cannot be started: {error}")))?.install(work)
}

/// One opening with what it knows already.
struct Opening<'a> {
    path: &'a Path,
    options: &'a Options,
    progress: &'a Progress,
    identity: Identity,
    index: PathBuf,
}

impl<'a> Opening<'a> {
    fn new(path: &'a Path, options: &'a Options, progress: &'a Progress) -> Result<Opening<'a>> {
        let identity = identify(path, options)?;
        let index = Place::of(path, options.index_dir.as_deref())?.index;
        Ok(Opening { path, options, progress, identity, index })
    }

    fn open(&self) -> Result<Snapshot> {
        let first = if self.options.rebuild { Err(None) } else { self.read(self.options.verify) };
        let reason = match first {
            Ok(snapshot) => return Ok(snapshot),
            Err(reason) => reason,
        };
        let _lock = lock(self.path, self.progress)?;
        let begun = Instant::now();
        let (built, peak) = with_peak(|| self.build_missing());
        built?;
        // What was just written is not read once more.
        let mut snapshot =
            self.read(false).map_err(|reason| Error::index(&self.index, reason.unwrap_or_default()))?;
        let phases = self.progress.phases().into_iter();
        let phase = |phase: crate::progress::Phase| PhaseTime {
            name: phase.name.to_owned(),
            seconds: phase.seconds.unwrap_or_default(),
            bytes: phase.bytes,
        };
        snapshot.set_build(Build {
            phases: phases.map(phase).collect(),
            seconds: begun.elapsed().as_secs_f64(),
            peak_anonymous_bytes: peak,
            reused: false,
            rebuilt_because: reason,
            ..snapshot.build().clone()
        });
        Ok(snapshot)
    }

    /// The snapshot, if its index is right; else why not (`None`: there is no index, or not one with this tree).
    fn read(&self, verify: bool) -> std::result::Result<Snapshot, Option<String>> {
        if !self.index.exists() || (!self.held_directory().exists() && self.base().is_ok()) {
            return Err(None);
        }
        self.read_index(verify).map_err(|error| Some(error.to_string()))
    }

    fn read_index(&self, verify: bool) -> Result<Snapshot> {
        let manifest = self.manifest()?;
        let base = Base::read(&self.index, &manifest, verify)?;
        let held_directory = self.held_directory();
        let tree = Manifest::read(&held_directory)?;
        let held = Held::read(&tree.tables(&held_directory, verify))?;
        let mut info = manifest.info.clone();
        info.dump = self.path.display().to_string();
        info.retained_total = tree.info.retained_total;
        info.warnings.extend(tree.info.warnings);
        let keep = self.keep(&manifest);
        let rebuilt_because = if self.options.verify { keep.mend(&base)? } else { None };
        let index_bytes = manifest.files.iter().chain(&tree.files).map(|file| file.bytes).sum();
        let build = Build { index_bytes, reused: true, rebuilt_because, ..manifest.build.clone() };
        let mut snapshot = Snapshot::new(
            self.dump(&manifest, verify)?,
            base,
            (held, self.options.held),
            (info, build),
            keep,
        )?;
        snapshot.set_go(GoIndex::read(&self.index, &manifest, verify)?);
        if snapshot.go().is_none() {
            let runtime = runtime(&snapshot);
            snapshot.set_runtime(runtime);
        }
        Ok(snapshot)
    }

    /// Where references by target are kept.
    fn keep(&self, manifest: &Manifest) -> Keep {
        Keep {
            dump: self.path.to_owned(),
            index: self.index.clone(),
            manifest: manifest.clone(),
            memory_limit: self.options.memory_limit,
            verify: self.options.verify,
        }
    }

    /// The manifest of the index, if it is of this dump.
    fn manifest(&self) -> Result<Manifest> {
        let manifest = Manifest::read(&self.index)?;
        match manifest.identity.differs_from(&self.identity) {
            Some(reason) => Err(Error::index(&self.index, reason)),
            None => Ok(manifest),
        }
    }

    fn dump(&self, manifest: &Manifest, verify: bool) -> Result<Dump> {
        let path = self.index.join(INFLATED);
        let Some(entry) = &manifest.inflated else {
            return input::open(self.path, self.progress, &path);
        };
        entry.open(&self.index, verify)?;
        let mut dump = input::open(&path, self.progress, Path::new(""))?;
        dump.path = self.path.to_owned();
        Ok(dump)
    }

    /// Builds what is not there or not right, under the lock: another process may have built it meanwhile.
    fn build_missing(&self) -> Result<()> {
        let usable = if self.options.rebuild { None } else { self.base().ok() };
        match usable {
            Some((manifest, base)) => self.build_held(&base, &manifest),
            None => self.build_all(),
        }
    }

    /// What there is of the index, if it is right, but for the dominator tree.
    fn base(&self) -> Result<(Manifest, Base)> {
        let manifest = self.manifest()?;
        self.dump(&manifest, self.options.verify)?;
        let base = Base::read(&self.index, &manifest, self.options.verify)?;
        Ok((manifest, base))
    }

    fn build_all(&self) -> Result<()> {
        let building = Place::begin(&self.index)?;
        let built = self.build_all_in(&building);
        Place::settle(built, &building, &self.index)
    }

    fn build_all_in(&self, building: &Path) -> Result<()> {
        let dump = input::open(self.path, self.progress, &building.join(INFLATED))?;
        let tree = building.join(self.tree_name());
        std::fs::create_dir(&tree).map_err(|error| Error::file(&tree, error))?;
        let target = self.target(building, &tree);
        let (mut manifest, of_tree) =
            build(&dump, self.identity.clone(), self.options.exe.as_deref(), &target, self.progress)?;
        self.progress.end();
        let inflated = dump.compression != Compression::None;
        manifest.inflated = inflated.then(|| FileEntry::of(building, INFLATED)).transpose()?;
        Manifest { inflated: manifest.inflated.clone(), ..of_tree }.write(&tree)?;
        manifest.write(building)
    }

    fn build_held(&self, base: &Base, manifest: &Manifest) -> Result<()> {
        let directory = self.held_directory();
        let building = Place::begin(&directory)?;
        let built = self.build_held_in(base, manifest, &building);
        Place::settle(built, &building, &directory)
    }

    fn build_held_in(&self, base: &Base, manifest: &Manifest, building: &Path) -> Result<()> {
        let tree = build_held(base, manifest, &self.target(building, building), self.progress)?;
        self.progress.end();
        tree.write(building)
    }

    fn target<'t>(&self, base: &'t Path, tree: &'t Path) -> Target<'t> {
        Target { base, tree, held: self.options.held, memory_limit: self.options.memory_limit }
    }

    fn tree_name(&self) -> String {
        format!("held-{}", self.options.held.name())
    }

    fn held_directory(&self) -> PathBuf {
        self.index.join(self.tree_name())
    }
}

/// Name and version of the runtime, from its system properties; empty where the dump does not tell.
fn runtime(snapshot: &Snapshot) -> String {
    let properties = system_properties(snapshot);
    let get =
        |wanted: &str| properties.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
    let version = get("java.runtime.version").or(get("java.vm.version")).or(get("java.version"));
    [get("java.vm.name"), version].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn identify(path: &Path, options: &Options) -> Result<Identity> {
    let content = format!("{:016x}", input::identify(path)?);
    let metadata = path.metadata().map_err(|error| Error::file(path, error))?;
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let exe = options.exe.as_deref().map(input::identify).transpose()?;
    Ok(Identity {
        format_version: FORMAT_VERSION,
        file_bytes: metadata.len(),
        modified: modified.map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)),
        content,
        layout: options.layout.clone(),
        exe: exe.map(|exe| format!("{exe:016x}")),
    })
}
