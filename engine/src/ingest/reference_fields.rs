//! Where the instances of each class hold references, and which of these hold weakly.

use crate::format::hprof::FieldType;
use crate::graph::Strength;
use crate::id::ClassId;
use crate::store::Classes;
use crate::store::classes::STACK_CHUNK;

/// The reference fields of the instances of one class, as places in their data.
#[derive(Clone, Debug, Default)]
pub(super) struct ReferenceFields {
    /// Bytes from the start of the data to each strong reference, ascending.
    pub(super) strong: Vec<u32>,
    /// The same for the referent of a soft, weak, phantom or final reference.
    pub(super) referent: Option<(u32, Strength)>,
    /// Bytes of the data of an instance; less is a damaged one.
    pub(super) bytes: u32,
    /// Where a piece of a thread's stack keeps its number of words.
    pub(super) stack_words: Option<u32>,
}

const REFERENCE: &str = "java.lang.ref.Reference";

/// The reference fields of every class, by class id.
pub(super) fn reference_fields(classes: &Classes, id_size: u8) -> Vec<ReferenceFields> {
    classes.ids().map(|class| of_class(classes, class, id_size)).collect()
}

fn of_class(classes: &Classes, class: ClassId, id_size: u8) -> ReferenceFields {
    let mut fields = ReferenceFields::default();
    let strength = strength(classes, class);
    for (field, place) in classes.instance_fields(class, id_size) {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        fields.bytes = place.saturating_add(u32::from(field.kind.size(id_size)));
        let in_reference = classes.get(field.class).name == REFERENCE;
        match (field.kind, in_reference, field.name.as_str(), strength) {
            // The collector's own list, not a reference of the program.
            (FieldType::Object, true, "discovered", _) => {}
            (FieldType::Object, true, "referent", Some(strength)) => {
                fields.referent = Some((place, strength))
            }
            (FieldType::Object, ..) => fields.strong.push(place),
            (FieldType::Int, _, "size", _) if classes.get(class).name == STACK_CHUNK => {
                fields.stack_words = Some(place);
            }
            _ => {}
        }
    }
    fields
}

/// How instances of `class` hold their referent; `None` where they are no references of `java.lang.ref`.
fn strength(classes: &Classes, class: ClassId) -> Option<Strength> {
    let strength = |above: ClassId| match classes.get(above).name.as_str() {
        "java.lang.ref.SoftReference" => Some(Strength::Soft),
        "java.lang.ref.WeakReference" => Some(Strength::Weak),
        "java.lang.ref.FinalReference" => Some(Strength::Finalizer),
        "java.lang.ref.PhantomReference" => Some(Strength::Phantom),
        _ => None,
    };
    classes.chain(class).find_map(strength)
}
