-- Who operates the shop.
CREATE TABLE account (
    name    TEXT PRIMARY KEY NOT NULL,
    email   TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    account TEXT NOT NULL                        -- JSON; the password is a hash, the second factor sealed
) STRICT, WITHOUT ROWID;

-- Names of removed accounts: the audit and tickets go on to mean them, so that nobody else is ever called so.
CREATE TABLE retired_account (
    name TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE invitation (
    token_hash BLOB PRIMARY KEY NOT NULL,
    email      TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    invitation TEXT NOT NULL                     -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE console_session (
    token_hash BLOB PRIMARY KEY NOT NULL,
    account    TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    session    TEXT NOT NULL                     -- JSON; `used_at` stands in its column only
) STRICT, WITHOUT ROWID;

CREATE INDEX console_session_by_account ON console_session (account, created_at);

CREATE TABLE api_token (
    token_hash BLOB PRIMARY KEY NOT NULL,
    account    TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
    label      TEXT NOT NULL,
    used_at    INTEGER,
    token      TEXT NOT NULL,                    -- JSON; the token itself isn't kept, `used_at` in its column only
    UNIQUE (account, label)
) STRICT, WITHOUT ROWID;
