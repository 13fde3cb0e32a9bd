//! A board's file as a probe would write it: as a table to try at once, and as TOML to save.

use std::fmt::Write;

use url::Url;

use super::software::Software;
use crate::board::{Board, BoardFile, HtmlRules, JsonRules, TitleSplit};
use crate::model::BoardId;

/// What a probe would write into a board's file.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The software it is for.
    pub software: Software,
    /// The board's name, from its pages.
    pub name: Option<String>,
    /// Origin and prefix, or the whole address of a feed, page or API.
    pub base_url: Url,
    /// The page for people.
    pub homepage: Option<Url>,
    /// Lists, where the engine's own are not the board's.
    pub lists: Vec<String>,
    /// Sitemaps.
    pub sitemaps: Vec<String>,
    /// What detail addresses look like.
    pub detail_pattern: Option<String>,
    /// How a feed's titles hide the employer.
    pub title_split: Option<TitleSplit>,
    /// Guessed selectors.
    pub html: Option<HtmlRules>,
    /// Guessed pointers.
    pub json: Option<JsonRules>,
}

impl Draft {
    /// Begins a draft that leaves everything to the engine.
    pub(super) fn new(software: Software, base_url: Url) -> Self {
        Self {
            software,
            name: None,
            base_url,
            homepage: None,
            lists: Vec::new(),
            sitemaps: Vec::new(),
            detail_pattern: None,
            title_split: None,
            html: None,
            json: None,
        }
    }

    /// Makes the board that the draft describes; `None` where its own rules refuse it.
    #[must_use]
    pub fn board(&self, id: &BoardId) -> Option<Board> {
        let text = |url: &Url| url.to_string();
        let listed = |list: &[String]| (!list.is_empty()).then(|| list.to_vec());
        let file = BoardFile {
            name: self.name.clone(),
            engine: Some(self.software.engine().as_str().to_owned()),
            base_url: Some(text(&self.base_url)),
            homepage: self.homepage.as_ref().map(text),
            lists: listed(&self.lists),
            sitemaps: listed(&self.sitemaps),
            detail_pattern: self.detail_pattern.clone(),
            title_split: self.title_split,
            html: self.html.clone(),
            json: self.json.clone(),
            ..BoardFile::default()
        };
        Board::settle(id.clone(), file, None).ok()
    }

    /// Writes the draft as a board's file under these comments; a guess is switched off, so that
    /// nothing wrong is stored before somebody has looked at it.
    #[must_use]
    pub fn toml(&self, comments: &[String], day: &str) -> String {
        let mut text: String = comments.iter().flat_map(|line| commented(line)).collect();
        let mut key = |name: &str, value: &str| {
            let _ = writeln!(text, "{name} = {value}");
        };
        if let Some(name) = &self.name {
            key("name", &quoted(name));
        }
        key("engine", &quoted(self.software.engine().as_str()));
        key("base_url", &quoted(self.base_url.as_str()));
        if let Some(homepage) = self.homepage.as_ref().filter(|page| **page != self.base_url) {
            key("homepage", &quoted(homepage.as_str()));
        }
        for (name, list) in [("lists", &self.lists), ("sitemaps", &self.sitemaps)] {
            if !list.is_empty() {
                key(name, &format!("[{}]", list.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", ")));
            }
        }
        if let Some(pattern) = &self.detail_pattern {
            key("detail_pattern", &quoted(pattern));
        }
        if let Some(split) = self.title_split {
            key("title_split", &quoted(split_word(split)));
        }
        if self.software.is_guess() {
            key("enabled", "false   # a guess: look at it with `board check`, then take this line out");
        }
        key("time_zone", "\"America/New_York\"   # not known: the zone of the board's own dates");
        key("every", "\"6h\"");
        key("terms", &quoted(&format!("Not read by us ({day}): the operator reads and confirms.")));
        text + &self.rules()
    }

    /// Writes the tables of selectors or pointers.
    fn rules(&self) -> String {
        let mut text = String::new();
        if let Some(html) = &self.html {
            let single = [("item", &html.item), ("next", &html.next), ("empty_text", &html.empty_text)];
            text += &table("html", &single);
            if html.empty_text.is_none() {
                text += "# empty_text = \"the board's own words for: no openings\"\n";
            }
            text += &fields("html.fields", &html.fields);
            text += &fields("html.detail", &html.detail);
        }
        if let Some(json) = &self.json {
            text += &table("json", &[("items", &json.items), ("next", &json.next), ("total", &json.total)]);
            text += &fields("json.fields", &json.fields);
        }
        text
    }
}

fn table(name: &str, keys: &[(&str, &Option<String>)]) -> String {
    let set = keys.iter().filter_map(|(key, value)| Some(format!("{key} = {}\n", quoted(value.as_deref()?))));
    format!("\n[{name}]\n{}", set.collect::<String>())
}

fn fields(name: &str, rules: &std::collections::BTreeMap<String, String>) -> String {
    if rules.is_empty() {
        return String::new();
    }
    let lines = rules.iter().map(|(field, rule)| format!("{field} = {}\n", quoted(rule)));
    format!("[{name}]\n{}", lines.collect::<String>())
}

fn split_word(split: TitleSplit) -> &'static str {
    match split {
        TitleSplit::None => "none",
        TitleSplit::LastPipe => "last-pipe",
        TitleSplit::Colon => "colon",
        TitleSplit::At => "at",
    }
}

/// Quotes a text as TOML: its basic strings take JSON's escapes. Pages choose some of the texts.
fn quoted(text: &str) -> String {
    let clean: String = text.chars().filter(|letter| !letter.is_control()).collect();
    serde_json::Value::String(clean).to_string()
}

/// Wraps a comment at 96 columns. A page's words cannot end the comment they stand in.
fn commented(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(|letter: char| letter.is_whitespace() || letter.is_control()).filter(|word| !word.is_empty())
    {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + word.chars().count() > 94 {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.into_iter().map(|line| format!("#{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_inside_their_quotes() {
        let mut draft = Draft::new(Software::Bti, Url::parse("https://a.example/").unwrap());
        draft.name = Some("Jobs\"\nengine = \"html\" \\ \u{7f}\u{1b}[31m".to_owned());
        draft.lists = vec!["/jobs/\"x".to_owned()];
        let text = draft.toml(&["seen: \nengine = 'x'".to_owned()], "2026-11-22");
        let file: BoardFile = toml::from_str(&text).unwrap();
        assert_eq!(file.engine.as_deref(), Some("bti"));
        assert_eq!(file.name.as_deref(), Some("Jobs\"engine = \"html\" \\ [31m"));
        assert_eq!(file.lists.unwrap(), ["/jobs/\"x"]);
        assert!(text.starts_with("# seen: engine = 'x'\n"), "{text}");
    }

    #[test]
    fn a_guess_is_switched_off() {
        let mut draft = Draft::new(Software::Selectors, Url::parse("https://a.example/jobs").unwrap());
        draft.html = Some(HtmlRules {
            item: Some("li.job".into()),
            fields: [("title".to_owned(), "a".to_owned())].into(),
            ..HtmlRules::default()
        });
        let file: BoardFile = toml::from_str(&draft.toml(&[], "2026-11-22")).unwrap();
        assert_eq!(file.enabled, Some(false));
        assert_eq!(file.html.unwrap().fields["title"], "a");
    }
}
