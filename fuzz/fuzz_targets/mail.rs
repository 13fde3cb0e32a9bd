//! Alert mails: any bytes as a mail, for any engine's links, with and without a charset of its own.
#![no_main]

use jobrounds::model::{Engine, PageKind};
use jobrounds::parse::mail_head;
use jobrounds_fuzz::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = mail_head(data);
    read(Engine::Email, PageKind::List, "/", "message/rfc822", None, data);
});
