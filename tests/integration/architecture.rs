//! Holds the layering rules of ARCHITECTURE.md: who may import whom, one door a library, and that
//! every file says what it is for.

use std::fs;
use std::path::{Path, PathBuf};

/// What each module may import of ours, in pipeline order: no row names a row below it, and no
/// stage names a stage.
const ALLOWED: [(&str, &[&str]); 22] = [
    ("model", &[]),
    ("reference", &["model"]),
    ("board", &["model"]),
    ("fetch", &["model"]),
    ("mailbox", &["model"]),
    ("parse", &["model", "board"]),
    ("normalize", &["model"]),
    ("coding", &["model", "reference"]),
    ("dedupe", &["model"]),
    ("store", &["model"]),
    ("matching", &["model", "reference"]),
    ("digest", &["model"]),
    ("deliver", &["model"]),
    ("dns", &[]),
    ("report", &["model"]),
    ("telemetry", &["model"]),
    (
        "pipeline",
        &[
            "model",
            "board",
            "fetch",
            "mailbox",
            "parse",
            "normalize",
            "coding",
            "dedupe",
            "store",
            "matching",
            "digest",
            "deliver",
            "telemetry",
        ],
    ),
    ("schedule", &["model", "board", "fetch", "coding", "store", "telemetry", "pipeline"]),
    ("web", &["model", "board", "coding", "store", "matching", "digest", "telemetry", "pipeline"]),
    ("demo", &[]),
    ("config", &["model", "board", "fetch", "store", "deliver", "telemetry"]),
    (
        "cli",
        &[
            "model",
            "board",
            "fetch",
            "parse",
            "normalize",
            "coding",
            "reference",
            "dedupe",
            "store",
            "matching",
            "digest",
            "deliver",
            "dns",
            "report",
            "telemetry",
            "pipeline",
            "schedule",
            "web",
            "demo",
            "config",
        ],
    ),
];

/// Which modules may name a library: one door each.
const DOORS: [(&str, &[&str]); 25] = [
    ("reqwest", &["fetch"]),
    ("rustls", &["fetch", "mailbox", "deliver"]),
    ("tokio_rustls", &["mailbox", "deliver"]),
    ("rustls_platform_verifier", &["mailbox", "deliver"]),
    ("async_imap", &["mailbox"]),
    ("mail_parser", &["parse"]),
    ("rusqlite", &["store"]),
    ("zstd", &["store", "reference"]),
    ("scraper", &["parse", "normalize"]),
    ("ammonia", &["normalize"]),
    ("rss", &["parse", "digest"]),
    ("atom_syndication", &["digest"]),
    ("lettre", &["deliver"]),
    ("axum", &["web", "demo"]),
    ("hyper", &["web"]),
    ("hyper_util", &["web"]),
    ("prometheus_client", &["web"]),
    ("rustix", &["store"]),
    ("tracing_subscriber", &["telemetry"]),
    ("clap", &["cli"]),
    ("anyhow", &["cli"]),
    ("toml", &["config", "coding"]),
    ("tokio_cron_scheduler", &["schedule"]),
    ("sd_notify", &["schedule"]),
    ("croner", &["board"]),
];

/// Names the files that are compiled for unit tests alone: what stands behind `#[cfg(test)] mod`.
fn test_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for (path, _, text) in sources() {
        let mut lines = text.lines().map(str::trim);
        while let Some(line) = lines.next() {
            if line != "#[cfg(test)]" {
                continue;
            }
            let declared = lines.next().unwrap_or_default();
            let folder = path.parent().unwrap();
            if let Some(name) = declared.strip_prefix("#[path = \"").and_then(|rest| rest.strip_suffix("\"]")) {
                found.push(folder.join(name));
            } else if let Some(name) = declared.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
                found.push(folder.join(format!("{name}.rs")));
            }
        }
    }
    found
}

/// Gives every source file with its module's name and its text without the tests at its foot.
fn sources() -> Vec<(PathBuf, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|ending| ending != "rs") {
                continue;
            }
            let inside = path.strip_prefix(&root).unwrap();
            let module = inside.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "");
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, module, text));
        }
    }
    assert!(found.len() > 50, "the sources were not found");
    found
}

/// Drops tests and comments: they may speak of anything.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]").unwrap_or(text.len());
    let lines = text[..end].lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Tells whether a text names `word::`, not as the end of a longer path or name.
fn names(text: &str, word: &str) -> bool {
    let needle = format!("{word}::");
    text.match_indices(&needle).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}

#[test]
fn each_module_imports_only_what_lies_above_it() {
    for (path, module, text) in sources() {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == module) else { continue };
        let text = code(&text);
        for (other, _) in ALLOWED.iter().filter(|(name, _)| *name != module && !allowed.contains(name)) {
            let found = text.contains(&format!("crate::{other}::")) || text.contains(&format!("crate::{other};"));
            assert!(!found, "{}: `{module}` must not import `{other}`", path.display());
        }
    }
}

#[test]
fn the_table_of_imports_is_in_pipeline_order() {
    for (position, (module, allowed)) in ALLOWED.iter().enumerate() {
        for other in *allowed {
            let place = ALLOWED.iter().position(|(name, _)| name == other).unwrap();
            assert!(place < position, "`{module}` may not name `{other}`, which comes after it");
        }
    }
}

#[test]
fn every_library_has_one_door() {
    let tests = test_files();
    for (path, module, text) in sources().into_iter().filter(|(path, ..)| !tests.contains(path)) {
        let text = code(&text);
        for (library, doors) in DOORS {
            let own_module = path.ends_with(format!("{library}.rs"));
            assert!(
                doors.contains(&module.as_str()) || own_module || !names(&text, library),
                "{}: `{library}` is named outside {doors:?}",
                path.display()
            );
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, _, text) in sources() {
        assert!(text.starts_with("//! "), "{} does not open with `//!`", path.display());
    }
}

#[test]
fn no_module_is_a_drawer_for_odds_and_ends() {
    for (path, ..) in sources() {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            !["utils", "util", "helpers", "common", "manager", "misc"].contains(&stem.as_str()),
            "{}",
            path.display()
        );
    }
}
