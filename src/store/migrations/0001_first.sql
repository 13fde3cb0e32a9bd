-- Times are milliseconds since the epoch, UTC. Wide things (bodies, recorded answers, texts) stand
-- in tables of their own, so that noticing a posting again never rewrites them.

CREATE TABLE board (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE,
    health TEXT
) STRICT;

-- When something was last done that need not be done at every poll.
CREATE TABLE upkeep (
    name    TEXT NOT NULL UNIQUE,
    done_at INTEGER NOT NULL
) STRICT;

CREATE TABLE host (
    host              TEXT NOT NULL UNIQUE,
    next_allowed      INTEGER,
    reason            TEXT,
    robots_fetched_at INTEGER,
    robots_status     INTEGER,
    robots_moved_to   TEXT,
    robots_body       TEXT
) STRICT;

-- What an address answered last. confirmed_at speaks for every posting in page_listing, so that an
-- unchanged answer costs one row.
CREATE TABLE page (
    id            INTEGER PRIMARY KEY,
    board         INTEGER NOT NULL REFERENCES board (id),
    url           TEXT NOT NULL,
    kind          TEXT NOT NULL,
    detail_of     TEXT,
    etag          TEXT,
    last_modified TEXT,
    body_hash     BLOB NOT NULL,
    fetched_at    INTEGER NOT NULL,
    confirmed_at  INTEGER NOT NULL,
    listed        INTEGER NOT NULL,
    total         INTEGER,
    empty         INTEGER NOT NULL,
    truncated     INTEGER NOT NULL,
    next          TEXT NOT NULL,
    engine        TEXT NOT NULL,
    UNIQUE (board, url)
) STRICT;

CREATE TABLE raw_answer (
    id         INTEGER PRIMARY KEY,
    board      INTEGER NOT NULL REFERENCES board (id),
    url        TEXT NOT NULL,
    body_hash  BLOB NOT NULL,
    kind       TEXT NOT NULL,
    detail_of  TEXT,
    fetched_at INTEGER NOT NULL,
    final_url  TEXT NOT NULL,
    media_type TEXT NOT NULL,
    charset    TEXT,
    signs      TEXT NOT NULL,
    body       BLOB NOT NULL,
    UNIQUE (board, url, body_hash)
) STRICT;

CREATE TABLE posting (
    id              INTEGER PRIMARY KEY,
    board           INTEGER NOT NULL REFERENCES board (id),
    posting_id      TEXT NOT NULL,
    url             TEXT,
    official        INTEGER NOT NULL,
    completeness    INTEGER NOT NULL,
    fingerprint     BLOB NOT NULL,
    -- The list row as last seen, where a fuller version is stored.
    row_fingerprint BLOB,
    row_url         TEXT,
    first_seen      INTEGER NOT NULL,
    seen_at         INTEGER NOT NULL,
    date_posted     TEXT,
    closes_at       INTEGER,
    closed_at       INTEGER,
    -- 1 stated end, 2 the board's word, 3 absence.
    closed_kind     INTEGER,
    closed_reason   TEXT,
    absences        INTEGER NOT NULL DEFAULT 0,
    wants_detail    INTEGER NOT NULL DEFAULT 0,
    attempts        INTEGER NOT NULL DEFAULT 0,
    retry_at        INTEGER,
    detail_error    TEXT,
    UNIQUE (board, posting_id)
) STRICT;

CREATE INDEX posting_open ON posting (board) WHERE closed_at IS NULL;
CREATE INDEX posting_ending ON posting (closes_at) WHERE closed_at IS NULL AND closes_at IS NOT NULL;
CREATE INDEX posting_wanting ON posting (board) WHERE wants_detail = 1;

CREATE TABLE posting_body (
    posting INTEGER PRIMARY KEY REFERENCES posting (id),
    body    BLOB NOT NULL
) STRICT;

CREATE TABLE page_listing (
    page    INTEGER NOT NULL REFERENCES page (id),
    posting INTEGER NOT NULL REFERENCES posting (id),
    PRIMARY KEY (page, posting)
) STRICT, WITHOUT ROWID;

CREATE INDEX page_listing_posting ON page_listing (posting);

