//! How much memory this process can still have.

use std::path::Path;

/// Bytes that the system and the control groups of this process leave for it; a guess where they do not tell.
///
/// Sources: `MemAvailable` of Linux's `/proc/meminfo`; `memory.max` (version 2) and `memory.limit_in_bytes` (version 1)
/// of the process's control group and those above it.
pub fn available_bytes() -> u64 {
    let system = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| of_system(&text));
    let groups = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limits = groups.lines().filter_map(of_group);
    limits.chain(system).min().unwrap_or(UNKNOWN)
}

/// What is taken to be there where the system does not tell.
const UNKNOWN: u64 = 8 << 30;

fn of_system(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

/// The least limit of the group in a line `ID:CONTROLLERS:PATH` and those above it.
fn of_group(line: &str) -> Option<u64> {
    let mut parts = line.splitn(3, ':').skip(1);
    let (controllers, path) = (parts.next()?, parts.next()?.trim_start_matches('/'));
    let (root, file) = match controllers {
        "" => ("/sys/fs/cgroup", "memory.max"),
        "memory" => ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
        _ => return None,
    };
    // In a container the path of the host leads nowhere, and the root is the container's own group.
    let directories = Path::new(path).ancestors().map(|above| Path::new(root).join(above));
    let limit = |directory: std::path::PathBuf| {
        std::fs::read_to_string(directory.join(file)).ok()?.trim().parse::<u64>().ok()
    };
    directories.filter_map(limit).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_in_kilobytes() {
        assert_eq!(of_system("MemTotal: 9 kB\nMemAvailable:   2048 kB\n"), Some(2 << 20));
        assert_eq!(of_system("MemTotal: 9 kB\n"), None);
        assert!(available_bytes() > 0);
    }

    #[test]
    fn groups_without_a_memory_controller_set_no_limit() {
        assert_eq!(of_group("5:cpu,cpuacct:/"), None);
        assert_eq!(of_group("nonsense"), None);
    }
}
