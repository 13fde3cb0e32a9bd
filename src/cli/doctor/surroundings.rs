//! Checks of what stands around the program: certificates, proxies, the daemon.

use std::sync::Arc;

use super::Finding;
use crate::cli::context::Context;
use crate::cli::daemon::{Answer, ask};
use crate::fetch::Fetcher;
use crate::model::{HostMemory, HostState};
use crate::store::lock_holder;

/// Variables that lead requests over a proxy.
const PROXIES: [&str; 6] = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];

pub(super) fn findings(context: &Context) -> Vec<Finding> {
    vec![client(context), proxies(), daemon(context)]
}

/// Remembers nothing: no host is asked.
struct Nothing;

impl HostMemory for Nothing {
    fn recall(&self, _host: &str) -> HostState {
        HostState::default()
    }
    fn remember(&self, _host: &str, _state: &HostState) {}
}

/// Setting up the client reads the system's certificates and every setting.
fn client(context: &Context) -> Finding {
    match Fetcher::new(context.config.fetch.clone(), context.clock.clone(), Arc::new(Nothing)) {
        Ok(_) => Finding::ok("HTTP client", "the system's certificates are there"),
        Err(error) => Finding::fail(
            "HTTP client",
            format!("failed to {error}"),
            "install the system's certificates (Debian package `ca-certificates`), or correct `[fetch]`",
        ),
    }
}

/// Values may hold passwords, so that only names are told.
fn proxies() -> Finding {
    let is_set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let set: Vec<&str> = PROXIES.into_iter().filter(is_set).collect();
    match set.as_slice() {
        [] => Finding::ok("proxy", "none"),
        several => Finding::ok("proxy", format!("requests go as {} says", several.join(", "))),
    }
}

fn daemon(context: &Context) -> Finding {
    let bind = &context.config.web.bind;
    let runs = lock_holder(context.path()).is_some_and(|holder| holder.contains("jobrounds run`"));
    match ask(bind) {
        Answer::Ready(readiness) => {
            Finding::ok("daemon", format!("version {} answers at {bind} and is ready", readiness.version))
        }
        Answer::NotReady(readiness) => {
            let failed: Vec<String> =
                readiness.failed().into_iter().map(|(check, why)| format!("{check} {why}")).collect();
            let text = format!("answers at {bind} and is not ready: {}", failed.join("; "));
            Finding::fail("daemon", text, "look at its log (journalctl --unit jobrounds)")
        }
        Answer::Silent(why) if runs => {
            let text = format!("runs on this database and does not answer at {bind}: {why}");
            Finding::fail("daemon", text, "see whether `[web] bind` is the daemon's, then restart it")
        }
        Answer::Silent(_) => {
            let text = format!("none answers at {bind}; `jobrounds run`, its systemd unit or a timer polls the boards");
            Finding::ok("daemon", text)
        }
        Answer::Strange(why) => {
            let remedy = "set `[web] bind` to a free address";
            Finding::warn("daemon", format!("none answers at {bind}: {why}"), remedy)
        }
    }
}
