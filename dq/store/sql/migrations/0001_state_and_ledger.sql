-- What people decide, and the ledger that records that they did.

CREATE TABLE ledger (
    seq INTEGER PRIMARY KEY CHECK (seq >= 0),
    entry TEXT NOT NULL,              -- canonical JSON (RFC 8785)
    leaf BLOB NOT NULL CHECK (length(leaf) = 32)
);

CREATE TRIGGER ledger_keeps_entries BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER ledger_keeps_all_entries BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE ledger_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    frontier BLOB NOT NULL,           -- see dq/store/merkle.py
    root BLOB NOT NULL
);

CREATE TABLE secret (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,              -- JSON
    seq INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE suppression (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL,
    "table" TEXT,
    "column" TEXT,
    "where" TEXT,                     -- SQL of the glossary's kind
    keys TEXT NOT NULL,               -- JSON list; empty: not by key
    because TEXT NOT NULL,
    author TEXT NOT NULL,
    created TEXT NOT NULL,
    until TEXT NOT NULL,              -- last day on which it holds
    lifted TEXT,
    lifted_by TEXT,
    seq INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE mapping_approval (
    source TEXT NOT NULL,
    shape TEXT NOT NULL,              -- digest of the normalised headers
    mapping TEXT NOT NULL,            -- JSON
    digest TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    approved TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (source, shape)
);

CREATE TABLE baseline (
    kind TEXT NOT NULL CHECK (kind IN ('column', 'value', 'stage')),
    "table" TEXT NOT NULL,
    "column" TEXT NOT NULL,
    value TEXT NOT NULL,
    adopted TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (kind, "table", "column", value)
);
