//! How values stand in SQLite: times as milliseconds, postings and answers compressed.

use chrono::{DateTime, Utc};
use zstd::bulk::Compressor;

use super::error::StoreError;
use crate::model::{Completeness, Posting};

/// The largest body that is unpacked; answers are capped far below when they are fetched.
const LARGEST_BODY: usize = 256 << 20;

/// Gives a time as it is stored.
pub(super) fn millis(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

/// Reads a stored time; one that no calendar reaches is the epoch.
pub(super) fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// Gives a count as it is stored.
pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Reads a stored count.
pub(super) fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

/// Gives completeness as it is stored: its rank.
pub(super) fn rank(completeness: Completeness) -> i64 {
    match completeness {
        Completeness::ListRow => 0,
        Completeness::Teaser => 1,
        Completeness::Full => 2,
    }
}

/// Compresses many small bodies with one context.
pub(super) struct Packer(Compressor<'static>);

impl Packer {
    /// Makes the context; level 3 for postings, which are kept for ever.
    pub(super) fn new() -> Result<Self, StoreError> {
        Compressor::new(3).map(Self).map_err(|error| StoreError::unreadable("posting", error))
    }

    /// Packs one posting: its JSON, compressed.
    pub(super) fn pack(&mut self, posting: &Posting) -> Result<Vec<u8>, StoreError> {
        let json = serde_json::to_vec(posting).map_err(|error| StoreError::unreadable("posting", error))?;
        self.0.compress(&json).map_err(|error| StoreError::unreadable("posting", error))
    }
}

/// Unpacks one posting.
pub(super) fn unpack_posting(body: &[u8]) -> Result<Posting, StoreError> {
    let json = unpack(body)?;
    serde_json::from_slice(&json).map_err(|error| StoreError::unreadable("posting", error))
}

/// Compresses a recorded answer; level 1, because they are many and kept for a while only.
pub(super) fn pack_answer(body: &[u8]) -> Result<Vec<u8>, StoreError> {
    zstd::bulk::compress(body, 1).map_err(|error| StoreError::unreadable("answer", error))
}

/// Unpacks any stored body.
pub(super) fn unpack(body: &[u8]) -> Result<Vec<u8>, StoreError> {
    zstd::bulk::decompress(body, LARGEST_BODY).map_err(|error| StoreError::unreadable("body", error))
}
