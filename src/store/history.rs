//! What a board's lists showed, round by round, and every change of its state.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Store;
use super::boards::find_board;
use super::encoding::{millis, signed, time, unsigned};
use super::error::StoreError;
use crate::model::{BoardEvent, BoardHealth, BoardId, BoardState, FieldFill, RoundFacts, RoundRecord, Suspicion};

const HOUR_MILLIS: i64 = 3_600_000;
const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;
/// Rounds are kept one by one for this long, later ones only the last of each day.
const KEPT_WHOLE: Duration = Duration::days(28);
/// Rounds and changes of state are kept for this long.
const KEPT: Duration = Duration::days(400);
/// Fewer posting dates than this have no usual gap between them.
const FEWEST_DATES: i64 = 5;
/// The gap between posting dates matters only once nothing was posted for this long.
const QUIET_DAYS: i64 = 30;

impl Store {
    /// Gives the whole rounds of a board's lists since a moment, oldest first.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn board_history(&self, board: &BoardId, since: DateTime<Utc>) -> Result<Vec<RoundRecord>, StoreError> {
        self.read(|connection| {
            let Some(board) = find_board(connection, board)? else { return Ok(Vec::new()) };
            let mut statement = connection.prepare_cached(
                "SELECT at, listed, new, says_empty, lists, details, newest, suspicion
                 FROM board_round WHERE board = ?1 AND at >= ?2 ORDER BY hour",
            )?;
            let rows = statement.query_map(params![board, millis(since)], read_round)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Gives the latest changes of a board's state, newest first.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn board_events(&self, board: &BoardId, limit: usize) -> Result<Vec<BoardEvent>, StoreError> {
        self.read(|connection| {
            let Some(board) = find_board(connection, board)? else { return Ok(Vec::new()) };
            let mut statement = connection.prepare_cached(
                "SELECT at, before, after, why FROM board_event WHERE board = ?1 ORDER BY id DESC LIMIT ?2",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_map(params![board, limit], |row| {
                let (before, after): (String, String) = (row.get(1)?, row.get(2)?);
                let (from, to) = (BoardState::from_word(&before), BoardState::from_word(&after));
                Ok(BoardEvent { at: time(row.get(0)?), from, to, why: row.get(3)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Counts what a round's lists show against what was known before it began.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn round_facts(
        &self,
        board: &BoardId,
        started_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<RoundFacts, StoreError> {
        self.read(|connection| {
            let Some(board) = find_board(connection, board)? else { return Ok(RoundFacts::default()) };
            let started = millis(started_at);
            let (open, open_before, newest) = connection
                .prepare_cached(
                    "SELECT count(*), coalesce(sum(first_seen < ?2), 0),
                            max(coalesce(date_posted, date(first_seen / 1000, 'unixepoch')))
                     FROM posting WHERE board = ?1 AND closed_at IS NULL",
                )?
                .query_row([board, started], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, Option<String>>(2)?)))?;
            let (shown, shown_before) = connection
                .prepare_cached(
                    "SELECT count(DISTINCT p.id), count(DISTINCT CASE WHEN p.first_seen < ?2 THEN p.id END)
                     FROM page AS g JOIN page_listing AS l ON l.page = g.id JOIN posting AS p ON p.id = l.posting
                     WHERE g.board = ?1 AND g.kind IN ('list', 'sitemap') AND g.confirmed_at >= ?2",
                )?
                .query_row([board, started], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let today = now.date_naive();
            let newest = newest.and_then(|day| day.parse::<NaiveDate>().ok()).map(|day| day.min(today));
            let is_quiet = newest.is_some_and(|day| (today - day).num_days() > QUIET_DAYS);
            Ok(RoundFacts {
                open: unsigned(open),
                open_before: unsigned(open_before),
                shown: unsigned(shown),
                shown_before: unsigned(shown_before),
                newest,
                usual_gap: if is_quiet { usual_gap(connection, board, today)? } else { None },
            })
        })
    }
}

/// Gives the average of the days between two posting dates, where enough dates are known.
fn usual_gap(connection: &Connection, board: i64, today: NaiveDate) -> Result<Option<i64>, StoreError> {
    let since = (today - KEPT).to_string();
    let (dates, days): (i64, Option<i64>) = connection
        .prepare_cached(
            "SELECT count(*), CAST(julianday(max(day)) - julianday(min(day)) AS INTEGER) FROM (
                 SELECT DISTINCT coalesce(date_posted, date(first_seen / 1000, 'unixepoch')) AS day
                 FROM posting WHERE board = ?1
             ) WHERE day BETWEEN ?2 AND ?3",
        )?
        .query_row(params![board, since, today.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(days.filter(|_| dates >= FEWEST_DATES).map(|days| (days / (dates - 1)).max(1)))
}

fn read_round(row: &Row<'_>) -> rusqlite::Result<RoundRecord> {
    let (lists, details): (String, String) = (row.get(4)?, row.get(5)?);
    let (newest, suspicion): (Option<String>, Option<String>) = (row.get(6)?, row.get(7)?);
    Ok(RoundRecord {
        at: time(row.get(0)?),
        listed: unsigned(row.get(1)?),
        new: unsigned(row.get(2)?),
        says_empty: row.get(3)?,
        lists: read_fill(Some(&lists)),
        details: read_fill(Some(&details)),
        newest: newest.and_then(|day| day.parse().ok()),
        suspicion: suspicion.as_deref().and_then(Suspicion::from_word),
    })
}

/// Reads stored counts; what an earlier version stored without them counts as no rows.
pub(super) fn read_fill(text: Option<&str>) -> FieldFill {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// Writes counts as they are stored.
pub(super) fn write_fill(fill: &FieldFill) -> Result<String, StoreError> {
    serde_json::to_string(fill).map_err(|error| StoreError::unreadable("field counts", error))
}

/// Keeps a round: the latest of its hour, with the details of the hour's earlier ones.
pub(super) fn keep_round(connection: &Connection, board: i64, round: &RoundRecord) -> Result<(), StoreError> {
    let hour = millis(round.at).div_euclid(HOUR_MILLIS);
    let mut details = round.details;
    let earlier: Option<String> = connection
        .prepare_cached("SELECT details FROM board_round WHERE board = ?1 AND hour = ?2")?
        .query_row([board, hour], |row| row.get(0))
        .optional()?;
    details.add(read_fill(earlier.as_deref()));
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO board_round
             (board, hour, at, listed, new, says_empty, lists, details, newest, suspicion)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    statement.execute(params![
        board,
        hour,
        millis(round.at),
        signed(round.listed),
        signed(round.new),
        round.says_empty,
        write_fill(&round.lists)?,
        write_fill(&details)?,
        round.newest.map(|day| day.to_string()),
        round.suspicion.map(Suspicion::as_str),
    ])?;
    Ok(())
}

/// Adds details that were read between two rounds to the earlier one.
pub(super) fn add_details(connection: &Connection, board: i64, details: FieldFill) -> Result<(), StoreError> {
    let last: Option<(i64, String)> = connection
        .prepare_cached("SELECT hour, details FROM board_round WHERE board = ?1 ORDER BY hour DESC LIMIT 1")?
        .query_row([board], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((hour, before)) = last else { return Ok(()) };
    let mut sum = read_fill(Some(&before));
    sum.add(details);
    connection
        .prepare_cached("UPDATE board_round SET details = ?3 WHERE board = ?1 AND hour = ?2")?
        .execute(params![board, hour, write_fill(&sum)?])?;
    Ok(())
}

/// Notes a change of a board's state, and when it is parked.
pub(super) fn note_change(
    connection: &Connection,
    board: i64,
    (before, after): (&BoardHealth, &BoardHealth),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if !after.is_news_after(before) {
        return Ok(());
    }
    connection
        .prepare_cached("INSERT INTO board_event (board, at, before, after, why) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![board, millis(now), before.state.as_str(), after.state.as_str(), after.why])?;
    Ok(())
}

/// Thins out old rounds and forgets the oldest.
pub(super) fn thin(connection: &Connection, now: DateTime<Utc>) -> Result<(), StoreError> {
    let forgotten = millis(now - KEPT);
    connection.execute("DELETE FROM board_round WHERE at < ?1", [forgotten])?;
    connection.execute("DELETE FROM board_event WHERE at < ?1", [forgotten])?;
    connection.execute(
        "DELETE FROM board_round AS early WHERE at < ?1 AND EXISTS (
             SELECT 1 FROM board_round AS late
             WHERE late.board = early.board AND late.hour > early.hour AND late.at / ?2 = early.at / ?2)",
        [millis(now - KEPT_WHOLE), DAY_MILLIS],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::sample::{board, commit, day, finish, judge, posting, store};
    use super::super::{PollEnd, closing::PollClosing};
    use super::*;
    use crate::store::RetentionPlan;

    fn round(at: DateTime<Utc>, listed: u64) -> RoundRecord {
        RoundRecord {
            at,
            listed,
            new: 1,
            says_empty: false,
            lists: FieldFill { rows: listed, title: listed, ..FieldFill::default() },
            details: FieldFill { rows: 2, pay: 1, ..FieldFill::default() },
            newest: NaiveDate::from_ymd_opt(2026, 11, 1),
            suspicion: Some(Suspicion::LostFields),
        }
    }

    fn end(store: &Store, now: DateTime<Utc>, round: Option<RoundRecord>, health: BoardHealth) -> PollClosing {
        let details = round.as_ref().map_or(FieldFill { rows: 1, ..FieldFill::default() }, |round| round.details);
        let end = PollEnd {
            board: board("ahima"),
            started_at: now,
            now,
            complete: false,
            health,
            round,
            details,
            due: None,
            judge: judge(),
        };
        store.finish_poll(end).unwrap()
    }

    #[test]
    fn rounds_are_kept_one_an_hour_and_given_back_as_they_were() {
        let (_folder, store) = store();
        let health = BoardHealth::default();
        end(&store, day(0), Some(round(day(0), 3)), health.clone());
        assert_eq!(store.board_history(&board("ahima"), day(0)).unwrap(), [round(day(0), 3)]);
        let later = day(0) + Duration::minutes(20);
        end(&store, later, Some(round(later, 4)), health.clone());
        // Details that come between two rounds belong to the earlier one.
        end(&store, day(0) + Duration::hours(3), None, health);
        let kept = store.board_history(&board("ahima"), day(0)).unwrap();
        assert_eq!((kept.len(), kept[0].listed, kept[0].details.rows), (1, 4, 5));
        assert!(store.board_history(&board("ahima"), day(1)).unwrap().is_empty());
        assert!(store.board_history(&board("elsewhere"), day(0)).unwrap().is_empty());
    }

    #[test]
    fn old_rounds_are_thinned_to_one_a_day_and_forgotten_in_time() {
        let (_folder, store) = store();
        for hours in [0, 5, 10, 24, 29] {
            let at = day(0) + Duration::hours(hours);
            end(&store, at, Some(round(at, 3)), BoardHealth::default());
        }
        store.upkeep(day(20), &RetentionPlan::default()).unwrap();
        assert_eq!(store.board_history(&board("ahima"), day(0)).unwrap().len(), 5);
        store.upkeep(day(60), &RetentionPlan::default()).unwrap();
        let kept: Vec<_> = store.board_history(&board("ahima"), day(0)).unwrap().iter().map(|round| round.at).collect();
        assert_eq!(kept, [day(0) + Duration::hours(10), day(0) + Duration::hours(29)]);
        store.upkeep(day(500), &RetentionPlan::default()).unwrap();
        assert!(store.board_history(&board("ahima"), day(0)).unwrap().is_empty());
    }

    #[test]
    fn a_change_of_state_is_told_once() {
        let (_folder, store) = store();
        let walled = BoardHealth { state: BoardState::Walled, why: Some("a wall".into()), ..BoardHealth::default() };
        for (at, health) in [(0, BoardHealth::default()), (1, walled.clone()), (2, walled), (3, BoardHealth::default())]
        {
            end(&store, day(at), None, health);
        }
        let told = store.board_events(&board("ahima"), 10).unwrap();
        let states: Vec<_> = told.iter().map(|event| (event.at, event.from, event.to)).collect();
        assert_eq!(
            states,
            [(day(3), BoardState::Walled, BoardState::Unknown), (day(1), BoardState::Unknown, BoardState::Walled)]
        );
        assert_eq!(told[1].why.as_deref(), Some("a wall"));
        assert_eq!(store.board_events(&board("ahima"), 1).unwrap().len(), 1);
    }

    #[test]
    fn a_rounds_facts_tell_the_known_from_the_new() {
        let (_folder, store) = store();
        let both = vec![posting("ahima", "1", "Coder one"), posting("ahima", "2", "Biller two")];
        commit(&store, "ahima", both.clone(), day(0));
        finish(&store, "ahima", day(0));
        let other = vec![posting("ahima", "3", "Auditor three")];
        commit(&store, "ahima", [both[..1].to_vec(), other].concat(), day(2));
        let facts = store.round_facts(&board("ahima"), day(2), day(2)).unwrap();
        assert_eq!((facts.open, facts.open_before, facts.shown, facts.shown_before), (3, 2, 2, 1));
        assert_eq!((facts.newest, facts.usual_gap), (Some(day(2).date_naive()), None));
    }

    #[test]
    fn the_usual_gap_is_told_once_a_board_is_quiet() {
        let (_folder, store) = store();
        for at in 0..5 {
            let one = posting("ahima", &at.to_string(), &format!("Coder {at}"));
            commit(&store, "ahima", vec![one], day(at * 6));
        }
        assert_eq!(store.round_facts(&board("ahima"), day(25), day(25)).unwrap().usual_gap, None);
        let facts = store.round_facts(&board("ahima"), day(90), day(90)).unwrap();
        assert_eq!((facts.newest, facts.usual_gap), (Some(day(24).date_naive()), Some(6)));
    }
}
