//! A board at its new home, once the operator has accepted its move.

use std::borrow::Cow;

use url::Url;

use super::settle::Board;
use crate::model::AcceptedMove;

impl Board {
    /// Gives the board where it is to be asked: at its new home, if a move from the configured
    /// address was accepted, else as configured.
    #[must_use]
    pub fn at_home(&self, accepted: Option<&AcceptedMove>) -> Cow<'_, Self> {
        let valid = accepted.filter(|accepted| accepted.from == self.base_url.as_str());
        match valid.and_then(|accepted| Url::parse(&accepted.to).ok()) {
            Some(to) => Cow::Owned(self.moved_to(to)),
            None => Cow::Borrowed(self),
        }
    }

    /// Gives the address that takes the place of `base_url` when the board has moved to another
    /// origin: the same path there, unless the redirect names one of its own.
    #[must_use]
    pub fn home_after(&self, moved_to: &Url) -> Url {
        let mut home = moved_to.clone();
        if matches!(home.path(), "" | "/") {
            home.set_path(self.base_url.path());
            home.set_query(self.base_url.query());
        }
        home.set_fragment(None);
        home
    }

    /// Moves every address of the board's file that stands on its old origin.
    fn moved_to(&self, to: Url) -> Self {
        let (old, new) = (origin(&self.base_url), origin(&to));
        let moved = |text: &String| match text.strip_prefix(&old) {
            Some(rest) if rest.is_empty() || rest.starts_with(['/', '?']) => format!("{new}{rest}"),
            _ => text.clone(),
        };
        let homepage = Url::parse(&moved(&self.homepage.to_string())).unwrap_or_else(|_| to.clone());
        let lists = self.lists.iter().map(moved).collect();
        let sitemaps = self.sitemaps.iter().map(moved).collect();
        let detail_url = self.detail_url.as_ref().map(moved);
        Self { base_url: to, homepage, lists, sitemaps, detail_url, ..self.clone() }
    }
}

/// Gives an address's scheme, host and port, without a slash at the end.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::BoardFile;
    use crate::model::BoardId;

    fn board() -> Board {
        let file: BoardFile = toml::from_str(
            "engine = 'jsonld'\nbase_url = 'https://old.example/x'\nlists = ['https://old.example/jobs', '/more', 'https://old.example.org/']",
        )
        .unwrap();
        Board::settle(BoardId::new("a").unwrap(), file, None).unwrap()
    }

    fn accepted(from: &str) -> AcceptedMove {
        let at = chrono::DateTime::UNIX_EPOCH;
        AcceptedMove { from: from.to_owned(), to: "https://new.example/x".to_owned(), at }
    }

    #[test]
    fn every_address_of_the_old_origin_moves() {
        let board = board();
        let moved = board.at_home(Some(&accepted("https://old.example/x")));
        assert_eq!(moved.base_url.as_str(), "https://new.example/x");
        assert_eq!(moved.lists, ["https://new.example/jobs", "/more", "https://old.example.org/"]);
        assert_eq!(moved.homepage.as_str(), "https://new.example/x");
    }

    #[test]
    fn an_acceptance_is_void_once_the_configuration_names_another_address() {
        let board = board();
        assert_eq!(board.at_home(Some(&accepted("https://older.example/"))).base_url, board.base_url);
        assert_eq!(board.at_home(None).base_url, board.base_url);
    }

    #[test]
    fn the_new_home_keeps_the_path() {
        let home = |to: &str| board().home_after(&Url::parse(to).unwrap()).to_string();
        assert_eq!(home("https://new.example/"), "https://new.example/x");
        assert_eq!(home("https://new.example/careers#a"), "https://new.example/careers");
    }
}
