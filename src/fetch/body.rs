//! Reads a body as it comes in, decompressing on the way, and stops at the first limit it breaks.
//!
//! The compressed body is never held. Of the decompressed one never more than its cap is, whatever
//! the head of the answer promised.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;

use super::error::SizeCap;

/// How much is handed to the decoder at once, so that the ratio is looked at often.
const STEP: usize = 4096;

/// Below this size a body may unfold as it likes: short texts of blanks do.
const RATIO_FROM: u64 = 1 << 20;

/// The limits of one body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caps {
    /// Bytes as sent.
    pub(super) compressed: u64,
    /// Bytes once decompressed.
    pub(super) decompressed: u64,
    /// How many times its size as sent a body may unfold to.
    pub(super) ratio: u64,
}

/// Why a body cannot be taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// A size limit is broken.
    TooLarge(SizeCap, u64),
    /// It unfolds more than this many times.
    Bomb(u64),
    /// It is damaged or ends early.
    Damaged(String),
}

/// How a body is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// As it is.
    Identity,
    /// RFC 1952.
    Gzip,
}

impl Coding {
    /// Reads a `Content-Encoding`; `Err` gives back what is neither gzip nor nothing.
    pub(super) fn of(header: &str) -> Result<Self, String> {
        match header.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::Identity),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            other => Err(other.chars().filter(char::is_ascii_graphic).take(40).collect()),
        }
    }
}

/// A body on its way in.
pub(super) struct IncomingBody {
    caps: Caps,
    received: u64,
    sink: Sink,
}

enum Sink {
    Plain(CappedBuffer),
    Gzip(Box<MultiGzDecoder<CappedBuffer>>),
}

impl IncomingBody {
    pub(super) fn new(coding: Coding, caps: Caps) -> Self {
        let buffer = CappedBuffer { bytes: Vec::new(), cap: caps.decompressed, is_over: false };
        let sink = match coding {
            Coding::Identity => Sink::Plain(buffer),
            Coding::Gzip => Sink::Gzip(Box::new(MultiGzDecoder::new(buffer))),
        };
        Self { caps, received: 0, sink }
    }

    /// Takes bytes as sent.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<(), BodyError> {
        for step in chunk.chunks(STEP) {
            self.received += step.len() as u64;
            if self.received > self.caps.compressed {
                return Err(BodyError::TooLarge(SizeCap::Compressed, self.caps.compressed));
            }
            self.write(step)?;
            let unfolded = self.buffer().bytes.len() as u64;
            if unfolded > RATIO_FROM && unfolded > self.received.saturating_mul(self.caps.ratio) {
                return Err(BodyError::Bomb(self.caps.ratio));
            }
        }
        Ok(())
    }

    /// Ends the body and gives it, if it is whole.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, BodyError> {
        // A body of no bytes is taken as empty whatever its coding: servers send that with 200.
        if self.received > 0
            && let Sink::Gzip(decoder) = &mut self.sink
            && let Err(error) = decoder.try_finish()
        {
            return Err(self.blame(&error));
        }
        Ok(self.salvage())
    }

    /// Gives what came so far, for answers of which the beginning is enough.
    pub(super) fn salvage(mut self) -> Vec<u8> {
        let buffer = match &mut self.sink {
            Sink::Plain(buffer) => buffer,
            Sink::Gzip(decoder) => decoder.get_mut(),
        };
        std::mem::take(&mut buffer.bytes)
    }

    /// Gives the bytes received as sent.
    pub(super) fn received(&self) -> u64 {
        self.received
    }

    fn write(&mut self, step: &[u8]) -> Result<(), BodyError> {
        let written = match &mut self.sink {
            Sink::Plain(buffer) => buffer.write_all(step),
            Sink::Gzip(decoder) => decoder.write_all(step),
        };
        written.map_err(|error| self.blame(&error))
    }

    fn buffer(&self) -> &CappedBuffer {
        match &self.sink {
            Sink::Plain(buffer) => buffer,
            Sink::Gzip(decoder) => decoder.get_ref(),
        }
    }

    /// Tells the buffer's refusal from the decoder's.
    fn blame(&self, error: &io::Error) -> BodyError {
        if self.buffer().is_over {
            BodyError::TooLarge(SizeCap::Decompressed, self.caps.decompressed)
        } else {
            BodyError::Damaged(format!("gzip: {error}"))
        }
    }
}

/// A buffer that refuses to grow beyond its cap, in length and in capacity.
struct CappedBuffer {
    bytes: Vec<u8>,
    cap: u64,
    is_over: bool,
}

