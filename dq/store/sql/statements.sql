-- Every statement the store runs, by name.

-- name: has_schema_version
SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'

-- name: create_schema_version
CREATE TABLE schema_version (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied TEXT NOT NULL
)

-- name: schema_version
SELECT max(version) FROM schema_version

-- name: record_version
INSERT INTO schema_version (version, name, applied) VALUES (:version, :name, :applied)

-- name: read_head
SELECT size, CAST(frontier AS BLOB), CAST(root AS BLOB) FROM ledger_head WHERE one = 1

-- name: write_head
INSERT INTO ledger_head (one, size, frontier, root) VALUES (1, :size, :frontier, :root)
ON CONFLICT (one) DO UPDATE SET size = :size, frontier = :frontier, root = :root

-- name: append_entry
INSERT INTO ledger (seq, entry, leaf) VALUES (:seq, :entry, :leaf)

-- name: read_entries
-- as bytes: a damaged entry may be no text
SELECT seq, CAST(entry AS BLOB), CAST(leaf AS BLOB) FROM ledger WHERE seq >= :start ORDER BY seq

-- name: read_some_entries
SELECT seq, CAST(entry AS BLOB), CAST(leaf AS BLOB) FROM ledger
WHERE seq >= :start AND seq < :stop ORDER BY seq

-- name: read_leaves
SELECT CAST(leaf AS BLOB) FROM ledger WHERE seq >= :start AND seq < :stop ORDER BY seq

-- name: last_entry
SELECT coalesce(max(seq), -1) FROM ledger

-- name: read_nodes
SELECT CAST(hash AS BLOB) FROM ledger_node
WHERE level = :level AND idx >= :start AND idx < :stop ORDER BY idx

-- name: read_all_nodes
SELECT level, idx, CAST(hash AS BLOB) FROM ledger_node

-- name: add_node
INSERT INTO ledger_node (level, idx, hash) VALUES (:level, :idx, :hash)

-- name: read_origin
SELECT origin FROM ledger_origin WHERE one = 1

-- name: add_key_entry
INSERT INTO ledger_key (seq, fingerprint) VALUES (:seq, :fingerprint)

-- name: read_key_entries
SELECT seq FROM ledger_key ORDER BY seq

-- name: add_checkpoint
INSERT INTO checkpoint (written, size, root, place, elsewhere)
VALUES (:written, :size, :root, :place, :elsewhere)

-- name: read_checkpoints
SELECT written, size, CAST(root AS BLOB), place, elsewhere FROM checkpoint ORDER BY written, size

-- name: read_secret
SELECT value FROM secret WHERE name = :name

-- name: write_secret
INSERT INTO secret (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING

-- name: read_setting
SELECT value FROM setting WHERE name = :name

-- name: write_setting
INSERT INTO setting (name, value, seq) VALUES (:name, :value, :seq)
ON CONFLICT (name) DO UPDATE SET value = :value, seq = :seq

-- name: add_suppression
INSERT INTO suppression
    (id, code, "table", "column", keys, because, author, created, until, seq)
VALUES
    (:id, :code, :table, :column, :keys, :because, :author, :created, :until, :seq)

-- name: lift_suppression
UPDATE suppression SET lifted = :lifted, lifted_by = :lifted_by
WHERE id = :id AND lifted IS NULL

-- name: read_suppressions
SELECT id, code, "table", "column", keys, because, author, created, until, lifted, lifted_by
FROM suppression WHERE keys <> '[]' ORDER BY seq, id

-- name: approve_mapping
INSERT INTO mapping_approval (source, shape, mapping, digest, approved_by, approved, seq)
VALUES (:source, :shape, :mapping, :digest, :approved_by, :approved, :seq)
ON CONFLICT (source, shape) DO UPDATE SET
    mapping = :mapping, digest = :digest, approved_by = :approved_by, approved = :approved,
    seq = :seq

-- name: read_mapping
SELECT source, shape, mapping, digest, approved_by, approved FROM mapping_approval
WHERE source = :source AND shape = :shape

-- name: adopt
INSERT INTO baseline (kind, "table", "column", value, adopted, seq)
VALUES (:kind, :table, :column, :value, :adopted, :seq)
ON CONFLICT DO NOTHING

-- name: read_baseline
SELECT kind, "table", "column", value FROM baseline ORDER BY kind, "table", "column", value

-- name: write_answer
INSERT INTO worklist_answer (run, finding, answer, reason, new_value, author, answered, seq)
VALUES (:run, :finding, :answer, :reason, :new_value, :author, :answered, :seq)
ON CONFLICT (run, finding) DO UPDATE SET
    answer = :answer, reason = :reason, new_value = :new_value, author = :author,
    answered = :answered, seq = :seq

-- name: read_answers
SELECT run, finding, answer, reason, new_value, author, answered FROM worklist_answer
ORDER BY run, answered, finding

-- name: add_definition_step
INSERT INTO definition_step
    (seq, object, step, digest, content, words_digest, words, by, at, because, alone)
VALUES
    (:seq, :object, :step, :digest, :content, :words_digest, :words, :by, :at, :because, :alone)

-- name: read_definition_steps
SELECT seq, object, step, digest, content, words_digest, words, by, at, because, alone
FROM definition_step ORDER BY seq, object
