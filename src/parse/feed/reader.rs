//! Reads RSS 2.0, 0.9x and 1.0 (RDF), Atom, CDF and plain job XML in one pass.
//!
//! The formats are told apart by nothing: an `item` or `entry` is an item wherever it stands, and
//! its children mean what [`slots`](super::slots) says. An item ends at its end tag, at the next
//! item, or at the end of the feed, whichever comes first; so damage costs the item it stands in.

use std::borrow::Cow;

use super::draft::Draft;
use super::element::{Held, Inside};
use super::markup::{Scanner, Tag, Token, attribute, local};
use super::references::References;
use super::repairs::{Repair, Repairs};
use super::slots::{Namespaces, PlainName, Slot, Vocabulary, child_slot, slot, split_name};
use super::wording::without_tags;

/// How many items one answer may have.
pub(super) const MOST_ITEMS: usize = 5_000;
/// How deep known elements may nest inside an item.
const DEEPEST_ELEMENT: usize = 16;

/// What was read from a feed.
#[derive(Debug, Default)]
pub(super) struct Reading<'a> {
    /// The first element's local name in lower case; empty when there is no element.
    pub(super) root: String,
    /// The items, in order.
    pub(super) drafts: Vec<Draft<'a>>,
    /// The feed's own `xml:base`.
    pub(super) base: Option<Cow<'a, str>>,
    /// The channel's link.
    pub(super) channel_link: Option<Cow<'a, str>>,
    /// The next page (RFC 5005 section 3).
    pub(super) next: Option<Cow<'a, str>>,
    /// What had to be repaired.
    pub(super) repairs: Repairs,
    /// Where the answer was cut off, if it was.
    pub(super) cut: Option<String>,
    /// Whether there were more items than are read.
    pub(super) too_many: bool,
}

impl Reading<'_> {
    /// Tells whether the first element is one that a feed begins with.
    pub(super) fn is_feed(&self) -> bool {
        matches!(self.root.as_str(), "rss" | "rdf" | "feed" | "channel" | "item" | "entry")
    }
}

/// An element inside an item that has children of its own.
pub(super) struct Container<'a> {
    name: &'a str,
    slot: Slot,
}

/// Reads one feed.
pub(super) struct Reader<'a> {
    pub(super) scanner: Scanner<'a>,
    pub(super) namespaces: Namespaces<'a>,
    pub(super) references: References<'a>,
    pub(super) out: Reading<'a>,
    draft: Option<Draft<'a>>,
    pub(super) containers: Vec<Container<'a>>,
    /// The root's name as written, until it is closed.
    open_root: Option<&'a str>,
    done: bool,
}

