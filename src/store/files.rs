//! Files beside the database: made durable, owned as the database is, and room for them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::error::StoreError;

/// Makes a file's content durable.
pub(super) fn sync_file(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|source| about("write", path, source))
}

/// Makes the names in a file's folder durable: a rename alone may be lost with the power.
pub(super) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = folder_of(path);
    File::open(&folder).and_then(|file| file.sync_all()).map_err(|source| about("write", &folder, source))
}

/// Gives one file another's place at once.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(|source| about("rename", from, source))
}

/// Removes a file where there is one.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(about("remove", path, source)),
        _ => Ok(()),
    }
}

/// Gives a file a second name, or copies it where the file system knows no second names.
pub(super) fn keep_as(path: &Path, kept: &Path) -> Result<(), StoreError> {
    if fs::hard_link(path, kept).is_ok() {
        return Ok(());
    }
    fs::copy(path, kept).map_err(|source| about("copy", path, source))?;
    sync_file(kept)
}

/// Makes a [`StoreError`] of a file that something could not be done with.
pub(super) fn about(what: &'static str, path: &Path, source: std::io::Error) -> StoreError {
    if source.kind() == std::io::ErrorKind::StorageFull {
        return StoreError::DiskFull { path: path.to_owned() };
    }
    StoreError::File { what, path: path.to_owned(), source }
}

/// Gives the folder that a file stands in.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Gives a file that root has made to the owner of its folder, so that the daemon can use it.
#[cfg(unix)]
pub(super) fn owned_as_its_folder(path: &Path) {
    owned_as(path, &folder_of(path));
}

/// Gives a file that root has made to another file's owner. Anybody else cannot, and need not.
#[cfg(unix)]
pub(super) fn owned_as(path: &Path, model: &Path) {
    use std::os::unix::fs::{MetadataExt, chown};
    let (Ok(own), Ok(model)) = (fs::metadata(path), fs::metadata(model)) else { return };
    if (own.uid(), own.gid()) != (model.uid(), model.gid()) && own.uid() == 0 {
        let given = chown(path, Some(model.uid()), Some(model.gid()));
        if let Err(error) = given {
            tracing::debug!(%error, "a file keeps its owner");
        }
    }
}

/// Gives how many bytes an unprivileged process may still write beside a file; `None` where the
/// system does not say.
#[must_use]
pub fn free_bytes(path: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder_of(path)).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Refuses to begin what there is no room for, with figures.
pub(super) fn expect_room(target: &Path, needed: u64) -> Result<(), StoreError> {
    match free_bytes(target) {
        Some(free) if free < needed => Err(StoreError::NoRoom { path: target.to_owned(), needed, free }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_measured_and_the_lack_of_it_told_in_figures() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("copy.db");
        assert!(free_bytes(&target).is_some_and(|bytes| bytes > 0));
        expect_room(&target, 1).unwrap();
        let told = expect_room(&target, u64::MAX).unwrap_err().to_string();
        assert!(told.contains("copy.db") && told.contains("MB"), "{told}");
    }

    #[test]
    fn a_kept_file_has_both_names() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        std::fs::write(&one, "words").unwrap();
        keep_as(&one, &two).unwrap();
        assert_eq!(std::fs::read_to_string(&two).unwrap(), "words");
        remove(&one).unwrap();
        remove(&one).unwrap();
        assert!(two.exists());
    }
}
