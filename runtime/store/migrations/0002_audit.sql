-- The audit: lines that are only ever added, each bound to the one before by its hash (src/audit/line.rs).
CREATE TABLE audit (
    seq       INTEGER PRIMARY KEY NOT NULL CHECK (seq > 0),
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    action    TEXT NOT NULL,
    object    TEXT NOT NULL,
    subject   TEXT,                              -- a pseudonym
    detail    TEXT NOT NULL,                     -- JSON
    stored    TEXT,                              -- JSON: digests of the rows that were stored with the line
    recording BLOB CHECK (length(recording) = 32), -- SHA-256 of the sealed recording
    hash      BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX audit_by_object ON audit (object);
CREATE INDEX audit_by_subject ON audit (subject) WHERE subject IS NOT NULL;
CREATE INDEX audit_by_action ON audit (action) WHERE action <> 'turn-handled';

-- What a line recorded, sealed with its subject's key; a row goes when its time is over or its subject is erased.
CREATE TABLE audit_recording (
    seq    INTEGER PRIMARY KEY NOT NULL REFERENCES audit (seq),
    at     INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

CREATE INDEX audit_recording_by_time ON audit_recording (at);

-- One random key for each subject of whom something is recorded, sealed with a key that isn't in the database.
CREATE TABLE subject_key (
    pseudonym TEXT PRIMARY KEY NOT NULL,
    sealed    BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What the audit looked like at some times, signed.
CREATE TABLE audit_checkpoint (
    id   INTEGER PRIMARY KEY NOT NULL,
    at   INTEGER NOT NULL,
    note TEXT NOT NULL                           -- https://c2sp.org/signed-note
) STRICT;

-- The line of the audit that a turn was stored with; absent for turns from before there was one.
ALTER TABLE turn ADD COLUMN audit_seq INTEGER REFERENCES audit (seq);

CREATE UNIQUE INDEX turn_by_line ON turn (audit_seq) WHERE audit_seq IS NOT NULL;

-- Every release of a plugin that was ever proposed.
CREATE TABLE release (
    digest  BLOB PRIMARY KEY NOT NULL CHECK (length(digest) = 32),
    content TEXT NOT NULL,                       -- JSON
    plugin  TEXT GENERATED ALWAYS AS (content ->> '$.plugin') VIRTUAL,
    state   TEXT GENERATED ALWAYS AS (content ->> '$.state') VIRTUAL
) STRICT, WITHOUT ROWID;

-- The highest sequence number of a trust policy that was ever in force.
CREATE TABLE policy (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL
) STRICT;

-- Acting calls. `free`: it certainly wasn't made, and may be tried again as if for the first time.
CREATE TABLE acting_call (
    idempotency_key TEXT PRIMARY KEY NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('intended', 'settled', 'free')),
    conversation    TEXT NOT NULL,
    subject         TEXT NOT NULL,
    function        TEXT NOT NULL,
    same            BLOB,                        -- keyed digest of subject, function and arguments, for a while
    at              INTEGER NOT NULL,
    answer          BLOB                         -- sealed with the subject's key; absent where that was erased
) STRICT, WITHOUT ROWID;

CREATE INDEX acting_call_by_subject ON acting_call (subject);
CREATE INDEX acting_call_by_same ON acting_call (same) WHERE same IS NOT NULL;

-- How plugins did, by day (UTC).
CREATE TABLE plugin_usage (
    day      TEXT NOT NULL,
    plugin   TEXT NOT NULL,
    digest   BLOB NOT NULL CHECK (length(digest) = 32),
    uses     INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    traps    INTEGER NOT NULL,
    PRIMARY KEY (day, plugin, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE plugin_latency (
    day    TEXT NOT NULL,
    plugin TEXT NOT NULL,
    digest BLOB NOT NULL,
    bucket INTEGER NOT NULL,
    uses   INTEGER NOT NULL,
    PRIMARY KEY (day, plugin, digest, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE plugin_function (
    day      TEXT NOT NULL,
    plugin   TEXT NOT NULL,
    digest   BLOB NOT NULL,
    function TEXT NOT NULL,
    calls    INTEGER NOT NULL,
    denied   INTEGER NOT NULL,
    PRIMARY KEY (day, plugin, digest, function)
) STRICT, WITHOUT ROWID;
