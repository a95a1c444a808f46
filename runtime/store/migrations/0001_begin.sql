-- Ids are UUIDs of version 7 as 16 bytes; times are microseconds since 1970, UTC.

CREATE TABLE session (
    id               BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    token_hash       BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    site             TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    identity         TEXT,                       -- JSON; absent: anonymous
    identity_version INTEGER NOT NULL DEFAULT 0  -- counts sign-ins and sign-outs
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE conversation (
    id         BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    session    BLOB NOT NULL REFERENCES session (id),
    channel    TEXT NOT NULL CHECK (channel IN ('webchat', 'sms', 'whatsapp', 'email')),
    owner      TEXT NOT NULL CHECK (owner IN ('assistant', 'human')),
    locale     TEXT,
    time_zone  TEXT,
    created_at INTEGER NOT NULL,
    last_seq   INTEGER NOT NULL DEFAULT 0,
    attention  TEXT NOT NULL                     -- JSON
) STRICT, WITHOUT ROWID;

CREATE INDEX conversation_by_session ON conversation (session);

-- One finished turn, with the record that explains its answer.
CREATE TABLE turn (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    conversation BLOB NOT NULL REFERENCES conversation (id),
    message      BLOB NOT NULL REFERENCES message (id),
    finished_at  INTEGER NOT NULL,
    record       TEXT NOT NULL                   -- JSON
) STRICT;

CREATE INDEX turn_by_conversation ON turn (conversation);

CREATE TABLE message (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    conversation BLOB NOT NULL REFERENCES conversation (id),
    seq          INTEGER NOT NULL CHECK (seq > 0),
    author       TEXT NOT NULL CHECK (author IN ('customer', 'assistant', 'human')),
    body         TEXT NOT NULL,                  -- JSON
    sent_at      INTEGER NOT NULL,
    client_id    TEXT,
    turn         BLOB REFERENCES turn (id),
    UNIQUE (conversation, seq)
) STRICT;

CREATE UNIQUE INDEX message_by_client_id ON message (conversation, client_id) WHERE client_id IS NOT NULL;

-- Messages that are still to be answered; a row goes when its message is.
CREATE TABLE inbox (
    conversation BLOB NOT NULL,
    seq          INTEGER NOT NULL,
    message      BLOB NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'awaits_sign_in')),
    page_url     TEXT,
    attempts     INTEGER NOT NULL DEFAULT 0,     -- claims that may have come to nothing
    PRIMARY KEY (conversation, seq),
    FOREIGN KEY (conversation, seq) REFERENCES message (conversation, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE memory (
    conversation BLOB NOT NULL REFERENCES conversation (id),
    skill        TEXT NOT NULL,
    entries      TEXT NOT NULL,                  -- JSON object of strings
    PRIMARY KEY (conversation, skill)
) STRICT, WITHOUT ROWID;

-- What is to be delivered outside. A delivered row goes; one that was given up keeps its error and
-- loses its content, which may hold a one-time code.
CREATE TABLE delivery (
    id          BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    recipient   TEXT NOT NULL,
    content     TEXT,                            -- JSON
    attempts    INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    given_up_at INTEGER,
    error       TEXT,
    CHECK ((content IS NULL) = (given_up_at IS NOT NULL))
) STRICT;

CREATE INDEX delivery_by_due ON delivery (due_at) WHERE given_up_at IS NULL;
CREATE INDEX delivery_by_end ON delivery (given_up_at) WHERE given_up_at IS NOT NULL;

CREATE TABLE one_time_code (
    session    BLOB PRIMARY KEY NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    email      TEXT NOT NULL,
    code_hash  BLOB NOT NULL CHECK (length(code_hash) = 32),
    expires_at INTEGER NOT NULL,
    wrong      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE used_token (
    jti        TEXT PRIMARY KEY NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX used_token_by_expiry ON used_token (expires_at);

CREATE TABLE article (
    id      TEXT PRIMARY KEY NOT NULL,
    content TEXT NOT NULL                        -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE integration (
    connector      TEXT PRIMARY KEY NOT NULL,
    settings       TEXT NOT NULL,                -- JSON object of strings
    hosts          TEXT NOT NULL,                -- JSON array of strings
    stand_ins      TEXT NOT NULL,                -- JSON object of strings
    preferred_for  TEXT NOT NULL,                -- JSON array of strings
    updated_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE integration_secret (
    connector TEXT NOT NULL REFERENCES integration (connector) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    sealed    BLOB NOT NULL,
    PRIMARY KEY (connector, name)
) STRICT, WITHOUT ROWID;

-- One row, written by every check whether the store can write.
CREATE TABLE heartbeat (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;

INSERT INTO heartbeat (id, at) VALUES (1, 0);
