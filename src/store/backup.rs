//! Copies of the database: made beside their name, checked, made durable, and only then named.
//!
//! Copies that an upgrade makes are kept to the last few.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::files::{expect_room, folder_of, owned_as, remove, rename, sync_file, sync_folder};

/// How many copies made before upgrades are kept.
const UPGRADE_COPIES: usize = 3;

/// How thoroughly a copy is read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Its structure.
    Quick,
    /// Its structure, its indexes and its references.
    Whole,
}

/// Copies the database as it stands into a new file. Nobody sees the copy by its name before it is
/// whole, read back and durable.
pub(super) fn copy_into(connection: &Connection, target: &Path, proof: Proof) -> Result<(), StoreError> {
    if target.exists() {
        return Err(StoreError::Exists { path: target.to_owned() });
    }
    let partial = super::beside(target, &format!(".partial-{}", std::process::id()));
    remove(&partial)?;
    let copied = copy_checked(connection, (&partial, target), proof);
    if copied.is_err() {
        // A part of a copy is of no use to anybody.
        let _first_error_counts = remove(&partial);
    }
    copied
}

fn copy_checked(connection: &Connection, (partial, target): (&Path, &Path), proof: Proof) -> Result<(), StoreError> {
    let bytes: i64 = connection.query_row(
        "SELECT page_size * (page_count - freelist_count)
         FROM pragma_page_size, pragma_page_count, pragma_freelist_count",
        [],
        |row| row.get(0),
    )?;
    expect_room(target, u64::try_from(bytes).unwrap_or_default())?;
    let name = partial.to_str().ok_or_else(|| StoreError::NotWritable { path: target.to_owned() })?;
    connection.execute("VACUUM INTO ?1", [name]).map_err(|error| StoreError::from(error).about(target))?;
    let faults = faults_of(partial, proof).map_err(|error| error.about(target))?;
    if !faults.is_empty() {
        return Err(StoreError::BadCopy { path: target.to_owned(), faults: faults.join("; ") });
    }
    if let Some(database) = connection.path().map(Path::new) {
        owned_as(partial, database);
    }
    sync_file(partial)?;
    rename(partial, target)?;
    sync_folder(target)
}

/// Reads a file that nobody writes, and says what is wrong with it.
pub(super) fn faults_of(path: &Path, proof: Proof) -> Result<Vec<String>, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    match proof {
        Proof::Quick => super::upkeep::problems(&connection, "PRAGMA quick_check"),
        Proof::Whole => super::upkeep::every_problem(&connection),
    }
}

/// Copies the database before its upgrade, under a name that tells its schema and that is free.
pub(super) fn copy_before_upgrade(connection: &Connection, path: &Path, schema: i64) -> Result<(), StoreError> {
    let target = (0_u32..1_000)
        .map(|turn| upgrade_name(path, schema, turn))
        .find(|name| !name.exists())
        .unwrap_or_else(|| upgrade_name(path, schema, 0));
    tracing::info!(backup = %target.display(), "the database is copied before its schema is upgraded");
    copy_into(connection, &target, Proof::Quick)
}

fn upgrade_name(path: &Path, schema: i64, turn: u32) -> PathBuf {
    let turn = if turn > 0 { format!(".{turn}") } else { String::new() };
    super::beside(path, &format!(".v{schema}{turn}.bak"))
}

/// Removes the oldest copies that upgrades have made; for after an upgrade that went well. Names
/// that we would not give are somebody else's.
pub(super) fn prune_upgrade_copies(path: &Path) {
    let Some(own) = path.file_name().and_then(|name| name.to_str()) else { return };
    let Ok(entries) = fs::read_dir(folder_of(path)) else { return };
    let mut copies: Vec<(SystemTime, i64, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let schema = schema_in_name(entry.file_name().to_str()?.strip_prefix(own)?)?;
            let at = entry.metadata().and_then(|file| file.modified()).ok()?;
            Some((at, schema, entry.path()))
        })
        .collect();
    copies.sort_unstable();
    let excess = copies.len().saturating_sub(UPGRADE_COPIES);
    for (_, _, old) in copies.iter().take(excess) {
        match remove(old) {
            Ok(()) => tracing::info!(backup = %old.display(), "an old copy made before an upgrade is removed"),
            Err(error) => tracing::warn!(%error, "an old copy made before an upgrade cannot be removed"),
        }
    }
}

/// Reads `.v3.bak` and `.v3.1.bak`.
fn schema_in_name(ending: &str) -> Option<i64> {
    let inner = ending.strip_prefix(".v")?.strip_suffix(".bak")?;
    let (schema, turn) = inner.split_once('.').unwrap_or((inner, "0"));
    turn.parse::<u32>().ok()?;
    schema.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sample::{commit, day, posting, store};

    #[test]
    fn only_names_of_our_own_are_read_as_copies() {
        assert_eq!((schema_in_name(".v3.bak"), schema_in_name(".v12.1.bak")), (Some(3), Some(12)));
        for other in [".bak", ".v.bak", ".v3", ".v3.mine.bak", ".v3.bak.gz", "2.v3.bak"] {
            assert_eq!(schema_in_name(other), None, "{other}");
        }
    }

    #[test]
    fn the_last_copies_are_kept_and_others_files_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        for (age, name) in
            ["a.db.v1.bak", "a.db.v1.1.bak", "a.db.v2.bak", "a.db.v3.bak", "a.db.mine.bak"].iter().enumerate()
        {
            let file = fs::File::create(folder.path().join(name)).unwrap();
            let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000 + age as u64);
            file.set_modified(at).unwrap();
        }
        prune_upgrade_copies(&path);
        let mut left: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["a.db.mine.bak", "a.db.v1.1.bak", "a.db.v2.bak", "a.db.v3.bak"]);
    }

    #[test]
    fn a_copy_that_cannot_be_made_leaves_nothing_behind() {
        let (folder, store) = store();
        commit(&store, "ahima", vec![posting("ahima", "1", "Coder")], day(0));
        let target = folder.path().join("no such folder").join("copy.db");
        assert!(store.backup(&target).is_err());
        let whole = folder.path().join("copy.db");
        store.backup(&whole).unwrap();
        let partial = |name: &str| name.contains(".partial");
        let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert_eq!(names.filter(|name| partial(name)).count(), 0);
        assert!(faults_of(&whole, Proof::Whole).unwrap().is_empty());
    }
}
