//! The key file beside the database: `….key`, readable by its owner alone.
//!
//! The database keeps a mark of the key, so that a lost or foreign key is noticed before anybody is mailed
//! who had left: with another key, no hash of an address is found.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use rusqlite::OptionalExtension;

use crate::model::MailKey;
use crate::store::error::StoreError;
use crate::store::files::owned_as_its_folder;
use crate::store::{Store, beside};

impl Store {
    /// Gives the key that addresses are hashed with and links are made from, and makes it where the
    /// database has never had one.
    ///
    /// # Errors
    /// [`StoreError::Key`] when the file is missing, unreadable or another database's.
    pub fn mail_key(&self) -> Result<MailKey, StoreError> {
        let path = key_path(self.path());
        let mark: Option<Vec<u8>> = self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT key_check FROM mail_state")?;
            Ok(statement.query_row([], |row| row.get(0)).optional()?.flatten())
        })?;
        let bytes = match (read(&path)?, &mark) {
            (Some(bytes), _) => bytes,
            (None, None) => make(&path)?,
            (None, Some(_)) => return Err(StoreError::Key { path, what: "is missing; put it back from your backup" }),
        };
        let own = check_of(&bytes);
        match mark {
            Some(mark) if mark == own => {}
            Some(_) => return Err(StoreError::Key { path, what: "belongs to another database" }),
            None => self.write(move |work| {
                work.tx.execute("UPDATE mail_state SET key_check = ?1", [own.as_slice()])?;
                Ok(())
            })?,
        }
        Ok(MailKey::new(bytes))
    }
}

/// Names the key file of a database.
pub(in crate::store) fn key_path(database: &Path) -> PathBuf {
    beside(database, ".key")
}

/// Copies a database's key to where another file's key stands; nothing where there is none.
pub(in crate::store) fn copy_key(from: &Path, to: &Path) -> Result<(), StoreError> {
    let (from, to) = (key_path(from), key_path(to));
    match read(&from)? {
        Some(_) if to.exists() && fs::read(&from).ok() == fs::read(&to).ok() => Ok(()),
        Some(bytes) => write(&to, bytes, to.exists()),
        None => Ok(()),
    }
}

fn check_of(bytes: &[u8; 32]) -> Vec<u8> {
    blake3::derive_key("jobrounds 2026 mark of the key", bytes).to_vec()
}

fn read(path: &Path) -> Result<Option<[u8; 32]>, StoreError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(StoreError::File { what: "read", path: path.to_owned(), source }),
    };
    let hash = blake3::Hash::from_hex(text.trim());
    let hash = hash.map_err(|_| StoreError::Key { path: path.to_owned(), what: "is not a key" })?;
    Ok(Some(*hash.as_bytes()))
}

fn make(path: &Path) -> Result<[u8; 32], StoreError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::TaskFailed { what: error.to_string() })?;
    match write(path, bytes, false) {
        Ok(()) => Ok(bytes),
        // Another process was quicker; its key counts.
        Err(error) => read(path)?.ok_or(error),
    }
}

fn write(path: &Path, bytes: [u8; 32], replace: bool) -> Result<(), StoreError> {
    let written = || -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true);
        if replace {
            options.truncate(true)
        } else {
            options.create_new(true)
        };
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        writeln!(file, "{}", blake3::Hash::from(bytes).to_hex())?;
        file.sync_all()
    };
    written().map_err(|source| StoreError::File { what: "write", path: path.to_owned(), source })?;
    owned_as_its_folder(path);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_its_loss_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("jobs.db")).unwrap();
        let key = store.mail_key().unwrap();
        assert_eq!(store.mail_key().unwrap(), key);
        let path = key_path(store.path());
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
        let kept = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(store.mail_key().unwrap_err().to_string().contains("missing"));
        fs::write(&path, "0".repeat(64)).unwrap();
        assert!(store.mail_key().unwrap_err().to_string().contains("another database"));
        fs::write(&path, "nonsense").unwrap();
        assert!(store.mail_key().unwrap_err().to_string().contains("not a key"));
        fs::write(&path, kept).unwrap();
        assert_eq!(store.mail_key().unwrap(), key);
    }
}
