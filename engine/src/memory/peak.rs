//! How much anonymous memory this process has: what the kernel cannot page out to a file.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How often the peak is sampled.
const INTERVAL: Duration = Duration::from_millis(10);

/// Anonymous memory of this process in bytes; 0 where the system does not tell.
///
/// Source: `RssAnon` of Linux's `/proc/self/status`.
pub fn anonymous_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes =
        line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|number| number.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// Runs `work` and returns its result with the largest anonymous memory seen meanwhile, in bytes.
///
/// The kernel keeps no such peak; it is sampled every 10 ms, so that a shorter one is missed.
pub fn with_peak<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let (peak, done) = (AtomicU64::new(anonymous_bytes()), AtomicBool::new(false));
    let result = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                peak.fetch_max(anonymous_bytes(), Ordering::Relaxed);
                std::thread::park_timeout(INTERVAL);
            }
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        result
    });
    (result, peak.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_large_vector_is_seen() {
        let (length, peak) = with_peak(|| {
            let large = vec![1u8; 64 << 20];
            std::thread::sleep(10 * INTERVAL);
            large.len()
        });
        assert!(peak >= length as u64, "{peak}");
    }
}
