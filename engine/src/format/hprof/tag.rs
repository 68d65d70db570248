//! The tags of the sub-records in the heap.

/// A loaded class.
pub const CLASS: u8 = 0x20;
/// An object that is no array.
pub const INSTANCE: u8 = 0x21;
/// An array of references.
pub const OBJECT_ARRAY: u8 = 0x22;
/// An array of primitive values.
pub const PRIMITIVE_ARRAY: u8 = 0x23;
/// Android: an array of primitive values, its elements left out.
pub const PRIMITIVE_ARRAY_NO_DATA: u8 = 0xc3;
/// Android: to which heap (app, image, zygote) the following objects belong.
pub const HEAP_INFO: u8 = 0xfe;
/// A thread.
pub const ROOT_THREAD_OBJECT: u8 = 0x08;

pub(super) const ROOT_JNI_GLOBAL: u8 = 0x01;
pub(super) const ROOT_JNI_LOCAL: u8 = 0x02;
pub(super) const ROOT_JAVA_FRAME: u8 = 0x03;
pub(super) const ROOT_NATIVE_STACK: u8 = 0x04;
pub(super) const ROOT_STICKY_CLASS: u8 = 0x05;
pub(super) const ROOT_THREAD_BLOCK: u8 = 0x06;
pub(super) const ROOT_MONITOR_USED: u8 = 0x07;
pub(super) const ROOT_INTERNED_STRING: u8 = 0x89;
pub(super) const ROOT_FINALIZING: u8 = 0x8a;
pub(super) const ROOT_DEBUGGER: u8 = 0x8b;
pub(super) const ROOT_REFERENCE_CLEANUP: u8 = 0x8c;
pub(super) const ROOT_VM_INTERNAL: u8 = 0x8d;
pub(super) const ROOT_JNI_MONITOR: u8 = 0x8e;
pub(super) const ROOT_UNREACHABLE: u8 = 0x90;

/// Whether a sub-record can begin with `tag`.
#[inline]
pub(super) fn is_known(tag: u8) -> bool {
    matches!(tag, 0x01..=0x08 | 0x20..=0x23 | 0x89..=0x8e | 0x90 | 0xc3 | 0xfe | 0xff)
}
