//! mbox: one file, each mail begun by a line `From …`; mboxo and mboxrd put `>` before such lines
//! inside a mail. Read from where the last poll left it; never written.

use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{BATCH_BYTES, BATCH_MAILS, Batch, LONGEST_MAIL, MailboxError};
use crate::model::{Mail, MailCursor};

/// How much before the cursor must be as it was.
const WITNESS: u64 = 512;
/// A line longer than this is cut; no alert has one.
const LONGEST_LINE: u64 = 1 << 20;
/// A mail whose last line is not ended is still being written, unless the file rests for this long.
const AT_REST: Duration = Duration::from_mins(5);

/// An mbox file that is being read.
#[derive(Debug, Default)]
pub(super) struct Mbox {
    path: PathBuf,
    cursor: MailCursor,
    file: Option<BufReader<File>>,
    /// Where the next line begins.
    at: u64,
}

impl Mbox {
    /// Opens a file where it was left; from its beginning if it is another one, or was written anew.
    pub(super) fn open(path: &Path, mut cursor: MailCursor) -> Result<Self, MailboxError> {
        let unreadable = |error| MailboxError::unreadable(path, error);
        let mut lock = path.as_os_str().to_owned();
        lock.push(".lock");
        if Path::new(&lock).exists() {
            return Err(MailboxError::Locked { path: path.to_owned() });
        }
        let mut file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        if cursor.offset > length || witness(&mut file, cursor.offset).map_err(unreadable)? != cursor.before {
            cursor.offset = 0;
            cursor.before = None;
        }
        file.seek(SeekFrom::Start(cursor.offset)).map_err(unreadable)?;
        let mut file = BufReader::new(file);
        let begin = file.fill_buf().map_err(unreadable)?;
        if !begin.is_empty() && !begin.starts_with(b"From ") {
            return Err(MailboxError::NoMbox { path: path.to_owned() });
        }
        Ok(Self { path: path.to_owned(), at: cursor.offset, cursor, file: Some(file) })
    }

    /// Reads the next mails.
    pub(super) fn next(&mut self) -> Result<Option<Batch>, MailboxError> {
        let path = self.path.clone();
        self.read_batch().map_err(|error| MailboxError::unreadable(&path, error))
    }

    fn read_batch(&mut self) -> std::io::Result<Option<Batch>> {
        let Some(mut file) = self.file.take() else { return Ok(None) };
        let (mut mails, mut weight) = (Vec::new(), 0);
        let mut more = true;
        while more && mails.len() < BATCH_MAILS && weight < BATCH_BYTES {
            let place = self.at.to_string();
            let Some((bytes, end)) = self.one(&mut file)? else {
                more = false;
                break;
            };
            weight += bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
            more = end;
            mails.push(Mail { place, bytes });
        }
        if mails.is_empty() {
            return Ok(None);
        }
        self.cursor.offset = self.at;
        self.cursor.before = witness(file.get_mut(), self.at)?;
        if more {
            // The witness has moved the file; reading goes on after it.
            file.get_mut().seek(SeekFrom::Start(self.at))?;
            self.file = Some(BufReader::new(file.into_inner()));
        }
        Ok(Some(Batch { mails, cursor: self.cursor.clone() }))
    }

    /// Reads one mail and tells whether another follows. `None` at the end, and for a last mail that
    /// is still being written.
    fn one(&mut self, file: &mut BufReader<File>) -> std::io::Result<Option<(Option<Vec<u8>>, bool)>> {
        let mut mail = Vec::new();
        let mut line = Vec::new();
        let mut end = self.at;
        let mut begun = false;
        let mut too_long = false;
        let mut after_blank = true;
        loop {
            if begun && after_blank && file.fill_buf()?.starts_with(b"From ") {
                self.at = end;
                return Ok(Some(((!too_long).then_some(mail), true)));
            }
            line.clear();
            let read = file.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
            end += read as u64;
            if read == 0 {
                let whole = begun && (mail.ends_with(b"\n") || too_long || at_rest(file)?);
                if whole {
                    self.at = end;
                }
                return Ok(whole.then_some(((!too_long).then_some(mail), false)));
            }
            after_blank = line.as_slice() == b"\n" || line.as_slice() == b"\r\n";
            if !begun {
                begun = true;
                continue;
            }
            too_long |= mail.len() as u64 + read as u64 > LONGEST_MAIL;
            if !too_long {
                mail.extend_from_slice(unquoted(&line));
            }
        }
    }
}

