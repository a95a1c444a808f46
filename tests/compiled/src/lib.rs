//! Lends the machine code that one test's server has compiled to the next one.
//!
//! Every test has a server with a data folder of its own, and a server with an empty one compiles sixteen plugins: four
//! seconds of a processor, several times that on a busy machine, since compiling stands back behind everything else. So the
//! first server of a run compiles; its compile cache is kept in cargo's folder and copied into the data folders of those
//! that start later. The server checks what it finds there as it always does (a seal over engine, component and code), so
//! what doesn't fit is compiled again, and nothing that a test looks at depends on whether something was lent.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

/// Where a server keeps what it compiled, in its data folder.
const CACHE: [&str; 2] = ["host", "compiled"];
/// How the folders that are kept begin; the rest names the binary that compiled.
const KEPT: &str = "compiled-";
/// Whose lock is held by the first that compiles.
const LOCK: &str = ".compiled-lock";
/// The file without which nothing in a cache is taken.
const KEY: &str = "key";

/// What was compiled by one build of the server.
pub struct Compiled {
    kept: PathBuf,
    /// Held by whoever compiles what the others wait for; free again when this is dropped, or its process ends.
    first: Option<File>,
}

impl Compiled {
    /// What `server`, a binary that `cargo` built, has compiled so far, put into the data folder of a server that hasn't
    /// started yet. Blocks while another server compiles what is to be lent: call it where nothing else has to go on, such
    /// as the start of that other server.
    ///
    /// # Errors
    /// Where the binary isn't there.
    pub fn lent(server: &Path, data: &Path) -> io::Result<Self> {
        let mut compiled = Self::by(server)?;
        compiled.lend(data);
        Ok(compiled)
    }

    /// What `server`, a binary that `cargo` built, has compiled so far. It is kept beside the binary.
    ///
    /// # Errors
    /// Where the binary isn't there.
    fn by(server: &Path) -> io::Result<Self> {
        let built = fs::metadata(server)?;
        let name = format!("{KEPT}{}-{}-{}", built.len(), built.mtime(), built.mtime_nsec());
        Ok(Self { kept: server.with_file_name(name), first: None })
    }

    /// Puts what is kept into the data folder of a server that hasn't started yet. Without anything kept, or where that
    /// fails, the folder is left as it was and the server compiles. While one does, the others wait until it is
    /// [kept](Self::keep), or until that one's `Compiled` is gone: all at once would take as long as one after the other.
    fn lend(&mut self, data: &Path) {
        let cache = cache(data);
        if !self.kept.exists() {
            self.first = self.kept.parent().and_then(|folder| lock(&folder.join(LOCK)).ok());
        }
        if self.kept.exists() {
            self.first = None;
        }
        if self.kept.join(KEY).exists() && !cache.exists() && copy(&self.kept, &cache).is_err() {
            // Half of it, or code without its key, would be refused file by file.
            let _ = fs::remove_dir_all(cache);
        }
    }

    /// Keeps what the server of this data folder has compiled, if that is more than what is kept. The server has started.
    pub fn keep(&mut self, data: &Path) {
        let cache = cache(data);
        if count(&cache) > count(&self.kept) {
            // A test that fails to keep it has lost nothing; the next one tries.
            let _ = self.replace(&cache);
        }
        self.first = None;
    }

