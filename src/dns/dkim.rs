//! DKIM: the public key with which a domain's mail is signed (RFC 6376 section 3.6.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::tags::{tag, tags};

/// What the records at `SELECTOR._domainkey.DOMAIN` come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DkimKey {
    /// There is none.
    Missing,
    /// It was taken back: `p` is empty.
    Revoked,
    /// Receivers cannot use it; why.
    Invalid(String),
    /// It can be used.
    Valid {
        /// `rsa` or `ed25519`.
        algorithm: &'static str,
        /// Whether it is shorter than the 2,048 bits that RFC 8301 section 3.2 recommends.
        is_short: bool,
        /// Whether the domain says that it only tries DKIM out (`t=y`).
        is_trial: bool,
    },
}

/// The bytes of a 2,048-bit modulus; a key has some more about it.
const RECOMMENDED_BYTES: usize = 256;
/// The bytes of a 1,024-bit modulus; shorter ones are to be ignored (RFC 8301 section 3.2).
const LEAST_BYTES: usize = 128;

/// Reads the texts at `SELECTOR._domainkey.DOMAIN`.
#[must_use]
pub fn dkim_key(texts: &[String]) -> DkimKey {
    // Other texts may stand there; RFC 6376 section 3.6.2.2 leaves open what several keys mean.
    let keys: Vec<Vec<(String, String)>> =
        texts.iter().filter_map(|text| tags(text)).filter(|tags| tag(tags, "p").is_some()).collect();
    let tags = match keys.as_slice() {
        [] if texts.is_empty() => return DkimKey::Missing,
        [] => return DkimKey::Invalid("what stands there is no key".to_owned()),
        [tags] => tags,
        several => return DkimKey::Invalid(format!("there are {} keys, and there must be one", several.len())),
    };
    if tag(tags, "v").is_some_and(|version| version != "DKIM1") {
        return DkimKey::Invalid("its version is not `DKIM1`".to_owned());
    }
    let text: String = tag(tags, "p").unwrap_or_default().split_whitespace().collect();
    if text.is_empty() {
        return DkimKey::Revoked;
    }
    let Ok(key) = STANDARD.decode(&text) else { return DkimKey::Invalid("its `p` is not base64".to_owned()) };
    let (algorithm, is_short) = match tag(tags, "k").unwrap_or("rsa") {
        "rsa" if key.len() < LEAST_BYTES => {
            return DkimKey::Invalid("its key is shorter than 1,024 bits".to_owned());
        }
        "rsa" => ("rsa", key.len() < RECOMMENDED_BYTES),
        // RFC 8463 section 4.2: 32 bytes, nothing about them.
        "ed25519" if key.len() == 32 => ("ed25519", false),
        "ed25519" => return DkimKey::Invalid("an Ed25519 key has 32 bytes".to_owned()),
        _ => return DkimKey::Invalid("its `k` is neither `rsa` nor `ed25519`".to_owned()),
    };
    let is_trial = tag(tags, "t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y"));
    DkimKey::Valid { algorithm, is_short, is_trial }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(records: &[&str]) -> DkimKey {
        dkim_key(&records.iter().map(|&text| text.to_owned()).collect::<Vec<_>>())
    }

    fn key(bytes: usize) -> String {
        STANDARD.encode(vec![7; bytes])
    }

    #[test]
    fn keys_are_read_as_receivers_read_them() {
        let valid = |algorithm, is_short, is_trial| DkimKey::Valid { algorithm, is_short, is_trial };
        assert_eq!(read(&[&format!("v=DKIM1; k=rsa; p={}", key(294))]), valid("rsa", false, false));
        assert_eq!(read(&[&format!("p={}; t=y:s", key(162))]), valid("rsa", true, true));
        let folded = key(294).replacen('B', "B \t ", 3);
        assert_eq!(read(&["site-verification", &format!("v=DKIM1; p={folded}")]), valid("rsa", false, false));
        assert_eq!(read(&[&format!("v=DKIM1; k=ed25519; p={}", key(32))]), valid("ed25519", false, false));
        assert_eq!(read(&["v=DKIM1; p="]), DkimKey::Revoked);
        assert_eq!(read(&[]), DkimKey::Missing);
        for record in ["v=DKIM2; p=AAAA", "v=DKIM1; p=!!", "v=DKIM1", "k=dsa; p=AAAA", "k=ed25519; p=AAAA", "p=AAAA"] {
            assert!(matches!(read(&[record]), DkimKey::Invalid(_)), "{record}");
        }
        let both = format!("p={}", key(294));
        assert!(matches!(read(&[&both, &both]), DkimKey::Invalid(_)));
    }

    proptest! {
        #[test]
        fn any_text_is_read(texts in proptest::collection::vec("(v=DKIM1; )?(p=)?\\PC{0,80}", 0..4)) {
            let _ = dkim_key(&texts);
        }
    }
}
