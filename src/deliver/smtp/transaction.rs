//! One mail over an open connection, and what each answer means for it.

use std::time::Duration;

use super::body::Needs;
use super::reply::Reply;
use super::session::{Offers, Session};
use super::wire::{Cut, Lost};
use crate::deliver::address::Mailbox;
use crate::deliver::parcel::{Handed, Refusal};
use crate::deliver::settings::Limits;

/// How long an answer may take that must be there already.
const GONE: Duration = Duration::from_secs(1);

/// A mail made ready to be sent.
pub(super) struct Letter<'a> {
    pub(super) from: Mailbox,
    pub(super) to: Mailbox,
    /// Its octets with their end.
    pub(super) body: &'a [u8],
    pub(super) needs: Needs,
}

/// How a transaction ended.
pub(super) enum End {
    /// With a verdict; the connection is good for another mail.
    Kept(Handed),
    /// With a verdict; the connection is of no use any more.
    Over(Handed),
    /// Before it began: the connection had been closed while it was idle.
    Stale,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Mail,
    Rcpt,
    Data,
    /// The answer to the whole mail.
    Body,
}

/// What an answer leads to.
enum Step {
    On,
    /// The mail ends here.
    Verdict(Handed),
    /// So does the connection.
    Lost(Handed),
}

impl Letter<'_> {
    fn locals(&self) -> [&str; 2] {
        [&self.from.text, &self.to.text].map(|text| text.rsplit_once('@').map_or("", |(local, _)| local))
    }

    fn is_international(&self) -> bool {
        self.from.is_international || self.to.is_international || self.needs.international_headers
    }

    /// Says what the server cannot carry.
    fn refused_by(&self, offers: Offers) -> Option<Handed> {
        if self.is_international() && !offers.international {
            // RFC 6531 section 3.5.
            let what = if self.to.is_international { Refusal::Recipient } else { Refusal::Message };
            return Some(not_sent("the server takes no addresses or headers beyond ASCII", what, 553, "5.6.7"));
        }
        (self.needs.eight_bits && !offers.eight_bits)
            .then(|| not_sent("the server takes no mail beyond ASCII", Refusal::Message, 554, "5.6.3"))
    }

    fn commands(&self, offers: Offers) -> [String; 3] {
        // The dots that were doubled count as well: a size may be told too large (RFC 1870 section 5).
        let size = if offers.size { format!(" SIZE={}", self.body.len()) } else { String::new() };
        let eight_bits = if self.needs.eight_bits { " BODY=8BITMIME" } else { "" };
        let international = if self.is_international() { " SMTPUTF8" } else { "" };
        let mail = format!("MAIL FROM:<{}>{size}{eight_bits}{international}\r\n", self.from.text);
        [mail, format!("RCPT TO:<{}>\r\n", self.to.text), "DATA\r\n".into()]
    }
}

/// Tells of a mail that no server was shown, in a server's terms.
pub(super) fn not_sent(why: &str, what: Refusal, code: u16, enhanced: &str) -> Handed {
    let reply = format!("not sent: {why}");
    Handed::Refused { reply, what, code, enhanced: Some(enhanced.to_owned()) }
}

/// Sends a mail.
pub(super) async fn run(session: &mut Session, letter: &Letter<'_>, limits: Limits) -> End {
    if let Some(refused) = letter.refused_by(session.offers) {
        return End::Kept(refused);
    }
    if session.is_unclean && !session.offers.pipelining && !session.reset(limits.command).await {
        return End::Stale;
    }
    let is_used = session.mails > 0;
    session.mails += 1;
    match envelope(session, letter, limits.command).await {
        Ok(None) => body(session, letter, limits).await,
        Ok(Some(end)) => end,
        // Not a word came back, so it was closed before it heard of this mail.
        Err((Stage::Mail, Lost::Closed | Lost::Broken(_))) if is_used => End::Stale,
        Err((_, lost)) => End::Over(Handed::ServerAway { why: lost.to_string() }),
    }
}