    /// Whole or not at all: others copy from it at the same time.
    fn replace(&self, cache: &Path) -> io::Result<()> {
        let folder = self.kept.parent().unwrap_or_else(|| Path::new("."));
        let made = tempfile::Builder::new().prefix(".compiled").tempdir_in(folder)?;
        let (new, old) = (made.path().join("new"), made.path().join("old"));
        copy(cache, &new)?;
        if self.kept.exists() {
            fs::rename(&self.kept, &old)?;
        }
        fs::rename(&new, &self.kept)?;
        // What earlier builds of the server have compiled is of no use any more.
        for entry in fs::read_dir(folder)?.flatten() {
            let kept = entry.file_name().to_string_lossy().starts_with(KEPT) && entry.path().is_dir();
            if kept && entry.path() != self.kept {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}

/// Waits until nobody else has this file locked.
fn lock(file: &Path) -> io::Result<File> {
    let file = File::options().create(true).append(true).open(file)?;
    file.lock()?;
    Ok(file)
}

fn cache(data: &Path) -> PathBuf {
    data.join(CACHE[0]).join(CACHE[1])
}

/// How many files are in a folder; none where there is no folder.
fn count(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, |entries| entries.flatten().filter(|entry| whole(&entry.path())).count())
}

/// Whether a file was written to its end: what the server is still writing begins with a dot.
fn whole(file: &Path) -> bool {
    file.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.'))
}

/// Copies a folder of files, with their modes, into a new one that nobody else can read.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut private = fs::DirBuilder::new();
    private.mode(0o700).recursive(true).create(to)?;
    for entry in fs::read_dir(from)?.flatten().filter(|entry| whole(&entry.path())) {
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A binary, and the data folder of a server that has compiled these.
    fn stage(codes: &[&str]) -> (tempfile::TempDir, Compiled) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("usher"), "binary").unwrap();
        let compiled = Compiled::by(&folder.path().join("usher")).unwrap();
        compile(&folder.path().join("first"), codes);
        (folder, compiled)
    }

    fn compile(data: &Path, codes: &[&str]) {
        fs::create_dir_all(cache(data)).unwrap();
        fs::write(cache(data).join(KEY), "key").unwrap();
        for code in codes {
            fs::write(cache(data).join(code), code).unwrap();
        }
    }

    #[test]
    fn the_next_server_gets_what_the_first_compiled() {
        let (folder, mut compiled) = stage(&["one.code", ".unfinished"]);
        let data = folder.path().join("second");
        compiled.lend(&data);
        assert!(!data.exists(), "nothing is kept yet");
        let mut waiting = Compiled::by(&folder.path().join("usher")).unwrap();
        let third = folder.path().join("third");
        let waits = std::thread::spawn(move || waiting.lend(&third));
        compiled.keep(&folder.path().join("first"));
        waits.join().unwrap();
        assert!(cache(&folder.path().join("third")).join("one.code").exists(), "it waited for the first");
        compiled.lend(&data);
        assert_eq!(fs::read_to_string(cache(&data).join("one.code")).unwrap(), "one.code");
        assert_eq!(fs::read_to_string(cache(&data).join(KEY)).unwrap(), "key");
        assert!(!cache(&data).join(".unfinished").exists());
        assert_eq!(fs::metadata(cache(&data)).unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn more_replaces_less_and_less_replaces_nothing() {
        let (folder, mut compiled) = stage(&["one.code"]);
        compiled.keep(&folder.path().join("first"));
        let more = folder.path().join("more");
        compile(&more, &["one.code", "two.code"]);
        compiled.keep(&more);
        compiled.keep(&folder.path().join("first"));
        assert_eq!(count(&compiled.kept), 3);
    }

    #[test]
    fn another_build_of_the_server_begins_anew() {
        let (folder, mut compiled) = stage(&["one.code"]);
        compiled.keep(&folder.path().join("first"));
        fs::write(folder.path().join("usher"), "another binary").unwrap();
        let mut other = Compiled::by(&folder.path().join("usher")).unwrap();
        let data = folder.path().join("second");
        other.lend(&data);
        assert!(!data.exists());
        other.keep(&folder.path().join("first"));
        assert!(!compiled.kept.exists(), "what nothing can use is removed");
    }

    #[test]
    fn a_server_with_a_cache_of_its_own_keeps_it() {
        let (folder, mut compiled) = stage(&["one.code"]);
        compiled.keep(&folder.path().join("first"));
        let data = folder.path().join("second");
        compile(&data, &["two.code"]);
        compiled.lend(&data);
        assert_eq!(count(&cache(&data)), 2);
    }
}
