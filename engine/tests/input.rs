//! Dump files in every compression, whole and cut, against their content.

use flate2::{Compression as Level, GzBuilder};
use heapwise_engine::error::{Error, Result};
use heapwise_engine::input::{Compression, Dump, inflate, open};
use heapwise_engine::progress::Progress;
use std::io::Write;
use std::path::Path;

/// Bytes that compress somewhat: xorshift, every other byte 0.
fn content(len: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let next = |at: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        if at.is_multiple_of(2) { 0 } else { state.to_le_bytes()[0] }
    };
    (0..len).map(next).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    gzip_member(bytes, None)
}

fn gzip_member(bytes: &[u8], comment: Option<&str>) -> Vec<u8> {
    let mut builder = GzBuilder::new();
    if let Some(comment) = comment {
        builder = builder.comment(comment);
    }
    let mut encoder = builder.write(Vec::new(), Level::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// As `jcmd GC.heap_dump -gz` writes: blocks, the first two members with the comment.
fn gzip_blocks(bytes: &[u8], block: usize) -> Vec<u8> {
    let comment = format!("HPROF BLOCKSIZE={block}");
    let members = bytes.chunks(block).enumerate();
    members.flat_map(|(row, part)| gzip_member(part, (row < 2).then_some(&comment))).collect()
}

fn zstd(bytes: &[u8], long: bool) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap_or_else(|error| panic!("{error}"));
    if long {
        encoder
            .long_distance_matching(true)
            .and_then(|()| encoder.window_log(28))
            .unwrap_or_else(|error| panic!("{error}"));
    }
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

fn inflated(source: &[u8]) -> Result<(Vec<u8>, Vec<String>)> {
    let mut sink = Vec::new();
    let (written, warnings) = inflate(source, Compression::of(source), &mut sink, &Progress::default())?;
    assert_eq!(written, sink.len() as u64);
    Ok((sink, warnings.list().iter().map(|warning| warning.text.clone()).collect()))
}

/// Every way to compress `bytes`, named.
fn all_ways(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let (head, tail) = bytes.split_at(bytes.len() / 3);
    let both = |compress: &dyn Fn(&[u8]) -> Vec<u8>| [compress(head), compress(tail)].concat();
    vec![
        ("gzip", gzip(bytes)),
        ("cat a.gz b.gz", both(&gzip)),
        ("gzip in blocks", gzip_blocks(bytes, 10_000)),
        ("gzip in many blocks", gzip_blocks(bytes, 1000)),
        ("gzip whose blocks are longer than they say", gzip_member(bytes, Some("HPROF BLOCKSIZE=1000"))),
        ("gzip with a block of another writer", [gzip_blocks(head, 1000), gzip(tail)].concat()),
        ("zstd", zstd(bytes, false)),
        ("zstd in two frames", both(&|part| zstd(part, false))),
        (
            "zstd behind a skippable frame",
            [&[0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9], &zstd(bytes, false)[..]].concat(),
        ),
        ("zstd --long=28", zstd(bytes, true)),
        ("xz", xz(bytes)),
        ("xz in two streams", both(&xz)),
    ]
}

#[test]
fn whole_files_come_out_whole() -> Result<()> {
    let bytes = content(100_000);
    for (way, compressed) in all_ways(&bytes) {
        let (out, warnings) = inflated(&compressed)?;
        assert!(out == bytes, "{way}: {} bytes", out.len());
        assert!(warnings.is_empty(), "{way}: {warnings:?}");
    }
    Ok(())
}

#[test]
fn cut_files_give_a_prefix_and_a_warning() -> Result<()> {
    // Several blocks of zstd, which have 128 KiB.
    let bytes = content(600_000);
    for (way, compressed) in all_ways(&bytes) {
        for cut in (1..20).chain((20..compressed.len()).step_by(9973)) {
            let (out, warnings) = inflated(&compressed[..compressed.len() - cut])?;
            assert!(bytes.starts_with(&out), "{way} without {cut}");
            // Between two members a cut cannot be seen, and without the first bytes nothing is.
            let seen = !warnings.is_empty() || compressed.len() - cut < 10;
            assert!(seen || out.len() < bytes.len(), "{way} without {cut}");
        }
        let (out, _) = inflated(&compressed[..compressed.len() * 3 / 4])?;
        assert!(out.len() > bytes.len() / 3, "{way}: only {}", out.len());
    }
    Ok(())
}

#[test]
fn damaged_blocks_cost_themselves_alone() -> Result<()> {
    let bytes = content(100_000);
    let mut compressed = gzip_blocks(&bytes, 10_000);
    let middle = compressed.len() / 2;
    compressed[middle..middle + 50].fill(0xaa);
    let (out, warnings) = inflated(&compressed)?;
    assert_eq!(warnings, ["a damaged gzip member: a part of it is missing"]);
    // The middle is the end of one block and the beginning of the next.
    assert!(out.len() >= 80_000, "{}", out.len());
    assert!(out[..40_000] == bytes[..40_000]);
    assert!(out.ends_with(&bytes[60_000..]));
    Ok(())
}

#[test]
fn a_file_is_opened_by_what_it_holds() -> Result<()> {
    let at = tempfile::tempdir().map_err(|error| Error::file(Path::new("temp"), error))?;
    let bytes = content(30_000);
    let (path, spill) = (at.path().join("dump"), at.path().join("index/dump.hprof"));
    let check = |content: &[u8], compression: Compression| -> Result<Dump> {
        std::fs::write(&path, content).map_err(|error| Error::file(&path, error))?;
        let dump = open(&path, &Progress::default(), &spill)?;
        assert_eq!((dump.bytes(), dump.compression), (&bytes[..], compression));
        assert_eq!(dump.len, content.len() as u64);
        assert_eq!(spill.exists(), compression != Compression::None);
        Ok(dump)
    };
    check(&bytes, Compression::None)?;
    check(&gzip(&bytes), Compression::Gzip)?;
    check(&zstd(&bytes, false), Compression::Zstd)?;
    let dump = check(&xz(&bytes), Compression::Xz)?;
    assert_eq!(dump.path, path);
    assert!(dump.modified.is_some());
    let left: Vec<_> = at.path().join("index").read_dir().into_iter().flatten().flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    Ok(())
}

#[test]
fn what_cannot_be_mapped_is_explained() -> Result<()> {
    let at = tempfile::tempdir().map_err(|error| Error::file(Path::new("temp"), error))?;
    let write = |name: &str, content: &[u8]| {
        let path = at.path().join(name);
        std::fs::write(&path, content).map(|()| path).unwrap_or_default()
    };
    let check = |path: &Path, expected: &str| {
        let error = open(path, &Progress::default(), &at.path().join("spill")).map(drop);
        let error = error.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(expected), "{}: {error}", path.display());
    };
    check(Path::new("-"), "save the dump first");
    check(Path::new("/dev/null"), "save the dump first");
    check(at.path(), "is a directory");
    check(&at.path().join("none"), "No such file");
    check(&write("empty", b""), "is empty");
    check(&write("cut.gz", &gzip(b"dump")[..5]), "no dump in the gzip data");
    check(&write("cut.zst", &[0x28, 0xb5, 0x2f, 0xfd]), "no dump in the zstd data");
    check(&write("cut.xz", &xz(b"dump")[..8]), "no dump in the xz data");
    Ok(())
}

#[test]
fn a_full_disk_is_an_error_and_no_panic() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for (way, compressed) in all_ways(&content(3000)) {
        let result = inflate(&compressed, Compression::of(&compressed), &mut Full, &Progress::default());
        assert!(matches!(result, Err(Error::File { .. })), "{way}");
    }
}
