//! Printing: data to stdout, the rest to stderr; a closed pipe is no error.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

/// Prints a text for people and a line end; see [`printable`].
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    print_data(&printable(text))
}

/// Takes out of a text what would command the terminal instead of being read: control characters
/// (a tab becomes a blank), and those that turn the direction of what follows. Boards choose the
/// words, so that a title could otherwise rewrite the window or hide a line.
pub(super) fn printable(text: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let kept = text.chars().filter(|c| matches!(c, '\n' | '\t') || !(c.is_control() || turns(*c)));
    kept.map(|c| if c == '\t' { ' ' } else { c }).collect()
}

/// Prints one piece of data as it is and a line end.
pub(super) fn print_data(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Prints bytes as they are.
pub(super) fn print_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    Ok(io::stdout().lock().write_all(bytes)?)
}

/// Prints one JSON document.
pub(super) fn print_json<T: Serialize>(value: &T) -> anyhow::Result<()> {
    print_data(&serde_json::to_string_pretty(value)?)
}

/// Prints one JSON object on a line.
pub(super) fn print_line<T: Serialize>(value: &T) -> anyhow::Result<()> {
    print_data(&serde_json::to_string(value)?)
}

/// Says something to the person, beside the data.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{}", printable(text));
}

/// Prints a text for people, each line wrapped to the terminal under its own beginning.
pub(super) fn print_wrapped(text: &str) -> anyhow::Result<()> {
    print(&wrapped_lines(text))
}

/// Says something to the person, each line wrapped to the terminal under its own beginning.
pub(super) fn say_wrapped(text: &str) {
    say(&wrapped_lines(text));
}

fn wrapped_lines(text: &str) -> String {
    let wrap = |line: &str| {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let lines = super::job_text::wrapped(line, width() - indent.min(20));
        lines.iter().map(|line| format!("{:indent$}{line}", "")).collect::<Vec<_>>().join("\n")
    };
    text.split('\n').map(wrap).collect::<Vec<_>>().join("\n")
}

/// Says what went wrong.
pub(super) fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "jobrounds: {}", printable(text));
}

/// Tells whether the error is that nobody reads our output any more.
pub(super) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
}

/// Gives the width of the terminal, at most 100; 80 where there is none.
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let measured = || comfy_table::Table::new().width().map(usize::from);
    let terminal = if io::stdout().is_terminal() { measured() } else { None };
    columns.or(terminal).unwrap_or(80).clamp(40, 100)
}

/// Tells whether people see stderr.
pub(super) fn watched() -> bool {
    io::stderr().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_commands_a_terminal_is_printed() {
        let hostile = "a\x1b]0;owned\x07b\0c\u{9b}31m\u{202e}d\re\tf\ng";
        assert_eq!(printable(hostile), "a]0;ownedbc31mde f\ng");
        assert_eq!(printable("Säo Paulo · “Coder” …"), "Säo Paulo · “Coder” …");
    }
}
