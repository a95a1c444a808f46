-- By what lines of the audit are found beside their columns: the plugins that a line is about, the tools that were
-- called, who did it, and the conversation where the line is about something else. It follows from the lines and is no
-- part of what is verified.
CREATE TABLE audit_term (
    term TEXT NOT NULL,                          -- plugin:ID, tool:FUNCTION, actor:NAME, conversation:ID
    seq  INTEGER NOT NULL,
    PRIMARY KEY (term, seq)
) STRICT, WITHOUT ROWID;

-- The lines that are there already. One whose particulars aren't JSON was put in by somebody else: it is found by its
-- columns alone.
INSERT OR IGNORE INTO audit_term (term, seq)
SELECT 'actor:' || actor, seq FROM audit WHERE actor <> 'runtime'
UNION ALL
SELECT 'plugin:' || substr(actor, 7), seq FROM audit WHERE actor LIKE 'skill:%'
UNION ALL
SELECT 'plugin:' || object, seq FROM audit
WHERE action LIKE 'release-%' OR action LIKE 'plugin-%' OR action LIKE 'skill-%' OR action LIKE 'integration-%'
   OR action = 'foreign-object'
UNION ALL
SELECT 'tool:' || (detail ->> '$.function'), seq FROM audit
WHERE json_valid(detail) AND action <> 'turn-handled' AND detail ->> '$.function' IS NOT NULL
UNION ALL
SELECT 'conversation:' || (detail ->> '$.conversation'), seq FROM audit
WHERE json_valid(detail) AND action <> 'turn-handled' AND detail ->> '$.conversation' IS NOT NULL
UNION ALL
SELECT 'plugin:' || (skill.value ->> '$.skill'), audit.seq
FROM audit, json_each(iif(json_valid(audit.detail), audit.detail, '{}'), '$.skills') AS skill
WHERE action = 'turn-handled' AND skill.value ->> '$.skill' IS NOT NULL
UNION ALL
SELECT 'tool:' || (call.value ->> '$.function'), audit.seq
FROM audit, json_each(iif(json_valid(audit.detail), audit.detail, '{}'), '$.skills') AS skill,
     json_each(skill.value, '$.calls') AS call
WHERE action = 'turn-handled' AND call.value ->> '$.function' IS NOT NULL
UNION ALL
SELECT 'plugin:' || (call.value ->> '$.provider'), audit.seq
FROM audit, json_each(iif(json_valid(audit.detail), audit.detail, '{}'), '$.skills') AS skill,
     json_each(skill.value, '$.calls') AS call
WHERE action = 'turn-handled' AND call.value ->> '$.provider' IS NOT NULL;
