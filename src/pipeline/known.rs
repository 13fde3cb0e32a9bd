//! Rows that suddenly lack what the same posting stated before do not blank it.

use super::poll::Poller;
use super::visit::Answer;
use crate::board::Board;
use crate::model::RawPosting;
use crate::parse::keep_stated;
use crate::store::StoreError;

impl Poller {
    /// Fills what a list's rows leave out from what is stored of the same postings. What a posting
    /// states anew stands; when it ends and whether it is over are never remembered for it.
    pub(super) async fn keep_known(&self, board: &Board, answer: &mut Answer) -> Result<(), StoreError> {
        let id = board.id.clone();
        let rows = std::mem::take(&mut answer.parsed.postings);
        answer.parsed.postings = self
            .in_store(move |store| {
                let mut filled: Vec<RawPosting> = Vec::with_capacity(rows.len());
                for row in rows {
                    // A row that says less than is stored is only a hint and never takes its place.
                    let known = match &row.posting_id {
                        Some(posting_id) => store.posting_raw(&id, posting_id)?,
                        None => None,
                    };
                    let known = known.filter(|known| known.completeness <= row.completeness);
                    filled.push(match known {
                        Some(known) => keep_stated(row, known),
                        None => row,
                    });
                }
                Ok(filled)
            })
            .await?;
        Ok(())
    }
}