impl Write for CappedBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let needed = self.bytes.len() + bytes.len();
        if needed as u64 > self.cap {
            // Fill up to the cap, so that the beginning of an answer can still be looked at.
            let room = usize::try_from(self.cap).unwrap_or(usize::MAX).saturating_sub(self.bytes.len());
            self.bytes.extend_from_slice(bytes.get(..room).unwrap_or_default());
            self.is_over = true;
            return Err(io::Error::other("larger than its cap"));
        }
        if needed > self.bytes.capacity() {
            let wanted = needed.max(self.bytes.capacity() * 2).min(usize::try_from(self.cap).unwrap_or(usize::MAX));
            self.bytes.try_reserve_exact(wanted - self.bytes.len()).map_err(io::Error::other)?;
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const CAPS: Caps = Caps { compressed: 10 << 20, decompressed: 4 << 20, ratio: 100 };

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(coding: Coding, caps: Caps, sent: &[u8]) -> Result<Vec<u8>, BodyError> {
        let mut body = IncomingBody::new(coding, caps);
        for chunk in sent.chunks(7000) {
            body.push(chunk)?;
        }
        body.finish()
    }

    #[test]
    fn bodies_come_out_as_they_went_in() {
        let text: Vec<u8> = (0..30_000_u32).flat_map(|n| n.to_string().into_bytes()).collect();
        assert_eq!(read(Coding::Identity, CAPS, &text).unwrap(), text);
        assert_eq!(read(Coding::Gzip, CAPS, &gzip(&text)).unwrap(), text);
        let members = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(read(Coding::Gzip, CAPS, &members).unwrap(), b"one two");
        assert_eq!(read(Coding::Gzip, CAPS, b"").unwrap(), b"");
        assert_eq!(read(Coding::Gzip, CAPS, &gzip(b"")).unwrap(), b"");
    }

    #[test]
    fn a_bomb_is_stopped_by_its_ratio() {
        let bomb = gzip(&vec![0; 1_200_000]);
        assert_eq!(read(Coding::Gzip, CAPS, &bomb), Err(BodyError::Bomb(100)));
        assert_eq!(
            read(Coding::Gzip, CAPS, &gzip(&vec![b' '; 200_000])).unwrap().len(),
            200_000,
            "short ones may unfold"
        );
    }

    #[test]
    fn both_size_caps_hold() {
        let generous = Caps { decompressed: 100_000, ratio: u64::MAX, ..CAPS };
        let large = gzip(&vec![0; 100_001]);
        assert_eq!(read(Coding::Gzip, generous, &large), Err(BodyError::TooLarge(SizeCap::Decompressed, 100_000)));
        let small = Caps { compressed: 10, ..CAPS };
        assert_eq!(read(Coding::Identity, small, b"12345678901"), Err(BodyError::TooLarge(SizeCap::Compressed, 10)));
        assert_eq!(read(Coding::Identity, small, b"1234567890").unwrap(), b"1234567890");
    }

    #[test]
    fn the_buffer_never_grows_beyond_its_cap() {
        let mut body = IncomingBody::new(Coding::Identity, Caps { decompressed: 100_000, ..CAPS });
        assert!(body.push(&vec![b'a'; 200_000]).is_err());
        let kept = body.salvage();
        assert_eq!(kept.len(), 100_000);
        assert!(kept.capacity() <= 100_000);
    }

    #[test]
    fn damaged_gzip_is_no_body() {
        let whole = gzip(b"a body long enough to be cut anywhere, or so one hopes");
        for end in 1..whole.len() {
            assert!(matches!(read(Coding::Gzip, CAPS, &whole[..end]), Err(BodyError::Damaged(_))), "cut at {end}");
        }
        let garbage = [whole.as_slice(), b"zzzzzzzzzzzz"].concat();
        assert!(matches!(read(Coding::Gzip, CAPS, &garbage), Err(BodyError::Damaged(_))));
        let one_more = [whole.as_slice(), b"\x1f"].concat();
        assert!(matches!(read(Coding::Gzip, CAPS, &one_more), Err(BodyError::Damaged(_))));
        let mut wrong_sum = whole;
        let last = wrong_sum.len() - 6;
        wrong_sum[last] ^= 1;
        assert!(matches!(read(Coding::Gzip, CAPS, &wrong_sum), Err(BodyError::Damaged(_))));
        assert!(matches!(read(Coding::Gzip, CAPS, b"<html>not gzip</html>"), Err(BodyError::Damaged(_))));
    }

    #[test]
    fn only_gzip_is_decoded() {
        assert_eq!(Coding::of(" X-Gzip "), Ok(Coding::Gzip));
        assert_eq!(Coding::of(""), Ok(Coding::Identity));
        assert_eq!(Coding::of("gzip, br"), Err("gzip,br".to_owned()));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

        #[test]
        fn any_bytes_can_be_pushed(sent in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300), whole in proptest::prelude::any::<bool>()) {
            let sent = if whole { [gzip(b"x"), sent].concat() } else { sent };
            let _ = read(Coding::Gzip, CAPS, &sent);
        }
    }
}
