//! What `--help` says, and that what the README lists is there.

use super::app::TestApp;

fn help(arguments: &[&str]) -> String {
    let ran = TestApp::new("").run(arguments);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80), "{}", ran.stdout);
    ran.stdout
}

#[test]
fn the_help_of_the_program() {
    insta::assert_snapshot!(help(&["--help"]));
}

#[test]
fn the_help_of_search() {
    insta::assert_snapshot!(help(&["search", "--help"]));
}

/// Gives the names in the first column of the README's table of commands.
fn commands_of_the_readme() -> Vec<String> {
    let readme = include_str!("../../README.md");
    let section = readme.split("## Commands").nth(1).unwrap().split("\n## ").next().unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")).filter_map(|row| row.split(" | ").next());
    let mut names: Vec<String> = Vec::new();
    for cell in cells {
        let mut group = "";
        for (at, quoted) in format!("`{cell}").split('`').skip(1).step_by(2).enumerate() {
            let words: Vec<&str> =
                quoted.split(' ').take_while(|word| word.bytes().all(|b| b.is_ascii_lowercase())).collect();
            // `board list`, `show`, `check`: the later ones belong to the first one's group.
            match words.as_slice() {
                [first, _] if ["board", "config", "digest", "subscriber", "outbox"].contains(first) => {
                    group = match *first {
                        "board" => "board ",
                        "config" => "config ",
                        "subscriber" => "subscriber ",
                        "outbox" => "outbox ",
                        _ => "",
                    };
                    names.push(words.join(" "));
                }
                [word] if at > 0 => names.push(format!("{group}{word}")),
                _ => names.push(words.join(" ")),
            }
        }
    }
    assert!(names.len() > 18, "{names:?}");
    names
}

#[test]
fn every_command_of_the_readme_is_there_and_the_other_way_round() {
    let app = TestApp::new("");
    let names = commands_of_the_readme();
    for name in &names {
        let arguments: Vec<&str> = name.split(' ').chain(["--help"]).collect();
        let ran = app.run(&arguments);
        assert_eq!(ran.code, 0, "`{name}`: {ran:?}");
        assert!(ran.stdout.contains(&format!("Usage: jobrounds {name}")), "`{name}`: {}", ran.stdout);
    }
    let listed = help(&["--help"]);
    let section = listed.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let own = section.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    for command in own.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
        let told = names.iter().any(|name| name == command || name.starts_with(&format!("{command} ")));
        assert!(told, "`{command}` is not in the README's table: {names:?}");
    }
}

#[test]
fn nothing_typed_is_a_mistake_that_shows_the_help() {
    let output = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("jobrounds")).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(told.contains("Usage: jobrounds"), "{told}");
}

#[test]
fn completions_and_manual_name_the_commands() {
    let app = TestApp::new("");
    for shell in ["bash", "zsh", "fish"] {
        let script = app.run(&["completions", shell]).stdout;
        assert!(script.contains("jobrounds") && script.contains("pay-at-least"), "{shell}");
    }
    let page = app.run(&["man"]).stdout;
    assert!(page.contains(".TH jobrounds 1") && page.contains("search"), "{page}");
    assert_eq!(app.run(&["man", "pages"]).code, 0);
    let pages = std::fs::read_dir(app.path("pages")).unwrap().count();
    assert!(pages > 15, "{pages} pages");
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(TestApp::new("").run(&["--version"]).stdout, format!("jobrounds {}\n", env!("CARGO_PKG_VERSION")));
}
