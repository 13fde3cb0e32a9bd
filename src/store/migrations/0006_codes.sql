-- What postings are coded with, as far as filters and reports look at it. A row that was written
-- before has none until its postings are coded.

-- Which vocabulary coded the posting; empty where none did.
ALTER TABLE posting ADD COLUMN vocabulary TEXT NOT NULL DEFAULT '';
-- 1 where its text names persons, who are erased some time after it has closed.
ALTER TABLE posting ADD COLUMN contacts INTEGER NOT NULL DEFAULT 0;
CREATE INDEX posting_contacts ON posting (closed_at) WHERE contacts = 1 AND closed_at IS NOT NULL;

ALTER TABLE job ADD COLUMN role TEXT;
ALTER TABLE job ADD COLUMN soc TEXT;
ALTER TABLE job ADD COLUMN setting TEXT;
ALTER TABLE job ADD COLUMN level TEXT;
ALTER TABLE job ADD COLUMN employer_id TEXT;
ALTER TABLE job ADD COLUMN credentials TEXT;
ALTER TABLE job ADD COLUMN experience_years REAL;
ALTER TABLE job ADD COLUMN hours_per_week REAL;
-- 1 where a staffing agency recruits for somebody else.
ALTER TABLE job ADD COLUMN agency INTEGER NOT NULL DEFAULT 0;
-- How many warning signs.
ALTER TABLE job ADD COLUMN warnings INTEGER NOT NULL DEFAULT 0;

CREATE INDEX job_employer ON job (employer_id) WHERE employer_id IS NOT NULL;

-- Where a job is, for distances: towns, ZIP codes and points; never a state's or country's middle.
CREATE TABLE job_point (
    job       INTEGER NOT NULL REFERENCES job (id),
    latitude  REAL NOT NULL,
    longitude REAL NOT NULL,
    PRIMARY KEY (job, latitude, longitude)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_point_latitude ON job_point (latitude, longitude);

-- A job as filters saw it before it was coded anew, so that what first matches because of that can
-- be told as such.
CREATE TABLE job_recoded (
    job              INTEGER PRIMARY KEY REFERENCES job (id),
    at               INTEGER NOT NULL,
    event            INTEGER NOT NULL,
    facets           TEXT NOT NULL,
    unstated         INTEGER NOT NULL,
    soc              TEXT,
    experience_years REAL,
    hours_per_week   REAL,
    agency           INTEGER NOT NULL,
    warnings         INTEGER NOT NULL
) STRICT;

CREATE INDEX job_recoded_at ON job_recoded (at);
