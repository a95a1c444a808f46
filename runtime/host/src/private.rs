//! Folders and files that nobody but the runtime's own user can change: what the vault and the compile cache live in.
//!
//! A file is always written whole (under another name, made durable, then moved into place) and always read once, into
//! memory. No symbolic link is followed, so that a name in such a folder means a file in such a folder.

use crate::error::Error;
use rustix::fs::OFlags;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// What names of files that are being written begin with. One that is still there after a start is left from a crash.
pub(crate) const UNFINISHED: &str = ".new-";

/// Makes a folder for this user alone (mode 0700), or checks one that is there.
pub(crate) fn folder(path: &Path) -> Result<(), Error> {
    let io = |source| Error::Io { path: path.to_owned(), source };
    let refused = |problem: String| Err(Error::Unsafe { path: path.to_owned(), problem });
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io)?;
    let found = std::fs::symlink_metadata(path).map_err(io)?;
    if !found.is_dir() {
        return refused("is a link, and what it points to may change; put a folder of its own in its place".into());
    }
    let user = rustix::process::geteuid().as_raw();
    if found.uid() != user {
        return refused(format!(
            "belongs to user {} and the runtime is user {user}; remove it to have a new one made, or start the \
             runtime as its owner",
            found.uid()
        ));
    }
    let mode = found.mode() & 0o777;
    if mode & 0o022 != 0 {
        return refused(format!(
            "can be changed by other users (mode {mode:03o}); run `chmod 700 {}` and start again",
            path.display()
        ));
    }
    Ok(())
}

/// Opens a file and nothing else: not what a link points to, and never waiting for a pipe's other end.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let file = OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::new(ErrorKind::InvalidInput, "not a file")) }
}

/// Reads a file of up to `most` bytes.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read_opened(open(path)?, most)
}

/// Reads an opened file of up to `most` bytes.
pub(crate) fn read_opened(file: File, most: u64) -> io::Result<Vec<u8>> {
    let size = file.metadata()?.len();
    if size > most {
        return Err(io::Error::new(ErrorKind::FileTooLarge, format!("it has {size} bytes, and {most} are allowed")));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file of these parts (mode 0600), in place of one that may be there. When this has returned, the file is
/// there after a loss of power too, and at no time is there a part of it.
pub(crate) fn write(folder: &Path, name: &str, parts: &[&[u8]]) -> io::Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let unfinished = folder.join(format!("{UNFINISHED}{}-{count}", std::process::id()));
    // One of that name would be from an earlier process that had the same number.
    let _ = std::fs::remove_file(&unfinished);
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        parts.iter().try_for_each(|part| file.write_all(part))?;
        file.sync_all()?;
        std::fs::rename(&unfinished, folder.join(name))?;
        File::open(folder)?.sync_all()
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&unfinished);
    }
    written
}
