//! The plugin folder: which files came, changed or went. A file is read once, when it has come to rest.

use crate::error::{Error, Refusal};
use crate::inspect::Digest;
use crate::signature::SIGNATURE_SUFFIX;
use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::Notify;

/// A file whose size and time stay the same for this long is taken for complete.
const REST: Duration = Duration::from_millis(120);
/// The folder is looked at this often even without being told of a change (network file systems tell nothing).
const PATIENCE: Duration = Duration::from_secs(2);
/// Files larger than any allowed component are refused by their size and never read.
const READ_BYTES: u64 = 64 << 20;

/// What tells a file's version without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    inode: u64,
    /// When the signature beside it was written.
    signed: Option<SystemTime>,
}

/// A signature's file: a few lines for each key.
const SIGNATURE_BYTES: u64 = 64 << 10;

/// A file of the plugin folder that came, changed or went.
pub(crate) struct FileChange {
    pub(crate) file: PathBuf,
    /// None where it is gone.
    pub(crate) content: Option<Result<Vec<u8>, Refusal>>,
    /// The signature beside it, as text.
    pub(crate) signature: Option<String>,
}

/// What a file held when it was last read; none where it couldn't be.
type Held = Option<(Digest, Option<String>)>;

/// The folder and what is known of it.
pub(crate) struct Folder {
    path: PathBuf,
    known: BTreeMap<PathBuf, (Stamp, Held)>,
    told: Arc<Notify>,
    /// None where the system can't tell of changes: then the folder is looked at again and again.
    _watcher: Option<RecommendedWatcher>,
}

impl Folder {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let io = |source| Error::Io { path: path.to_owned(), source };
        std::fs::create_dir_all(path).map_err(io)?;
        std::fs::read_dir(path).map_err(io)?;
        let told = Arc::new(Notify::new());
        let tell = told.clone();
        // Looking at the folder is an access too: were it told of, each look would bring the next.
        let told_of = move |event: notify::Result<notify::Event>| {
            let looked_at = event.as_ref().is_ok_and(|event| match event.kind {
                EventKind::Access(access) => access != AccessKind::Close(AccessMode::Write),
                _ => false,
            });
            if !looked_at {
                tell.notify_one();
            }
        };
        let watcher = notify::recommended_watcher(told_of)
            .and_then(|mut watcher| watcher.watch(path, RecursiveMode::NonRecursive).map(|()| watcher));
        if let Err(error) = &watcher {
            tracing::warn!(%error, "the plugin folder can't be watched; it is looked at every few seconds instead");
        }
        Ok(Self { path: path.to_owned(), known: BTreeMap::new(), told, _watcher: watcher.ok() })
    }

    /// Returns when there may be something new.
    pub(crate) async fn wait(&self) {
        let _ = tokio::time::timeout(PATIENCE, self.told.notified()).await;
    }

    /// What changed since the last look. At start nothing is waited for: what is there is complete.
    pub(crate) async fn look(&mut self, at_start: bool) -> Vec<FileChange> {
        let mut now = list(&self.path);
        if !at_start && now.iter().any(|(file, stamp)| self.known.get(file).map(|(known, _)| known) != Some(stamp)) {
            tokio::time::sleep(REST).await;
            let later = list(&self.path);
            // One that still changes is left for the next look.
            let moving: Vec<_> = now
                .iter()
                .filter(|(file, stamp)| later.get(*file) != Some(stamp))
                .map(|(file, _)| file.clone())
                .collect();
            if !moving.is_empty() || later.len() != now.len() {
                self.told.notify_one();
            }
            now.retain(|file, _| !moving.contains(file));
            for file in moving.iter().filter(|file| later.contains_key(*file)) {
                if let Some((stamp, _)) = self.known.get(file) {
                    now.insert(file.clone(), *stamp);
                }
            }
        }
        let mut changes = Vec::new();
        let gone: Vec<_> = self.known.keys().filter(|file| !now.contains_key(*file)).cloned().collect();
        for file in gone {
            self.known.remove(&file);
            changes.push(FileChange { file, content: None, signature: None });
        }
        for (file, stamp) in now {
            if self.known.get(&file).is_some_and(|(known, _)| *known == stamp) {
                continue;
            }
            let content = read(&file, stamp.size);
            let signature = signature_of(&file);
            let digest = content.as_ref().ok().map(|bytes| Digest::of(bytes));
            let held = digest.map(|digest| (digest, signature.clone()));
            // Touched, or copied over with the same content.
            let same = held.is_some() && self.known.get(&file).is_some_and(|(_, known)| *known == held);
            self.known.insert(file.clone(), (stamp, held));
            if !same {
                changes.push(FileChange { file, content: Some(content), signature });
            }
        }
        changes
    }
}

fn list(folder: &Path) -> BTreeMap<PathBuf, Stamp> {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(entries) = std::fs::read_dir(folder) else { return BTreeMap::new() };
    entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "wasm"))
        .filter(|path| !path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".")))
        .filter_map(|path| {
            let metadata = std::fs::metadata(&path).ok()?;
            let signed = std::fs::metadata(signature_path(&path)).and_then(|signature| signature.modified()).ok();
            let stamp =
                Stamp { size: metadata.len(), modified: metadata.modified().ok(), inode: metadata.ino(), signed };
            metadata.is_file().then_some((path, stamp))
        })
        .collect()
}

fn read(file: &Path, size: u64) -> Result<Vec<u8>, Refusal> {
    if size >= READ_BYTES {
        return Err(Refusal::TooLarge { found: size, most: READ_BYTES - 1 });
    }
    let unreadable = |error: std::io::Error| Refusal::Damaged(format!("the file can't be read: {error}"));
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(unreadable)?;
    opened.take(READ_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn signature_path(file: &Path) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(SIGNATURE_SUFFIX);
    path.into()
}

/// The signature beside a file. One that can't be read as text is none.
fn signature_of(file: &Path) -> Option<String> {
    let mut text = String::new();
    let opened = std::fs::File::open(signature_path(file)).ok()?;
    opened.take(SIGNATURE_BYTES).read_to_string(&mut text).ok()?;
    Some(text)
}
