//! Memory outside the heap that direct buffers own.

use crate::format::hprof::Value;
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::{field_object, field_value};

/// The class of buffers that own memory outside the heap; views of other kinds (`DirectLongBufferU` …) own none.
const DIRECT: &str = "java.nio.DirectByteBuffer";

/// The direct buffers of a snapshot that own memory, reachable or not, ascending, with its bytes.
pub fn direct_buffers(snapshot: &Snapshot) -> Vec<(ObjectId, u64)> {
    let named = snapshot.classes_named(DIRECT);
    let classes: Vec<_> = named.into_iter().flat_map(|class| snapshot.subclasses(class)).collect();
    let all = snapshot.instances(&classes, snapshot.ids()).into_iter().map(ObjectId);
    all.filter_map(|buffer| Some((buffer, off_heap_bytes(snapshot, buffer)?))).collect()
}

/// Bytes outside the heap that go with an object: a direct buffer's capacity. `None` for other objects, and for slices,
/// duplicates and buffers around memory of native code, which free nothing when they go.
pub fn off_heap_bytes(snapshot: &Snapshot, object: ObjectId) -> Option<u64> {
    let chain = snapshot.classes().chain(snapshot.class_of(object));
    let is_direct = chain.into_iter().any(|class| snapshot.class_name(class) == DIRECT);
    field_object(snapshot, object, "cleaner").filter(|_| is_direct)?;
    match field_value(snapshot, object, "capacity")? {
        Value::Int(capacity) => u64::try_from(capacity).ok(),
        _ => None,
    }
}
