-- Who gets mail, what they look for, what they have been told, and mail on its way.
--
-- An address stands in one place, subscriber.address, and in the bytes of a mail until that mail has
-- left; it goes with the subscriber. What stays of a person who is gone is a keyed hash.

CREATE TABLE subscriber (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    address      TEXT NOT NULL,
    -- Keyed hash of the folded address, by which it is found.
    hash         BLOB NOT NULL UNIQUE,
    -- pending, active, paused, bounced.
    state        TEXT NOT NULL,
    -- When a pause ends by itself.
    paused_until INTEGER,
    created_at   INTEGER NOT NULL,
    confirmed_at INTEGER,
    -- Soft bounces since the last good delivery.
    soft_bounces INTEGER NOT NULL DEFAULT 0,
    bounced_at   INTEGER,
    bounced_why  TEXT,
    -- Attempts at composing a mail that did not end, because the process died in them.
    composing    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX subscriber_state ON subscriber (state, created_at);

-- Who agreed to what, when, and on what ground.
CREATE TABLE consent (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    who        TEXT NOT NULL,
    basis      TEXT NOT NULL
) STRICT;

CREATE INDEX consent_subscriber ON consent (subscriber);

-- A saved search with its cadence.
CREATE TABLE search (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    name       TEXT,
    -- Names and values as in an address: state=OH&credential=RHIT.
    filters    TEXT NOT NULL,
    -- daily, weekly, monthly, instant.
    every      TEXT NOT NULL,
    -- Minutes after midnight, local time.
    at_minute  INTEGER NOT NULL,
    zone       TEXT NOT NULL,
    -- 1 Monday to 7 Sunday.
    weekday    INTEGER NOT NULL,
    day        INTEGER NOT NULL,
    -- 1 where a mail is wanted that says that there is nothing.
    heartbeat  INTEGER NOT NULL DEFAULT 0,
    -- pending, active, paused.
    state      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- How far back it looked when it began; NULL where it began with what was new from then on.
    since      INTEGER,
    -- Events up to here have been looked at, at that moment.
    cursor     INTEGER NOT NULL,
    looked_at  INTEGER NOT NULL,
    -- The next slot.
    due_at     INTEGER NOT NULL,
    -- Rises with every change of the search and of what waits for it, so that a digest that was composed
    -- of an older state is noticed.
    turn       INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX search_subscriber ON search (subscriber);
CREATE INDEX search_due ON search (due_at) WHERE state = 'active';

-- Jobs that matched before a search began, packed. Searches that began alike share one set.
CREATE TABLE known_set (
    id   INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    jobs BLOB NOT NULL
) STRICT;

-- The set that a search began with: nothing in it is new to it.
CREATE TABLE search_known (
    search INTEGER PRIMARY KEY REFERENCES search (id) ON DELETE CASCADE,
    known  INTEGER NOT NULL REFERENCES known_set (id)
) STRICT;

CREATE INDEX search_known_set ON search_known (known);

-- A mail on its way, or the trace of one that has left.
CREATE TABLE outbox (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber    INTEGER REFERENCES subscriber (id) ON DELETE SET NULL,
    -- digest, confirmation.
    kind          TEXT NOT NULL,
    -- Which of its kind: the digest's slot, the confirmation's moment.
    slot          INTEGER NOT NULL,
    message_id    TEXT NOT NULL UNIQUE,
    -- By which a bounce finds it: the token in the envelope's sender.
    token         TEXT NOT NULL UNIQUE,
    -- Hash of the mail's bytes.
    digest        BLOB NOT NULL,
    jobs          INTEGER NOT NULL,
    -- queued, sending, unknown, held, sent, refused, expired, quarantined, cancelled.
    state         TEXT NOT NULL,
    -- 1 where it tells something for a search that was ended while it was being tried: it is not tried again.
    unwanted      INTEGER NOT NULL DEFAULT 0,
    attempts      INTEGER NOT NULL DEFAULT 0,
    -- Attempts that the process did not survive.
    deaths        INTEGER NOT NULL DEFAULT 0,
    -- 1 where an attempt may have arrived although its answer was lost.
    doubted       INTEGER NOT NULL DEFAULT 0,
    -- Refusals since.
    refusals      INTEGER NOT NULL DEFAULT 0,
    next_at       INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    first_attempt INTEGER,
    ended_at      INTEGER,
    reply         TEXT,
    UNIQUE (subscriber, kind, slot)
) STRICT;

-- SQLite uses a partial index only where a statement repeats its condition to the letter.
CREATE INDEX outbox_next ON outbox (next_at) WHERE state IN ('queued', 'unknown');
CREATE INDEX outbox_unfinished ON outbox (subscriber) WHERE ended_at IS NULL;
CREATE INDEX outbox_ended ON outbox (ended_at) WHERE ended_at IS NOT NULL;

-- The mail, compressed, until nobody needs it: apart, so that noting an attempt does not rewrite it.
CREATE TABLE outbox_body (
    mail  INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
    bytes BLOB NOT NULL
) STRICT;

-- What a person was told, in which mail, by which search.
CREATE TABLE told (
    subscriber INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    job        INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    -- new, updated, reopened, closing, closed, may, coded.
    kind       TEXT NOT NULL,
    mail       INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    search     INTEGER,
    -- When the job closes as it was told; another date is told again.
    closes_at  INTEGER,
    PRIMARY KEY (subscriber, job, kind, mail)
) STRICT, WITHOUT ROWID;

CREATE INDEX told_mail ON told (mail);
CREATE INDEX told_job ON told (job);

-- What a search has matched and nobody was told yet: it did not fit, or its mail could not be delivered.
CREATE TABLE waiting (
    search INTEGER NOT NULL REFERENCES search (id) ON DELETE CASCADE,
    job    INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    kind   TEXT NOT NULL,
    since  INTEGER NOT NULL,
    PRIMARY KEY (search, job, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX waiting_job ON waiting (job);

-- Tokens of links, hashed: what is stored here opens nothing.
CREATE TABLE token (
    hash       BLOB PRIMARY KEY,
    -- manage, confirm, feed.
    purpose    TEXT NOT NULL,
    subscriber INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    search     INTEGER REFERENCES search (id) ON DELETE CASCADE,
    made_at    INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX token_subscriber ON token (subscriber, purpose);
CREATE INDEX token_search ON token (search) WHERE search IS NOT NULL;

-- Addresses that must not be mailed unless their owner asks for it again: keyed hashes alone.
-- Why: whoever left by themselves, was removed, bounced or complained.
CREATE TABLE suppression (
    hash BLOB PRIMARY KEY,
    why  TEXT NOT NULL,
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Confirmations asked for, so that nobody can have a stranger flooded with them.
CREATE TABLE confirmation_asked (
    hash BLOB NOT NULL,
    at   INTEGER NOT NULL
) STRICT;

CREATE INDEX confirmation_asked_at ON confirmation_asked (at);
CREATE INDEX confirmation_asked_hash ON confirmation_asked (hash, at);

CREATE TABLE bounce (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    mail       INTEGER REFERENCES outbox (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    -- hard, soft, complaint.
    kind       TEXT NOT NULL,
    status     TEXT,
    diagnostic TEXT
) STRICT;

CREATE INDEX bounce_mail ON bounce (mail);

-- How the mail server does, and whether mail is paused: one row.
CREATE TABLE mail_state (
    only         INTEGER PRIMARY KEY CHECK (only = 1),
    -- By which the key beside the database is known to be the one that its hashes were made with.
    key_check    BLOB,
    paused_at    INTEGER,
    paused_why   TEXT,
    server_until INTEGER,
    server_fails INTEGER NOT NULL DEFAULT 0,
    server_why   TEXT,
    -- Rises, so that there is something to wait for the disk for.
    settled      INTEGER NOT NULL DEFAULT 0
) STRICT;

INSERT INTO mail_state (only) VALUES (1);

-- For jobs that end soon: which are told without anything having happened to them.
CREATE INDEX job_closes ON job (closes_at) WHERE status = 0 AND closes_at IS NOT NULL;
