//! Maildir: one file a mail, in `new` and `cur`. A file's name up to the colon is its own for good;
//! what follows are flags, which change.

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::{BATCH_BYTES, BATCH_MAILS, Batch, LONGEST_MAIL, LetGo, MailboxError};
use crate::model::{Mail, MailCursor};

/// More mails than this are not listed; the oldest come first.
const MOST_FILES: usize = 200_000;

/// A Maildir that is being read.
#[derive(Debug, Default)]
pub(super) struct Maildir {
    root: PathBuf,
    waiting: VecDeque<Entry>,
    cursor: MailCursor,
}

#[derive(Debug)]
struct Entry {
    place: String,
    path: PathBuf,
}

impl Maildir {
    /// Lists a Maildir, oldest mail first: names begin with the moment of delivery.
    pub(super) fn open(root: &Path, cursor: MailCursor) -> Result<Self, MailboxError> {
        let mut found = Vec::new();
        let mut folders = 0;
        for name in ["new", "cur"] {
            let folder = root.join(name);
            if folder.is_dir() {
                folders += 1;
                list(&folder, &mut found)?;
            }
        }
        if folders == 0 {
            return Err(MailboxError::NoMaildir { path: root.to_owned() });
        }
        found.sort_unstable_by(|one, other| one.place.cmp(&other.place));
        found.truncate(MOST_FILES);
        Ok(Self { root: root.to_owned(), waiting: found.into(), cursor })
    }

    pub(super) fn places(&self) -> Vec<String> {
        self.waiting.iter().map(|entry| entry.place.clone()).collect()
    }

    pub(super) fn skip(&mut self, known: &HashSet<String>) {
        self.waiting.retain(|entry| !known.contains(&entry.place));
    }

    /// Reads the next mails. One that was moved or removed meanwhile is left to the next poll.
    pub(super) fn next(&mut self) -> Option<Batch> {
        let mut mails = Vec::new();
        let mut weight = 0;
        while mails.len() < BATCH_MAILS && weight < BATCH_BYTES {
            let Some(entry) = self.waiting.pop_front() else { break };
            if let Ok(bytes) = read(&entry.path) {
                weight += bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
                mails.push(Mail { place: entry.place, bytes });
            }
        }
        let over = mails.is_empty() && self.waiting.is_empty();
        (!over).then(|| Batch { mails, cursor: self.cursor.clone() })
    }

    /// Moves mails into `cur` with the flag `S`, or removes them.
    pub(super) fn let_go(&self, places: &[String], how: LetGo) -> Result<(), MailboxError> {
        let mut there = Vec::new();
        for name in ["new", "cur"] {
            list(&self.root.join(name), &mut there)?;
        }
        for entry in there.into_iter().filter(|entry| places.contains(&entry.place)) {
            let done = match how {
                LetGo::Delete => fs::remove_file(&entry.path),
                LetGo::Seen => fs::rename(&entry.path, self.root.join("cur").join(seen_name(&entry))),
            };
            done.map_err(|error| MailboxError::unreadable(&entry.path, error))?;
        }
        Ok(())
    }
}

/// Gives the name with the flag `S` among its flags, which stand in order.
fn seen_name(entry: &Entry) -> String {
    let name = entry.path.file_name().unwrap_or_default().to_string_lossy();
    let mut flags: Vec<char> = name.rsplit_once(":2,").map_or("", |(_, flags)| flags).chars().collect();
    flags.push('S');
    flags.sort_unstable();
    flags.dedup();
    format!("{}:2,{}", entry.place, flags.into_iter().collect::<String>())
}

fn list(folder: &Path, found: &mut Vec<Entry>) -> Result<(), MailboxError> {
    let unreadable = |error| MailboxError::unreadable(folder, error);
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && !name.starts_with('.') && found.len() < 2 * MOST_FILES {
            let place = name.split(':').next().unwrap_or(&name).to_owned();
            found.push(Entry { place, path: entry.path() });
        }
    }
    Ok(())
}

/// Reads a mail; `None` for one that is too long.
fn read(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(LONGEST_MAIL + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= LONGEST_MAIL).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maildir(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["new", "cur", "tmp"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn names(folder: &Path, of: &str) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder.join(of)).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn mails_come_oldest_first_and_known_ones_not_at_all() {
        let folder = maildir(&[("cur/1.a:2,FS", "one"), ("new/2.b", "two"), ("tmp/3.c", "half"), ("new/.x", "no")]);
        let mut open = Maildir::open(folder.path(), MailCursor::default()).unwrap();
        assert_eq!(open.places(), ["1.a", "2.b"]);
        open.skip(&HashSet::from(["1.a".to_owned()]));
        let batch = open.next().unwrap();
        assert_eq!(batch.mails[0].bytes.as_deref(), Some(b"two".as_slice()));
        assert!(batch.mails.len() == 1 && open.next().is_none());
        assert_eq!((names(folder.path(), "new").len(), names(folder.path(), "cur").len()), (2, 1));
    }

    #[test]
    fn what_is_told_to_go_goes_and_nothing_else() {
        let folder = maildir(&[("cur/1.a:2,F", "one"), ("new/2.b", "two"), ("new/3.c", "three")]);
        let open = Maildir::open(folder.path(), MailCursor::default()).unwrap();
        open.let_go(&["1.a".to_owned(), "2.b".to_owned()], LetGo::Seen).unwrap();
        assert_eq!(names(folder.path(), "cur"), ["1.a:2,FS", "2.b:2,S"]);
        open.let_go(&["2.b".to_owned()], LetGo::Delete).unwrap();
        assert_eq!(
            (names(folder.path(), "cur"), names(folder.path(), "new")),
            (vec!["1.a:2,FS".into()], vec!["3.c".into()])
        );
    }

    #[test]
    fn a_mail_that_went_away_is_passed_over_and_a_folder_of_others_is_no_maildir() {
        let folder = maildir(&[("new/1.a", "one"), ("new/2.b", "two")]);
        let mut open = Maildir::open(folder.path(), MailCursor::default()).unwrap();
        fs::remove_file(folder.path().join("new/1.a")).unwrap();
        assert_eq!(open.next().unwrap().mails[0].place, "2.b");
        let plain = tempfile::tempdir().unwrap();
        assert!(matches!(Maildir::open(plain.path(), MailCursor::default()), Err(MailboxError::NoMaildir { .. })));
    }
}
