//! Sets and tables of words that are asked for each word of each posting.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// Hashes short words quickly (FNV-1a). The words looked up are ours, so that nobody can make them collide.
#[derive(Clone)]
pub(super) struct WordHash(u64);

impl Default for WordHash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for WordHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

pub(super) type Set = HashSet<&'static str, BuildHasherDefault<WordHash>>;
pub(super) type Table<T> = HashMap<&'static str, T, BuildHasherDefault<WordHash>>;

/// Gives the hash by which words of titles and names are compared.
pub(super) fn hash_of_word(word: &str) -> u32 {
    let mut hasher = WordHash::default();
    hasher.write(word.as_bytes());
    let hash = hasher.finish();
    #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
    let folded = (hash ^ (hash >> 32)) as u32;
    folded
}
