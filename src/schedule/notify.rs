//! What the daemon tells systemd (`sd_notify(3)`): ready, what it does, that it reloads or stops, and
//! that it makes progress. Without systemd nothing happens.

use std::time::{Duration, Instant};

use sd_notify::NotifyState;

/// The status line is told anew at most this often.
const STATUS_PAUSE: Duration = Duration::from_secs(10);

/// Tells systemd how the daemon is.
pub(super) struct Notifier {
    /// How often the watchdog wants to be fed, halved; `None` where there is none.
    feeding: Option<Duration>,
    fed: Option<Instant>,
    told: Option<(Instant, String)>,
}

impl Notifier {
    /// Reads what systemd wants to be told.
    pub(super) fn new() -> Self {
        Self { feeding: sd_notify::watchdog_enabled().map(|limit| limit / 3), fed: None, told: None }
    }

    /// Says that everything is up.
    pub(super) fn ready() {
        tell(&[NotifyState::Ready]);
    }

    /// Says that the configuration is read again.
    pub(super) fn reloading() {
        match NotifyState::monotonic_usec_now() {
            Ok(since) => tell(&[NotifyState::Reloading, since]),
            Err(_) => tell(&[NotifyState::Reloading]),
        }
    }

    /// Says that the daemon stops.
    pub(super) fn stopping() {
        tell(&[NotifyState::Stopping]);
    }

    /// Feeds the watchdog, if it is time; called by the loop that makes the rounds, and only while
    /// these make progress.
    pub(super) fn feed(&mut self) {
        let Some(pause) = self.feeding else { return };
        if self.fed.is_none_or(|at| at.elapsed() >= pause) {
            tell(&[NotifyState::Watchdog]);
            self.fed = Some(Instant::now());
        }
    }

    /// Says what the daemon does, if it is something else than before.
    pub(super) fn status(&mut self, text: String) {
        let is_news = self.told.as_ref().is_none_or(|(at, before)| *before != text && at.elapsed() >= STATUS_PAUSE);
        if is_news {
            tell(&[NotifyState::Status(&text)]);
            self.told = Some((Instant::now(), text));
        }
    }
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "systemd could not be told");
    }
}
