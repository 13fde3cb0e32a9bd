//! Which pieces of text are common: what boards and employers print under every posting says nothing
//! about whether two of them are one vacancy.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A piece that more postings share is a template.
const MOST_HOLDERS: u8 = 10;
/// So many pieces are counted at once; then the rare ones are forgotten.
const MOST_COUNTED: usize = 6_000_000;

/// Takes a piece, which is a hash already, for its own hash.
#[derive(Default)]
struct OwnHash(u64);

impl Hasher for OwnHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0.rotate_left(8)) ^ u64::from(*byte);
        }
    }

    fn write_u32(&mut self, piece: u32) {
        self.0 = u64::from(piece).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

type Own = BuildHasherDefault<OwnHash>;

/// Counts how many postings share each piece of text.
#[derive(Default)]
pub struct CommonPieces {
    counts: HashMap<u32, u8, Own>,
    common: HashSet<u32, Own>,
}

impl CommonPieces {
    /// Knows these pieces to be common.
    pub fn know(&mut self, pieces: impl IntoIterator<Item = u32>) {
        self.common.extend(pieces);
    }

    /// Counts a posting's pieces; gives those that have just become common.
    pub fn count(&mut self, pieces: &[u32]) -> Vec<u32> {
        if self.counts.len() > MOST_COUNTED {
            self.counts.retain(|_, count| *count > 2);
        }
        let mut new = Vec::new();
        for piece in pieces {
            let count = self.counts.entry(*piece).or_default();
            *count = count.saturating_add(1);
            if *count == MOST_HOLDERS + 1 && self.common.insert(*piece) {
                new.push(*piece);
            }
        }
        new
    }

    /// Tells whether too many postings share a piece.
    #[must_use]
    pub fn is_common(&self, piece: u32) -> bool {
        self.common.contains(&piece)
    }

    /// How many pieces are common.
    #[must_use]
    pub fn len(&self) -> usize {
        self.common.len()
    }

    /// Tells whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.common.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_common_once_eleven_postings_have_it_and_stays_so() {
        let mut pieces = CommonPieces::default();
        for _ in 0..10 {
            assert!(pieces.count(&[7]).is_empty());
        }
        assert_eq!(pieces.count(&[7, 8]), [7]);
        assert!(pieces.count(&[7]).is_empty() && pieces.is_common(7) && !pieces.is_common(8));
        let mut again = CommonPieces::default();
        again.know([7]);
        assert!(again.is_common(7));
    }
}
