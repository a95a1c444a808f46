//! From the plugin folder, an upload or the vault onto the shelf: bytes become a candidate, the candidate is decided about,
//! the decision is written to the ledger, and only then it counts.

use crate::error::{Error, Refusal};
use crate::folder::{FileChange, Folder};
use crate::host::Shared;
use crate::inspect::{self, Digest};
use crate::plugin::Plugin;
use crate::registry::Effect;
use crate::review::{Release, State};
use crate::sheet::PermissionSheet;
use crate::shelf::{Candidate, OnFile, Origin, Plan, Shelf, name_of};
use crate::trust::Signed;
use futures_util::StreamExt as _;
use jiff::Timestamp;
use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Weak};

/// So many plugins are looked at side by side.
const SIDE_BY_SIDE: usize = 4;

/// A file of the folder, and what was made of it; none where it is gone.
type LookedAt = (PathBuf, Option<Result<Candidate, Refusal>>);

impl Shared {
    /// At start: the folder's files, and what the ledger says is live without a file that could be taken. Publishes once.
    pub(crate) async fn take_up(self: &Arc<Self>, releases: Vec<Release>, files: Vec<FileChange>) -> Result<(), Error> {
        let mut shelf = self.shelf.lock().await;
        shelf.releases = releases.into_iter().map(|release| (release.digest, Arc::new(release))).collect();
        self.note_revoked(&shelf);
        let revoked = shelf.revoked_by(&self.policy, Timestamp::now());
        self.write(&mut shelf, revoked).await?;
        let looked = self.look_into(files).await;
        self.settle_files(&mut shelf, looked).await;
        let on_disk: HashSet<String> = shelf.files.keys().map(|path| name_of(path)).collect();
        let gone: BTreeSet<PathBuf> = shelf
            .releases
            .values()
            .filter(|release| release.state == State::Live)
            .filter_map(|release| release.file.as_ref())
            .filter(|file| !on_disk.contains(*file))
            .map(PathBuf::from)
            .collect();
        self.withdraw(&mut shelf, gone).await;
        let missing: Vec<Digest> = shelf
            .releases
            .values()
            .filter(|release| release.state == State::Live && !shelf.plugins.contains_key(&release.digest))
            .map(|release| release.digest)
            .collect();
        let loads = missing.into_iter().map(|digest| async move { (digest, self.load(&digest).await) });
        let loaded: Vec<_> = futures_util::stream::iter(loads).buffer_unordered(SIDE_BY_SIDE).collect().await;
        for (digest, loaded) in loaded {
            let Some(release) = shelf.releases.get(&digest).cloned() else { continue };
            match loaded {
                Ok(candidate) => {
                    let mut plan = Plan::default();
                    let sheet = candidate.plugin.sheet().clone();
                    if sheet.fingerprint != release.sheet.fingerprint {
                        plan.recompute(self, &mut Release::clone(&release), &sheet, Timestamp::now());
                    }
                    self.write(&mut shelf, plan).await?;
                    shelf.plugins.insert(digest, candidate.plugin);
                }
                Err(refusal) => {
                    tracing::error!(plugin = %release.plugin, %digest, reason = %refusal, "a live plugin can't be loaded");
                    let on_file = OnFile { digest: None, plugin: Some(release.plugin.clone()), refusal: Some(refusal) };
                    shelf.files.entry(PathBuf::from(format!("{}.wasm", release.plugin))).or_insert(on_file);
                }
            }
        }
        self.publish(&shelf);
        let may_run = |release: &&Arc<Release>| !matches!(release.state, State::Revoked | State::Refused);
        let wanted = shelf.releases.values().filter(may_run).map(|release| release.digest).collect();
        drop(shelf);
        self.compiler.retain(wanted).await
    }

    /// Takes over what changed in the folder, and publishes once.
    async fn take_over(self: &Arc<Self>, changes: Vec<FileChange>) {
        // Compiling may take a minute, and people's decisions don't wait for it.
        let looked = self.look_into(changes).await;
        let mut shelf = self.shelf.lock().await;
        let gone = self.settle_files(&mut shelf, looked).await;
        self.withdraw(&mut shelf, gone).await;
        self.publish(&shelf);
    }

    /// Makes candidates of files that came or changed, in the order of their names; none for those that went.
    async fn look_into(self: &Arc<Self>, changes: Vec<FileChange>) -> Vec<LookedAt> {
        let looks = changes.into_iter().map(|change| async move {
            let candidate = match change.content {
                None => None,
                Some(Err(refusal)) => Some(Err(refusal)),
                Some(Ok(bytes)) => Some(self.prepare(bytes, change.signature).await),
            };
            (change.file, candidate)
        });
        let mut looked: Vec<_> = futures_util::stream::iter(looks).buffer_unordered(SIDE_BY_SIDE).collect().await;
        looked.sort_by(|(a, _), (b, _)| a.cmp(b));
        looked
    }

    /// Decides about files that came or changed; returns those that went.
    async fn settle_files(self: &Arc<Self>, shelf: &mut Shelf, looked: Vec<LookedAt>) -> BTreeSet<PathBuf> {
        let mut gone = BTreeSet::new();
        for (file, candidate) in looked {
            let Some(candidate) = candidate else {
                gone.insert(file);
                continue;
            };
            let before = shelf.files.get(&file).and_then(|on_file| on_file.plugin.clone());
            let on_file = match candidate {
                Ok(candidate) => {
                    let sheet = candidate.plugin.sheet();
                    let (digest, plugin) = (sheet.digest, sheet.plugin.clone());
                    let origin = Origin { by: "folder".into(), file: Some(name_of(&file)) };
                    let refusal = self.settle(shelf, candidate, &origin).await.err();
                    OnFile { digest: Some(digest), plugin: Some(plugin), refusal }
                }
                // What was read from this file before goes on.
                Err(refusal) => OnFile { digest: None, plugin: before, refusal: Some(refusal) },
            };
            if let Some(refusal) = &on_file.refusal {
                tracing::warn!(file = %file.display(), reason = %refusal, "plugin refused");
            }
            shelf.files.insert(file, on_file);
        }
        gone
    }

