-- Recorded answers that have had their time. ?1: received before this moment; ?2: how many of one
-- address are kept; ?3: how many at once.
--
-- The latest answer of an address outlives its time while somebody may want to read it again: a
-- list that is still asked, or the details of a posting that is open or closed only lately. At the
-- end of time (?1 is the largest number) nothing is kept.
SELECT id FROM (
    SELECT id, board, url, detail_of, fetched_at,
           row_number() OVER (PARTITION BY board, url ORDER BY fetched_at DESC, id DESC) AS place
    FROM raw_answer
) AS r
WHERE place > ?2
   OR (fetched_at < ?1 AND (
        place > 1
        OR ?1 = 9223372036854775807
        OR CASE
            WHEN detail_of IS NULL
            THEN NOT EXISTS (SELECT 1 FROM page AS g WHERE g.board = r.board AND g.url = r.url)
            ELSE NOT EXISTS (SELECT 1 FROM posting AS p WHERE p.board = r.board AND p.posting_id = r.detail_of
                             AND (p.closed_at IS NULL OR p.closed_at >= ?1))
        END))
ORDER BY id LIMIT ?3
