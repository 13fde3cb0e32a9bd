//! Trying something out on a copy of the database, which is removed afterwards.

use std::path::PathBuf;

use super::Store;
use super::backup::{Proof, copy_into};
use super::beside;
use super::error::StoreError;
use super::files::remove;

/// A copy that goes away with its owner, however that ends.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm"] {
            if let Err(error) = remove(&beside(&self.0, ending)) {
                tracing::warn!(%error, "a copy that was made for a trial cannot be removed");
            }
        }
    }
}

impl Store {
    /// Hands a copy of the database, made beside it, to a function and removes the copy. The database
    /// itself is only read.
    ///
    /// # Errors
    /// The copy cannot be made, or the function's own error; the copy is removed all the same.
    pub fn on_a_copy<T>(&self, task: impl FnOnce(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let copy = Scratch(beside(self.path(), &format!(".trial-{}", std::process::id())));
        remove(&copy.0)?;
        self.copy_with(|connection| copy_into(connection, &copy.0, Proof::Quick))?;
        // Dropped before the copy is.
        let store = Self::open(&copy.0)?;
        task(&store)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{commit, day, posting, store};
    use super::*;
    use crate::model::Criteria;

    #[test]
    fn what_is_tried_changes_nothing_and_leaves_nothing() {
        let (folder, store) = store();
        commit(&store, "ahima", vec![posting("ahima", "1", "Coder")], day(0));
        let found = |store: &Store| store.search(&Criteria::default(), day(0)).unwrap().total;
        let names = || {
            let entries = std::fs::read_dir(folder.path()).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        let before = names();
        let tried = store.on_a_copy(|copy| {
            commit(copy, "ahima", vec![posting("ahima", "2", "Cancer Registrar")], day(0));
            Ok(found(copy))
        });
        assert_eq!((tried.unwrap(), found(&store), names()), (2, 1, before.clone()));
        assert!(store.on_a_copy(|_| Err::<(), _>(StoreError::ReadOnly)).is_err());
        assert_eq!(names(), before);
    }
}
