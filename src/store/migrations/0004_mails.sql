-- Which alert mails were read. Ids are hashes: a Message-ID may name the reader.

-- How far each board's mailbox was read; hints only, as JSON.
CREATE TABLE mailbox (
    board  INTEGER PRIMARY KEY REFERENCES board (id),
    cursor TEXT NOT NULL
) STRICT;

-- Alert mails whose postings are stored, by the hash of their Message-ID.
CREATE TABLE mail_seen (
    board   INTEGER NOT NULL REFERENCES board (id),
    mail    BLOB NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (board, mail)
) STRICT, WITHOUT ROWID;

-- Files of a Maildir that need not be opened again, by the hash of their names.
CREATE TABLE mail_place (
    board   INTEGER NOT NULL REFERENCES board (id),
    place   BLOB NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (board, place)
) STRICT, WITHOUT ROWID;

-- Postings known from mails that no list has shown yet, with the date of the last mail that named
-- them: only what a list once showed can be missing from it.
CREATE TABLE mail_posting (
    posting  INTEGER PRIMARY KEY REFERENCES posting (id),
    named_at INTEGER NOT NULL
) STRICT;
