-- Figures. All but reviews and dismissals follows from conversations, and is counted anew after they change.

-- Which conversations changed, in order; lines that everybody has followed go, but for the last one.
CREATE TABLE conversation_change (
    place        INTEGER PRIMARY KEY NOT NULL,
    conversation BLOB NOT NULL
) STRICT;

-- How far it is followed. While `counted_through` isn't null, conversations are counted from the first one on.
CREATE TABLE insight_state (
    one             INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    place           INTEGER NOT NULL,
    counted_through BLOB,
    counted_at      INTEGER NOT NULL
) STRICT;

INSERT INTO insight_state (one, place, counted_through, counted_at) VALUES (1, 0, x'', 0);

-- What a conversation has added, to be taken back when it is counted anew.
CREATE TABLE insight_conversation (
    conversation BLOB PRIMARY KEY NOT NULL,
    status       TEXT NOT NULL,                  -- small_talk: nothing was asked in it
    began_at     INTEGER NOT NULL,
    open_since   INTEGER,
    adds         TEXT NOT NULL                   -- JSON: [[figure, quarter, subject, how much], …]
) STRICT, WITHOUT ROWID;

CREATE INDEX insight_open ON insight_conversation (status, open_since) WHERE open_since IS NOT NULL;

-- Sums by spans of a quarter of an hour (0), an hour (1), a day of UTC (2); `at` counts quarters since 1970.
CREATE TABLE insight_sum (
    span    INTEGER NOT NULL CHECK (span BETWEEN 0 AND 2),
    figure  INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    channel TEXT NOT NULL,
    subject TEXT NOT NULL,
    sum     INTEGER NOT NULL,
    PRIMARY KEY (span, figure, at, channel, subject)
) STRICT, WITHOUT ROWID;

-- The questions that skills took.
CREATE TABLE insight_question (
    skill        TEXT NOT NULL,
    at           INTEGER NOT NULL,
    turn         BLOB NOT NULL,
    conversation BLOB NOT NULL,
    message      BLOB NOT NULL,
    channel      TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    language     TEXT,
    text         TEXT NOT NULL,
    answer_ms    INTEGER,
    PRIMARY KEY (skill, at, turn)
) STRICT, WITHOUT ROWID;

CREATE INDEX insight_question_by_conversation ON insight_question (conversation);

CREATE TABLE insight_skill (
    skill   TEXT PRIMARY KEY NOT NULL,
    used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE insight_handoff (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    at           INTEGER NOT NULL,
    conversation BLOB NOT NULL,
    channel      TEXT NOT NULL,
    reason       TEXT NOT NULL,
    mode         TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    skill        TEXT,
    person       TEXT,
    content      TEXT NOT NULL                   -- JSON
) STRICT, WITHOUT ROWID;

CREATE INDEX insight_handoff_by_time ON insight_handoff (at, id);
CREATE INDEX insight_handoff_by_conversation ON insight_handoff (conversation);

-- Whether the assistant should have answered, as people say.
CREATE TABLE insight_review (
    handoff BLOB PRIMARY KEY NOT NULL,
    should  INTEGER NOT NULL CHECK (should IN (0, 1)),
    content TEXT NOT NULL                        -- JSON
) STRICT, WITHOUT ROWID;

-- Unanswered questions that ask for the same.
CREATE TABLE insight_gap_group (
    id        INTEGER PRIMARY KEY NOT NULL,
    title     TEXT NOT NULL,
    language  TEXT,
    features  INTEGER NOT NULL,                  -- how many
    dismissed TEXT                               -- JSON
) STRICT;

CREATE TABLE insight_gap_feature (
    feature   TEXT NOT NULL,
    gap_group INTEGER NOT NULL REFERENCES insight_gap_group (id),
    PRIMARY KEY (feature, gap_group)
) STRICT, WITHOUT ROWID;

CREATE TABLE insight_gap (
    turn         BLOB PRIMARY KEY NOT NULL,
    gap_group    INTEGER NOT NULL REFERENCES insight_gap_group (id),
    at           INTEGER NOT NULL,
    conversation BLOB NOT NULL,
    channel      TEXT NOT NULL,
    language     TEXT,
    reason       TEXT NOT NULL,
    text         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX insight_gap_by_group ON insight_gap (gap_group, at);
CREATE INDEX insight_gap_by_time ON insight_gap (at, gap_group);
CREATE INDEX insight_gap_by_conversation ON insight_gap (conversation);
