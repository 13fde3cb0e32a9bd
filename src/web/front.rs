//! The front page: what this is, how to hear of new jobs, and how the boards do.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::WebState;
use super::boards::{self, BoardLine};
use super::page::{self, Shell};

#[derive(Template)]
#[template(path = "web/front.html")]
struct Front {
    shell: Shell,
    boards: Vec<BoardLine>,
    open: u64,
}

/// `/`
pub(super) async fn show(State(state): State<Arc<WebState>>) -> Response {
    let boards = boards::lines(&state).await;
    let open = boards.iter().map(|board| board.open).sum();
    let shell = Shell::new(&state, "New jobs in health information management", 0);
    page::public(page::answer(StatusCode::OK, &Front { shell, boards, open }), "public, max-age=60")
}
