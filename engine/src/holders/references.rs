//! The references of one object, and those to it, with their names.

use super::via::{Via, each_reference};
use crate::error::Result;
use crate::graph::Strength;
use crate::id::{ClassId, ObjectId};
use crate::progress::Progress;
use crate::store::Snapshot;
use std::ops::Range;

/// The field of `java.lang.ref.Reference` that holds its referent.
pub(super) const REFERENT: &str = "referent";

/// A reference seen from one of its ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// By what: a field's name, `[i]`, `<class>`, `<local>` … May hold any character.
    pub via: String,
    /// The object at the other end.
    pub object: ObjectId,
    /// How well it holds: strong, or as a `java.lang.ref.Reference` holds its referent.
    pub strength: Strength,
}

/// What `id` refers to, in the order of its fields or elements; then its class and, of a thread, its locals.
pub fn outbound(snapshot: &Snapshot, id: ObjectId) -> Result<Vec<Reference>> {
    let mut references = Vec::new();
    each_reference(snapshot, id, |via, object| {
        let strength = strength(snapshot, id, via, object);
        references.push(Reference { via: via.to_string(), object, strength });
    });
    Ok(references)
}

/// What refers to `id`, by the referrer's id, each reference of it; instances refer to their class object.
///
/// # Errors
/// As [`Snapshot::inbound`].
pub fn inbound(snapshot: &Snapshot, id: ObjectId, progress: &Progress) -> Result<Vec<Reference>> {
    let mut referrers = referrers(snapshot, id, progress)?;
    referrers.sort_unstable();
    referrers.dedup();
    let mut references = Vec::new();
    for referrer in referrers.into_iter().map(ObjectId) {
        each_reference(snapshot, referrer, |via, object| {
            if object == id {
                let strength = strength(snapshot, referrer, via, id);
                references.push(Reference { via: via.to_string(), object: referrer, strength });
            }
        });
    }
    Ok(references)
}

/// The ids of all objects that refer to `id`, some of them more than once.
fn referrers(snapshot: &Snapshot, id: ObjectId, progress: &Progress) -> Result<Vec<u32>> {
    let mut referrers = snapshot.inbound(progress)?.of(id.index()).to_vec();
    referrers.extend(snapshot.referrers().others(id.0).iter().map(|other| other.2));
    if let Some(class) = snapshot.class_of_object(id) {
        referrers.extend(instances(snapshot, class));
    }
    Ok(referrers)
}

/// How well `holder` holds `held` by `via`.
pub(super) fn strength(snapshot: &Snapshot, holder: ObjectId, via: Via, held: ObjectId) -> Strength {
    if via != Via::Field(REFERENT) {
        return Strength::Strong;
    }
    let specials = snapshot.specials();
    let place = specials.partition_point(|special| (special.from, special.to) < (holder.0, held.0));
    let special = specials.get(place).filter(|special| (special.from, special.to) == (holder.0, held.0));
    special.map_or(Strength::Strong, |special| special.strength)
}

fn instances(snapshot: &Snapshot, class: ClassId) -> Vec<u32> {
    snapshot.instances(&[class], snapshot.ids())
}

/// By what `holder` refers to `held`, the first where it does so more than once; `None` where it does not.
pub(super) fn via(snapshot: &Snapshot, holder: ObjectId, held: ObjectId) -> Option<String> {
    let mut found = None;
    each_reference(snapshot, holder, |via, object| {
        if object == held && found.is_none() {
            found = Some(via.to_string());
        }
    });
    found
}

/// By what `holder` refers to the objects that the index has stored for it: the names of `wanted`, positions in `stored`.
///
/// Both the dump and the index have the references in one order, so one pass over the object finds all names. `None`
/// where the dump does not have the reference.
pub(crate) fn vias_of_stored(
    snapshot: &Snapshot,
    holder: ObjectId,
    stored: &[u32],
    wanted: Range<usize>,
) -> Vec<Option<String>> {
    let specials = snapshot.specials();
    let first = specials.partition_point(|special| special.from < holder.0);
    let referent = specials.get(first).filter(|special| special.from == holder.0).map(|special| special.to);
    let mut names = Vec::with_capacity(wanted.len());
    let mut next = 0;
    each_reference(snapshot, holder, |via, object| {
        // A referent is stored elsewhere.
        let elsewhere = referent == Some(object.0) && via == Via::Field(REFERENT);
        if !elsewhere && stored.get(next) == Some(&object.0) {
            if wanted.contains(&next) {
                names.push(Some(via.to_string()));
            }
            next += 1;
        }
    });
    names.resize(wanted.len(), None);
    names
}
