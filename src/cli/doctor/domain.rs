//! Checks of the domain that mail comes from: what receivers judge it by (SPF, DKIM, DMARC), and whether
//! answers and bounces reach it. The only checks that ask the net: the system's own resolvers.

use std::time::Duration;

use url::Host;

use super::Finding;
use crate::cli::context::Context;
use crate::config::{MailSettings, TransportKind};
use crate::dns::{
    DkimKey, DmarcPolicy, DnsError, LookUp, Resolver, SpfOthers, SpfPolicy, dkim_key, dmarc_policy,
    organizational_domain, spf_policy,
};

/// One question takes no longer.
const TIMEOUT: Duration = Duration::from_secs(2);
/// What all of these checks are called where there is nothing to tell of each.
const CHECK: &str = "mail domain";

pub(super) fn findings(context: &Context) -> Vec<Finding> {
    let mail = &context.config.mail;
    match domain(mail) {
        Ok(domain) => told(&Resolver::of_system(TIMEOUT), &domain, mail.dkim_selector.as_deref()),
        Err(why) => vec![Finding::ok(CHECK, format!("not looked up: {why}"))],
    }
}

/// Gives the domain of `mail.from`, in ASCII, where others are mailed from it; or why it does not matter.
fn domain(mail: &MailSettings) -> Result<String, String> {
    if mail.transport == TransportKind::Directory {
        return Err("mails are written as files".to_owned());
    }
    if mail.personal {
        return Err("only your own mailbox is mailed".to_owned());
    }
    let address = mail.from.trim().trim_end_matches('>');
    let named = address.rsplit_once('@').map_or("", |(_, domain)| domain.trim_end_matches('.'));
    match Host::parse(named) {
        Ok(Host::Domain(domain)) if is_public(&domain) => Ok(domain),
        Ok(_) => Err(format!("`{named}` is no public domain")),
        Err(_) => Err("`mail.from` names no domain".to_owned()),
    }
}

/// Tells a domain that can be on the internet from names that never are (RFC 2606, 6761, 6762, 9476).
fn is_public(domain: &str) -> bool {
    const NEVER: &str = "localhost local invalid test example alt internal lan home corp arpa onion";
    let Some((rest, last)) = domain.rsplit_once('.') else { return false };
    let is_sample = ["com", "net", "org"].contains(&last) && (rest == "example" || rest.ends_with(".example"));
    !is_sample && !NEVER.split(' ').any(|name| name == last)
}

/// Looks at everything. Where nobody answers the first question, no other is asked.
fn told(names: &dyn LookUp, domain: &str, selector: Option<&str>) -> Vec<Finding> {
    let exchangers = match names.mx(domain) {
        Ok(found) => found,
        Err(why) => return vec![not_looked_up(CHECK, &why)],
    };
    if !exchangers.exists {
        let text = format!("`{domain}` does not exist, and receivers refuse what comes from it");
        return vec![Finding::warn(CHECK, text, "correct `mail.from`, or register the domain")];
    }
    let hosts: Vec<&str> = exchangers.records.iter().map(|mx| mx.host.as_str()).collect();
    vec![mx(domain, &hosts), spf(names, domain), dkim(names, domain, selector), dmarc(names, domain)]
}

fn not_looked_up(check: &str, why: &DnsError) -> Finding {
    Finding::ok(check, format!("not looked up: {why}"))
}

/// Answers and bounces must reach somebody (RFC 5321 section 5.1; RFC 7505 for a domain that takes none).
fn mx(domain: &str, hosts: &[&str]) -> Finding {
    let remedy = format!("publish an `MX` record at `{domain}` that names a mail server, or set another `mail.from`");
    match hosts {
        [] => {
            let text = format!("`{domain}` names no server for its mail: answers and bounces may be lost");
            Finding::warn("MX", text, remedy)
        }
        [""] => {
            let text = format!(
                "`{domain}` says that it takes no mail: answers and bounces are lost, and some receivers refuse what \
                 comes from it"
            );
            Finding::warn("MX", text, remedy)
        }
        several => {
            let named: Vec<String> = several.iter().take(3).map(|host| shown(host)).collect();
            Finding::ok("MX", format!("mail for {domain} goes to {}", named.join(", ")))
        }
    }
}

