//! `run`: the daemon.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use super::context::{Context, runtime, variables};
use super::web_pages::pages;
use super::{Outcome, mailing};
use crate::coding::Coder;
use crate::config::{self, Config};
use crate::dedupe::PointsJudge;
use crate::model::Judge;
use crate::pipeline::{PollOptions, Stale, StoredHosts, recode, rejudge};
use crate::schedule::{Daemon, Plan};
use crate::store::{DatabaseLock, Store};
use crate::telemetry::{Beat, Counters};
use crate::web::{self, WebState};

/// How long what still runs at the end may take.
const LAST_WAIT: std::time::Duration = std::time::Duration::from_secs(1);

pub(super) fn run(context: &Context) -> anyhow::Result<Outcome> {
    let _alone = DatabaseLock::take(context.path(), "run", context.clock.now())?;
    let store = context.store()?;
    sound(&store)?;
    let runtime = runtime()?;
    let ended = runtime.block_on(serve(context, store));
    // What could not be brought to an end is left: nothing of it is committed by half.
    runtime.shutdown_timeout(LAST_WAIT);
    ended.map(|()| Outcome::Done)
}

/// Refuses a damaged database before anything is written to it.
fn sound(store: &Store) -> anyhow::Result<()> {
    let faults = store.quick_check()?;
    anyhow::ensure!(
        faults.is_empty(),
        "the database is damaged ({}): restore a backup with `jobrounds restore FILE`",
        faults.first().map_or("", String::as_str)
    );
    Ok(())
}

async fn serve(context: &Context, store: Store) -> anyhow::Result<()> {
    // First, so that a vocabulary that cannot be used is told before anything runs.
    let coder = context.coder()?;
    let bind = &context.config.web.bind;
    let listener = tokio::net::TcpListener::bind(bind)
        .await
        .with_context(|| format!("failed to listen on `{bind}`: set `web.bind` to a free address"))?;
    let (beat, counters) = (Arc::new(Beat::default()), Arc::new(Counters::default()));
    let pages = pages(context, Arc::clone(&coder));
    let state = Arc::new(WebState::new(store.clone(), context.clock.clone(), beat.clone(), counters.clone(), pages));
    tracing::info!(web.bind = %listener.local_addr()?, store.path = %context.path().display(), "jobrounds runs");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let web = tokio::spawn(web::serve(listener, state.clone(), async move {
        let _either = stopped.await;
    }));
    let first_plan = plan(&context.config, &store, &coder);
    let daemon = Daemon {
        hosts: Arc::new(StoredHosts::new(store.clone())),
        store: store.clone(),
        clock: context.clock.clone(),
        judge: Arc::new(PointsJudge),
        coder: coder.clone(),
        beat,
        counters,
        reload: reload(context.config_path().map(PathBuf::from), store.clone(), coder),
        on_boards: Box::new(move |boards| {
            state.set_boards(boards);
        }),
    };
    let catching_up = tokio::task::spawn_blocking(catch_up(context)?);
    let ended = daemon.run(first_plan).await;
    catching_up.abort();
    let _gone = stop.send(());
    if let Err(error) = web.await.map_err(anyhow::Error::from).and_then(|served| Ok(served?)) {
        tracing::warn!(%error, "the web did not end well");
    }
    Ok(ended?)
}

/// Gives the work that codes what another vocabulary has coded and judges what another model has judged, or
/// what is not settled, beside the polls.
fn catch_up(context: &Context) -> anyhow::Result<impl FnOnce() + Send + 'static> {
    let (store, coder, clock) = (context.store()?, context.coder()?, context.clock.clone());
    Ok(move || {
        match recode(&store, &coder, (clock.now(), false), |_| {}) {
            Ok(report) if report.postings == 0 => {}
            Ok(report) => tracing::info!(
                postings = report.postings,
                changed = report.changed,
                jobs = report.jobs.len(),
                "stored postings were coded anew"
            ),
            Err(error) => {
                tracing::warn!(%error, "stored postings could not be coded anew; `jobrounds recode` does it");
            }
        }
        let judge: Arc<dyn Judge> = Arc::new(PointsJudge);
        match rejudge(&store, &judge, (Stale::Everything, clock.now()), |_| {}) {
            Ok(report) if report.postings == 0 => {}
            Ok(report) => tracing::info!(
                postings = report.postings,
                joined = report.joined.len(),
                parted = report.parted.len(),
                "stored postings were judged anew"
            ),
            Err(error) => {
                tracing::warn!(%error, "stored postings could not be judged anew; `jobrounds dedupe rescore` does it");
            }
        }
    })
}

/// Gives what the configuration asks of the daemon.
fn plan(config: &Config, store: &Store, coder: &Arc<Coder>) -> Plan {
    let options = PollOptions {
        keep_raw: config.retention.raw != "0d",
        retention: config.retention.plan(),
        ..PollOptions::default()
    };
    let mail = mailing::mail_plan(config, store.clone(), coder.clone());
    Plan { boards: config.boards.clone(), fetch: config.fetch.clone(), options, mail }
}

/// Reads the configuration again from where it was read first.
fn reload(path: Option<PathBuf>, store: Store, coder: Arc<Coder>) -> Box<dyn Fn() -> Result<Plan, String> + Send> {
    Box::new(move || {
        let config =
            config::load(path.as_deref(), &variables()).map_err(|error| format!("{:#}", anyhow::Error::from(error)))?;
        Ok(plan(&config, &store, &coder))
    })
}
