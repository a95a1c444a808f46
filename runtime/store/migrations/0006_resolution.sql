-- How conversations end: whether the answer helped. No row: nothing but small talk so far.
CREATE TABLE resolution (
    conversation BLOB PRIMARY KEY NOT NULL REFERENCES conversation (id),
    state        TEXT NOT NULL CHECK (state IN ('open', 'answered', 'confirmed', 'assumed', 'handed_off')),
    since        INTEGER NOT NULL,
    skill        TEXT,
    reopened     INTEGER NOT NULL DEFAULT 0      -- how often a settled question was followed by another one
) STRICT, WITHOUT ROWID;

CREATE INDEX resolution_unsaid ON resolution (since) WHERE state = 'answered';
