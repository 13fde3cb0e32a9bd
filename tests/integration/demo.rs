//! The demonstration: one command, no network, and everything it names is there.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tempfile::TempDir;

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("jobrounds"));
    command.env_clear().env("COLUMNS", "80").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn the_demo_does_and_shows_what_it_promises() {
    let folder = TempDir::new().unwrap();
    let directory = folder.path().join("demo");
    let began = Instant::now();
    let output = run(&["demo", "--directory", directory.to_str().unwrap()]);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    // Prose is wrapped, so a phrase may go over two lines.
    let flowing = told.split_whitespace().collect::<Vec<_>>().join(" ");
    let config = std::fs::read_to_string(directory.join("demo.toml")).unwrap();
    assert_eq!(config.matches("enabled = false").count(), 5, "{config}");
    for board in ["aapc", "ahdi", "ahima", "elite", "usajobs"] {
        assert!(told.lines().any(|line| line.trim_start().starts_with(board)), "{board} in {told}");
    }
    assert!(flowing.contains("is walled:") && flowing.contains("What to do:"), "{told}");
    assert!(flowing.contains("joined copies of one vacancy") && flowing.contains(": on "), "{told}");
    assert!(flowing.contains("Repaired on the way") && flowing.contains("not modified"), "{told}");
    assert!(flowing.contains("0 new, 0 updated"), "the second round finds nothing new: {told}");
    files_exist(told, &directory);
    every_printed_command_works(told);
}

/// Holds that each file of part 5 lies where it says.
fn files_exist(told: &str, directory: &Path) {
    let part = told.split("\n5. ").nth(1).unwrap().split("\nNext").next().unwrap();
    let paths: Vec<&Path> = part.lines().filter_map(|line| line.find('/').map(|at| Path::new(&line[at..]))).collect();
    assert_eq!(paths.len(), 4, "{part}");
    for path in paths {
        assert!(path.starts_with(directory), "{}", path.display());
        assert!(std::fs::metadata(path).unwrap().len() > 100, "{}", path.display());
    }
}

/// Runs the commands that it proposes on its files, as they were printed.
fn every_printed_command_works(told: &str) {
    let proposed: Vec<&str> = told.lines().map(str::trim).filter(|line| line.contains(" --config ")).collect();
    assert_eq!(proposed.len(), 3, "{told}");
    for line in proposed {
        let arguments: Vec<&str> = line.split(' ').skip(1).collect();
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(0), "{line}: {output:?}");
        assert!(text(&output.stdout).lines().count() > 1, "{line}: {output:?}");
        if line.contains(" search ") {
            let found = text(&output.stdout);
            let (sure, _) = found.split_once("May match").unwrap_or((found, ""));
            assert!(sure.contains("remote") && sure.contains("Coder"), "{found}");
            assert!(!sure.contains("Inpatient Coder II"), "an office job is not remote: {found}");
        }
    }
}

#[test]
fn a_demo_never_writes_over_an_earlier_one() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("demo.db"), "mine").unwrap();
    let output = run(&["demo", "--directory", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("exists already"), "{output:?}");
    assert_eq!(std::fs::read(folder.path().join("demo.db")).unwrap(), b"mine");
}
