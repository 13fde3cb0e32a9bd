//! What time makes useless: traces of mails, tellings of jobs that are long over, addresses that mail comes
//! back from.

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::SubscriberId;
use crate::store::Store;
use crate::store::encoding::millis;
use crate::store::error::StoreError;

impl Store {
    /// Removes what is no use any more: traces of mails, and tellings of jobs that closed long ago.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn tidy_mail(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        /// A closed job that comes back after so long is told as one that is open again.
        const KEPT: TimeDelta = TimeDelta::days(400);
        /// An address that mail comes back from is kept so long, for the office to see.
        const DEAD: TimeDelta = TimeDelta::days(30);
        let anybody = self.erasing(move |work| {
            let old = millis(now - KEPT);
            work.tx.execute(
                "DELETE FROM told WHERE job IN (SELECT id FROM job WHERE status = 1 AND closed_at < ?1)",
                [old],
            )?;
            work.tx.execute(
                "DELETE FROM outbox WHERE ended_at < ?1 AND NOT EXISTS (SELECT 1 FROM told WHERE told.mail = outbox.id)",
                [old],
            )?;
            work.tx.execute(
                "DELETE FROM known_set WHERE NOT EXISTS (SELECT 1 FROM search_known AS k WHERE k.known = known_set.id)",
                [],
            )?;
            let dead: Vec<i64> = {
                let mut statement = work
                    .tx
                    .prepare_cached("SELECT id FROM subscriber WHERE state = 'bounced' AND bounced_at < ?1")?;
                let rows = statement.query_map([millis(now - DEAD)], |row| row.get(0))?;
                rows.collect::<Result<_, _>>()?
            };
            for id in &dead {
                super::subscribers::remove(&work.tx, SubscriberId(*id), "bounced", now)?;
            }
            Ok(!dead.is_empty())
        })?;
        if anybody { self.forget() } else { Ok(()) }
    }
}