-- Candidate keys: postings that share one are compared.
CREATE TABLE blk (
    key     INTEGER NOT NULL,
    posting INTEGER NOT NULL,
    PRIMARY KEY (key, posting)
) STRICT, WITHOUT ROWID;

-- ids rise with first seen, and are the rowids of job_text. Rows are never deleted.
CREATE TABLE job (
    id            INTEGER PRIMARY KEY,
    public_id     TEXT NOT NULL UNIQUE,
    founder       INTEGER NOT NULL REFERENCES posting (id),
    first_seen    INTEGER NOT NULL,
    -- 0 open, 1 closed, 2 merged into another job.
    status        INTEGER NOT NULL,
    -- When the last open posting's stated end passes; NULL when one states none.
    open_until    INTEGER,
    closed_at     INTEGER,
    closed_reason TEXT,
    reposted      INTEGER NOT NULL DEFAULT 0,
    text_hash     BLOB NOT NULL,
    url           TEXT,
    title         TEXT,
    employer      TEXT,
    place         TEXT,
    work_mode     TEXT,
    pay           TEXT,
    employment    TEXT NOT NULL,
    date_posted   TEXT,
    posted_at     INTEGER NOT NULL,
    closes        TEXT,
    closes_at     INTEGER,
    pay_unit      TEXT,
    pay_low       REAL,
    pay_high      REAL,
    annual_low    REAL,
    annual_high   REAL,
    boards        TEXT NOT NULL,
    facets        TEXT NOT NULL,
    employers     TEXT NOT NULL,
    -- One bit for each field that no posting states.
    unstated      INTEGER NOT NULL
) STRICT;

CREATE INDEX job_status ON job (status);

CREATE TABLE membership (
    posting INTEGER PRIMARY KEY REFERENCES posting (id),
    job     INTEGER NOT NULL REFERENCES job (id),
    since   INTEGER NOT NULL,
    by      TEXT NOT NULL
) STRICT;

CREATE INDEX membership_job ON membership (job);

CREATE TABLE job_alias (
    alias INTEGER PRIMARY KEY REFERENCES job (id),
    job   INTEGER NOT NULL REFERENCES job (id),
    since INTEGER NOT NULL
) STRICT;

CREATE INDEX job_alias_job ON job_alias (job);

CREATE TABLE link (
    a           INTEGER NOT NULL REFERENCES posting (id),
    b           INTEGER NOT NULL REFERENCES posting (id),
    kind        TEXT NOT NULL,
    probability REAL NOT NULL,
    veto        INTEGER NOT NULL,
    evidence    TEXT NOT NULL,
    model       TEXT NOT NULL,
    decided_at  INTEGER NOT NULL,
    PRIMARY KEY (a, b),
    CHECK (a < b)
) STRICT, WITHOUT ROWID;

CREATE INDEX link_b ON link (b);

CREATE TABLE human_constraint (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    a       INTEGER NOT NULL REFERENCES posting (id),
    b       INTEGER NOT NULL REFERENCES posting (id),
    verdict TEXT NOT NULL CHECK (verdict IN ('same', 'different')),
    who     TEXT NOT NULL,
    why     TEXT,
    at      INTEGER NOT NULL,
    UNIQUE (a, b),
    CHECK (a < b)
) STRICT;

CREATE TABLE job_event (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    job     INTEGER NOT NULL REFERENCES job (id),
    kind    TEXT NOT NULL,
    posting TEXT,
    at      INTEGER NOT NULL,
    detail  TEXT
) STRICT;

CREATE INDEX job_event_job ON job_event (job);

CREATE TRIGGER job_event_never_changes BEFORE UPDATE ON job_event
BEGIN SELECT RAISE(ABORT, 'job_event is append-only'); END;

CREATE TRIGGER job_event_never_shrinks BEFORE DELETE ON job_event
BEGIN SELECT RAISE(ABORT, 'job_event is append-only'); END;

-- detail=full, because phrases are promised. tags holds facets as words that nobody types.
CREATE VIRTUAL TABLE job_text USING fts5 (
    title, organization, place, body, tags,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

INSERT INTO job_text (job_text, rank) VALUES ('automerge', 16);
INSERT INTO job_text (job_text, rank) VALUES ('crisismerge', 32);
-- A batch of 500 postings of 3 KB is written in one piece.
INSERT INTO job_text (job_text, rank) VALUES ('hashsize', 4194304);
