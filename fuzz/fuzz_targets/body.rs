//! Bodies as they come in: gzip and its caps, cut into pieces of any size.
#![no_main]

use jobrounds::fetch::unfold;
use jobrounds_fuzz::choice;
use libfuzzer_sys::fuzz_target;

/// The cap on what comes out, small enough to be met.
const CAP: u64 = 1 << 20;

fuzz_target!(|data: &[u8]| {
    let Some((choice, sent)) = choice(data) else { return };
    let coding = if choice & 1 == 0 { "gzip" } else { "" };
    let piece = 1 + usize::from(choice >> 1) * 37;
    if let Some(body) = unfold(coding, sent, piece, CAP) {
        assert!(body.len() as u64 <= CAP && body.capacity() as u64 <= CAP, "{} of {CAP}", body.capacity());
        if choice & 1 == 1 {
            assert_eq!(body, sent, "a body that is not coded comes out as it went in");
        }
    }
});
