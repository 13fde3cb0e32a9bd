//! The tables of robots.txt cases, and the command `robots` that names the deciding rule.

use std::fs;
use std::path::Path;

use jobrounds::fetch::RobotsRules;

use super::app::TestApp;

/// One robots.txt and what is expected of it.
#[derive(Default)]
struct Case {
    source: String,
    file: Vec<u8>,
    expected: Vec<Expected>,
}

struct Expected {
    allowed: bool,
    agent: String,
    url: String,
}

#[test]
fn the_standards_cases_are_judged_as_it_says() {
    assert_passes("standard.txt", 72);
}

#[test]
fn documented_cases_are_judged_as_documented() {
    assert_passes("documented.txt", 146);
}

#[test]
fn files_as_sites_write_them_are_judged_as_meant() {
    assert_passes("stress.txt", 254);
}

#[test]
fn the_command_takes_the_address_as_it_is_typed() {
    let app = TestApp::new("");
    let file = app.path("robots.txt");
    fs::write(&file, "User-agent: a\nDisallow: /\nAllow: /kana/ツ\nUser-agent: *\nDisallow: /x # y\n").unwrap();
    let file = file.to_str().unwrap();
    for (agent, url, word, rule) in [
        ("a", "https://a.example/kana/%E3%83%84", "allowed", "Allow: /kana/ツ (line 3)"),
        // Nobody escapes the address on the way, as no crawler's library did.
        ("a", "https://a.example/kana/ツ", "disallowed", "Disallow: / (line 2)"),
        ("a", "", "disallowed", "Disallow: / (line 2)"),
        ("", "", "allowed", "no rule applies"),
        ("b", "/x/1", "disallowed", "Disallow: /x (line 5)"),
        ("b", "a.example/y", "allowed", "no rule applies"),
    ] {
        let ran = app.run(&["robots", "--agent", agent, "--url", url, file]);
        let lines: Vec<&str> = ran.stdout.lines().collect();
        assert_eq!((ran.code, lines.as_slice()), (0, [word, rule].as_slice()), "{agent} {url} {ran:?}");
    }
}

/// Holds every case of a table against the reader; all that fail are named at once.
#[expect(clippy::print_stdout, reason = "the counts are for those who run it with `--nocapture`")]
fn assert_passes(table: &str, count: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/robots").join(table);
    let cases = cases_of(&fs::read_to_string(path).unwrap());
    let mut wrong = Vec::new();
    let mut tried = 0;
    for case in &cases {
        assert!(!case.expected.is_empty(), "nothing is expected of `{}`", case.source);
        let rules = RobotsRules::parse(&case.file);
        for Expected { allowed, agent, url } in &case.expected {
            tried += 1;
            let verdict = rules.verdict(agent, url);
            if verdict.allowed != *allowed {
                let url: String = url.chars().take(80).collect();
                wrong.push(format!("{}: {agent} {url}: {:?}", case.source, verdict.rule));
            }
        }
    }
    println!("{table}: {} of {tried} passed", tried - wrong.len());
    assert!(wrong.is_empty(), "{} of {tried} failed:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(tried, count, "cases of {table}");
}

/// Reads a table; its form is told in the README beside it.
fn cases_of(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(source) = line.strip_prefix("=== ") {
            cases.push(Case { source: source.to_owned(), ..Case::default() });
        } else if let Some(repeated) = line.strip_prefix("|* ") {
            let (times, text) = repeated.split_once(' ').unwrap();
            let file = &mut cases.last_mut().unwrap().file;
            for n in 1..=times.parse::<usize>().unwrap() {
                file.extend(written_out(&text.replace("{n}", &n.to_string())));
                file.push(b'\n');
            }
        } else if let Some(of_file) = line.strip_prefix('|') {
            let text = of_file.strip_prefix(' ').unwrap_or(of_file);
            let unended = text.strip_suffix('\\').filter(|head| !head.ends_with('\\'));
            let file = &mut cases.last_mut().unwrap().file;
            file.extend(written_out(unended.unwrap_or(text)));
            file.extend(unended.is_none().then_some(b'\n'));
        } else if let Some((sign, rest)) = line.split_at_checked(2).filter(|(sign, _)| matches!(*sign, "+ " | "- ")) {
            let (agent, url) = rest.split_once("  ").unwrap();
            let word = |text: &str| String::from_utf8(written_out(text.trim_matches('"'))).unwrap();
            let path = word(url);
            let url = if path.starts_with('/') { format!("http://www.example.com{path}") } else { path };
            cases.last_mut().unwrap().expected.push(Expected { allowed: sign == "+ ", agent: word(agent), url });
        } else {
            assert!(line.is_empty() || line.starts_with('#'), "no line of a table: {line}");
        }
    }
    cases
}

/// Undoes escapes and repetitions.
fn written_out(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (head, tail) = rest.split_at(letter.len_utf8());
        rest = tail;
        let repeated = tail.split_once('}').filter(|_| letter == '{').and_then(|(inside, after)| {
            let (what, times) = inside.rsplit_once('*')?;
            Some((written_out(what).repeat(times.parse().ok()?), after))
        });
        if let Some((text, after)) = repeated {
            out.extend(text);
            rest = after;
        } else if let ('\\', Some(kind)) = (letter, tail.chars().next()) {
            rest = &tail[kind.len_utf8()..];
            out.push(match kind {
                'r' => b'\r',
                'n' => b'\n',
                't' => b'\t',
                '0' => 0,
                'x' => {
                    let (hex, after) = rest.split_at(2);
                    rest = after;
                    u8::from_str_radix(hex, 16).unwrap()
                }
                _ => b'\\',
            });
        } else {
            out.extend(head.bytes());
        }
    }
    out
}
