//! The real dumps that the repository ships, and what is known about them.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// A dump in `testdata/dumps`, made by a program in `testdata/programs`; `testdata/README.md` tells how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dump {
    /// `Shop.java` on JDK 17, serial collector, garbage included.
    ShopJdk17,
    /// `Shop.java` on JDK 25, G1, live objects only, with virtual threads.
    ShopJdk25,
    /// `Leaks.java` on JDK 17, live objects only.
    LeaksJdk17,
    /// `Leaks.java` on JDK 25, live objects only, with virtual threads.
    LeaksJdk25,
}

impl Dump {
    /// All of them.
    pub const ALL: [Dump; 4] = [Dump::ShopJdk17, Dump::ShopJdk25, Dump::LeaksJdk17, Dump::LeaksJdk25];
    /// Those of `Shop.java`.
    pub const SHOPS: [Dump; 2] = [Dump::ShopJdk17, Dump::ShopJdk25];
    /// Those of `Leaks.java`.
    pub const LEAKS: [Dump; 2] = [Dump::LeaksJdk17, Dump::LeaksJdk25];

    /// The name without any extension.
    pub fn name(self) -> &'static str {
        match self {
            Dump::ShopJdk17 => "shop-jdk17",
            Dump::ShopJdk25 => "shop-jdk25",
            Dump::LeaksJdk17 => "leaks-jdk17",
            Dump::LeaksJdk25 => "leaks-jdk25",
        }
    }

    /// The dump as it is shipped, compressed with zstd.
    pub fn compressed(self) -> PathBuf {
        directory().join(self.name()).with_extension("hprof.zst")
    }

    /// The JSON file of what is known about the dump.
    pub fn truth(self) -> PathBuf {
        directory().join(self.name()).with_extension("truth.json")
    }

    /// Writes the dump, decompressed, into the directory `into`, and returns its path there.
    ///
    /// # Errors
    /// Where a file cannot be read or written.
    pub fn unpack(self, into: &Path) -> io::Result<PathBuf> {
        let path = into.join(self.name()).with_extension("hprof");
        zstd::stream::copy_decode(File::open(self.compressed())?, File::create(&path)?)?;
        Ok(path)
    }
}

/// Two dumps of one process between which something leaked, made by `testdata/programs/Carts.java`: before and after.
pub fn carts() -> [PathBuf; 2] {
    ["carts-before.hprof.xz", "carts-after.hprof.xz"].map(|name| directory().join(name))
}

/// The same made by `testdata/programs/quotes.go`, with the executable.
pub fn quotes() -> ([PathBuf; 2], PathBuf) {
    let dumps = ["quotes-before.heapdump.xz", "quotes-after.heapdump.xz"].map(|name| directory().join(name));
    (dumps, directory().join("quotes.exe.xz"))
}

/// A dump of `testdata/programs/shop.go` in `testdata/dumps`, with the executable that wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoDump {
    /// Go 1.21: no malloc headers, maps of buckets, DWARF 4.
    Shop21,
    /// Go 1.27: malloc headers, swiss maps, phantoms, DWARF 5.
    Shop27,
}

impl GoDump {
    /// All of them.
    pub const ALL: [GoDump; 2] = [GoDump::Shop21, GoDump::Shop27];

    /// The name without any extension.
    pub fn name(self) -> &'static str {
        match self {
            GoDump::Shop21 => "shop-go1.21",
            GoDump::Shop27 => "shop-go1.27",
        }
    }

    /// Writes dump and executable, decompressed, into the directory `into`, and returns their paths there.
    ///
    /// # Errors
    /// Where a file cannot be read or written.
    pub fn unpack(self, into: &Path) -> io::Result<(PathBuf, PathBuf)> {
        let unpacked = |kind: &str| -> io::Result<PathBuf> {
            let path = into.join(format!("{}.{kind}", self.name()));
            let source = directory().join(format!("{}.{kind}.zst", self.name()));
            zstd::stream::copy_decode(File::open(source)?, File::create(&path)?)?;
            Ok(path)
        };
        Ok((unpacked("heapdump")?, unpacked("exe")?))
    }
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("dumps")
}

#[cfg(test)]
mod tests {
    use super::Dump;

    #[test]
    fn every_dump_unpacks_to_the_size_its_truth_tells() {
        let into = tempfile::tempdir().expect("a temporary directory");
        for dump in Dump::ALL {
            let path = dump.unpack(into.path()).expect("shipped");
            let bytes = std::fs::read(path).expect("just written");
            assert!(bytes.starts_with(b"JAVA PROFILE 1.0.2\0"));
            let truth = std::fs::read_to_string(dump.truth()).expect("shipped");
            assert!(truth.contains(&format!("\"dump_bytes\": {},", bytes.len())), "{dump:?}");
        }
    }
}
