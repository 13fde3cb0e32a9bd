-- Closed jobs can be erased after their time. A job that is being erased has status 3, and only then
-- may its history go with it; everything else in job_event stays append-only.
DROP TRIGGER job_event_never_shrinks;

CREATE TRIGGER job_event_never_shrinks BEFORE DELETE ON job_event
WHEN (SELECT status FROM job WHERE id = OLD.job) IS NOT 3
BEGIN SELECT RAISE(ABORT, 'job_event is append-only, but for erased jobs'); END;

-- For the references that SQLite looks up when a posting goes, and for the answers that go with it.
CREATE INDEX job_founder ON job (founder);
CREATE INDEX raw_answer_detail ON raw_answer (board, detail_of) WHERE detail_of IS NOT NULL;
