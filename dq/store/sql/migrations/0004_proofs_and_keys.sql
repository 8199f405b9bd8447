-- What makes proofs quick and signatures checkable: hashes of whole subtrees, the ledger's own
-- name, where its entries about keys stand, and which checkpoints were written where.

CREATE TABLE ledger_node (
    level INTEGER NOT NULL CHECK (level > 0 AND level % 8 = 0),
    idx INTEGER NOT NULL CHECK (idx >= 0),  -- over the entries idx * 2^level and on
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, idx)
) WITHOUT ROWID;

CREATE TRIGGER ledger_node_keeps BEFORE UPDATE ON ledger_node
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER ledger_node_keeps_all BEFORE DELETE ON ledger_node
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE ledger_origin (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    origin TEXT NOT NULL
);

INSERT INTO ledger_origin (one, origin) VALUES (1, 'crm-dq/' || lower(hex(randomblob(16))));

CREATE TABLE ledger_key (
    seq INTEGER PRIMARY KEY REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
    fingerprint TEXT NOT NULL
);

CREATE TABLE checkpoint (
    written TEXT NOT NULL,            -- UTC
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    place TEXT NOT NULL,
    elsewhere INTEGER NOT NULL        -- 1: outside the project
);
