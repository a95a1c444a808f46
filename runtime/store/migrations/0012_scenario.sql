-- Scenarios that operators keep from the preview, and what came of playing them.

CREATE TABLE scenario (
    id       BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    name     TEXT NOT NULL,
    content  TEXT NOT NULL                       -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE scenario_run (
    id       BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),  -- sorts by time
    scenario BLOB NOT NULL REFERENCES scenario (id),
    release  BLOB CHECK (length(release) = 32),  -- absent: on what served
    content  TEXT NOT NULL                       -- JSON
) STRICT, WITHOUT ROWID;

CREATE INDEX scenario_run_by_scenario ON scenario_run (scenario, release, id);
CREATE INDEX scenario_run_by_release ON scenario_run (release) WHERE release IS NOT NULL;
