//! Forward migrations: each in one transaction, and the file is copied before an upgrade.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::backup::{copy_before_upgrade, prune_upgrade_copies};
use super::error::StoreError;

/// Every migration, oldest first. The schema's number is how many have run.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_rounds.sql"),
    include_str!("migrations/0003_history.sql"),
    include_str!("migrations/0004_mails.sql"),
    include_str!("migrations/0005_erasure.sql"),
    include_str!("migrations/0006_codes.sql"),
    include_str!("migrations/0007_sketches.sql"),
    include_str!("migrations/0008_reposted.sql"),
    include_str!("migrations/0009_subscribers.sql"),
];

/// Marks a file as ours in its header: "jobr".
const APPLICATION_ID: i64 = 0x6a6f_6272;

/// Brings a database to the newest schema, creating it where the file is empty.
pub(super) fn migrate(connection: &mut Connection, path: &Path, migrations: &[&str]) -> Result<(), StoreError> {
    let found = schema_of(connection, path)?;
    let known = count(migrations);
    if found > known {
        return Err(StoreError::NewerSchema { path: path.to_owned(), found, known });
    }
    let is_upgrade = found > 0 && found < known;
    if is_upgrade {
        copy_before_upgrade(connection, path, found)?;
    }
    for (number, migration) in (1_i64..).zip(migrations) {
        run(connection, number, migration)?;
    }
    if is_upgrade {
        prune_upgrade_copies(path);
    }
    Ok(())
}

/// Checks that a database opened for reading has the schema that this program reads.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let (found, known) = (schema_of(connection, path)?, count(MIGRATIONS));
    match found.cmp(&known) {
        std::cmp::Ordering::Less => Err(StoreError::OlderSchema { path: path.to_owned(), found, known }),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(StoreError::NewerSchema { path: path.to_owned(), found, known }),
    }
}

/// Tells a backup's schema and ours, and refuses what cannot be restored.
pub(super) fn schema_to_restore(connection: &Connection, path: &Path) -> Result<(i64, i64), StoreError> {
    let (found, known) = (schema_of(connection, path)?, count(MIGRATIONS));
    if found == 0 {
        return Err(StoreError::NotOurs { path: path.to_owned() });
    }
    if found > known {
        Err(StoreError::NewerSchema { path: path.to_owned(), found, known })
    } else {
        Ok((found, known))
    }
}

/// Runs every migration that is missing, on a database of which a copy exists.
pub(super) fn upgrade(connection: &mut Connection) -> Result<(), StoreError> {
    for (number, migration) in (1_i64..).zip(MIGRATIONS) {
        run(connection, number, migration)?;
    }
    Ok(())
}

fn count(migrations: &[&str]) -> i64 {
    i64::try_from(migrations.len()).unwrap_or(i64::MAX)
}

fn schema_of(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    let about = |error: rusqlite::Error| StoreError::from(error).about(path);
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(about)?;
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(about)?;
    let table: Option<i64> =
        connection.query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |row| row.get(0)).optional().map_err(about)?;
    let is_empty = table.is_none() && found == 0;
    if is_empty || application == APPLICATION_ID {
        Ok(found)
    } else {
        Err(StoreError::NotOurs { path: path.to_owned() })
    }
}

/// Runs one migration unless it has run: the number is read again inside the transaction, because
/// another process may have been quicker.
fn run(connection: &mut Connection, number: i64, migration: &str) -> Result<(), StoreError> {
    let current: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if current >= number {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let current: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if current < number {
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::connection::open_writer;

    #[test]
    fn an_empty_file_gets_the_schema_and_opening_again_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut connection = open_writer(&path).unwrap();
        migrate(&mut connection, &path, MIGRATIONS).unwrap();
        let before = connection.total_changes();
        migrate(&mut connection, &path, MIGRATIONS).unwrap();
        assert_eq!(connection.total_changes(), before);
        check(&connection, &path).unwrap();
    }

    #[test]
    fn an_upgrade_copies_the_file_first_and_never_over_an_older_copy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut connection = open_writer(&path).unwrap();
        migrate(&mut connection, &path, MIGRATIONS).unwrap();
        let copy = |turn: &str| folder.path().join(format!("a.db.v{}{turn}.bak", MIGRATIONS.len()));
        std::fs::write(copy(""), "kept").unwrap();
        let next: Vec<&str> = MIGRATIONS.iter().copied().chain(["CREATE TABLE more (id INTEGER) STRICT"]).collect();
        migrate(&mut connection, &path, &next).unwrap();
        assert_eq!(std::fs::read_to_string(copy("")).unwrap(), "kept");
        check(&Connection::open(copy(".1")).unwrap(), &path).unwrap();
        let newer = count(MIGRATIONS) + 1;
        assert!(matches!(check(&connection, &path), Err(StoreError::NewerSchema { found, .. }) if found == newer));
        assert!(matches!(migrate(&mut connection, &path, MIGRATIONS), Err(StoreError::NewerSchema { .. })));
    }

    #[test]
    fn a_failing_migration_leaves_the_schema_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut connection = open_writer(&path).unwrap();
        migrate(&mut connection, &path, MIGRATIONS).unwrap();
        let next: Vec<&str> = MIGRATIONS.iter().copied().chain(["CREATE TABLE more (id INTEGER); nonsense"]).collect();
        assert!(migrate(&mut connection, &path, &next).is_err());
        check(&connection, &path).unwrap();
        assert!(connection.execute("SELECT 1 FROM more", []).is_err());
    }

    #[test]
    fn a_foreign_database_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut connection = open_writer(&path).unwrap();
        connection.execute_batch("CREATE TABLE theirs (id INTEGER)").unwrap();
        assert!(matches!(migrate(&mut connection, &path, MIGRATIONS), Err(StoreError::NotOurs { .. })));
        let text = folder.path().join("b.db");
        std::fs::write(&text, "this is a text file, and not a short one, so that it has no header").unwrap();
        assert!(matches!(open_writer(&text), Err(StoreError::NotOurs { .. })));
    }
}
