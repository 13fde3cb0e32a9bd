//! The example configuration: it loads as it is and with every comment taken away, and no key of
//! any settings struct is missing from it.

use std::path::Path;

use super::app::TestApp;

const EXAMPLE: &str = include_str!("../../config/jobrounds.example.toml");

/// Checks a configuration's text and gives what a user sees.
fn checked(text: &str) -> super::app::Ran {
    let app = TestApp::new("");
    std::fs::write(app.path("jobrounds.toml"), text).unwrap();
    for secret in ["usajobs.key", "smtp.password", "imap.password", "bounces.password"] {
        std::fs::write(app.path(secret), "0123456789\n").unwrap();
    }
    app.run(&["config", "check"])
}

/// Takes the comment sign from lines that hold a key or a table.
fn uncommented() -> String {
    let line = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if is_setting(rest) => rest.to_owned(),
        _ => line.to_owned(),
    };
    EXAMPLE.lines().map(|one| line(one) + "\n").collect()
}

fn is_setting(line: &str) -> bool {
    let key = line.split(" = ").next().unwrap_or_default();
    let named = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'.');
    let table = line.split(']').next().and_then(|table| table.strip_prefix('['));
    table.is_some_and(named) || (line.contains(" = ") && named(key))
}

#[test]
fn the_example_loads_as_it_is() {
    let ran = checked(EXAMPLE);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(TestApp::new("").run(&["config", "example"]).stdout, EXAMPLE);
}

#[test]
fn the_example_loads_with_every_key_uncommented() {
    let text = uncommented();
    assert_ne!(text, EXAMPLE);
    let ran = checked(&text);
    assert_eq!(ran.code, 0, "{ran:?}\n{text}");
}

/// Reads the public fields of a struct that is read from TOML.
fn keys_of(file: &str, name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let body = text.split(&format!("pub struct {name} {{\n")).nth(1).unwrap().split("\n}").next().unwrap();
    let fields = body.lines().filter_map(|line| line.trim().strip_prefix("pub "));
    let keys: Vec<String> = fields.filter_map(|field| field.split(':').next()).map(str::to_owned).collect();
    assert!(!keys.is_empty(), "{file}: {name}");
    keys
}

#[test]
fn every_key_is_in_the_example() {
    let text = uncommented();
    let whole: toml::Table = text.parse().unwrap();
    let boards = whole["boards"].as_table().unwrap();
    let inside = |section: &str, key: &str| match section {
        "boards" => boards.values().any(|board| board.get(key).is_some()),
        "html" | "json" => {
            boards.values().any(|board| board.get(section).is_some_and(|rules| rules.get(key).is_some()))
        }
        "boards.mail" => boards.values().any(|board| board.get("mail").is_some_and(|mail| mail.get(key).is_some())),
        _ => whole.get(section).is_some_and(|table| table.get(key).is_some()),
    };
    let structs = [
        ("store", "store/mod.rs", "Settings"),
        ("fetch", "fetch/settings.rs", "Settings"),
        ("boards", "board/file.rs", "BoardFile"),
        ("html", "board/file.rs", "HtmlRules"),
        ("json", "board/file.rs", "JsonRules"),
        ("boards.mail", "board/mail.rs", "MailRules"),
        ("web", "config/file.rs", "WebSettings"),
        ("mail", "config/file.rs", "MailSettings"),
        ("retention", "config/file.rs", "RetentionSettings"),
        ("log", "telemetry/logs.rs", "Settings"),
    ];
    let mut missing = Vec::new();
    for (section, file, name) in structs {
        missing.extend(
            keys_of(file, name).into_iter().filter(|key| !inside(section, key)).map(|key| format!("{section}.{key}")),
        );
    }
    // A secret stands in a file or a variable; the example teaches no other place.
    missing.retain(|key| !["boards.api_key", "boards.mail.password", "mail.password"].contains(&key.as_str()));
    assert!(missing.is_empty(), "not in config/jobrounds.example.toml: {missing:?}");
}
