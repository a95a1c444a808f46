-- Tickets, the people who work on them, and what operators set up while the server runs.

ALTER TABLE session ADD COLUMN contact TEXT;     -- JSON; where the visitor says that they can be answered

-- Up to which message the customer has seen it.
ALTER TABLE conversation ADD COLUMN seen_seq INTEGER NOT NULL DEFAULT 0;
-- The storefront page of the latest message that came with one.
ALTER TABLE conversation ADD COLUMN page_url TEXT;
-- Counts the changes of its owner: a turn that began under another count has been overtaken.
ALTER TABLE conversation ADD COLUMN owner_changes INTEGER NOT NULL DEFAULT 0;
-- The number of its first ticket: under it its messages stand in `desk_words`. Absent: there was never a ticket.
ALTER TABLE conversation ADD COLUMN first_ticket INTEGER;

-- The number that the last ticket got: none is given twice.
CREATE TABLE ticket_counter (
    one  INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    last INTEGER NOT NULL
) STRICT;

INSERT INTO ticket_counter (one, last) VALUES (1, 0);

-- The columns beside the content are what tickets are found by; `number` and `version` are the store's own.
CREATE TABLE ticket (
    number         INTEGER PRIMARY KEY NOT NULL,
    id             BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    version        INTEGER NOT NULL,
    conversation   BLOB NOT NULL REFERENCES conversation (id),
    first_ticket   INTEGER NOT NULL,             -- the conversation's
    state          TEXT NOT NULL CHECK (state IN ('open', 'pending', 'solved', 'closed')),
    priority       INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3),
    assignee       TEXT,
    group_name     TEXT,
    built_in       INTEGER NOT NULL CHECK (built_in IN (0, 1)),
    active_again   INTEGER NOT NULL CHECK (active_again IN (0, 1)),
    snoozed_until  INTEGER,
    due_at         INTEGER,
    opened_at      INTEGER NOT NULL,
    first_reply_at INTEGER,
    customer_at    INTEGER NOT NULL,
    known_seq      INTEGER NOT NULL,
    words          TEXT NOT NULL,                -- as they stand in `desk_words`
    content        TEXT NOT NULL                 -- JSON
) STRICT;

-- At most one ticket of a conversation isn't closed.
CREATE UNIQUE INDEX ticket_at_work ON ticket (conversation) WHERE state <> 'closed';
CREATE INDEX ticket_by_conversation ON ticket (conversation, number);
CREATE INDEX ticket_by_first ON ticket (first_ticket);
CREATE INDEX ticket_by_urgency ON ticket (priority DESC, customer_at, number);
CREATE INDEX ticket_by_state ON ticket (state, priority DESC, customer_at, number);
CREATE INDEX ticket_by_assignee ON ticket (assignee, state) WHERE assignee IS NOT NULL;
CREATE INDEX ticket_by_due ON ticket (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ticket_by_first_reply ON ticket (first_reply_at, opened_at)
    WHERE first_reply_at IS NOT NULL AND built_in = 1;

CREATE TABLE ticket_tag (
    tag    TEXT NOT NULL,
    ticket INTEGER NOT NULL REFERENCES ticket (number),
    PRIMARY KEY (tag, ticket)
) STRICT, WITHOUT ROWID;

CREATE INDEX ticket_tag_by_ticket ON ticket_tag (ticket);

CREATE TABLE ticket_event (
    place   INTEGER PRIMARY KEY NOT NULL,
    id      BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    ticket  BLOB NOT NULL REFERENCES ticket (id),
    content TEXT NOT NULL                        -- JSON
) STRICT;

CREATE INDEX ticket_event_by_ticket ON ticket_event (ticket, place);

-- The words of tickets, and of the messages of conversations that have one. The rowid is the number of the (first)
-- ticket, shifted left by 24 bits, and the number of the message below; 0 there for the ticket itself.
CREATE VIRTUAL TABLE desk_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);

CREATE TABLE draft (
    person     TEXT NOT NULL,
    ticket     BLOB NOT NULL REFERENCES ticket (id),
    text       TEXT NOT NULL,
    seen_seq   INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (person, ticket)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
    name    TEXT PRIMARY KEY NOT NULL,
    content TEXT NOT NULL                        -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE notification (
    id      BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    person  TEXT NOT NULL,
    ticket  BLOB NOT NULL REFERENCES ticket (id),
    read_at INTEGER,
    content TEXT NOT NULL                        -- JSON
) STRICT, WITHOUT ROWID;

CREATE INDEX notification_by_person ON notification (person, id);
CREATE INDEX notification_unread ON notification (person, id) WHERE read_at IS NULL;
CREATE INDEX notification_by_read ON notification (read_at) WHERE read_at IS NOT NULL;

-- What helpdesks are to be asked; a row goes when it was done.
CREATE TABLE helpdesk_job (
    id          BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    ticket      BLOB NOT NULL REFERENCES ticket (id),
    request     TEXT NOT NULL,                   -- JSON
    attempts    INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    given_up_at INTEGER,
    error       TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX helpdesk_job_by_ticket ON helpdesk_job (ticket, id);

-- What operators set up, by name. Absent: never changed.
CREATE TABLE setting (
    name       TEXT PRIMARY KEY NOT NULL,
    value      TEXT NOT NULL,                    -- JSON
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
