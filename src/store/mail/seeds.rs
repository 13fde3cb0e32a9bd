//! What a search matched before it began: nothing new to it, however much of it changes later.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension};

use crate::model::{Criteria, SearchId};
use crate::store::Store;
use crate::store::encoding::millis;
use crate::store::error::StoreError;
use crate::store::filters::{Filters, Sureness};
use crate::store::match_text::expression;

/// Where a search begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seed {
    /// Events up to here had happened.
    pub(super) cursor: i64,
    /// Rows of jobs that are known to it.
    pub(super) known: BTreeSet<i64>,
    /// Rows of jobs that it is to be told of, and whether each may match only.
    pub(super) untold: Vec<(i64, bool)>,
}

impl Store {
    /// Finds where a search would begin now: at what is new from now on, or looking back to a moment.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn seed(
        &self,
        criteria: &Criteria,
        since: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Seed, StoreError> {
        self.read(|connection| seed(connection, criteria, since, now))
    }
}

fn seed(
    connection: &Connection,
    criteria: &Criteria,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Seed, StoreError> {
    let cursor = connection.query_row("SELECT coalesce(max(id), 0) FROM job_event", [], |row| row.get(0))?;
    let mut seed = Seed { cursor, ..Seed::default() };
    let filters = Filters::of(criteria, now);
    for sureness in [Sureness::Sure, Sureness::May, Sureness::LeftOut] {
        let wanted = match sureness {
            Sureness::Sure => true,
            Sureness::May => filters.has_doubt(),
            // Left out now, told when it states what is asked for.
            Sureness::LeftOut => false,
        };
        if !wanted {
            continue;
        }
        let text = expression(criteria.query.as_ref(), &filters.tags(sureness))?;
        let wherefore = filters.wherefore(sureness);
        let sql = match text {
            Some(_) => format!(
                "SELECT j.id, j.first_seen FROM job_text CROSS JOIN job AS j ON j.id = job_text.rowid
                 WHERE job_text MATCH ?1 AND {wherefore} ORDER BY j.id"
            ),
            None => format!("SELECT j.id, j.first_seen FROM job AS j WHERE {wherefore} ORDER BY j.id"),
        };
        let mut statement = connection.prepare(&sql)?;
        for (at, value) in filters.values.iter().enumerate().take(statement.parameter_count()) {
            match (at, text.as_deref()) {
                (0, Some(text)) => statement.raw_bind_parameter(1, text)?,
                _ => statement.raw_bind_parameter(at + 1, value)?,
            }
        }
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let (job, first_seen): (i64, i64) = (row.get(0)?, row.get(1)?);
            if since.is_some_and(|since| first_seen >= millis(since)) {
                seed.untold.push((job, sureness == Sureness::May));
            } else {
                seed.known.insert(job);
            }
        }
    }
    Ok(seed)
}

/// Reads which jobs a search knew when it began.
pub(super) fn known_to(connection: &Connection, search: SearchId) -> Result<BTreeSet<i64>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT s.jobs FROM search_known AS k JOIN known_set AS s ON s.id = k.known WHERE k.search = ?1",
    )?;
    let packed: Option<Vec<u8>> = statement.query_row([search.0], |row| row.get(0)).optional()?;
    Ok(packed.map(|packed| unpacked(&packed)).unwrap_or_default())
}

/// Packs rising numbers: the distance to the one before, seven bits a byte. A search that matches much of
/// a database takes about a byte a job.
pub(super) fn packed(numbers: &BTreeSet<i64>) -> Vec<u8> {
    let mut packed = Vec::with_capacity(numbers.len() + 8);
    let mut last = 0;
    for number in numbers {
        let mut rest = u64::try_from(number - last).unwrap_or_default();
        while rest >= 0x80 {
            packed.push(u8::try_from(rest & 0x7f).unwrap_or_default() | 0x80);
            rest >>= 7;
        }
        packed.push(u8::try_from(rest).unwrap_or_default());
        last = *number;
    }
    packed
}

fn unpacked(packed: &[u8]) -> BTreeSet<i64> {
    let (mut numbers, mut last, mut number, mut shift) = (BTreeSet::new(), 0_i64, 0_u64, 0_u32);
    for byte in packed {
        number |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or_default();
        shift += 7;
        if byte & 0x80 == 0 {
            last = last.saturating_add(i64::try_from(number).unwrap_or_default());
            numbers.insert(last);
            (number, shift) = (0, 0);
        }
    }
    numbers
}

#[cfg(test)]
mod unit {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(numbers in proptest::collection::btree_set(1_i64..1 << 40, 0..200)) {
            prop_assert_eq!(unpacked(&packed(&numbers)), numbers);
        }

        #[test]
        fn any_bytes_unpack(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = unpacked(&bytes);
        }
    }
}
