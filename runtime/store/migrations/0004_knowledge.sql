-- Articles with their status, and where they come from.

-- Of articles, and of uploads that gave none. Without a foreign key: an upload that failed has a state and no article.
CREATE TABLE article_state (
    id      TEXT PRIMARY KEY NOT NULL,
    part_of TEXT,                                -- an upload or a source
    content TEXT NOT NULL                        -- JSON
) STRICT, WITHOUT ROWID;

CREATE INDEX article_state_by_whole ON article_state (part_of) WHERE part_of IS NOT NULL;

-- When an answer cited it last.
CREATE TABLE article_use (
    id      TEXT PRIMARY KEY NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE knowledge_source (
    id      TEXT PRIMARY KEY NOT NULL,
    content TEXT NOT NULL                        -- JSON
) STRICT, WITHOUT ROWID;

-- Contradictions that the operator doesn't want to see.
CREATE TABLE dismissed_conflict (
    id TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;
