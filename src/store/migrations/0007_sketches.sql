-- What the judge compares of a posting, by the model that made it. judged is how many pieces of text
-- were known to be common when the posting was last compared with others.
CREATE TABLE sketch (
    posting INTEGER PRIMARY KEY REFERENCES posting (id),
    model   TEXT NOT NULL,
    judged  INTEGER NOT NULL,
    body    BLOB NOT NULL
) STRICT;

-- Every posting has a row, so that those which another model has judged are found by this alone.
CREATE INDEX sketch_model ON sketch (model, posting);
INSERT INTO sketch (posting, model, judged, body) SELECT posting, '', 0, x'' FROM posting_body;

-- Pieces of text that too many postings share to say anything, in the order in which they became so.
CREATE TABLE common_piece (
    seq   INTEGER PRIMARY KEY,
    piece INTEGER NOT NULL UNIQUE
) STRICT;

-- Keys of an earlier model meet none of this one's; judging everything anew writes them.
DELETE FROM blk;

CREATE INDEX link_doubtful ON link (probability) WHERE kind = 'possible';

-- What a decision changed, so that it can be undone: pairs of postings with what was ruled before and after.
ALTER TABLE job_event ADD COLUMN data TEXT;