/// Comes to the point where the server waits for the mail; an end is one before that.
async fn envelope(session: &mut Session, letter: &Letter<'_>, limit: Duration) -> Result<Option<End>, (Stage, Lost)> {
    let is_reused = session.mails > 1;
    let at_once = session.offers.pipelining;
    let commands = letter.commands(session.offers);
    if at_once {
        let reset = if session.is_unclean { "RSET\r\n" } else { "" };
        let all = format!("{reset}{}", commands.concat());
        session.wire.say(all.as_bytes(), limit).await.map_err(|lost| (Stage::Mail, lost))?;
        if session.is_unclean {
            let reply = session.wire.reply(limit).await.map_err(|lost| (Stage::Mail, lost))?;
            if !reply.is_yes() {
                return Ok(Some(End::Stale));
            }
        }
    }
    session.is_unclean = true;
    let mut verdict = None;
    for (stage, command) in [Stage::Mail, Stage::Rcpt, Stage::Data].into_iter().zip(commands) {
        if !at_once {
            session.wire.say(command.as_bytes(), limit).await.map_err(|lost| (stage, lost))?;
        }
        let reply = match (session.wire.reply(limit).await, verdict.take()) {
            (Ok(reply), None) => reply,
            (Err(lost), None) => return Err((stage, lost)),
            // The other answers change nothing, but they must be read; a mail that has its verdict is
            // never sent, though the server may ask for it.
            (Ok(reply), Some(handed)) if reply.code != 421 && reply.code != 354 => {
                verdict = Some(handed);
                continue;
            }
            (_, Some(handed)) => return Ok(Some(End::Over(handed))),
        };
        if stage == Stage::Mail && is_reused && reply.code == 421 && reply.enhanced() == Some("4.4.2") {
            // It says that it had given up waiting.
            return Ok(Some(End::Stale));
        }
        match judge(stage, &reply, letter) {
            Step::On => {}
            Step::Lost(handed) => return Ok(Some(End::Over(handed))),
            Step::Verdict(handed) if !at_once => return Ok(Some(End::Kept(handed))),
            Step::Verdict(handed) => verdict = Some(handed),
        }
    }
    if session.wire.holds_more() && verdict.is_none() {
        // What is there before the mail cannot say that it was taken; that it will not be, it can.
        return match session.wire.reply(GONE).await {
            Ok(reply) if reply.is_no() => match judge(Stage::Body, &reply, letter) {
                Step::Verdict(handed) | Step::Lost(handed) => Ok(Some(End::Over(handed))),
                Step::On => Err((Stage::Data, Lost::Garbage)),
            },
            _ => Err((Stage::Data, Lost::Garbage)),
        };
    }
    Ok(verdict.map(End::Kept))
}

/// Sends the mail itself and waits for what the server says to it.
async fn body(session: &mut Session, letter: &Letter<'_>, limits: Limits) -> End {
    let (cut, limit) = match session.wire.hand_over(letter.body, limits.command).await {
        Ok(()) => (None, limits.acceptance),
        // A server that wants no more of a mail says so before it hangs up.
        Err(cut) => (Some(cut), GONE.min(limits.command)),
    };
    let reply = match (session.wire.reply(limit).await, cut) {
        (Ok(reply), Some(Cut::BeforeEnd(_))) if reply.is_no() => reply,
        (Ok(reply), None | Some(Cut::AtEnd(_))) => reply,
        (_, Some(Cut::BeforeEnd(lost))) => return End::Over(Handed::ServerAway { why: lost.to_string() }),
        (Err(_), Some(Cut::AtEnd(lost))) | (Err(lost), None) => {
            return End::Over(Handed::Unknown { why: format!("the mail was sent; then {lost}") });
        }
    };
    match judge(Stage::Body, &reply, letter) {
        Step::On => {
            session.is_unclean = false;
            let handed = Handed::Accepted { reply: reply.told(&letter.locals()) };
            if cut.is_none() { End::Kept(handed) } else { End::Over(handed) }
        }
        Step::Verdict(handed) if cut.is_none() => End::Kept(handed),
        Step::Verdict(handed) | Step::Lost(handed) => End::Over(handed),
    }
}

fn away(reply: &Reply, letter: &Letter<'_>) -> Handed {
    Handed::ServerAway { why: format!("it says {}", reply.told(&letter.locals())) }
}

fn judge(stage: Stage, reply: &Reply, letter: &Letter<'_>) -> Step {
    let told = || reply.told(&letter.locals());
    match (reply.code, stage) {
        (354, Stage::Data) | (200..=299, Stage::Mail | Stage::Rcpt | Stage::Body) => Step::On,
        // Closing (RFC 5321 section 3.8), or logged in no more, or never (RFC 4954 section 6).
        (421 | 530 | 534 | 535 | 538, _) => Step::Lost(away(reply, letter)),
        (400..=499, _) => Step::Verdict(Handed::Deferred { reply: told() }),
        (500..=599, _) => {
            let is_unknown = stage == Stage::Rcpt && speaks_of_the_address(reply);
            let what = if is_unknown { Refusal::Recipient } else { Refusal::Message };
            let enhanced = reply.enhanced().map(str::to_owned);
            Step::Verdict(Handed::Refused { reply: told(), what, code: reply.code, enhanced })
        }
        (_, Stage::Body) => Step::Lost(Handed::Unknown {
            why: format!("the mail was sent; then it answers what means nothing: {}", told()),
        }),
        _ => Step::Lost(Handed::ServerAway { why: format!("it answers what means nothing: {}", told()) }),
    }
}

/// Tells whether a refusal at RCPT says that nobody reads mail at this address. Where it may be about
/// the sender, the network or a rule, it does not, for a good address must not be given up for that.
fn speaks_of_the_address(reply: &Reply) -> bool {
    /// What servers without enhanced codes write when they refuse somebody else.
    const OTHERWISE: &str = "relay spam block blacklist blocklist rbl reputation policy denied authent permi sender \
                             spf dkim dmarc rate quota full";
    if let Some(enhanced) = reply.enhanced() {
        // RFC 3463 section 3.2 and RFC 7505 section 4.2; 5.1.7 and 5.1.8 are about the sender.
        return matches!(enhanced, "5.1.0" | "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1");
    }
    let words = reply.lines.join(" ").to_ascii_lowercase();
    matches!(reply.code, 550 | 551 | 553) && !OTHERWISE.split_whitespace().any(|word| words.contains(word))
}
