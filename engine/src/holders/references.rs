//! The references of one object, and those to it, with their names.

use super::via::each_reference;
use crate::error::Result;
use crate::id::{ClassId, ObjectId};
use crate::store::Snapshot;

/// A reference seen from one of its ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// By what: a field's name, `[i]`, `<class>`, `<local>` … May hold any character.
    pub via: String,
    /// The object at the other end.
    pub object: ObjectId,
}

/// What `id` refers to, in the order of its fields or elements; then its class and, of a thread, its locals.
pub fn outbound(snapshot: &Snapshot, id: ObjectId) -> Result<Vec<Reference>> {
    let mut references = Vec::new();
    each_reference(snapshot, id, |via, object| references.push(Reference { via: via.to_string(), object }));
    Ok(references)
}

/// What refers to `id`, by the referrer's id, each reference of it; instances refer to their class object.
pub fn inbound(snapshot: &Snapshot, id: ObjectId) -> Result<Vec<Reference>> {
    let mut referrers = referrers(snapshot, id);
    referrers.sort_unstable();
    referrers.dedup();
    let mut references = Vec::new();
    for referrer in referrers.into_iter().map(ObjectId) {
        each_reference(snapshot, referrer, |via, object| {
            if object == id {
                references.push(Reference { via: via.to_string(), object: referrer });
            }
        });
    }
    Ok(references)
}

/// The ids of all objects that refer to `id`, some of them more than once.
fn referrers(snapshot: &Snapshot, id: ObjectId) -> Vec<u32> {
    let mut referrers = snapshot.inbound().of(id.index()).to_vec();
    referrers
        .extend(snapshot.specials().iter().filter(|special| special.to == id.0).map(|special| special.from));
    referrers.extend(snapshot.locals().iter().filter(|local| local.1 == id.0).map(|local| local.0));
    if let Some(class) = snapshot.class_of_object(id) {
        referrers.extend(instances(snapshot, class));
    }
    referrers
}

fn instances(snapshot: &Snapshot, class: ClassId) -> Vec<u32> {
    snapshot.instances(&[class], snapshot.ids())
}

/// By what `holder` refers to `held`, leaving out the first `earlier` such references; `None` where there is none.
pub fn via(snapshot: &Snapshot, holder: ObjectId, held: ObjectId, earlier: usize) -> Option<String> {
    let mut found = None;
    let mut skip = earlier;
    each_reference(snapshot, holder, |via, object| {
        if object != held || found.is_some() {
            return;
        }
        match skip.checked_sub(1) {
            Some(rest) => skip = rest,
            None => found = Some(via.to_string()),
        }
    });
    found
}
