-- How long what customers said is kept, and the export and erasure of one customer.

-- When all that was said in it was erased; absent again once somebody writes.
ALTER TABLE conversation ADD COLUMN erased_at INTEGER;
-- How often that was done: what was read under another count may hold words that are gone.
ALTER TABLE conversation ADD COLUMN erasures INTEGER NOT NULL DEFAULT 0;

CREATE INDEX conversation_kept ON conversation (created_at) WHERE erased_at IS NULL;

-- What customers are found by.
ALTER TABLE session ADD COLUMN identity_id TEXT GENERATED ALWAYS AS (identity ->> '$.customer_id') VIRTUAL;
ALTER TABLE session ADD COLUMN identity_email TEXT GENERATED ALWAYS AS (lower(identity ->> '$.email')) VIRTUAL;
ALTER TABLE session ADD COLUMN identity_phone TEXT GENERATED ALWAYS AS (identity ->> '$.phone') VIRTUAL;
ALTER TABLE session ADD COLUMN contact_email TEXT GENERATED ALWAYS AS (lower(contact ->> '$.email')) VIRTUAL;
ALTER TABLE session ADD COLUMN contact_phone TEXT GENERATED ALWAYS AS (contact ->> '$.phone') VIRTUAL;

CREATE INDEX session_by_identity_id ON session (identity_id) WHERE identity_id IS NOT NULL;
CREATE INDEX session_by_identity_email ON session (identity_email) WHERE identity_email IS NOT NULL;
CREATE INDEX session_by_identity_phone ON session (identity_phone) WHERE identity_phone IS NOT NULL;
CREATE INDEX session_by_contact_email ON session (contact_email) WHERE contact_email IS NOT NULL;
CREATE INDEX session_by_contact_phone ON session (contact_phone) WHERE contact_phone IS NOT NULL;

ALTER TABLE ticket ADD COLUMN requester_id TEXT GENERATED ALWAYS AS (content ->> '$.requester.profile_id') VIRTUAL;
ALTER TABLE ticket ADD COLUMN requester_email TEXT GENERATED ALWAYS AS (lower(content ->> '$.requester.email')) VIRTUAL;
ALTER TABLE ticket ADD COLUMN requester_phone TEXT GENERATED ALWAYS AS (content ->> '$.requester.phone') VIRTUAL;

CREATE INDEX ticket_by_requester_id ON ticket (requester_id) WHERE requester_id IS NOT NULL;
CREATE INDEX ticket_by_requester_email ON ticket (requester_email) WHERE requester_email IS NOT NULL;
CREATE INDEX ticket_by_requester_phone ON ticket (requester_phone) WHERE requester_phone IS NOT NULL;

CREATE INDEX acting_call_by_conversation ON acting_call (conversation);
