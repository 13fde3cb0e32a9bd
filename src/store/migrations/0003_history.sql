-- What each whole round of a board's lists showed, one row an hour at most; lists and details hold
-- in how many rows each field was stated.
CREATE TABLE board_round (
    board      INTEGER NOT NULL REFERENCES board (id),
    hour       INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    listed     INTEGER NOT NULL,
    new        INTEGER NOT NULL,
    says_empty INTEGER NOT NULL,
    lists      TEXT NOT NULL,
    details    TEXT NOT NULL,
    newest     TEXT,
    suspicion  TEXT,
    PRIMARY KEY (board, hour)
) STRICT, WITHOUT ROWID;

-- Every change of a board's state.
CREATE TABLE board_event (
    id     INTEGER PRIMARY KEY,
    board  INTEGER NOT NULL REFERENCES board (id),
    at     INTEGER NOT NULL,
    before TEXT NOT NULL,
    after  TEXT NOT NULL,
    why    TEXT
) STRICT;

CREATE INDEX board_event_board ON board_event (board, id);

-- In how many of an answer's rows each field was stated, so that an unchanged answer need not be read.
ALTER TABLE page ADD COLUMN fill TEXT;
