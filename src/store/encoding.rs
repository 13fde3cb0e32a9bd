//! How values stand in SQLite: times as milliseconds, postings and answers compressed.

use std::cell::RefCell;

use chrono::{DateTime, Utc};
use zstd::bulk::{Compressor, Decompressor};

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

thread_local! {
    /// Making a context costs more than compressing three kilobytes, so each thread keeps its own.
    /// Level 1 costs a third less time than level 3 for a few per cent of size.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = RefCell::new(Compressor::new(1).ok());
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = RefCell::new(Decompressor::new().ok());
}

/// Packs one posting: its JSON, compressed.
pub(super) fn pack_posting(posting: &Posting) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(posting).map_err(|error| StoreError::unreadable("posting", error))?;
    pack(&json).map_err(|error| StoreError::unreadable("posting", error))
}

fn pack(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|kept| match kept {
        Some(compressor) => compressor.compress(bytes),
        None => zstd::bulk::compress(bytes, 1),
    })
}

/// Unpacks one posting.
pub(super) fn unpack_posting(body: &[u8]) -> Result<Posting, StoreError> {
    let json = unpack(body)?;
    serde_json::from_slice(&json).map_err(|error| StoreError::unreadable("posting", error))
}

/// Compresses a recorded answer.
pub(super) fn pack_answer(body: &[u8]) -> Result<Vec<u8>, StoreError> {
    pack(body).map_err(|error| StoreError::unreadable("answer", error))
}

/// Unpacks any stored body.
pub(super) fn unpack(body: &[u8]) -> Result<Vec<u8>, StoreError> {
    let unpacked = DECOMPRESSOR.with_borrow_mut(|kept| match kept {
        Some(decompressor) => decompressor.decompress(body, LARGEST_BODY),
        None => zstd::bulk::decompress(body, LARGEST_BODY),
    });
    unpacked.map_err(|error| StoreError::unreadable("body", error))
}
