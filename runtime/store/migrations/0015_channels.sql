-- Conversations by SMS, WhatsApp and e-mail: with whom they are held, what came in, and what is on its way out.

CREATE TABLE thread (
    id               BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    channel          TEXT NOT NULL CHECK (channel IN ('sms', 'whatsapp', 'email')),
    ours             TEXT NOT NULL,              -- the shop's number or address
    theirs           TEXT NOT NULL,              -- the customer's, as the channel names it
    phone            TEXT,                       -- E.164
    session          BLOB NOT NULL REFERENCES session (id),
    conversation     BLOB NOT NULL REFERENCES conversation (id),  -- the latest
    last_arrival_at  INTEGER NOT NULL,
    opted_out_at     INTEGER,                    -- since then the customer wants no messages
    subject          TEXT,
    refs             TEXT NOT NULL               -- JSON, Message-IDs, oldest first
) STRICT, WITHOUT ROWID;

-- By e-mail each conversation is a thread of its own.
CREATE UNIQUE INDEX thread_by_pair ON thread (channel, theirs, ours) WHERE channel <> 'email';
CREATE INDEX thread_by_session ON thread (session);

ALTER TABLE conversation ADD COLUMN thread BLOB;

-- What providers have brought, so that it is taken once.
CREATE TABLE arrival (
    key         BLOB PRIMARY KEY NOT NULL CHECK (length(key) = 32),  -- SHA-256 of the channel and the provider's id
    writer      BLOB NOT NULL,                   -- SHA-256 of the channel and who wrote it
    channel     TEXT NOT NULL,
    message     BLOB NOT NULL,
    received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX arrival_by_time ON arrival (received_at);
CREATE INDEX arrival_by_channel ON arrival (channel, received_at);
CREATE INDEX arrival_by_writer ON arrival (writer, received_at);

-- For people to see and no answer: an automatic mail, STOP, HELP.
ALTER TABLE message ADD COLUMN unanswerable INTEGER NOT NULL DEFAULT 0;

-- A mail whose sender nobody vouches for: it says nothing in the name of whoever has signed in.
ALTER TABLE inbox ADD COLUMN doubtful INTEGER NOT NULL DEFAULT 0;

-- Files that came with messages.
ALTER TABLE message ADD COLUMN attachments TEXT;  -- JSON; absent: none

CREATE TABLE attachment (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    conversation BLOB NOT NULL REFERENCES conversation (id),
    name         TEXT NOT NULL,
    media_type   TEXT NOT NULL,
    bytes        BLOB NOT NULL
) STRICT;

CREATE INDEX attachment_by_conversation ON attachment (conversation);

-- The way of each message to the customer of a thread.
CREATE TABLE dispatch (
    message       BLOB PRIMARY KEY NOT NULL REFERENCES message (id),
    conversation  BLOB NOT NULL,
    seq           INTEGER NOT NULL,
    channel       TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN
                    ('waiting', 'trying', 'unsure', 'sent', 'delivered', 'read', 'failed', 'withheld')),
    attempts      INTEGER NOT NULL DEFAULT 0,
    parts_sent    INTEGER NOT NULL DEFAULT 0,
    due_at        INTEGER NOT NULL,
    first_try_at  INTEGER,
    provider_id   TEXT,
    error_code    TEXT,
    error         TEXT,
    maybe_doubled INTEGER NOT NULL DEFAULT 0,
    updated_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- On its way: of each conversation the first goes before the others.
CREATE INDEX dispatch_under_way ON dispatch (conversation, seq) WHERE state IN ('waiting', 'trying', 'unsure');
CREATE INDEX dispatch_due ON dispatch (channel, due_at) WHERE state IN ('waiting', 'unsure');
CREATE INDEX dispatch_by_provider_id ON dispatch (provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX dispatch_by_channel ON dispatch (channel, updated_at);
CREATE INDEX dispatch_by_conversation ON dispatch (conversation, message);
CREATE INDEX dispatch_given_up ON dispatch (message) WHERE state IN ('failed', 'withheld');

-- Short names of long addresses.
CREATE TABLE short_link (
    code         TEXT PRIMARY KEY NOT NULL,
    conversation BLOB NOT NULL,                  -- whose message it stands in; it goes with that
    url          TEXT NOT NULL,
    made_at      INTEGER NOT NULL,
    UNIQUE (conversation, url)
) STRICT, WITHOUT ROWID;

-- How far mailboxes have been read.
CREATE TABLE mailbox_place (
    mailbox TEXT PRIMARY KEY NOT NULL,
    place   TEXT NOT NULL                        -- JSON
) STRICT, WITHOUT ROWID;
