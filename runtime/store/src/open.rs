//! Opening a database: everything is checked before the first transaction, and a refusal says what to do.

use crate::schema;
use jiff::SignedDuration;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How a database is opened.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// Threads that read, each with a connection. At least one is started.
    pub readers: usize,
    /// The database's largest size in bytes, without its log; none: as large as the disk allows.
    pub max_bytes: Option<u64>,
    /// What the audit recorded can be read for so long, unless the operator's setting `retention` says otherwise; then
    /// `sweep` drops it. Lines stay.
    pub recordings_for: SignedDuration,
    /// Every checkpoint of the audit is also appended to this file, to be copied from there to where whoever can write
    /// the database can't write.
    pub checkpoints: Option<PathBuf>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { readers: 2, max_bytes: None, recordings_for: SignedDuration::from_hours(90 * 24), checkpoints: None }
    }
}

/// Why a database was not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another server works with it.
    #[error(
        "another server has the database {} open: stop that one first, or give this one a data folder of its own",
        path.display()
    )]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// A newer program has changed its tables.
    #[error(
        "the database {} was written by a newer version (its schema is {found}, this program knows up to {known}): \
         start that version or a later one, or put back the backup that was made before the upgrade",
        path.display()
    )]
    NewerSchema {
        /// The database.
        path: PathBuf,
        /// Its schema's number.
        found: i64,
        /// The latest number that this program knows.
        known: usize,
    },
    /// It was written by a version that had no audit.
    #[error("the database {} has no audit yet: this version's server adds it when it starts", path.display())]
    NoAudit {
        /// The database.
        path: PathBuf,
    },
    /// It can't be written.
    #[error(
        "the database {} can't be written ({reason}): make the file and its folder writable for the user that runs \
         this server, on a file system that is mounted for writing",
        path.display()
    )]
    ReadOnly {
        /// The database.
        path: PathBuf,
        /// What the system or the engine said.
        reason: String,
    },
    /// What is in it doesn't hold together.
    #[error(
        "the database {} is damaged ({damage}): keep a copy of it, put back the latest backup, and check the disk",
        path.display()
    )]
    Damaged {
        /// The database.
        path: PathBuf,
        /// The first that was found.
        damage: String,
    },
    /// It belongs to another program.
    #[error("{} is a database of another program: name another file for this server's", path.display())]
    Foreign {
        /// The database.
        path: PathBuf,
    },
    /// The engine can't keep its log beside it.
    #[error(
        "the database {} can't be kept with a write-ahead log: put it on a local disk, not on a network file system",
        path.display()
    )]
    NoLog {
        /// The database.
        path: PathBuf,
    },
    /// The system refused something else.
    #[error("can't open {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The engine refused something else.
    #[error("can't open the database {}: {source}", path.display())]
    Engine {
        /// The database.
        path: PathBuf,
        /// What the engine said.
        source: rusqlite::Error,
    },
}

/// What a store works with: the lock is held as long as this process has the database.
pub(crate) struct Opened {
    pub(crate) writer: Connection,
    pub(crate) readers: Vec<Connection>,
    /// For what reads long, so that it never keeps a turn waiting.
    pub(crate) long_readers: Vec<Connection>,
    pub(crate) lock: Lock,
}

/// A database that is only looked at. The lock is held as long as this lives.
pub(crate) struct Looked {
    pub(crate) connection: Connection,
    _lock: Lock,
}

/// Statements that a connection keeps prepared: more than there are in this crate.
const STATEMENTS: usize = 256;

/// So many threads read the audit: one verifies it, another one lists lines meanwhile.
const LONG_READERS: usize = 2;

/// How long a statement waits for a lock that a tool such as a backup holds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// The log is copied into the database at this size (of 4 KiB pages): 16 MiB. Rarely enough that a page which changes
/// often is copied once for many commits, often enough that recovery after a crash takes no time.
const CHECKPOINT_PAGES: i64 = 4096;

/// Opens or creates the database, and brings its tables up to date.
pub(crate) fn open(path: &Path, options: &SqliteOptions) -> Result<Opened, OpenError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|source| system(folder, source))?;
    let lock = lock(path)?;
    create(path)?;

    let refused = |source| refusal(path, source);
    let mut writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(refused)?;
    inspect(path, &writer)?;
    let mode: String =
        writer.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)).map_err(refused)?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(OpenError::NoLog { path: path.to_owned() });
    }
    prepare(&mut writer, options).map_err(refused)?;
    // The file's name has to last as well as what is in it.
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|source| system(folder, source))?;

    let reader = || {
        let reader = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        reader.pragma_update(None, "cache_size", -8 * 1024)?;
        Ok(reader)
    };
    let several = |count: usize| (0..count).map(|_| reader()).collect::<Result<Vec<_>, _>>().map_err(refused);
    let (readers, long_readers) = (several(options.readers.max(1))?, several(LONG_READERS)?);
    Ok(Opened { writer, readers, long_readers, lock })
}

