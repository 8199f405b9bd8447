-- What was proposed and approved of the glossary: one line a definition and decision.

CREATE TABLE definition_step (
    seq INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
    object TEXT NOT NULL,             -- as prospect@2024-01-01, prospect/sales_us@2024-01-01
    step TEXT NOT NULL CHECK (step IN ('proposed', 'approved')),
    digest TEXT NOT NULL,             -- of content
    content TEXT NOT NULL,            -- canonical JSON: what the word selects or computes
    words_digest TEXT NOT NULL,       -- of words
    words TEXT NOT NULL,              -- canonical JSON: labels and explanations
    by TEXT NOT NULL,
    at TEXT NOT NULL,
    because TEXT NOT NULL,
    alone INTEGER NOT NULL DEFAULT 0, -- 1: approved by who proposed it, where one may
    PRIMARY KEY (seq, object)
);

CREATE INDEX definition_step_object ON definition_step (object, seq);
