//! The beat by which the daemon looks what is due: one asynchronous UTC entry of the scheduler
//! library that sends a sign, once a second.
//!
//! Nothing else is asked of the library: its zones are fixed offsets, its missed runs are lost, and a
//! panic in a closure ends an entry for good. Should it fall silent, we beat by ourselves.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

/// After this much silence we beat by ourselves.
const LONGEST_SILENCE: Duration = Duration::from_secs(5);

/// How often a clock that is read from a file is looked at.
const SIMULATED_BEAT: Duration = Duration::from_millis(20);

/// Beats about once a second.
pub(super) struct Heartbeat {
    beats: mpsc::Receiver<()>,
    scheduler: Option<JobScheduler>,
    /// How long a beat is waited for before we beat by ourselves.
    patience: Duration,
    is_silent: bool,
}

impl Heartbeat {
    /// Starts to beat; by a timer of ours where the library does not start, or where the clock is
    /// simulated and days may pass within a second.
    pub(super) async fn start(simulated: bool) -> Self {
        let (sender, beats) = mpsc::channel(1);
        if simulated {
            return Self { beats, scheduler: None, patience: SIMULATED_BEAT, is_silent: true };
        }
        let scheduler = match started(sender).await {
            Ok(scheduler) => Some(scheduler),
            Err(error) => {
                tracing::warn!(%error, "the scheduler library does not start; the daemon beats by itself");
                None
            }
        };
        let patience = if scheduler.is_some() { LONGEST_SILENCE } else { Duration::from_secs(1) };
        Self { beats, is_silent: scheduler.is_none(), scheduler, patience }
    }

    /// Waits for the next beat.
    pub(super) async fn beat(&mut self) {
        match tokio::time::timeout(self.patience, self.beats.recv()).await {
            Ok(Some(())) => self.is_silent = false,
            // A closed channel answers at once, and must not make the loop spin.
            Ok(None) => tokio::time::sleep(self.patience.min(Duration::from_secs(1))).await,
            Err(_) if self.is_silent => {}
            Err(_) => {
                self.is_silent = true;
                tracing::warn!("the scheduler library has fallen silent; the daemon beats by itself");
            }
        }
    }

    /// Ends the library's tasks.
    pub(super) async fn stop(mut self) {
        if let Some(mut scheduler) = self.scheduler.take()
            && let Err(error) = scheduler.shutdown().await
        {
            tracing::debug!(%error, "the scheduler library did not end well");
        }
    }
}

async fn started(sender: mpsc::Sender<()>) -> Result<JobScheduler, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    let beat = Job::new_async("* * * * * *", move |_, _| {
        let sender = sender.clone();
        // A full channel means that the last beat is still to be heard.
        Box::pin(async move {
            let _full = sender.try_send(());
        })
    })?;
    scheduler.add(beat).await?;
    scheduler.start().await?;
    Ok(scheduler)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn it_beats_about_once_a_second_and_stops() {
        let mut heartbeat = Heartbeat::start(false).await;
        heartbeat.beat().await;
        let began = Instant::now();
        heartbeat.beat().await;
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
        assert!(!heartbeat.is_silent);
        heartbeat.stop().await;
    }

    #[tokio::test]
    async fn a_silent_library_is_beaten_for() {
        let (sender, beats) = mpsc::channel(1);
        let mut heartbeat = Heartbeat { beats, scheduler: None, patience: Duration::from_millis(5), is_silent: false };
        heartbeat.beat().await;
        assert!(heartbeat.is_silent);
        sender.try_send(()).unwrap();
        heartbeat.beat().await;
        assert!(!heartbeat.is_silent);
        drop(sender);
        heartbeat.beat().await;
    }

    #[tokio::test]
    async fn a_simulated_clock_is_looked_at_often() {
        let mut heartbeat = Heartbeat::start(true).await;
        let began = Instant::now();
        heartbeat.beat().await;
        assert!(began.elapsed() < Duration::from_secs(1));
        heartbeat.stop().await;
    }
}
