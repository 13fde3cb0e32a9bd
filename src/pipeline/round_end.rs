//! The end of a board's poll: judged by its history, stored in one transaction, and told.

use chrono::TimeDelta;

use super::due::{Finished, next_due};
use super::health::{Concluded, Conclusion, Evidence, conclude};
use super::mails::Mails;
use super::poll::{Poller, chance};
use super::report::BoardReport;
use super::round::{LONGEST_FAILED_ROUND, LONGEST_ROUND, Round};
use crate::board::Board;
use crate::model::{BoardHealth, BoardId};
use crate::store::{PollEnd, StoreError};

/// How far back a board's rounds are looked at.
const LOOK_BACK: TimeDelta = TimeDelta::days(400);

impl Poller {
    /// Judges what a poll came to, stores it, and says what changed.
    pub(super) async fn end_round(
        &self,
        board: &Board,
        before: &BoardHealth,
        (round, conclusion, trouble, mails): (Round, Conclusion, Option<String>, Mails),
        report: &mut BoardReport,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let waits = report.next_request_at.is_some();
        let asked_nothing = waits && report.requests == 0;
        let conclusion = if asked_nothing && trouble.is_none() { Conclusion::NotDue } else { conclusion };
        let id = board.id.clone();
        let (facts, history, usual_gap) = self
            .in_store(move |store| {
                let history = store.board_history(&id, now - LOOK_BACK)?;
                Ok((store.round_facts(&id, round.started_at, now)?, history, store.usual_gap(&id, now)?))
            })
            .await?;
        let evidence = Evidence {
            trouble: trouble.as_deref(),
            facts,
            history: &history,
            details: report.details_fill,
            answers_from: report.answers_from.as_deref(),
            ..Evidence::of(&board.id, &conclusion, now)
        };
        let Concluded { mut health, absence_counts, round: record } = conclude(before, &evidence);
        mails.weigh(before, &mut health, now);
        report.unreachable = health.unreachable.is_some() && !asked_nothing;
        if waits || report.resumes {
            let longest = if waits { LONGEST_ROUND } else { LONGEST_FAILED_ROUND };
            health.round_started = Some(round.started_at);
            health.round_until = Some(round.started_at + longest);
        }
        let finished =
            Finished { board, conclusion: &conclusion, health: &health, report, usual_gap, now, chance: chance() };
        let due = next_due(&finished);
        report.next_due_at = Some(due.at);
        (report.state, report.why, report.remedy) = (health.state, health.why.clone(), health.remedy.clone());
        let after = health.clone();
        let end = PollEnd {
            board: board.id.clone(),
            started_at: round.started_at,
            now,
            complete: absence_counts,
            health,
            round: record,
            details: report.details_fill,
            due: (!self.options.first_page_only).then_some(due),
            judge: self.judge.clone(),
        };
        let closing = self.in_store(move |store| store.finish_poll(end)).await?;
        report.closed += closing.closed;
        tell_change(&board.id, before, &after);
        tracing::info!(
            board.id = %board.id, board.state = report.state.as_str(), requests = report.requests,
            new = report.new, updated = report.updated, closed = report.closed, "polled a board"
        );
        Ok(())
    }
}

/// Logs a change of a board's state, or of what is doubtful about it, or that it is parked, once.
fn tell_change(board: &BoardId, before: &BoardHealth, after: &BoardHealth) {
    if !after.is_news_after(before) && before.suspicion == after.suspicion {
        return;
    }
    let (from, to) = (before.state.as_str(), after.state.as_str());
    let (why, remedy) = (after.why.as_deref().unwrap_or_default(), after.remedy.as_deref().unwrap_or_default());
    if after.state.is_readable() && after.suspicion.is_none() {
        tracing::info!(board.id = %board, board.state = to, board.state_before = from, why, "a board can be read");
    } else {
        tracing::warn!(board.id = %board, board.state = to, board.state_before = from, why, remedy, "a board needs a look");
    }
}