    /// Takes plugins out of service whose files are gone.
    async fn withdraw(&self, shelf: &mut Shelf, gone: BTreeSet<PathBuf>) {
        for file in gone {
            tracing::info!(file = %file.display(), "plugin file removed");
            shelf.files.remove(&file);
            let plan = shelf.withdraw(&file, Timestamp::now());
            if let Err(error) = self.write(shelf, plan).await {
                tracing::error!(%error, "a removed plugin goes on serving: that it went could not be written down");
            }
        }
    }

    /// Decides about a candidate, writes it down, and puts it on the shelf.
    pub(crate) async fn settle(
        self: &Arc<Self>,
        shelf: &mut Shelf,
        candidate: Candidate,
        origin: &Origin,
    ) -> Result<(), Refusal> {
        let (plan, decided) = shelf.propose(self, &candidate, origin, Timestamp::now());
        let digest = candidate.plugin.sheet().digest;
        self.write(shelf, plan).await.map_err(|error| Refusal::Decided {
            id: candidate.plugin.id().clone(),
            problem: format!("{error}; it is tried again when the file changes, or at the next start"),
        })?;
        if shelf.releases.contains_key(&digest) {
            // Turns may be under way on the one that is there: it is the one that is ended where it is revoked.
            shelf.plugins.entry(digest).or_insert(candidate.plugin);
        }
        decided
    }

    /// Writes to the ledger, and only then to the shelf.
    pub(crate) async fn write(&self, shelf: &mut Shelf, plan: Plan) -> Result<(), Error> {
        if plan.releases.is_empty() && plan.entries.is_empty() {
            return Ok(());
        }
        self.ledger.record(plan.releases.clone(), plan.entries.clone()).await?;
        shelf.apply(plan);
        self.note_revoked(shelf);
        Ok(())
    }

    /// A release out of the vault.
    pub(crate) async fn load(self: &Arc<Self>, digest: &Digest) -> Result<Candidate, Refusal> {
        let (vault, digest) = (self.vault.clone(), *digest);
        let bytes = tokio::task::spawn_blocking(move || vault.get(digest))
            .await
            .map_err(|_| Refusal::Damaged("reading it failed".into()))?
            .map_err(|error| Refusal::Damaged(error.to_string()))?;
        // It was judged when it came, and what the policy revokes is revoked at the start.
        self.prepare(bytes, None).await
    }

    /// Makes a candidate of bytes that were read once: from here on nothing looks at the file again.
    pub(crate) async fn prepare(
        self: &Arc<Self>,
        bytes: Vec<u8>,
        signature: Option<String>,
    ) -> Result<Candidate, Refusal> {
        let shared = self.clone();
        let (bytes, looked_at) = tokio::task::spawn_blocking(move || {
            let looked_at = shared.look_at(&bytes, signature.as_deref());
            (bytes, looked_at)
        })
        .await
        .map_err(|_| Refusal::Damaged("reading it failed".into()))?;
        let (inspection, sheet, signed) = looked_at?;
        let code = self.compiler.compile(&bytes, &self.limits).await?;
        let shared = self.clone();
        let plugin = tokio::task::spawn_blocking(move || {
            let component = code.component(&shared.engine)?;
            Plugin::prepare(&shared.engine, &shared.contract, &component, inspection, sheet)
        })
        .await
        .map_err(|_| Refusal::Link("linking it failed".into()))??;
        plugin.probe(self).await?;
        let vault = self.vault.clone();
        tokio::task::spawn_blocking(move || vault.put(&bytes))
            .await
            .map_err(|_| Refusal::Damaged("keeping it failed".into()))?
            .map_err(|error| Refusal::Damaged(error.to_string()))?;
        Ok(Candidate { plugin, signed })
    }

    /// All that can be said without compiling.
    fn look_at(
        &self,
        bytes: &[u8],
        signature: Option<&str>,
    ) -> Result<(inspect::Inspection, PermissionSheet, Signed), Refusal> {
        let inspection = inspect::inspect(bytes, &self.limits)?;
        let sheet = PermissionSheet::of(&inspection, &self.registry, &self.limits);
        if let Some(tool) = sheet.tools.iter().find(|tool| tool.rule.effect == Effect::Runtime) {
            return Err(Refusal::Forbidden {
                id: sheet.plugin.clone(),
                import: tool.function.to_string(),
                why: "only the runtime itself may call",
            });
        }
        let signed = self
            .policy
            .judge(&sheet, bytes, signature, Timestamp::now())
            .map_err(|error| Refusal::Signature { id: sheet.plugin.clone(), problem: error.to_string() })?;
        Ok((inspection, sheet, signed))
    }
}

/// Follows the folder for as long as the host lives.
pub(crate) async fn watch_folder(shared: Weak<Shared>, mut folder: Folder) {
    loop {
        folder.wait().await;
        let changes = folder.look(false).await;
        let Some(shared) = shared.upgrade() else { return };
        if !changes.is_empty() {
            shared.take_over(changes).await;
        }
    }
}
