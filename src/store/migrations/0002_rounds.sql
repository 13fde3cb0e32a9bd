-- When a board is due, and what an address asks of the next request to it.

-- Until when the server says that its answer stays fresh (RFC 9111).
ALTER TABLE page ADD COLUMN fresh_until INTEGER;
-- How long it said so for: a 304 without a word about it renews that (RFC 9111 section 4.3.4).
ALTER TABLE page ADD COLUMN fresh_for INTEGER;
-- The address that gave the validators, where a redirect led to it.
ALTER TABLE page ADD COLUMN given_by TEXT;
-- What read the answer: our version and the board's rules. Another reader must see it anew.
ALTER TABLE page ADD COLUMN reader TEXT NOT NULL DEFAULT '';
-- Why the latest answer could not be read; the listing is that of the last one that could.
ALTER TABLE page ADD COLUMN unread TEXT;
-- 1 where what could not be read is a bot wall, 2 where it is a login.
ALTER TABLE page ADD COLUMN unread_wall INTEGER NOT NULL DEFAULT 0;
-- 1 where the validators and the hash are those of what could not be read.
ALTER TABLE page ADD COLUMN unread_validated INTEGER NOT NULL DEFAULT 0;

CREATE TABLE board_due (
    board     INTEGER PRIMARY KEY REFERENCES board (id),
    due_at    INTEGER NOT NULL,
    -- schedule, pace, retry, outage, wall, parked.
    why       TEXT NOT NULL,
    -- The schedule that the moment was found by; another one is asked anew.
    schedule  TEXT NOT NULL,
    polled_at INTEGER NOT NULL
) STRICT;

-- How often a board shows something new.
CREATE INDEX posting_first_seen ON posting (board, first_seen);
