//! Pieces of a file that a thread writes past the page cache, while the next ones are made.

use bytemuck::{Pod, Zeroable};
use std::fs::File;
use std::io::{ErrorKind, Result, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

/// What direct access asks of places and lengths, in memory and in files: no disk has larger blocks.
const BLOCK: usize = 4096;
/// Bytes of a piece: a disk writes that many at its full speed.
pub(super) const PIECE: usize = 1 << 20;
/// Pieces that are on their way at a time, besides the one that is made.
const ON_THE_WAY: usize = 3;

/// Bytes at a place that direct access takes.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C, align(4096))]
struct Block([u8; BLOCK]);

/// [`PIECE`] bytes that direct access takes.
type Piece = Box<[Block]>;

/// A file to which a thread writes pieces.
pub(super) struct Behind {
    /// The piece that is made.
    piece: Piece,
    /// Pieces that are whole, and where they begin in the file.
    full: SyncSender<(u64, Piece)>,
    empty: Receiver<Piece>,
    writing: JoinHandle<Result<()>>,
}

impl Behind {
    /// Of the file at `path`, which is open as `file` too: through that go pieces which direct access does not take.
    ///
    /// # Errors
    /// The file system has no direct access.
    pub(super) fn begin(path: &Path, file: &File) -> Result<Behind> {
        let (direct, file) = (open_direct(path)?, file.try_clone()?);
        let (full, pieces) = sync_channel::<(u64, Piece)>(ON_THE_WAY);
        let (written, empty) = channel();
        let piece = || vec![Block::zeroed(); PIECE / BLOCK].into_boxed_slice();
        (0..ON_THE_WAY).for_each(|_| _ = written.send(piece()));
        let writing = std::thread::spawn(move || {
            for (at, piece) in pieces {
                let bytes = bytemuck::cast_slice(&piece);
                // Some file systems find out only now that they have no direct access.
                write_at(&direct, bytes, at).or_else(|_| write_at(&file, bytes, at))?;
                let _ = written.send(piece);
            }
            Ok(())
        });
        Ok(Behind { piece: piece(), full, empty, writing })
    }

    /// The piece that is made.
    pub(super) fn piece(&mut self) -> &mut [u8] {
        bytemuck::cast_slice_mut(&mut self.piece)
    }

    /// Has the thread write the piece, which is whole, to its place in the file; the next one has any bytes.
    ///
    /// # Errors
    /// A piece before it could not be written.
    pub(super) fn write(mut self, at: u64) -> Result<Behind> {
        let next = self.empty.recv();
        let sent =
            next.is_ok_and(|next| self.full.send((at, std::mem::replace(&mut self.piece, next))).is_ok());
        if sent { Ok(self) } else { self.finish(|_| Err(ErrorKind::Other.into())) }
    }

    /// Waits until all whole pieces are written; what `last` makes of the one that is not whole.
    ///
    /// # Errors
    /// A piece could not be written, or that of `last`.
    pub(super) fn finish<T>(self, last: impl FnOnce(&[u8]) -> Result<T>) -> Result<T> {
        drop(self.full);
        self.writing.join().unwrap_or_else(|_| Err(ErrorKind::Other.into()))?;
        last(bytemuck::cast_slice(&self.piece))
    }
}

/// Writes `bytes` where they belong.
pub(super) fn write_at(mut file: &File, bytes: &[u8], at: u64) -> Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.write_all(bytes)
}

#[cfg(target_os = "linux")]
fn open_direct(path: &Path) -> Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().write(true).custom_flags(libc::O_DIRECT).open(path)
}

#[cfg(not(target_os = "linux"))]
fn open_direct(_path: &Path) -> Result<File> {
    Err(ErrorKind::Unsupported.into())
}
