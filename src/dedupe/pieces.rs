//! A text as hashes of its five-word pieces, of which a fixed share is kept: the same pieces in every
//! text, so that two texts can be compared by what was kept of them (Broder's sampled shingles).

/// How many words make a piece.
const WIDTH: usize = 5;
/// Of a longer text a smaller share of the pieces is kept.
const MOST_PIECES: usize = 256;
/// The most words that are read; what is beyond no longer tells vacancies apart.
const MOST_WORDS: usize = 6_000;
/// Among this many words at the head of a text keys lie close: a teaser is cut from there.
const HEAD: usize = 100;
/// The most keys that one text gives.
const MOST_KEYS: usize = 32;

/// What is kept of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pieces {
    pub(super) words: u32,
    pub(super) density: u8,
    /// Ascending.
    pub(super) kept: Vec<u32>,
    /// The pieces under which texts meet, not yet salted.
    pub(super) keys: Vec<u64>,
}

const PRIME: u64 = 0x9e37_79b9_7f4a_7c15;

/// Cuts a text into pieces. Case, punctuation and white space do not count.
pub(super) fn pieces(text: &str) -> Pieces {
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut word = 0_u64;
    for c in text.bytes() {
        if c.is_ascii_alphanumeric() || c >= 0x80 {
            word = (word.rotate_left(5) ^ u64::from(c.to_ascii_lowercase())).wrapping_mul(PRIME);
        } else if word != 0 && c != b'\'' {
            words.push(word);
            word = 0;
            if words.len() == MOST_WORDS {
                break;
            }
        }
    }
    if word != 0 {
        words.push(word);
    }
    let mut hashes: Vec<u64> = if words.len() < WIDTH { Vec::new() } else { words.windows(WIDTH).map(mixed).collect() };
    let keys = hashes
        .iter()
        .enumerate()
        .filter(|(at, hash)| *hash & if *at < HEAD { 7 } else { 31 } == 0)
        .map(|(_, hash)| *hash)
        .take(MOST_KEYS)
        .collect();
    let mut density = 2_u8;
    while hashes.len() / usize::from(density) > MOST_PIECES && density < 64 {
        density *= 2;
    }
    let mask = u64::from(density) - 1;
    hashes.retain(|hash| hash & mask == 0);
    // The low half, so that the density can be told from what is kept.
    #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
    let mut kept: Vec<u32> = hashes.into_iter().map(|hash| hash as u32).collect();
    kept.sort_unstable();
    kept.dedup();
    Pieces { words: u32::try_from(words.len()).unwrap_or(u32::MAX), density, kept, keys }
}

fn mixed(window: &[u64]) -> u64 {
    let mut hash = 0_u64;
    for word in window {
        hash = (hash.rotate_left(9) ^ word).wrapping_mul(PRIME);
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 29)
}

/// How much of the shorter text stands in the longer one: pieces shared, and pieces of the shorter.
pub(super) fn shared((a, density_a): (&[u32], u8), (b, density_b): (&[u32], u8)) -> (u32, u32) {
    let mask = u32::from(density_a.max(density_b)).saturating_sub(1);
    let (mut a, mut b) = (a.iter().filter(|h| **h & mask == 0), b.iter().filter(|h| **h & mask == 0));
    let (mut count_a, mut count_b, mut both) = (0_u32, 0_u32, 0_u32);
    let (mut x, mut y) = (a.next(), b.next());
    loop {
        match (x, y) {
            (Some(left), Some(right)) => {
                let order = left.cmp(right);
                if order.is_le() {
                    count_a += 1;
                    x = a.next();
                }
                if order.is_ge() {
                    count_b += 1;
                    y = b.next();
                }
                both += u32::from(order.is_eq());
            }
            (Some(_), None) => {
                count_a += 1;
                x = a.next();
            }
            (None, Some(_)) => {
                count_b += 1;
                y = b.next();
            }
            (None, None) => return (both, count_a.min(count_b)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(a: &str, b: &str) -> f64 {
        let (a, b) = (pieces(a), pieces(b));
        let (both, of) = shared((&a.kept, a.density), (&b.kept, b.density));
        f64::from(both) / f64::from(of.max(1))
    }

    fn words(stem: &str, count: usize) -> String {
        (0..count).map(|n| format!("{stem}{}", n * 7 % 611)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_teaser_is_found_in_its_text_whatever_the_markup_and_length() {
        let text = words("word", 900);
        let teaser: Vec<String> = text.split(' ').skip(300).take(60).map(str::to_uppercase).collect();
        let teaser = teaser.join(", ");
        assert!(share(&teaser, &text) > 0.95, "{}", share(&teaser, &text));
        let other = words("term", 900);
        assert!(share(&other, &text) < 0.01);
    }

    #[test]
    fn a_text_of_any_length_gives_a_bounded_number_of_pieces_and_keys() {
        let long = (0..50_000).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        let cut = pieces(&long);
        assert!(
            cut.kept.len() <= 2 * MOST_PIECES && cut.keys.len() <= MOST_KEYS,
            "{} {}",
            cut.kept.len(),
            cut.keys.len()
        );
        assert_eq!(pieces("four words are few").kept, Vec::<u32>::new());
    }
}
