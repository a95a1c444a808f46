-- The catalogue as it was read from the shop.

-- One row, once something was read or tried.
CREATE TABLE catalog (
    one       INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    source    TEXT NOT NULL,                     -- which shop it is of
    synced_at INTEGER,                           -- when the last fetch began that ended well
    whole_at  INTEGER,                           -- the same of the last whole one
    failed_at INTEGER,                           -- of the last fetch, if it failed
    failure   TEXT,
    CHECK ((failed_at IS NULL) = (failure IS NULL))
) STRICT;

CREATE TABLE catalog_product (
    id      TEXT PRIMARY KEY NOT NULL,           -- the shop's own
    product TEXT NOT NULL                        -- JSON
) STRICT, WITHOUT ROWID;
