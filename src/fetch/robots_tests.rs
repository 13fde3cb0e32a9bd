//! Cases for the robots.txt reader: the standard's own examples, the behavior of the reference
//! parser in rows of ours, and hostile input.

use super::*;

/// Holds rows of (file, agent, address, allowed) against the reader.
fn check(rows: &[(&str, &str, &str, bool)]) {
    for (file, agent, url, allowed) in rows {
        let verdict = RobotsRules::parse(file.as_bytes()).verdict(agent, url);
        assert_eq!(verdict.allowed, *allowed, "{agent} {url}\n{file}\n{verdict:?}");
    }
}

#[test]
fn the_standards_simple_example_is_read_as_it_says() {
    // RFC 9309 section 5.1.
    let file = "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n\
                User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n\
                User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\n\
                User-Agent: quxbot\n";
    check(&[
        (file, "foobot", "https://a.example/example/page.html", true),
        (file, "foobot", "https://a.example/example/allowed.gif", true),
        (file, "foobot", "https://a.example/publications/", false),
        (file, "barbot", "https://a.example/example/page.html", false),
        (file, "bazbot", "https://a.example/example/page.html", false),
        (file, "bazbot", "https://a.example/other.gif", true),
        (file, "quxbot", "https://a.example/example/", true),
        (file, "elsebot", "https://a.example/example/x", false),
        (file, "elsebot", "https://a.example/x.gif", false),
        (file, "elsebot", "https://a.example/x.gif?y", true),
        (file, "elsebot", "https://a.example/publications/", true),
    ]);
}

#[test]
fn the_standards_longest_match_example_is_read_as_it_says() {
    // RFC 9309 section 5.2.
    let file = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n";
    check(&[
        (file, "foobot", "https://a.example/example/page/disallowed.gif", false),
        (file, "foobot", "https://a.example/example/page/", true),
    ]);
}

#[test]
fn the_standards_special_characters_are_read_as_it_says() {
    // RFC 9309 section 2.2.3.
    let file = "User-agent: *\nDisallow: /path/file-with-a-%2A.html\nDisallow: /path/foo-%24\n# Disallow: /\n\
                Disallow: /this/*/exactly\nDisallow: /end$ # only this\n";
    check(&[
        (file, "x", "https://a.example/path/file-with-a-*.html", false),
        (file, "x", "https://a.example/path/file-with-a-b.html", true),
        (file, "x", "https://a.example/path/foo-$", false),
        (file, "x", "https://a.example/this/or/that/exactly", false),
        (file, "x", "https://a.example/end", false),
        (file, "x", "https://a.example/ending", true),
    ]);
}

#[test]
fn escapes_are_compared_in_one_spelling_and_the_stricter_reading_wins() {
    // RFC 9309 section 2.2.2, table 1; where the reference parser reads otherwise, nobody is fetched.
    let only = |allow: &str| format!("User-agent: a\nDisallow: /\nAllow: {allow}\n");
    let (query, kana, kana_escaped) =
        (only("/foo/bar?qux=taz&baz=http://foo.bar?tar&par"), only("/foo/bar/ツ"), only("/foo/bar/%E3%83%84"));
    let (letters, tilde) = (only("/foo/bar/%62%61%7A"), only("/%7ejoe/"));
    let never = "User-agent: a\nDisallow: /foo/bar/%62%61%7A\nDisallow: /%7Ejoe/\nDisallow: /ツ\nDisallow: /a%3cd\n";
    check(&[
        (&query, "a", "http://foo.bar/foo/bar?qux=taz&baz=http://foo.bar?tar&par", true),
        (&kana, "a", "http://foo.bar/foo/bar/%E3%83%84", true),
        (&kana, "a", "http://foo.bar/foo/bar/%e3%83%84", true),
        (&kana, "a", "http://foo.bar/foo/bar/ツ", false),
        (&kana_escaped, "a", "http://foo.bar/foo/bar/%E3%83%84", true),
        (&kana_escaped, "a", "http://foo.bar/foo/bar/ツ", false),
        (&letters, "a", "http://foo.bar/foo/bar/baz", false),
        (&letters, "a", "http://foo.bar/foo/bar/%62%61%7A", true),
        (&tilde, "a", "http://foo.bar/~joe/index", true),
        (&tilde, "a", "http://foo.bar/%7Ejoe/index", true),
        (never, "a", "http://foo.bar/foo/bar/baz", false),
        (never, "a", "http://foo.bar/~joe/", false),
        (never, "a", "http://foo.bar/ツ", false),
        (never, "a", "http://foo.bar/%e3%83%84", false),
        (never, "a", "http://foo.bar/a%3Cd", false),
        (never, "a", "http://foo.bar/a<d", false),
    ]);
}