fn at_rest(file: &BufReader<File>) -> std::io::Result<bool> {
    let changed = file.get_ref().metadata()?.modified()?;
    Ok(changed.elapsed().is_ok_and(|age| age > AT_REST))
}

/// Takes the `>` off that was put before a line's `From `.
fn unquoted(line: &[u8]) -> &[u8] {
    let signs = line.iter().take_while(|byte| **byte == b'>').count();
    if signs > 0 && line[signs..].starts_with(b"From ") { &line[1..] } else { line }
}

/// Hashes what stands before a place of the file.
fn witness(file: &mut File, offset: u64) -> std::io::Result<Option<String>> {
    if offset == 0 {
        return Ok(None);
    }
    let start = offset.saturating_sub(WITNESS);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.by_ref().take(offset - start).read_to_end(&mut bytes)?;
    Ok(Some(blake3::hash(&bytes).to_hex()[..32].to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "From a@b Fri Nov 20 08:00:00 2026\nSubject: 1\n\none\n>From here\n>>From there\n\n";
    const TWO: &str = "From a@b Fri Nov 20 09:00:00 2026\nSubject: 2\n\ntwo\nFrom the board\n\n";

    fn texts(path: &Path, cursor: MailCursor) -> (Vec<String>, MailCursor) {
        let mut open = Mbox::open(path, cursor.clone()).unwrap();
        let (mut texts, mut last) = (Vec::new(), cursor);
        while let Some(batch) = open.next().unwrap() {
            texts.extend(batch.mails.into_iter().map(|mail| String::from_utf8(mail.bytes.unwrap()).unwrap()));
            last = batch.cursor;
        }
        (texts, last)
    }

    #[test]
    fn mails_are_divided_and_unquoted_and_only_new_ones_come_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("box");
        std::fs::write(&path, format!("{ONE}{TWO}")).unwrap();
        let (first, cursor) = texts(&path, MailCursor::default());
        assert_eq!(first, ["Subject: 1\n\none\nFrom here\n>From there\n\n", "Subject: 2\n\ntwo\nFrom the board\n\n"]);
        assert_eq!(texts(&path, cursor.clone()).0, [""; 0]);
        std::fs::write(&path, format!("{ONE}{TWO}{ONE}")).unwrap();
        let (later, cursor) = texts(&path, cursor);
        assert_eq!(later.len(), 1);
        std::fs::write(&path, format!("{TWO}{TWO}{TWO}{TWO}")).unwrap();
        assert_eq!(texts(&path, cursor).0.len(), 4, "a file that was written anew is read anew");
    }

    #[test]
    fn a_mail_that_is_still_being_written_waits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("box");
        std::fs::write(&path, format!("{ONE}From a@b x\nSubject: half")).unwrap();
        let (first, cursor) = texts(&path, MailCursor::default());
        assert_eq!(first.len(), 1);
        std::fs::write(&path, format!("{ONE}From a@b x\nSubject: half\n\nwhole\n")).unwrap();
        assert_eq!(texts(&path, cursor).0, ["Subject: half\n\nwhole\n"]);
        std::fs::write(folder.path().join("box.lock"), "").unwrap();
        assert!(matches!(Mbox::open(&path, MailCursor::default()), Err(MailboxError::Locked { .. })));
    }

    #[test]
    fn more_mails_than_a_batch_are_all_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("box");
        let text = (0..123).map(|n| format!("From a\nSubject: {n}\n\n{n}\n")).collect::<Vec<_>>().join("\n");
        std::fs::write(&path, text).unwrap();
        let (all, cursor) = texts(&path, MailCursor::default());
        assert_eq!((all.len(), all[122].contains("Subject: 122")), (123, true));
        assert_eq!(texts(&path, cursor).0.len(), 0);
    }

    #[test]
    fn a_mail_too_long_is_told_and_what_is_no_mbox_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("box");
        let long = format!("From a\n\n{}\n\n{ONE}", "x\n".repeat(13 << 20));
        std::fs::write(&path, long).unwrap();
        let mut open = Mbox::open(&path, MailCursor::default()).unwrap();
        let batch = open.next().unwrap().unwrap();
        assert!(batch.mails[0].bytes.is_none() && batch.mails[1].bytes.is_some());
        std::fs::write(&path, "Subject: no mbox\n").unwrap();
        assert!(matches!(Mbox::open(&path, MailCursor::default()), Err(MailboxError::NoMbox { .. })));
        std::fs::write(&path, "").unwrap();
        assert!(Mbox::open(&path, MailCursor::default()).unwrap().next().unwrap().is_none());
    }
}
