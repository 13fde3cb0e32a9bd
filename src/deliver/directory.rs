//! Writes mails into a folder: one `.eml` each, and its HTML beside it for a browser.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::model::Message;

use super::error::DeliverError;
use super::mime::encode;

/// Writes a mail into the folder, which is made when it is missing, and gives the `.eml`'s path.
///
/// The name is the mail's day and Message-ID, so writing a mail again changes nothing. Files appear
/// whole or not at all and are on disk when this returns; the `.eml` comes last.
///
/// # Errors
/// Fails when the mail cannot be encoded or the folder not be written to.
pub fn write(directory: &Path, message: &Message) -> Result<PathBuf, DeliverError> {
    let bytes = encode(message)?;
    fs::create_dir_all(directory).map_err(|source| DeliverError::Write { path: directory.to_owned(), source })?;
    let name = file_name(message);
    put(directory, &format!("{name}.html"), message.html.as_bytes())?;
    put(directory, &format!("{name}.eml"), &bytes)
}

/// Writes a mail whose bytes are fixed into the folder, which is made when it is missing, and gives its
/// path. Its name is made from the Message-ID alone: the same mail again is the same file.
///
/// The file appears whole or not at all and is on disk when this returns. One program writes a folder.
///
/// # Errors
/// Fails when other bytes lie there under this Message-ID, or the folder cannot be written to.
pub fn write_bytes(directory: &Path, message_id: &str, bytes: &[u8]) -> Result<PathBuf, DeliverError> {
    fs::create_dir_all(directory).map_err(|source| DeliverError::Write { path: directory.to_owned(), source })?;
    let name = format!("{}.eml", safe_name(message_id));
    let path = directory.join(&name);
    match fs::read(&path) {
        Ok(there) if there == bytes => {
            // Whoever wrote it may have been stopped before it was on disk.
            let synced = File::open(&path).and_then(|file| file.sync_all()).and_then(|()| sync(directory));
            synced.map_err(|source| DeliverError::Write { path: path.clone(), source })?;
            Ok(path)
        }
        Ok(_) => Err(DeliverError::Taken { path }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => put(directory, &name, bytes),
        Err(source) => Err(DeliverError::Write { path, source }),
    }
}

/// Names a mail's files: `2026-11-24-0123abcd-example.edu`.
fn file_name(message: &Message) -> String {
    format!("{}-{}", message.date.format("%Y-%m-%d"), safe_name(&message.message_id))
}

/// Makes a file's name of a Message-ID: `0123abcd-example.edu`.
///
/// One that is too long, or loses characters that a file name must not hold, gets a part of its hash
/// as well, so that two mails never share a name.
fn safe_name(id: &str) -> String {
    let safe: String = id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' })
        .take(100)
        .collect();
    if safe.replacen('-', "@", 1) == id && !safe.is_empty() && !safe.starts_with('.') {
        return safe;
    }
    let hash: String = blake3::hash(id.as_bytes()).to_hex().chars().take(12).collect();
    format!("{}-{hash}", safe.trim_start_matches(['.', '-']))
}

/// Puts a file in place whole: written beside it, synced, renamed.
fn put(directory: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, DeliverError> {
    let path = directory.join(name);
    if fs::read(&path).is_ok_and(|there| there == bytes) {
        return Ok(path);
    }
    let temporary = directory.join(format!(".{name}.{}.tmp", std::process::id()));
    let placed =
        write_synced(&temporary, bytes).and_then(|()| fs::rename(&temporary, &path)).and_then(|()| sync(directory));
    placed.map_err(|source| {
        // What is half written serves nobody; that it cannot be removed either is the same trouble.
        let _ = fs::remove_file(&temporary);
        DeliverError::Write { path: path.clone(), source }
    })?;
    Ok(path)
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes a rename last; folders can be opened for that on Unix alone.
fn sync(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::mime::tests::sample;

    #[test]
    fn a_mail_written_twice_is_one_file_with_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = folder.path().join("out/box");
        let first = write(&outbox, &sample()).unwrap();
        assert_eq!(first, write(&outbox, &sample()).unwrap());
        assert_eq!(fs::read(&first).unwrap(), encode(&sample()).unwrap());
        let mut names: Vec<_> = fs::read_dir(&outbox).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["2026-11-24-0123abcd-example.edu.eml", "2026-11-24-0123abcd-example.edu.html"]);
    }

    #[test]
    fn a_name_stays_in_the_folder_and_differs_where_the_id_does() {
        let name = |id: &str| file_name(&Message { message_id: id.into(), ..sample() });
        assert!(!name("../../etc/x@y").contains('/'));
        assert_ne!(name("a-b@c"), name("a@b-c"));
        assert_ne!(name(&format!("{}1@c", "a".repeat(200))), name(&format!("{}2@c", "a".repeat(200))));
    }

    #[test]
    fn fixed_bytes_are_one_file_under_their_id() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = folder.path().join("out/box");
        let first = write_bytes(&outbox, "0123abcd@example.edu", b"x").unwrap();
        assert_eq!(first, outbox.join("0123abcd-example.edu.eml"));
        assert_eq!(write_bytes(&outbox, "0123abcd@example.edu", b"x").unwrap(), first);
        let taken = write_bytes(&outbox, "0123abcd@example.edu", b"y").unwrap_err();
        assert!(matches!(taken, DeliverError::Taken { .. }), "{taken}");
        assert_eq!(fs::read(&first).unwrap(), b"x");
        for odd in ["../../x@y", "..@", ".x@y", "", "a\0@b", "a-b@c", "a@b-c"] {
            let path = write_bytes(&outbox, odd, odd.as_bytes()).unwrap();
            assert_eq!(path.parent(), Some(outbox.as_path()));
            assert!(!path.file_name().unwrap().to_string_lossy().starts_with('.'), "{path:?}");
        }
        assert_eq!(fs::read_dir(&outbox).unwrap().count(), 8);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "x").unwrap();
        let error = write(&file.join("outbox"), &sample()).unwrap_err();
        assert!(error.to_string().contains("outbox"), "{error}");
    }
}
