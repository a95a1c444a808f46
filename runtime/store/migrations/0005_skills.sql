-- What an operator switches: skills, channels, the hub; skills that were asked for.

-- What the operator decided about a skill. Absent: it serves as soon as it can, everywhere its author says.
CREATE TABLE skill_setup (
    skill      TEXT PRIMARY KEY NOT NULL,
    switch     TEXT NOT NULL CHECK (switch IN ('on', 'paused', 'preview-only')),
    channels   TEXT,                             -- JSON array of channels; absent: the author's
    settings   TEXT NOT NULL,                    -- JSON object of strings
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each: `hub`, `new-skills`.
CREATE TABLE shop_setup (
    name    TEXT PRIMARY KEY NOT NULL,
    content TEXT NOT NULL                        -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE skill_request (
    id      TEXT PRIMARY KEY NOT NULL,           -- the id that the skill will have
    content TEXT NOT NULL                        -- JSON
) STRICT, WITHOUT ROWID;

-- Questions that were recognised and handed over since their skill can't be asked: how much each skill is wanted.
CREATE INDEX turn_by_wanted ON turn (record ->> '$.wanted.skill', finished_at)
    WHERE record ->> '$.wanted.skill' IS NOT NULL;
