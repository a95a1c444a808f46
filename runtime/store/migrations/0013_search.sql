-- Conversations by what was said in them.

-- How far changes of conversations are followed. While `taken_through` isn't null, conversations are taken in from the
-- first one on.
CREATE TABLE search_state (
    one           INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    place         INTEGER NOT NULL,
    taken_through BLOB,
    taken_at      INTEGER NOT NULL
) STRICT;

INSERT INTO search_state (one, place, taken_through, taken_at) VALUES (1, 0, x'', 0);

CREATE TABLE search_conversation (
    number       INTEGER PRIMARY KEY NOT NULL,
    conversation BLOB NOT NULL UNIQUE CHECK (length(conversation) = 16),
    channel      TEXT NOT NULL,
    through_seq  INTEGER NOT NULL,               -- its messages up to this number are in the words
    latest_at    INTEGER NOT NULL                -- when the latest of them was stored
) STRICT;

CREATE INDEX search_by_time ON search_conversation (latest_at, number);

-- Whose conversations they are: pseudonyms, as the audit makes them, of everything that a customer is known by.
CREATE TABLE search_customer (
    pseudonym TEXT NOT NULL,
    number    INTEGER NOT NULL REFERENCES search_conversation (number) ON DELETE CASCADE,
    PRIMARY KEY (pseudonym, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX search_customer_by_number ON search_customer (number);

-- The rowid is the number of the conversation, shifted left by 24 bits, and the number of the message below.
CREATE VIRTUAL TABLE search_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);

-- The words that are in it, to find those that begin as somebody types.
CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab (search_words, row);