fn spf(names: &dyn LookUp, domain: &str) -> Finding {
    let texts = match names.txt(domain) {
        Ok(found) => found.records,
        Err(why) => return not_looked_up("SPF", &why),
    };
    let warn = |text: String, remedy: &str| Finding::warn("SPF", text, remedy);
    match spf_policy(&texts) {
        SpfPolicy::Missing => {
            let remedy = format!(
                "publish a `TXT` record at `{domain}` that names your mail server, such as `v=spf1 mx -all`; its \
                 operator knows what to write (RFC 7208)"
            );
            warn(format!("`{domain}` does not say who may send its mail"), &remedy)
        }
        SpfPolicy::Invalid(why) => warn(
            format!("receivers take the record of `{domain}` for an error: {why}"),
            "correct the record (RFC 7208)",
        ),
        SpfPolicy::Valid { record, others } => match others {
            SpfOthers::Pass => {
                warn(format!("`{}` lets everybody send as {domain}", shown(&record)), "end it with `-all` or `~all`")
            }
            SpfOthers::Neutral => {
                let text = format!("`{}` says nothing of servers that it does not name", shown(&record));
                warn(text, "end it with `-all` or `~all`")
            }
            SpfOthers::Fail | SpfOthers::SoftFail | SpfOthers::Redirected => {
                Finding::ok("SPF", format!("`{}`; see that it names your mail server", shown(&record)))
            }
        },
    }
}

/// The mail server signs, so that only it knows under which name.
fn dkim(names: &dyn LookUp, domain: &str, selector: Option<&str>) -> Finding {
    let Some(selector) = selector else {
        let text = "cannot be checked without the selector under which your mail server signs; `mail.dkim_selector` \
                    names it";
        return Finding::ok("DKIM", text);
    };
    let place = format!("{selector}._domainkey.{domain}");
    let texts = match names.txt(&place) {
        Ok(found) => found.records,
        Err(why) => return not_looked_up("DKIM", &why),
    };
    let remedy = "publish what the operator of your mail server gives you, or correct `mail.dkim_selector` (RFC 6376)";
    match dkim_key(&texts) {
        DkimKey::Missing => Finding::warn("DKIM", format!("there is no key at `{place}`"), remedy),
        DkimKey::Revoked => Finding::warn("DKIM", format!("the key at `{place}` was taken back"), remedy),
        DkimKey::Invalid(why) => {
            Finding::warn("DKIM", format!("receivers cannot use the key at `{place}`: {why}"), remedy)
        }
        DkimKey::Valid { algorithm, is_short, is_trial } => {
            let short = if is_short { ", shorter than the 2,048 bits that RFC 8301 recommends" } else { "" };
            let trial = if is_trial { ", marked as a trial (`t=y`)" } else { "" };
            Finding::ok("DKIM", format!("there is a key ({algorithm}) at {place}{short}{trial}"))
        }
    }
}