#[test]
fn lines_are_read_leniently() {
    let colonless = "user-agent FooBot\ndisallow /\n";
    let slips =
        "useragent: FooBot\nDisalow: /a\ndissallow: /b\ndiasllow: /c\nDISALLAW: /d\nuser agent: Bar\ndisallow: /e";
    let blanks = " \t User-Agent \t: \t FooBot \t # us\n\t disallow\t:\t/x # not this\n";
    let unknown = "foo: FooBot\nbar: /\n";
    let carriage = "User-agent: FooBot\rDisallow: /x\r\rAllow: /x/y\r";
    let windows = "User-agent: FooBot\r\nDisallow: /x\r\n\r\nAllow: /x/y";
    let three_words = "User-agent: FooBot\ndisallow /x /y\n";
    let marked = "\u{feff}User-agent: FooBot\nDisallow: /x";
    let mark_inside = "User-agent: FooBot\n\u{feff}Disallow: /x";
    let nul = "User-agent: FooBot\nDisallow: /x\0y\n";
    check(&[
        (colonless, "FooBot", "http://a/x/y", false),
        (slips, "FooBot", "http://a/a", false),
        (slips, "FooBot", "http://a/b", false),
        (slips, "FooBot", "http://a/c", false),
        (slips, "FooBot", "http://a/d", false),
        (slips, "FooBot", "http://a/e", true),
        (slips, "Bar", "http://a/e", false),
        (blanks, "foobot", "http://a/x", false),
        (unknown, "FooBot", "http://a/x", true),
        (carriage, "FooBot", "http://a/x", false),
        (carriage, "FooBot", "http://a/x/y", true),
        (windows, "FooBot", "http://a/x", false),
        (windows, "FooBot", "http://a/x/y", true),
        (three_words, "FooBot", "http://a/x", true),
        (marked, "FooBot", "http://a/x", false),
        (mark_inside, "FooBot", "http://a/x", true),
        (nul, "FooBot", "http://a/xz", false),
    ]);
}

#[test]
fn groups_of_one_agent_count_as_one() {
    let file = "allow: /foo/bar/\n\nuser-agent: FooBot\ndisallow: /\nallow: /x/\nuser-agent: BarBot\ndisallow: /\n\
                allow: /y/\n\n\nallow: /w/\nuser-agent: BazBot\n\nuser-agent: FooBot\nallow: /z/\ndisallow: /\n";
    check(&[
        (file, "FooBot", "http://a/x/b", true),
        (file, "FooBot", "http://a/z/d", true),
        (file, "FooBot", "http://a/y/c", false),
        (file, "BarBot", "http://a/y/c", true),
        (file, "BarBot", "http://a/w/a", true),
        (file, "BarBot", "http://a/z/d", false),
        (file, "BazBot", "http://a/z/d", true),
        (file, "FooBot", "http://a/foo/bar/", false),
        (file, "BarBot", "http://a/foo/bar/", false),
        (file, "BazBot", "http://a/foo/bar/", false),
    ]);
}

#[test]
fn other_lines_neither_open_nor_close_a_group() {
    for between in ["Sitemap: https://a.example/s.xml", "Crawl-delay: 5", "Whatever: x"] {
        let file = format!("User-agent: BarBot\n{between}\nUser-agent: *\nDisallow: /\n");
        check(&[(&file, "FooBot", "http://a/", false), (&file, "BarBot", "http://a/", false)]);
    }
}

#[test]
fn an_agent_is_found_by_its_product_token() {
    let versioned = "User-agent: FooBot/1.0\nDisallow: /\n";
    let spaced = "User-Agent: *\nDisallow: /\nUser-Agent: Foo Bar\nAllow: /x/\nDisallow: /\n";
    let global = "user-agent: *\nallow: /\nuser-agent: FooBot\ndisallow: /\n";
    let star_and_more = "User-agent: * baz\nDisallow: /x\n";
    let others = "user-agent: FooBot\nallow: /\nuser-agent: BarBot\ndisallow: /\n";
    let digits = "User-agent: MJ12bot\nDisallow: /\n";
    check(&[
        (versioned, "foobot", "http://a/x", false),
        (versioned, "FooBot/2.0 (+https://a.example)", "http://a/x", false),
        (versioned, "FooBotany", "http://a/x", true),
        (versioned, "Foo", "http://a/x", true),
        (spaced, "Foo", "http://a/x/y", true),
        (spaced, "Foo Bar", "http://a/x/y", false),
        (global, "FooBot", "http://a/x", false),
        (global, "BarBot", "http://a/x", true),
        (star_and_more, "any", "http://a/x", false),
        (others, "QuxBot", "http://a/x", true),
        (digits, "mj12bot", "http://a/x", false),
        (digits, "", "http://a/x", true),
    ]);
}

