//! `board accept`: the operator's word that a board lives where it redirects to. It is kept in the
//! database, shown by `board show`, and undone by `--undo` or by configuring another `base_url`.

use url::Url;

use super::context::Context;
use super::format::Format;
use super::{Outcome, output, probe};
use crate::board::Board;
use crate::model::{AcceptedMove, BoardHealth, BoardState, Engine};

pub(super) fn run(context: &Context, board: &Board, undo: bool) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let health =
        if context.path().exists() { context.reader()?.board_health(&board.id)? } else { BoardHealth::default() };
    if undo {
        return go_back(context, board, &health);
    }
    let moved_to = health.moved_to.as_deref().filter(|_| health.state == BoardState::Moved);
    let Some(to) = moved_to.and_then(|to| Url::parse(to).ok()) else {
        let state = health.state.as_str();
        output::complain(&format!("`{}` is not known to have moved (its state is {state}); poll it first", board.id));
        return Ok(Outcome::Partly);
    };
    // A board that has moved twice is moved from where it was asked last.
    let asked = board.at_home(health.accepted.as_ref());
    let home = asked.home_after(&to);
    let report = probe::ask(context, list_at(context, board, (&health, &home)).as_str(), &board.id)?;
    if format == Format::Table {
        probe::tell(&report)?;
    } else {
        output::print_json(&report)?;
    }
    let now = context.clock.now();
    let accepted = AcceptedMove { from: board.base_url.to_string(), to: home.to_string(), at: now };
    let engine = report.engine.filter(|engine| board.engines.contains(engine)).map(|engine| engine.as_str().to_owned());
    let fresh = BoardHealth {
        state: BoardState::Unknown,
        since: Some(now),
        why: Some(format!("its move to {home} was accepted; the next poll asks there")),
        remedy: Some(format!("`board accept {} --undo` goes back", board.id)),
        engine: engine.or_else(|| health.engine.clone()),
        accepted: Some(accepted),
        ..restarted(&health)
    };
    let origins = (origin(&asked.base_url), origin(&home));
    context.store()?.save_move(&board.id, &fresh, (&origins.0, &origins.1))?;
    output::say_wrapped(&format!("`{}` is asked at {home} from now on; its postings stay the same ones", board.id));
    if report.engine.is_some_and(|found| !board.engines.contains(&found)) {
        output::say_wrapped("the new home runs on another engine than its file names: correct `engine` there");
    }
    Ok(Outcome::Done)
}

/// Gives the list that a poll would begin with at the new home; the home itself where there is none.
fn list_at(context: &Context, board: &Board, (health, home): (&BoardHealth, &Url)) -> Url {
    let known = health.engine.as_deref().and_then(Engine::from_word).filter(|engine| board.engines.contains(engine));
    let there = AcceptedMove { from: board.base_url.to_string(), to: home.to_string(), at: context.clock.now() };
    let today = context.clock.now().with_timezone(&board.zone).date_naive();
    let requests = known
        .or(board.engines.first().copied())
        .and_then(|engine| board.at_home(Some(&there)).first_requests(engine, today).ok());
    requests.into_iter().flatten().next().map_or_else(|| home.clone(), |wanted| wanted.url)
}

/// Takes an acceptance back.
fn go_back(context: &Context, board: &Board, health: &BoardHealth) -> anyhow::Result<Outcome> {
    let Some(accepted) = health.accepted.clone() else {
        output::complain(&format!("no move of `{}` was accepted", board.id));
        return Ok(Outcome::Partly);
    };
    let now = context.clock.now();
    let fresh = BoardHealth {
        state: BoardState::Unknown,
        since: Some(now),
        why: Some("the acceptance of its move was undone; the next poll asks its configured address".to_owned()),
        engine: health.engine.clone(),
        ..restarted(health)
    };
    let to = Url::parse(&accepted.to).map(|url| origin(&url)).unwrap_or_default();
    let origins = (to, Url::parse(&accepted.from).map(|url| origin(&url)).unwrap_or_default());
    context.store()?.save_move(&board.id, &fresh, (&origins.0, &origins.1))?;
    output::say_wrapped(&format!("`{}` is asked at {} again", board.id, board.base_url));
    Ok(Outcome::Done)
}

/// Keeps of a board's health what a move does not touch.
fn restarted(health: &BoardHealth) -> BoardHealth {
    BoardHealth { last_poll: health.last_poll, last_success: health.last_success, ..BoardHealth::default() }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
