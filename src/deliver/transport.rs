//! Ways to hand a mail over.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::Message;

use super::directory;
use super::error::DeliverError;
use super::mime::encode;

/// A way to hand a mail over.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Into a folder, as `.eml` files.
    Directory(PathBuf),
    /// Into memory, encoded; for tests and previews.
    Memory(Arc<Mutex<Vec<Vec<u8>>>>),
}

/// Where a mail went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// Into this file.
    File(PathBuf),
    /// Into memory.
    Memory,
}

impl Transport {
    /// Makes an empty memory to hand mails to.
    #[must_use]
    pub fn memory() -> Self {
        Self::Memory(Arc::default())
    }

    /// Hands a mail over.
    ///
    /// # Errors
    /// Fails when the mail cannot be encoded or not be handed over; nothing was handed over then.
    pub fn deliver(&self, message: &Message) -> Result<Delivered, DeliverError> {
        match self {
            Self::Directory(path) => directory::write(path, message).map(Delivered::File),
            Self::Memory(mails) => {
                let bytes = encode(message)?;
                mails.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
                Ok(Delivered::Memory)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::mime::tests::sample;

    #[test]
    fn every_way_hands_over_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let Delivered::File(path) = Transport::Directory(folder.path().into()).deliver(&sample()).unwrap() else {
            panic!("a folder gives a file")
        };
        let memory = Transport::memory();
        assert_eq!(memory.deliver(&sample()).unwrap(), Delivered::Memory);
        let Transport::Memory(mails) = memory else { unreachable!() };
        assert_eq!(mails.lock().unwrap().as_slice(), [std::fs::read(path).unwrap()]);
    }
}
