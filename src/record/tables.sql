-- Every finished run; `seq` is the order in which they were recorded, whatever the clock said.
CREATE TABLE runs (
    seq              INTEGER PRIMARY KEY,
    id               TEXT NOT NULL UNIQUE,
    stage            TEXT NOT NULL,
    verdict          TEXT NOT NULL,
    proof            TEXT,
    candidate_commit BLOB,
    candidate_tree   BLOB NOT NULL,
    base_tree        BLOB,
    started          INTEGER NOT NULL, -- milliseconds since 1970 UTC
    duration_ms      INTEGER NOT NULL,
    narrowed         INTEGER NOT NULL,
    document         TEXT NOT NULL     -- gate.verdict/1
);
CREATE INDEX runs_by_tree ON runs (candidate_tree, seq);

-- Every step that ran or was to run.
CREATE TABLE steps (
    run         INTEGER NOT NULL, -- runs.seq
    name        TEXT NOT NULL,
    required    INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    outcome     TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    log         TEXT,
    PRIMARY KEY (run, name)
) WITHOUT ROWID;
CREATE INDEX steps_by_name ON steps (name, run);

-- What the fingerprints of steps and receipts are made of.
CREATE TABLE fingerprints (
    digest      BLOB PRIMARY KEY,
    subject     BLOB NOT NULL,
    environment BLOB NOT NULL,
    fields      TEXT NOT NULL
) WITHOUT ROWID;

-- Passes that stand in for a run of a step. `shared`: made with folders of the user's checkout.
CREATE TABLE receipts (
    fingerprint BLOB NOT NULL,
    shared      INTEGER NOT NULL,
    check_name  TEXT NOT NULL,
    tree        BLOB NOT NULL,
    run         TEXT NOT NULL,
    finished    INTEGER NOT NULL, -- seconds since 1970 UTC
    used        INTEGER NOT NULL, -- the same; when it last stood in, to within a day
    PRIMARY KEY (fingerprint, shared)
) WITHOUT ROWID;

-- Passes of single files.
CREATE TABLE file_receipts (
    key        BLOB NOT NULL,
    shared     INTEGER NOT NULL,
    check_name TEXT NOT NULL,
    run        TEXT NOT NULL,
    finished   INTEGER NOT NULL,
    PRIMARY KEY (key, shared)
) WITHOUT ROWID;

-- Fingerprints whose last result was a failure.
CREATE TABLE failures (
    fingerprint BLOB PRIMARY KEY,
    run         TEXT NOT NULL,
    finished    INTEGER NOT NULL
) WITHOUT ROWID;

-- Checks whose receipts were taken back.
CREATE TABLE voided (
    check_name TEXT NOT NULL,
    at         INTEGER NOT NULL,
    why        TEXT NOT NULL,
    receipts   INTEGER NOT NULL
);
