//! Who has left since a backup was made stays gone when it is restored.

use std::path::Path;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OpenFlags, params};

use super::addresses::find_subscriber;
use super::subscribers::remove;
use crate::store::encoding::time;
use crate::store::error::StoreError;

/// An address that must not be mailed, by its hash; why, and since when.
type Left = (Vec<u8>, String, i64);

/// Takes over into a restored database who must not be mailed by the one that it replaces, and erases those
/// of them whom it still knows; gives how many those were. Where the other one cannot be read, or hashes with
/// another key, nothing is known.
pub(in crate::store) fn carry_over(restored: &Connection, present: &Path) -> Result<u64, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let left = Connection::open_with_flags(present, flags).and_then(|present| {
        let same = key_check(restored)?.is_some_and(|mark| key_check(&present).ok().flatten() == Some(mark));
        if same { left_in(&present) } else { Ok(Vec::new()) }
    });
    let mut erased = 0;
    restored.pragma_update(None, "foreign_keys", true)?;
    for (hash, why, at) in left.unwrap_or_default() {
        let Ok(hash) = <[u8; 32]>::try_from(hash) else { continue };
        let gone: DateTime<Utc> = time(at);
        match find_subscriber(restored, &hash)? {
            Some(known) => {
                remove(restored, known.id, &why, gone)?;
                erased += 1;
            }
            None => {
                restored
                    .prepare_cached("INSERT OR REPLACE INTO suppression (hash, why, at) VALUES (?1, ?2, ?3)")?
                    .execute(params![hash.as_slice(), why, at])?;
            }
        }
    }
    Ok(erased)
}

fn key_check(connection: &Connection) -> rusqlite::Result<Option<Vec<u8>>> {
    connection.query_row("SELECT key_check FROM mail_state", [], |row| row.get(0))
}

fn left_in(connection: &Connection) -> rusqlite::Result<Vec<Left>> {
    let mut statement = connection.prepare("SELECT hash, why, at FROM suppression ORDER BY hash")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
}