#[test]
fn the_longest_match_wins_and_ties_allow() {
    let rules = |body: &str| format!("user-agent: FooBot\n{body}\n");
    let one = rules("disallow: /x/page.html\nallow: /x/");
    let two = rules("allow: /x/page.html\ndisallow: /x/");
    let empty = rules("disallow: \nallow: ");
    let tie = rules("disallow: /\nallow: /");
    let slash = rules("disallow: /x\nallow: /x/");
    let wild = rules("allow: /page\ndisallow: /*.html");
    let dotted = rules("allow: /x/page.\ndisallow: /*.html");
    let general = "User-agent: *\nDisallow: /x/\nUser-agent: FooBot\nDisallow: /y/\n";
    check(&[
        (&one, "FooBot", "http://a/x/page.html", false),
        (&two, "FooBot", "http://a/x/page.html", true),
        (&two, "FooBot", "http://a/x/", false),
        (&empty, "FooBot", "http://a/x", true),
        (&tie, "FooBot", "http://a/x", true),
        (&slash, "FooBot", "http://a/x", false),
        (&slash, "FooBot", "http://a/x/", true),
        (&wild, "FooBot", "http://a/page.html", false),
        (&wild, "FooBot", "http://a/page", true),
        (&dotted, "FooBot", "http://a/x/page.html", true),
        (&dotted, "FooBot", "http://a/x/y.html", false),
        (general, "FooBot", "http://a/x/page", true),
        (general, "FooBot", "http://a/y/page", false),
    ]);
}

#[test]
fn path_values_match_as_documented() {
    let only = |allow: &str| format!("user-agent: FooBot\ndisallow: /\nallow: {allow}\n");
    let cases: [(&str, &[&str], &[&str]); 6] = [
        (
            "/fish",
            &["/fish", "/fish.html", "/fish/salmon", "/fishheads", "/fish.php?id=x"],
            &["/Fish", "/catfish", "/?id=fish"],
        ),
        ("/fish*", &["/fish", "/fishheads/yummy", "/fish.php?id=x"], &["/Fish.asp", "/catfish", "/?id=fish"]),
        ("/fish/", &["/fish/", "/fish/?id=x", "/fish/salmon"], &["/fish", "/fish.html", "/Fish/Salmon"]),
        (
            "/*.php",
            &["/a.php", "/f/a.php?x", "//f/any.php.html", "/index?f=a.php/"],
            &["/php/", "/index?php", "/w.PHP"],
        ),
        ("/*.php$", &["/a.php", "/f/a.php"], &["/a.php?x", "/a.php/", "/a.php5", "/aaaphpaaa", "//w.PHP"]),
        ("/fish*.php", &["/fish.php", "/fishheads/catfish.php?x"], &["/Fish.PHP", "/fish.asp"]),
    ];
    for (pattern, allowed, forbidden) in cases {
        let file = only(pattern);
        for path in allowed {
            check(&[(&file, "FooBot", &format!("http://foo.bar{path}"), true)]);
        }
        for path in forbidden {
            check(&[(&file, "FooBot", &format!("http://foo.bar{path}"), false)]);
        }
    }
}

#[test]
fn allowing_an_index_page_allows_its_folder() {
    let file = "User-Agent: *\nAllow: /allowed-slash/index.html\nDisallow: /\n";
    check(&[
        (file, "foobot", "http://foo.com/allowed-slash/", true),
        (file, "foobot", "http://foo.com/allowed-slash/index.htm", false),
        (file, "foobot", "http://foo.com/allowed-slash/index.html", true),
        (file, "foobot", "http://foo.com/anyother-url", false),
    ]);
}

#[test]
fn overlong_lines_are_cut() {
    let long = format!("/x/{}", "a".repeat(LINE_BYTES - "disallow: ".len() - 3));
    let file = format!("user-agent: FooBot\ndisallow: {long}/qux\n");
    check(&[
        (&file, "FooBot", "http://foo.bar/fux", true),
        (&file, "FooBot", &format!("http://foo.bar{long}/fux"), false),
    ]);
}

