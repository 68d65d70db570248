//! The size of every class's instances and of every class object, for one layout.

use super::body::Body;
use super::counts::Counts;
use super::gaps::{Gaps, Smallest};
use super::hidden::{add_hidden, contended};
use super::shape::{ClassShape, supers_first};
use super::{Layout, Packing, Source, align_up, android, builder, classic};

/// A distance that teaches more than the model knows must have been seen this often.
const FEWEST_TO_LEARN: u32 = 8;

/// Sizes in bytes by class position; sizes above `u32::MAX` count as that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    instances: Vec<u32>,
    class_objects: Vec<u32>,
    learnt: Vec<Learnt>,
}

/// A class whose size was taken from the dump, against the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Learnt {
    /// The position of the class.
    pub class: u32,
    /// Bytes by the model.
    pub modelled: u32,
    /// Bytes by the smallest distance seen.
    pub observed: u32,
}

impl Sizes {
    /// The sizes by the model alone.
    pub fn modelled(layout: &Layout, shapes: &[ClassShape]) -> Sizes {
        Sizes::new(layout, shapes, &Gaps::default())
    }

    /// The sizes by the model, corrected where `gaps` prove it wrong: fields that the runtime hides or keeps apart.
    ///
    /// Only a layout inferred from the dump is corrected: one that the user gave is taken at its word.
    pub fn new(layout: &Layout, shapes: &[ClassShape], gaps: &Gaps) -> Sizes {
        let (order, supers) = supers_first(shapes);
        let mut sizes = Sizes { instances: vec![0; shapes.len()], ..Sizes::default() };
        let mut bodies = vec![Body::default(); shapes.len()];
        for class in order {
            let base = supers[class as usize].map(|super_class| &bodies[super_class as usize]);
            let body = sizes.place(layout, class, &shapes[class as usize], base, gaps);
            bodies[class as usize] = body;
        }
        sizes.learnt.sort_by_key(|learnt| learnt.class);
        sizes.class_objects = class_objects(layout, shapes, &sizes.instances);
        sizes
    }

    /// What an instance of the class at this position occupies, in bytes; 0 for a position outside of the shapes.
    pub fn instance_bytes(&self, class: u32) -> u32 {
        self.instances.get(class as usize).copied().unwrap_or(0)
    }

    /// What the class object of the class at this position occupies, in bytes, its static fields included;
    /// 0 for a position outside of the shapes.
    pub fn class_object_bytes(&self, class: u32) -> u32 {
        self.class_objects.get(class as usize).copied().unwrap_or(0)
    }

    /// Bytes of an instance, by class position.
    pub fn instances(&self) -> &[u32] {
        &self.instances
    }

    /// Bytes of the class object, by class position.
    pub fn class_objects(&self) -> &[u32] {
        &self.class_objects
    }

    /// The classes whose size is from the dump and not from the model, by position.
    pub fn learnt(&self) -> &[Learnt] {
        &self.learnt
    }

    fn place(
        &mut self,
        layout: &Layout,
        class: u32,
        shape: &ClassShape,
        base: Option<&Body>,
        gaps: &Gaps,
    ) -> Body {
        let mut body = extend(layout, shape, base);
        let modelled = instance_bytes(layout, &body);
        let least = least_bytes(layout, shape, base);
        let seen = gaps.class(class).filter(|_| matches!(layout.source, Source::Inferred { .. }));
        let seen = seen.filter(|&seen| is_better(seen, modelled, least, &shape.name));
        if let Some(seen) = seen.filter(|seen| seen.bytes % u32::from(layout.alignment.max(1)) == 0) {
            body = Body::header(u64::from(seen.bytes));
            self.learnt.push(Learnt { class, modelled, observed: seen.bytes });
        }
        self.instances[class as usize] = instance_bytes(layout, &body);
        body
    }
}

/// The fields of a class after those of its superclass.
fn extend(layout: &Layout, shape: &ClassShape, base: Option<&Body>) -> Body {
    let header = Body::header(u64::from(layout.header_bytes));
    let base = base.unwrap_or(&header);
    let fields = all_fields(layout, shape);
    let reference = u64::from(layout.reference_bytes);
    let contended = contended(&shape.name, layout.release);
    match layout.packing {
        Packing::Classic => classic::extend(base, &shape.name, &fields, contended, reference),
        Packing::Builder => builder::extend(base, &fields, contended, reference),
        // The fields of Android's java.lang.Object are its header.
        Packing::Android if shape.super_class.is_none() => header,
        Packing::Android => android::extend(base, &fields),
    }
}

/// The class's own fields, hidden ones included.
fn all_fields(layout: &Layout, shape: &ClassShape) -> Counts {
    let mut fields = Counts::of(&shape.fields);
    if layout.packing != Packing::Android {
        add_hidden(&mut fields, &shape.name, layout.release, layout.word_bytes);
    }
    fields
}

fn instance_bytes(layout: &Layout, body: &Body) -> u32 {
    let words = align_up(body.end.saturating_add(body.tail), u64::from(layout.word_bytes));
    u32::try_from(layout.align(words)).unwrap_or(u32::MAX)
}

/// What an instance has at least: the fields of the superclass and those that the dump shows, without any gap.
fn least_bytes(layout: &Layout, shape: &ClassShape, base: Option<&Body>) -> u64 {
    let own = shape.fields.iter().map(|field| u64::from(field.size(layout.reference_bytes))).sum::<u64>();
    let before = base.map_or(u64::from(layout.header_bytes), Body::used);
    before.saturating_add(own)
}

/// Whether a distance is more credible than the model.
///
/// A smaller one is proof, as objects do not overlap. A larger one may come from a dead neighbour; it convinces for
/// classes of the JDK, which alone have hidden fields, when nearly all their instances agree.
fn is_better(seen: Smallest, modelled: u32, least: u64, name: &str) -> bool {
    if seen.bytes <= modelled {
        return seen.bytes < modelled && u64::from(seen.bytes) >= least;
    }
    let of_jdk = ["java/", "jdk/", "sun/"].iter().any(|prefix| name.starts_with(prefix));
    let agree = seen.equal >= FEWEST_TO_LEARN && seen.equal >= seen.seen - seen.seen / 8;
    of_jdk && agree && name != "jdk/internal/vm/StackChunk"
}

/// `java.lang.Class` with its hidden fields, and the static fields of each class behind (`instanceMirrorKlass.hpp`).
fn class_objects(layout: &Layout, shapes: &[ClassShape], instances: &[u32]) -> Vec<u32> {
    let class = shapes.iter().position(|shape| shape.name == "java/lang/Class");
    let base = class.map_or_else(|| class_without_shape(layout), |class| instances[class]);
    shapes.iter().map(|shape| class_object_bytes(layout, shape, base)).collect()
}

/// The size of a class object in a dump that lacks `java.lang.Class`: header and hidden fields.
fn class_without_shape(layout: &Layout) -> u32 {
    let class = ClassShape { name: "java/lang/Class".to_owned(), ..ClassShape::default() };
    instance_bytes(layout, &extend(layout, &class, None))
}

fn class_object_bytes(layout: &Layout, shape: &ClassShape, base: u32) -> u32 {
    let statics = Counts::of(&shape.statics).references_first(0, u64::from(layout.reference_bytes));
    let words = align_up(statics, u64::from(layout.word_bytes));
    u32::try_from(layout.align(u64::from(base).saturating_add(words))).unwrap_or(u32::MAX)
}
