//! The finished columns of a dump's heap, from both passes over it.

use super::graph::{inbound, reached};
use super::numbered::Numbered;
use super::{Loaders, info, permanent_classes, references, roots, stacks};
use crate::error::Result;
use crate::format::hprof::layout::Layout;
use crate::format::hprof::{Outline, Unit as HeapUnit};
use crate::graph::{Heap, SpecialReference};
use crate::progress::{Progress, Unit};
use crate::store::base::{Sizes, Ties};
use crate::store::columns::{Objects, References, Specials};
use crate::store::ipc::FileEntry;
use crate::store::manifest::Info;
use crate::store::{Classes, Stacks};
use std::path::Path;

/// What the passes over the dump leave: finished columns.
pub(super) struct RawHeap {
    pub(super) objects: Objects,
    pub(super) outbound: References,
    pub(super) specials: Specials,
    pub(super) classes: Classes,
    pub(super) stacks: Stacks,
    pub(super) layout: Option<Layout>,
    pub(super) warnings: Vec<String>,
    pub(super) notes: Vec<String>,
}

impl RawHeap {
    /// Reads the heap of `outline`; columns that grow with it lie in `directory`. Errors as [`Numbered::read`].
    pub(super) fn read(
        bytes: &[u8],
        outline: &Outline,
        layout: Option<&str>,
        directory: &Path,
        progress: &Progress,
    ) -> Result<RawHeap> {
        let Numbered { classes, mut columns, numbering, layout, roots: found, warnings, oddities } =
            Numbered::read(bytes, outline, layout, directory, progress)?;
        progress.begin("references", Unit::Bytes, outline.units.iter().map(HeapUnit::len).sum());
        let source = references::Source { bytes, outline, classes: &classes, numbering: &numbering };
        let references = references::read_references(&source, &mut columns, directory, &oddities, progress)?;
        let threads = stacks::threads(bytes, outline, &found, &numbering);
        let roots =
            roots::roots(&found, outline, &threads, &classes.classes, &columns.class, &numbering, &oddities);
        let mut warnings: Vec<String> = warnings.list().iter().map(ToString::to_string).collect();
        let (odd, notes) = oddities.lines(references.targets.len() as u64);
        warnings.extend(odd.into_iter().chain(roots.warnings));
        Ok(RawHeap {
            objects: Objects {
                address: columns.address.freeze()?,
                offset: references.offset.freeze()?,
                class: columns.class.freeze()?,
                length: columns.length.freeze()?,
            },
            outbound: References { starts: references.starts.freeze()?, ids: references.targets.freeze()? },
            specials: specials(&references.specials),
            classes: classes.classes,
            stacks: Stacks {
                roots: roots.rows,
                names: Vec::new(),
                threads: threads.threads,
                frames: threads.frames,
            },
            layout: Some(layout),
            warnings,
            notes,
        })
    }

    /// Writes reachability and the references by target; the totals go into the info and the class table.
    pub(super) fn reached(
        &mut self,
        directory: &Path,
        progress: &Progress,
    ) -> Result<(Vec<FileEntry>, Info)> {
        let sizes = Sizes { layout: self.layout.as_ref(), classes: &self.classes, objects: &self.objects };
        let amounts = info::by_class(&sizes);
        self.classes.set_instances(&amounts);
        let ties = Ties::new(&self.classes, &self.stacks, &self.specials);
        let heap = Heap::new(ties.graph(&self.objects, &self.outbound))?;
        let permanent = permanent_classes(&self.classes, &self.objects.class);
        let reached = reached(&heap, &permanent, progress)?;
        let mut files = vec![reached.write(directory)?];
        files.extend(inbound(&heap, progress)?.write(directory, "inbound")?);
        let sizes = Sizes { layout: self.layout.as_ref(), classes: &self.classes, objects: &self.objects };
        let info = Info {
            objects: self.objects.address.len() as u64,
            classes: self.classes.len() as u64,
            roots: self.stacks.roots.len() as u64,
            threads: self.stacks.threads.len() as u64,
            loaders: Loaders::new(&self.classes, &self.objects.class).objects.len() as u64 - 1,
            references: self.outbound.ids.len() as u64 + ties.specials.len() as u64,
            shallow_total: amounts.iter().map(|amount| amount.bytes).sum(),
            by_strength: info::by_strength(&reached.strength, &sizes),
            ..Info::default()
        };
        Ok((files, info))
    }
}

fn specials(rows: &[SpecialReference]) -> Specials {
    Specials {
        from: rows.iter().map(|row| row.from).collect(),
        to: rows.iter().map(|row| row.to).collect(),
        strength: rows.iter().map(|row| row.strength as u8).collect(),
    }
}
