//! Alert mails and bounces: any bytes as a mail, for any engine's links, with and without a charset of its own.
#![no_main]

use jobrounds::model::{Engine, PageKind};
use jobrounds::parse::{BounceLimits, mail_head, read_bounce};
use jobrounds_fuzz::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = mail_head(data);
    let _ = read_bounce(data, BounceLimits::default());
    read(Engine::Email, PageKind::List, "/", "message/rfc822", None, data);
});