fn dmarc(names: &dyn LookUp, domain: &str) -> Finding {
    let mut at = domain;
    let mut policy = match names.txt(&format!("_dmarc.{domain}")) {
        Ok(found) => dmarc_policy(&found.records),
        Err(why) => return not_looked_up("DMARC", &why),
    };
    if policy == DmarcPolicy::Missing
        && let Some(organization) = organizational_domain(domain)
    {
        at = organization;
        policy = match names.txt(&format!("_dmarc.{organization}")) {
            Ok(found) => dmarc_policy(&found.records),
            Err(why) => return not_looked_up("DMARC", &why),
        };
    }
    match policy {
        DmarcPolicy::Missing => {
            let text = format!("`{domain}` has no policy, and large receivers distrust mail to many without one");
            let remedy = format!(
                "publish a `TXT` record at `_dmarc.{domain}`, such as `v=DMARC1; p=none; rua=mailto:postmaster@{domain}`, \
                 and raise `p` when the reports are clean (RFC 7489)"
            );
            Finding::warn("DMARC", text, remedy)
        }
        DmarcPolicy::Invalid(why) => {
            let text = format!("receivers ignore the policy at `_dmarc.{at}`: {why}");
            Finding::warn("DMARC", text, "correct the record (RFC 7489)")
        }
        DmarcPolicy::Valid { action, below, reports } => {
            let action = if at == domain { action } else { below };
            let whose = if at == domain { String::new() } else { format!(" by the policy of {at}") };
            let reports = if reports { "" } else { "; nobody gets reports, for it names no `rua`" };
            Finding::ok("DMARC", format!("`{}`{whose}{reports}", action.as_str()))
        }
    }
}

