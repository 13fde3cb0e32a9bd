//! `healthcheck`: an exit code for containers.

use super::context::Context;
use super::daemon::{Answer, ask};
use super::{Outcome, output};

/// Asks the daemon whether it is ready. Where none answers, the database alone is checked, unless a
/// daemon must answer. A board that walls or moves is no fault of this machine.
pub(super) fn run(context: &Context, must_answer: bool) -> anyhow::Result<Outcome> {
    let bind = &context.config.web.bind;
    let silence = match ask(bind) {
        Answer::Ready(_) => return Ok(Outcome::Done),
        Answer::NotReady(readiness) => {
            for (check, why) in readiness.failed() {
                output::complain(&format!("the daemon is not ready: {check} {why}"));
            }
            return Ok(Outcome::Partly);
        }
        Answer::Silent(why) | Answer::Strange(why) => why,
    };
    if must_answer {
        output::complain(&format!("no daemon answers at {bind}: {silence}"));
        return Ok(Outcome::Partly);
    }
    let faults = context.reader()?.quick_check()?;
    for fault in &faults {
        output::complain(fault);
    }
    if !context.quiet {
        output::say(&format!("no daemon answers at {bind}; the database alone was checked"));
    }
    Ok(if faults.is_empty() { Outcome::Done } else { Outcome::Partly })
}
