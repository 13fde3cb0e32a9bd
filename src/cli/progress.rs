//! Progress bars on a terminal, silence elsewhere.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::output;
use crate::pipeline::{Progress, Step};

/// Makes a listener that draws one line a board.
pub(super) fn bars(quiet: bool) -> Progress {
    if quiet || !output::watched() {
        return Arc::new(|_, _| {});
    }
    let all = MultiProgress::new();
    let lines: Mutex<HashMap<String, ProgressBar>> = Mutex::default();
    Arc::new(move |board, step| {
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = lines.entry(board.to_owned()).or_insert_with(|| {
            let style = ProgressStyle::with_template("{prefix:>16} {bar:24} {pos}/{len} {msg}");
            let bar = all.add(ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())));
            bar.set_prefix(board.to_owned());
            bar
        });
        match step {
            Step::List { pages } => bar.set_message(format!("list page {pages}")),
            Step::Detail { done, wanted } => {
                bar.set_length(wanted);
                bar.set_position(done);
                bar.set_message("details");
            }
            Step::Done(_) => bar.finish_and_clear(),
        }
    })
}