impl<'a> Reader<'a> {
    /// Reads a whole feed.
    pub(super) fn read(source: &'a str) -> Reading<'a> {
        let mut reader = Self {
            scanner: Scanner::new(source),
            namespaces: Namespaces::default(),
            references: References::new(),
            out: Reading::default(),
            draft: None,
            containers: Vec::new(),
            open_root: None,
            done: false,
        };
        while !reader.done {
            let Some(token) = reader.scanner.next() else { break };
            reader.step(token);
        }
        reader.finish()
    }

    fn step(&mut self, token: Token<'a>) {
        match token {
            Token::Open(tag) => self.open(tag),
            Token::Close(name) => self.close(name),
            Token::Doctype(text) => self.references.learn(text),
            Token::Text(text) if self.out.root.is_empty() => {
                let junk = text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
                if !junk.is_empty() {
                    self.out.repairs.note(Repair::Junk, junk);
                }
            }
            Token::Text(_) | Token::Literal(_) => {}
        }
    }

    fn open(&mut self, tag: Tag<'a>) {
        self.namespaces.learn(tag.attributes);
        let (prefix, local) = split_name(tag.name);
        let name = PlainName::of(local);
        let vocabulary = self.namespaces.vocabulary(prefix);
        self.learn_root(tag, name.as_str());
        if vocabulary == Vocabulary::Core && self.is_item(name.as_str()) {
            self.begin_item(tag);
        } else if self.draft.is_some() {
            self.field(tag, vocabulary, name.as_str());
        } else if vocabulary == Vocabulary::Core {
            self.frame(tag, name.as_str());
        }
    }

    /// Takes the first element as the root, or a feed's own root after something else: pages of
    /// warnings are printed before feeds.
    fn learn_root(&mut self, tag: Tag<'a>, local: &str) {
        let late = || !self.out.is_feed() && self.draft.is_none() && matches!(local, "rss" | "rdf" | "feed");
        if self.out.root.is_empty() || late() {
            if !self.out.root.is_empty() {
                self.out.repairs.note(Repair::Junk, &self.out.root);
            }
            let name = if local.is_empty() { tag.name } else { local };
            name.clone_into(&mut self.out.root);
            self.open_root = (!tag.empty).then_some(tag.name);
        }
    }

    /// Reads what stands outside of items.
    fn frame(&mut self, tag: Tag<'a>, local: &str) {
        match local {
            "feed" | "rss" | "channel" | "rdf" => {
                if let Some(base) = self.attribute(tag, "base") {
                    self.out.base.get_or_insert(base);
                }
                self.offer_channel_link(tag);
            }
            "link" => self.channel_link(tag),
            "image" | "textinput" if !tag.empty => self.skip(tag.name),
            _ => {}
        }
    }

    /// CDF gives the channel's address as an attribute.
    fn offer_channel_link(&mut self, tag: Tag<'a>) {
        if let Some(link) = self.attribute(tag, "href") {
            self.out.channel_link.get_or_insert(link);
        }
    }

    fn channel_link(&mut self, tag: Tag<'a>) {
        let relation = attribute(tag.attributes, "rel").unwrap_or("alternate");
        let Some(link) = self.attribute(tag, "href") else {
            if let Held::Text(text) = self.held_unless_empty(tag, Inside::Text) {
                self.out.channel_link.get_or_insert(text);
            }
            return;
        };
        match relation {
            "next" => _ = self.out.next.get_or_insert(link),
            "alternate" => _ = self.out.channel_link.get_or_insert(link),
            _ => {}
        }
    }

    pub(super) fn is_item(&self, local: &str) -> bool {
        match local {
            "item" | "entry" => self.out.root != "html",
            "job" | "vacancy" => !matches!(self.out.root.as_str(), "rss" | "rdf" | "feed" | "html"),
            _ => false,
        }
    }

    fn begin_item(&mut self, tag: Tag<'a>) {
        if self.draft.is_some() {
            self.out.repairs.note(Repair::Unclosed, tag.name);
            self.end_item();
        }
        if self.out.drafts.len() >= MOST_ITEMS {
            self.out.too_many = true;
            self.done = true;
            return;
        }
        let number = self.out.drafts.len() + 1;
        self.out.repairs.item = number;
        let mut draft = Draft::new(number);
        draft.base = self.attribute(tag, "base");
        for name in ["href", "about"] {
            if let Some(link) = self.attribute(tag, name) {
                draft.offer_link(1, link);
            }
        }
        self.draft = Some(draft);
        if tag.empty {
            self.end_item();
        }
    }

    fn end_item(&mut self) {
        self.containers.clear();
        self.out.drafts.extend(self.draft.take());
    }

    fn close(&mut self, name: &'a str) {
        if self.open_root.is_some_and(|root| root.eq_ignore_ascii_case(name)) {
            self.open_root = None;
        }
        let plain = PlainName::of(local(name));
        let ends_frame = is_frame(plain.as_str());
        if self.draft.is_none() {
            return;
        }
        if self.is_item(plain.as_str()) || ends_frame {
            if ends_frame {
                self.out.repairs.note(Repair::Unclosed, "item");
            }
            self.end_item();
        } else if let Some(at) = self.containers.iter().rposition(|container| container.name == name) {
            self.containers.truncate(at);
        } else {
            self.out.repairs.note(Repair::Mismatch, name);
        }
    }

    /// Reads one element of an item.
    fn field(&mut self, tag: Tag<'a>, vocabulary: Vocabulary, local: &str) {
        let slot = match self.containers.last() {
            Some(_) if vocabulary == Vocabulary::Geo => slot(vocabulary, local),
            Some(container) => child_slot(container.slot, local),
            None => slot(vocabulary, local),
        };
        match slot {
            Slot::Skip if !tag.empty => self.skip(tag.name),
            Slot::Link => self.link(tag),
            Slot::Category => self.category(tag),
            Slot::Id => self.id(tag),
            Slot::Title | Slot::Content | Slot::Description | Slot::Encoded => self.words(tag, slot),
            _ => self.simple(tag, slot),
        }
    }

    fn simple(&mut self, tag: Tag<'a>, slot: Slot) {
        match self.held_unless_empty(tag, Inside::Fields) {
            Held::Text(text) => self.put_named(tag, slot, text),
            Held::Fields if self.containers.len() >= DEEPEST_ELEMENT => {
                self.out.repairs.note(Repair::Depth, tag.name);
                self.skip(tag.name);
            }
            Held::Fields => self.containers.push(Container { name: tag.name, slot }),
            Held::Cut => {}
        }
    }

    /// Puts a text under the element's name; an element of an unknown parent keeps both names.
    fn put_named(&mut self, tag: Tag<'a>, slot: Slot, text: Cow<'a, str>) {
        let Some(draft) = self.draft.as_mut() else { return };
        match self.containers.last() {
            Some(parent) if slot == Slot::Extra => draft.put(slot, &format!("{}/{}", parent.name, tag.name), text),
            _ => draft.put(slot, tag.name, text),
        }
    }

    /// Reads RSS's link, which is text, and Atom's, which is an attribute.
    fn link(&mut self, tag: Tag<'a>) {
        let address = self.attribute(tag, "href");
        let rank = match attribute(tag.attributes, "rel") {
            None | Some("alternate") => 3,
            Some("related" | "via") => 1,
            Some(_) => 0,
        };
        let held = self.held_unless_empty(tag, Inside::Text);
        let Some(draft) = self.draft.as_mut() else { return };
        match (address, held) {
            (Some(address), _) => draft.offer_link(rank, address),
            (None, Held::Text(text)) => draft.offer_link(3, text),
            _ => {}
        }
    }

    /// Reads RSS's category, which is text, and Atom's, which is an attribute.
    fn category(&mut self, tag: Tag<'a>) {
        let named = self.attribute(tag, "label").or_else(|| self.attribute(tag, "term"));
        match named {
            Some(text) => {
                if !tag.empty {
                    self.skip(tag.name);
                }
                self.put_named(tag, Slot::Category, text);
            }
            None => self.simple(tag, Slot::Category),
        }
    }

    fn id(&mut self, tag: Tag<'a>) {
        let permanent =
            !attribute(tag.attributes, "isPermaLink").is_some_and(|word| word.eq_ignore_ascii_case("false"));
        if let (Held::Text(text), Some(draft)) = (self.held_unless_empty(tag, Inside::Text), self.draft.as_mut()) {
            draft.set_id(text, permanent);
        }
    }

    /// Reads a title or a text, which may be HTML in one of Atom's ways (RFC 4287 section 3.1.1).
    fn words(&mut self, tag: Tag<'a>, slot: Slot) {
        let kind = attribute(tag.attributes, "type").unwrap_or_default();
        let is_html = kind.contains("html");
        let foreign = ["image/", "audio/", "video/", "application/octet", "application/pdf"];
        if foreign.iter().any(|media| kind.starts_with(media)) {
            if !tag.empty {
                self.skip(tag.name);
            }
            return;
        }
        let inside = if slot == Slot::Title { Inside::Text } else { Inside::Html };
        let expected =
            kind.contains("xml") || tag.attributes.contains("xhtml") || matches!(local(tag.name), "body" | "div");
        let Held::Text(text) = self.held(tag, inside, expected) else { return };
        let text = if slot == Slot::Title && is_html { Cow::Owned(without_tags(&text)) } else { text };
        if let Some(draft) = self.draft.as_mut() {
            draft.put(slot, tag.name, text);
        }
    }

    fn attribute(&mut self, tag: Tag<'a>, name: &str) -> Option<Cow<'a, str>> {
        let value = attribute(tag.attributes, name)?;
        Some(self.references.decode(value, &mut self.out.repairs)).filter(|value| !value.trim().is_empty())
    }

    fn held_unless_empty(&mut self, tag: Tag<'a>, inside: Inside) -> Held<'a> {
        self.held(tag, inside, false)
    }

    fn finish(mut self) -> Reading<'a> {
        for _ in 0..self.scanner.unterminated {
            self.out.repairs.note(Repair::Cdata, "");
        }
        let number = self.out.drafts.len() + 1;
        if let Some(draft) = self.draft.take() {
            let whole = !self.scanner.ends_inside && self.containers.is_empty() && draft.is_whole_enough();
            if whole {
                self.out.drafts.push(draft);
                self.out.cut = Some(format!("the answer ends before the end tag of item {number}"));
            } else {
                self.out.cut = Some(format!("the answer ends inside item {number}, which is left out"));
            }
        } else if let Some(root) = self.open_root.filter(|_| !self.done) {
            self.out.cut = Some(format!("the answer ends without `</{root}>`, after item {}", number - 1));
        }
        self.out
    }
}

pub(super) fn is_frame(local: &str) -> bool {
    matches!(local, "channel" | "feed" | "rss" | "rdf")
}
