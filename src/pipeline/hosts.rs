//! The fetcher's memory of hosts, kept in the store so that a restart changes nothing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::model::{HostMemory, HostState};
use crate::store::Store;

/// Remembers hosts in the store, with a copy in memory for the ordinary spacing between requests.
pub struct StoredHosts {
    store: Store,
    recent: Mutex<HashMap<String, HostState>>,
}

impl StoredHosts {
    /// Remembers in this store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store, recent: Mutex::default() }
    }
}

/// Remembers hosts while the run lasts, where there is no database.
#[derive(Default)]
pub struct RunHosts(Mutex<HashMap<String, HostState>>);

impl HostMemory for RunHosts {
    fn recall(&self, host: &str) -> HostState {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(host).cloned().unwrap_or_default()
    }

    fn remember(&self, host: &str, state: &HostState) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned(), state.clone());
    }
}

impl HostMemory for StoredHosts {
    fn recall(&self, host: &str) -> HostState {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = recent.get(host) {
            return state.clone();
        }
        let state = self.store.host_state(host).unwrap_or_else(|error| {
            tracing::warn!(host, %error, "a host's waiting time could not be read");
            HostState::default()
        });
        recent.insert(host.to_owned(), state.clone());
        state
    }

    fn remember(&self, host: &str, state: &HostState) {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned(), state.clone());
        if let Err(error) = self.store.save_host_state(host, state) {
            tracing::warn!(host, %error, "a host's waiting time could not be kept");
        }
    }
}
