-- A posting that its board advertised anew under the same id. Whether a job was reposted follows from
-- its postings and links, so that a mark does not outlive what it was made for.
ALTER TABLE posting ADD COLUMN reposted INTEGER NOT NULL DEFAULT 0;

UPDATE posting SET reposted = 1 WHERE id IN (
    SELECT p.id FROM job AS j JOIN posting AS p ON p.id = j.founder WHERE j.reposted = 1 AND EXISTS (
        SELECT 1 FROM job_event AS e JOIN board AS b ON b.id = p.board
        WHERE e.job = j.id AND e.kind = 'reposted' AND e.posting = b.name || '/' || p.posting_id));