/// Gives a stranger's text as it may stand on a terminal.
fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    let plain = |c: &char| c.is_ascii_graphic() || *c == ' ';
    let mut shown: String = text.chars().filter(plain).take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::State;
    use super::*;
    use crate::dns::{Found, Mx};

    /// A name system of our own: name, what stands there. A name that is not in it does not exist.
    #[derive(Default)]
    struct Names {
        texts: BTreeMap<&'static str, Vec<&'static str>>,
        mx: Vec<&'static str>,
        silent: bool,
    }

    impl LookUp for Names {
        fn txt(&self, name: &str) -> Result<Found<String>, DnsError> {
            let found = self.texts.get(name);
            let records = found.into_iter().flatten().map(|&text| text.to_owned()).collect();
            if self.silent { Err(DnsError::Silent) } else { Ok(Found { records, exists: found.is_some() }) }
        }

        fn mx(&self, name: &str) -> Result<Found<Mx>, DnsError> {
            let exists = name != "gone.college.edu";
            let records = self.mx.iter().map(|&host| Mx { preference: 10, host: host.to_owned() }).collect();
            if self.silent { Err(DnsError::Silent) } else { Ok(Found { records, exists }) }
        }
    }

    fn lines(names: &Names, domain: &str, selector: Option<&str>) -> String {
        let line = |finding: &Finding| {
            let state = if finding.state == State::Ok { "ok" } else { "warn" };
            let remedy = finding.remedy.as_ref().map(|remedy| format!(" → {remedy}")).unwrap_or_default();
            format!("{state} {}: {}{remedy}\n", finding.check, finding.text)
        };
        told(names, domain, selector).iter().map(line).collect()
    }

    #[test]
    fn a_domain_that_has_everything_is_well() {
        let key = Box::leak(format!("v=DKIM1; k=rsa; p={}", "A".repeat(392)).into_boxed_str());
        let names = Names {
            texts: [
                ("jobs.college.edu", vec!["site=1", "v=spf1 include:_spf.college.edu -all"]),
                ("s1._domainkey.jobs.college.edu", vec![&*key]),
                ("_dmarc.college.edu", vec!["v=DMARC1; p=reject; sp=quarantine; rua=mailto:d@college.edu"]),
            ]
            .into(),
            mx: vec!["mx1.college.edu", "mx2.college.edu"],
            silent: false,
        };
        insta::assert_snapshot!(lines(&names, "jobs.college.edu", Some("s1")), @r"
        ok MX: mail for jobs.college.edu goes to mx1.college.edu, mx2.college.edu
        ok SPF: `v=spf1 include:_spf.college.edu -all`; see that it names your mail server
        ok DKIM: there is a key (rsa) at s1._domainkey.jobs.college.edu
        ok DMARC: `quarantine` by the policy of college.edu
        ");
    }

    #[test]
    fn what_is_missing_is_named_with_a_remedy_each() {
        let names = Names { mx: vec![], ..Names::default() };
        insta::assert_snapshot!(lines(&names, "college.edu", Some("s1")), @r"
        warn MX: `college.edu` names no server for its mail: answers and bounces may be lost → publish an `MX` record at `college.edu` that names a mail server, or set another `mail.from`
        warn SPF: `college.edu` does not say who may send its mail → publish a `TXT` record at `college.edu` that names your mail server, such as `v=spf1 mx -all`; its operator knows what to write (RFC 7208)
        warn DKIM: there is no key at `s1._domainkey.college.edu` → publish what the operator of your mail server gives you, or correct `mail.dkim_selector` (RFC 6376)
        warn DMARC: `college.edu` has no policy, and large receivers distrust mail to many without one → publish a `TXT` record at `_dmarc.college.edu`, such as `v=DMARC1; p=none; rua=mailto:postmaster@college.edu`, and raise `p` when the reports are clean (RFC 7489)
        ");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let names = Names {
            texts: [
                ("college.edu", vec!["v=spf1 mx +all"]),
                ("s1._domainkey.college.edu", vec!["v=DKIM1; p="]),
                ("_dmarc.college.edu", vec!["v=DMARC1; p=none", "v=DMARC1; p=reject"]),
            ]
            .into(),
            mx: vec![""],
            silent: false,
        };
        let told = lines(&names, "college.edu", Some("s1"));
        for part in [
            "warn MX: `college.edu` says that it takes no mail",
            "warn SPF: `v=spf1 mx +all` lets everybody send as college.edu",
            "warn DKIM: the key at `s1._domainkey.college.edu` was taken back",
            "warn DMARC: receivers ignore the policy at `_dmarc.college.edu`: there are 2 records",
        ] {
            assert!(told.contains(part), "{part} is not in {told}");
        }
        let twice = Names { texts: [("college.edu", vec!["v=spf1 mx", "v=spf1 a"])].into(), ..Names::default() };
        let told = lines(&twice, "college.edu", None);
        assert!(
            told.contains("warn SPF: receivers take the record of `college.edu` for an error: there are 2"),
            "{told}"
        );
        assert!(told.contains("ok DKIM: cannot be checked without the selector"), "{told}");
        let gone = lines(&Names::default(), "gone.college.edu", None);
        assert!(gone.starts_with("warn mail domain: `gone.college.edu` does not exist"), "{gone}");
    }

    #[test]
    fn where_nobody_answers_nothing_is_said_of_the_domain() {
        let names = Names { silent: true, ..Names::default() };
        assert_eq!(lines(&names, "college.edu", None), "ok mail domain: not looked up: no resolver answers\n");
    }

    #[test]
    fn strangers_texts_do_not_reach_the_terminal_as_they_are() {
        let text = "v=spf1 exists:\u{1b}[31m\u{202e}x -all";
        assert_eq!(shown(text), "v=spf1 exists:[31mx -all");
        assert_eq!(shown(&"a".repeat(900)).chars().count(), 201);
    }

    #[test]
    fn only_domains_from_which_others_are_mailed_are_looked_up() {
        let smtp =
            |from: &str| MailSettings { transport: TransportKind::Smtp, from: from.into(), ..Default::default() };
        assert_eq!(domain(&smtp("Jobs <jobs@Jobs.College.edu>")).as_deref(), Ok("jobs.college.edu"));
        assert_eq!(domain(&smtp("jobs@bücher.de")).as_deref(), Ok("xn--bcher-kva.de"));
        for from in [
            "jobs@localhost",
            "jobs@jobs.invalid",
            "jobs@mail.example.com",
            "jobs@printer.local",
            "jobs@[192.0.2.1]",
            "jobs@192.0.2.1",
            "jobs@x y",
            "jobs",
        ] {
            assert!(domain(&smtp(from)).is_err(), "{from}");
        }
        let own = MailSettings { personal: true, ..smtp("jobs@college.edu") };
        assert_eq!(domain(&own).unwrap_err(), "only your own mailbox is mailed");
        assert_eq!(domain(&MailSettings::default()).unwrap_err(), "mails are written as files");
    }
}
