//! The layout of the dumped process, found from the gaps between its objects, and the sizes that follow from it.

use crate::error::Result;
use crate::format::hprof::Header;
use crate::format::hprof::layout::{ClassShape, Gaps, Layout, Sizes, infer};
use crate::id::{ClassId, ObjectId};
use crate::store::Classes;
use crate::store::classes::SizeRule;
use crate::wide::WideRef;
use rayon::prelude::*;

/// Objects that one thread looks at in one go.
const CHUNK: usize = 1 << 20;

/// What gaps are found from; all by id.
pub(super) struct Columns<'a> {
    /// Addresses, ascending.
    pub(super) address: WideRef<'a>,
    /// Classes.
    pub(super) class: &'a [u32],
    /// Elements of arrays.
    pub(super) length: &'a [u32],
}

/// Finds the layout, or takes `given` into account, and puts the sizes into the class rows.
pub(super) fn find_sizes(
    classes: &mut Classes,
    columns: &Columns,
    header: &Header,
    given: Option<&str>,
) -> Result<Layout> {
    let shapes = shapes(classes);
    let gaps = gaps(classes, columns);
    let inferred = match header.version.as_str() {
        "1.0.3" => Layout::android(),
        _ => infer(&shapes, &gaps, header.id_size, None),
    };
    let layout = given.map_or(Ok(inferred), |text| inferred.overridden(text))?;
    let sizes = Sizes::new(&layout, &shapes, &gaps);
    classes.set_sizes(sizes.instances(), sizes.class_objects());
    Ok(layout)
}

fn shapes(classes: &Classes) -> Vec<ClassShape> {
    let shape = |class: ClassId| {
        let row = classes.get(class);
        let fields = classes.fields(class).iter();
        // HotSpot writes constant pool arrays as statics with names like `<resolved_references>`.
        let statics = fields.clone().filter(|field| field.is_static && !field.name.starts_with('<'));
        ClassShape {
            name: row.name.replace('.', "/"),
            super_class: row.super_class.map(|class| class.0),
            fields: fields.filter(|field| !field.is_static).map(|field| field.kind).collect(),
            statics: statics.map(|field| field.kind).collect(),
        }
    };
    classes.ids().map(shape).collect()
}

fn gaps(classes: &Classes, columns: &Columns) -> Gaps {
    let objects = columns.address.len();
    let rules: Vec<SizeRule> = classes.ids().map(|class| classes.size_rule(class)).collect();
    let observe = |chunk: usize| {
        let start = chunk * CHUNK;
        let end = (start + CHUNK).min(objects.saturating_sub(1));
        let mut gaps = Gaps::new(classes.len());
        let mut addresses = columns.address.of_rows(start..end + 1);
        let Some(mut address) = addresses.next() else { return gaps };
        for (id, next) in (start..end).zip(addresses) {
            let gap = next - std::mem::replace(&mut address, next);
            let class = columns.class[id];
            match rules[class as usize] {
                SizeRule::Array(element) => gaps.observe_array(element, columns.length[id], gap),
                SizeRule::ClassObject(_) if is_class_object(classes, id) => {}
                _ => gaps.observe_instance(class, gap),
            }
        }
        gaps
    };
    let empty = || Gaps::new(classes.len());
    (0..objects.div_ceil(CHUNK)).into_par_iter().map(observe).reduce(empty, |mut all, part| {
        all.merge(&part);
        all
    })
}

fn is_class_object(classes: &Classes, id: usize) -> bool {
    u32::try_from(id).is_ok_and(|id| classes.of_object(ObjectId(id)).is_some())
}