#[test]
fn a_file_is_read_up_to_its_cap_and_no_half_line() {
    let mut file = String::from("User-agent: *\nDisallow: /early\n");
    while file.len() < PARSED_BYTES - 20 {
        file.push_str("# padding padding\n");
    }
    file.push_str("Disallow: /late-and-cut-in-half\nDisallow: /beyond\n");
    check(&[
        (&file, "x", "http://a/early", false),
        (&file, "x", "http://a/late-and-cut-in-half", true),
        (&file, "x", "http://a/beyond", true),
    ]);
}

#[test]
fn the_file_itself_may_always_be_fetched() {
    let file = "User-agent: *\nDisallow: /\n";
    check(&[(file, "x", "https://a.example/robots.txt", true), (file, "x", "https://a.example/robots.txt2", false)]);
}

#[test]
fn addresses_give_path_and_query() {
    for (url, path) in [
        ("", "/"),
        ("http://www.example.com", "/"),
        ("http://www.example.com/a/b?c=http://d.e/", "/a/b?c=http://d.e/"),
        ("http://www.example.com/a/b?c=d&e=f#fragment", "/a/b?c=d&e=f"),
        ("http://www.example.com#fragment/x", "/"),
        ("example.com/a/", "/a/"),
        ("example.com?a", "/?a"),
        ("example.com/a;b#c", "/a;b"),
        ("//a/b/c", "/b/c"),
        ("/a", "/a"),
        ("a", "/"),
    ] {
        assert_eq!(path_and_query(url), path, "{url}");
    }
}

#[test]
fn the_verdict_names_rule_line_and_group() {
    let rules = RobotsRules::parse(b"User-agent: *\nAllow: /a\nDisallow: /x\n");
    let verdict = rules.verdict("jobrounds", "https://a.example/x/1");
    assert_eq!(verdict.rule.as_deref(), Some("Disallow: /x (line 3)"));
    assert_eq!(verdict.group.as_deref(), Some("*"));
    assert_eq!(rules.verdict("jobrounds", "https://a.example/").rule, None);
    assert_eq!(RobotsRules::parse(b"").verdict("jobrounds", "/").group, None);
}

#[test]
fn crawl_delays_are_read_wherever_they_stand_in_the_group() {
    let delay =
        |file: &str| RobotsRules::parse(file.as_bytes()).crawl_delay("jobrounds").map(|delay| delay.as_millis());
    assert_eq!(delay("User-agent: *\nDisallow: /x\nCrawl-delay: 3600\n"), Some(3_600_000));
    assert_eq!(delay("User-agent: *\nCrawl-delay: 2.5\nDisallow: /x\n"), Some(2500));
    assert_eq!(
        delay("User-agent: *\nCrawl-delay: 9\nUser-agent: jobrounds\nCrawl-delay: 1\nDisallow: /x\n"),
        Some(9000)
    );
    assert_eq!(delay("User-agent: a\nCrawl-delay: 1\nDisallow:\nUser-agent: *\nDisallow:\nCrawl-delay: 7"), Some(7000));
    assert_eq!(delay("User-agent: *\nCrawl-delay: 10 seconds\n"), Some(10_000));
    assert_eq!(delay("User-agent: *\nCrawl-delay: 99999999999999999999\n"), Some(86_400_000));
    for none in ["Crawl-delay: 5\n", "User-agent: *\nCrawl-delay: -5\n", "User-agent: *\nCrawl-delay: NaN\n", ""] {
        assert_eq!(delay(none), None, "{none}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_can_be_read(file in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400), url in ".{0,60}") {
        let rules = RobotsRules::parse(&file);
        let _ = (rules.verdict("jobrounds", &url), rules.crawl_delay("jobrounds"));
    }

    #[test]
    fn any_rules_can_be_held_against_any_path(
        file in "(User-agent: (\\*|jobrounds)\n|(Allow|Disallow): [/a*$%0-9é]{0,12}\n|Crawl-delay: [0-9.]{0,5}\r){0,20}",
        url in "https://a.example/[/a*$%0-9é?#]{0,20}",
    ) {
        let rules = RobotsRules::parse(file.as_bytes());
        let verdict = rules.verdict("jobrounds", &url);
        proptest::prop_assert!(verdict.allowed || verdict.rule.is_some());
    }
}
