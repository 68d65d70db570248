//! The layout of the dumped process, found from the gaps between its objects, and the sizes that follow from it.

use super::class_rows::ClassRows;
use super::columns::ObjectColumns;
use crate::error::Result;
use crate::format::hprof::FieldType;
use crate::format::hprof::layout::{ClassShape, Gaps, Layout, Sizes, infer};
use rayon::prelude::*;

/// Objects that one thread looks at in one go.
const CHUNK: usize = 1 << 20;

/// Finds the layout, or takes `given` into account, and puts the sizes into the class rows.
pub fn find_sizes(
    classes: &mut ClassRows,
    columns: &ObjectColumns,
    id_size: u8,
    jdk: Option<u32>,
    given: Option<&str>,
) -> Result<Layout> {
    let shapes = shapes(classes);
    let gaps = gaps(classes, columns);
    let inferred = infer(&shapes, &gaps, id_size, jdk);
    let layout = given.map_or(Ok(inferred), |text| inferred.overridden(text))?;
    let sizes = Sizes::new(&layout, &shapes, &gaps);
    for (row, class) in classes.rows.iter_mut().zip(0..) {
        row.instance_bytes = if row.element.is_some() { 0 } else { sizes.instance_bytes(class) };
        row.object_bytes = sizes.class_object_bytes(class);
    }
    Ok(layout)
}

fn shapes(classes: &ClassRows) -> Vec<ClassShape> {
    let mut shapes: Vec<ClassShape> = classes.rows.iter().map(|row| ClassShape {
        name: row.name.clone(),
        super_class: row.super_class.map(|class| class.0),
        fields: Vec::new(),
        statics: Vec::new(),
    }).collect();
    for field in &classes.fields {
        let shape = &mut shapes[field.class.index()];
        match field.is_static {
            false => shape.fields.push(field.kind),
            // HotSpot writes constant pool arrays as statics with such names; they are no part of the mirror.
            true if field.name.starts_with('<') => {}
            true => shape.statics.push(field.kind),
        }
    }
    shapes
}

fn gaps(classes: &ClassRows, columns: &ObjectColumns) -> Gaps {
    let objects = columns.address.len();
    let elements: Vec<Option<FieldType>> = classes.rows.iter().map(|row| row.element).collect();
    let observe = |chunk: usize| {
        let start = chunk * CHUNK;
        let end = (start + CHUNK).min(objects.saturating_sub(1));
        let mut gaps = Gaps::new(classes.rows.len());
        for id in start..end {
            let gap = columns.address[id + 1] - columns.address[id];
            let class = columns.class[id];
            match elements[class as usize] {
                Some(element) => gaps.observe_array(element, columns.length[id], gap),
                None if class == classes.class_class.0 && is_class_object(classes, id) => {}
                None => gaps.observe_instance(class, gap),
            }
        }
        gaps
    };
    let empty = || Gaps::new(classes.rows.len());
    (0..objects.div_ceil(CHUNK)).into_par_iter().map(observe).reduce(empty, |mut all, part| {
        all.merge(&part);
        all
    })
}

fn is_class_object(classes: &ClassRows, id: usize) -> bool {
    classes.object_ids.binary_search(&u32::try_from(id).unwrap_or(u32::MAX)).is_ok()
}
