-- Webhooks to the operator's own systems.

CREATE TABLE webhook_endpoint (
    id                  BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    url                 TEXT NOT NULL,
    description         TEXT NOT NULL,
    events              TEXT NOT NULL,           -- JSON array of kinds; empty: all
    enabled             INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    stand_in            TEXT,
    secret              BLOB NOT NULL,           -- sealed
    secret_hint         TEXT NOT NULL,
    secret_before       BLOB,                    -- sealed
    secret_before_hint  TEXT,
    secret_before_until INTEGER,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    failing_since       INTEGER,
    last_success_at     INTEGER,
    off_at              INTEGER,
    off_why             TEXT,
    CHECK ((secret_before IS NULL) = (secret_before_until IS NULL)),
    CHECK ((off_at IS NULL) = (off_why IS NULL)),
    CHECK (off_at IS NULL OR enabled = 0)
) STRICT, WITHOUT ROWID;

-- What happened, once for all endpoints; written with what it tells of. The payload's bytes are what is signed.
CREATE TABLE webhook_event (
    id      BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    kind    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    payload TEXT NOT NULL                        -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_delivery (
    id       BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    endpoint BLOB NOT NULL REFERENCES webhook_endpoint (id) ON DELETE CASCADE,
    event    BLOB NOT NULL REFERENCES webhook_event (id),
    kind     TEXT NOT NULL,                      -- the event's
    state    TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
    attempts INTEGER NOT NULL,
    tries    INTEGER NOT NULL,                   -- that are left
    due_at   INTEGER NOT NULL,
    ended_at INTEGER,
    last     TEXT,                               -- JSON: the last attempt
    CHECK ((state = 'waiting') = (ended_at IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint, due_at) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_ended ON webhook_delivery (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX webhook_delivery_by_endpoint ON webhook_delivery (endpoint, id);
CREATE INDEX webhook_delivery_by_state ON webhook_delivery (endpoint, state) WHERE state <> 'delivered';
CREATE INDEX webhook_delivery_by_event ON webhook_delivery (event);

-- How things stood that are looked at, as endpoints were told last.
CREATE TABLE webhook_observed (
    kind  TEXT NOT NULL CHECK (kind IN ('skill', 'integration')),
    name  TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
