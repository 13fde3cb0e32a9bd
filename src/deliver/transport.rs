//! The ways to hand a mail over, behind one call.

use std::path::PathBuf;

use super::directory;
use super::error::DeliverError;
use super::parcel::{Handed, Parcel, Refusal};
use super::settings::Settings;
use super::smtp::Sender;

/// A way to hand mails over.
#[derive(Debug)]
pub enum Transport {
    /// Into a folder, as `.eml` files.
    Directory(PathBuf),
    /// To a mail server.
    Smtp(Box<Sender>),
}

impl Transport {
    /// Makes the way that the settings name. Nothing is connected or written yet.
    ///
    /// # Errors
    /// Fails for a mail server as [`Sender::new`] does.
    pub fn new(settings: Settings) -> Result<Self, DeliverError> {
        Ok(match settings {
            Settings::Directory(path) => Self::Directory(path),
            Settings::Smtp(smtp) => Self::Smtp(Box::new(Sender::new(smtp)?)),
        })
    }

    /// Hands a mail over and says what became of it.
    pub async fn send(&mut self, parcel: &Parcel<'_>) -> Handed {
        match self {
            Self::Smtp(sender) => sender.send(parcel).await,
            Self::Directory(path) => {
                let (path, id, bytes) = (path.clone(), parcel.message_id.to_owned(), parcel.bytes.to_vec());
                // A disk may let us wait.
                let written = tokio::task::spawn_blocking(move || directory::write_bytes(&path, &id, &bytes)).await;
                written.map_or_else(|_| Handed::Unknown { why: "the writing broke off".into() }, filed)
            }
        }
    }

    /// Ends what is open; the next mail opens it again.
    pub async fn close(&mut self) {
        match self {
            Self::Directory(_) => {}
            Self::Smtp(sender) => sender.close().await,
        }
    }
}

/// Says what writing a file came to. A folder that cannot be written to fails every mail alike.
fn filed(written: Result<PathBuf, DeliverError>) -> Handed {
    match written {
        Ok(path) => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            Handed::Accepted { reply: format!("written as {name}") }
        }
        Err(error @ DeliverError::Taken { .. }) => Handed::Refused {
            reply: format!("not sent: failed to {error}"),
            what: Refusal::Message,
            code: 554,
            enhanced: Some("5.6.0".into()),
        },
        Err(error) => {
            let source = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
            Handed::ServerAway { why: format!("failed to {error}{source}") }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcel<'a>(bytes: &'a [u8], message_id: &'a str) -> Parcel<'a> {
        Parcel { from: "jobs@example.edu", to: "ann@example.edu", bytes, message_id }
    }

    #[tokio::test]
    async fn a_folder_takes_a_mail_once_and_another_under_its_id_never() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = folder.path().join("out/box");
        let mut way = Transport::new(Settings::Directory(outbox.clone())).unwrap();
        for _ in 0..2 {
            let handed = way.send(&parcel(b"A: b\r\n\r\nc\r\n", "1@example.edu")).await;
            assert_eq!(handed, Handed::Accepted { reply: "written as 1-example.edu.eml".into() });
        }
        let other = way.send(&parcel(b"A: b\r\n\r\nd\r\n", "1@example.edu")).await;
        assert!(matches!(&other, Handed::Refused { what: Refusal::Message, .. }), "{other:?}");
        let names: Vec<_> = std::fs::read_dir(&outbox).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["1-example.edu.eml"]);
        assert_eq!(std::fs::read(outbox.join("1-example.edu.eml")).unwrap(), b"A: b\r\n\r\nc\r\n");
        way.close().await;
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_to_is_away_for_all() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "x").unwrap();
        let handed = Transport::Directory(file).send(&parcel(b"A: b\r\n", "1@x")).await;
        assert!(matches!(&handed, Handed::ServerAway { why } if why.contains("writable")), "{handed:?}");
    }
}
