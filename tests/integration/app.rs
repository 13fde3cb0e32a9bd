//! The program as a user runs it, in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Reads stdout as one JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Reads stdout as JSON lines.
    pub fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A folder with a configuration and a database.
pub struct TestApp {
    folder: TempDir,
    now: String,
}

impl TestApp {
    /// Makes a folder whose configuration holds these boards and nothing waits for.
    pub fn new(boards: &str) -> Self {
        let app = Self { folder: TempDir::new().unwrap(), now: "2026-11-22T12:00:00Z".into() };
        app.configure(boards);
        app
    }

    /// Writes the configuration anew.
    pub fn configure(&self, boards: &str) {
        // Built-in boards are on the internet; only those that a test points elsewhere are left on.
        let off: String = ["aapc", "ahdi", "ahima", "elite", "usajobs"]
            .into_iter()
            .filter(|id| !boards.contains(&format!("[boards.{id}]")))
            .map(|id| format!("[boards.{id}]\nenabled = false\n"))
            .collect();
        let text = format!(
            "[store]\npath = \"test.db\"\n[fetch]\ncontact = \"https://careers.example.edu/jobs\"\n\
             allow_private_addresses = true\nmin_interval = \"0s\"\nretry_pause = \"5ms\"\n{off}{boards}"
        );
        std::fs::write(self.path("jobrounds.toml"), text).unwrap();
    }

    /// Lets the run's clock stand at another moment.
    pub fn at(&mut self, now: &str) {
        now.clone_into(&mut self.now);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Prepares a command with the clock and the configuration, without the tester's environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("jobrounds"));
        command.env_clear().env("COLUMNS", "80").current_dir(self.folder.path());
        command.args(["--config", "jobrounds.toml", "--now", &self.now]).args(arguments);
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Polls once and gives the report of one board.
    pub fn poll(&self, board: &str) -> Value {
        let ran = self.run(&["poll", board, "--format", "json"]);
        let report = ran.json();
        report["boards"][0].clone()
    }
}
