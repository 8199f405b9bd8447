-- What people answered in worklists, finding by finding.

CREATE TABLE worklist_answer (
    run TEXT NOT NULL,                -- the run that the worklist was made of
    finding TEXT NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('fixed', 'not_an_error', 'later')),
    reason TEXT NOT NULL,
    new_value TEXT NOT NULL,
    author TEXT NOT NULL,
    answered TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (run, finding)
);