/// Opens a database that no server has, without changing it.
pub(crate) fn look(path: &Path) -> Result<Looked, OpenError> {
    std::fs::metadata(path).map_err(|source| system(path, source))?;
    let lock = lock(path)?;
    let refused = |source| refusal(path, source);
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(refused)?;
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(refused)?;
    if application != i64::from(schema::APPLICATION_ID) {
        return Err(OpenError::Foreign { path: path.to_owned() });
    }
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(refused)?;
    let version = usize::try_from(version).unwrap_or(0);
    match version {
        _ if version < schema::AUDIT => Err(OpenError::NoAudit { path: path.to_owned() }),
        _ if version > schema::latest() => {
            let found = i64::try_from(version).unwrap_or(i64::MAX);
            Err(OpenError::NewerSchema { path: path.to_owned(), found, known: schema::latest() })
        }
        _ => Ok(Looked { connection, _lock: lock }),
    }
}

/// A locked file. Let go of, it is unlocked at once: a process that was just started from this one has the same file open
/// until it runs its own program, and would hold the lock meanwhile.
pub(crate) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file unlocks it too, if not at once.
        let _ = self.0.unlock();
    }
}

/// Keeps other processes out for as long as the lock is held. The lock file itself stays: removing it would let two in.
fn lock(path: &Path) -> Result<Lock, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&name);
    let file = file.map_err(|source| system(&name, source))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(OpenError::Io { path: name, source }),
    }
}

/// Makes the file, readable for its owner alone. The engine gives its log the same permissions.
fn create(path: &Path) -> Result<(), OpenError> {
    let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).mode(0o600).open(path);
    let file = file.map_err(|source| system(path, source))?;
    let mode = file.metadata().map_err(|source| system(path, source))?.permissions().mode();
    if mode & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600)).map_err(|source| system(path, source))?;
    }
    Ok(())
}

fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A database that somebody prepared must not run anything: no functions from its schema, no way into its internals.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Sorted rows are customers' data too: not into files that lie around.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

/// Looks at the database without changing it.
fn inspect(path: &Path, connection: &Connection) -> Result<(), OpenError> {
    let refused = |source| refusal(path, source);
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));

    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(refused)?;
    let application = number("application_id").map_err(refused)?;
    let version = number("user_version").map_err(refused)?;
    if application != i64::from(schema::APPLICATION_ID) && (application != 0 || version != 0 || tables > 0) {
        return Err(OpenError::Foreign { path: path.to_owned() });
    }
    let known = schema::latest();
    if usize::try_from(version).is_ok_and(|version| version > known) || version < 0 {
        return Err(OpenError::NewerSchema { path: path.to_owned(), found: version, known });
    }
    if connection.is_readonly("main").map_err(refused)? {
        let reason = "the file says that only a newer engine may write it".to_owned();
        return Err(OpenError::ReadOnly { path: path.to_owned(), reason });
    }
    if tables > 0 {
        let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(refused)?;
        if found != "ok" {
            return Err(OpenError::Damaged { path: path.to_owned(), damage: found });
        }
    }
    Ok(())
}

fn prepare(writer: &mut Connection, options: &SqliteOptions) -> rusqlite::Result<()> {
    writer.pragma_update(None, "synchronous", "FULL")?;
    writer.pragma_update(None, "secure_delete", true)?;
    writer.pragma_update(None, "cache_size", -16 * 1024)?;
    writer.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    writer.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    if let Some(bytes) = options.max_bytes {
        let page: i64 = writer.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / page.max(1);
        writer.pragma_update_and_check(None, "max_page_count", pages.max(1), |_| Ok(()))?;
    }
    let done: i64 = writer.pragma_query_value(None, "user_version", |row| row.get(0))?;
    schema::migrate(writer, usize::try_from(done).unwrap_or(0))?;
    // What waits now may have been claimed by a process that has ended since. A first claim is not written down, so
    // each is counted once: one too many for those that nobody had begun, never one too few. From then on claims of
    // these messages are written down as they are made.
    writer.execute("UPDATE inbox SET attempts = 1 WHERE state = 'waiting' AND attempts = 0", [])?;
    Ok(())
}

fn system(path: &Path, source: io::Error) -> OpenError {
    match source.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            OpenError::ReadOnly { path: path.to_owned(), reason: source.to_string() }
        }
        _ => OpenError::Io { path: path.to_owned(), source },
    }
}

fn refusal(path: &Path, source: rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            OpenError::Damaged { path, damage: source.to_string() }
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            OpenError::ReadOnly { path, reason: source.to_string() }
        }
        _ => OpenError::Engine { path, source },
    }
}
