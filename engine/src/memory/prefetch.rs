//! Hints to the processor: what will soon be read from a column.
#![expect(unsafe_code, reason = "the instruction takes a pointer")]

/// Begins to bring the cache line of `column[index]` near; nothing where there is no such row.
#[inline]
pub fn prefetch<T>(column: &[T], index: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(row) = column.get(index) {
        // SAFETY: it reads nothing that the program could notice, and the pointer is that of a row.
        unsafe {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(row).cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (column, index);
}
