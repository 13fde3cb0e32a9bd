//! Reads the inside of one element: to its end tag where it has one, else to whatever shows that it
//! was left open.

use std::borrow::Cow;

use super::markup::{Tag, Token};
use super::reader::{Reader, is_frame};
use super::repairs::Repair;
use super::slots::{PlainName, Vocabulary, split_name};

/// How the inside of an element is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// Words; tags are dropped.
    Text,
    /// Words, or elements that are fields themselves.
    Fields,
    /// HTML, escaped or not.
    Html,
}

/// What an element held.
pub(super) enum Held<'a> {
    Text(Cow<'a, str>),
    Fields,
    /// The answer ended inside.
    Cut,
}

impl<'a> Reader<'a> {
    /// Reads an element up to its end tag, or to whatever shows that it was left open.
    pub(super) fn held(&mut self, tag: Tag<'a>, inside: Inside, markup_expected: bool) -> Held<'a> {
        if tag.empty {
            return Held::Text(Cow::Borrowed(""));
        }
        let start = self.scanner.offset();
        let mut text = Cow::Borrowed("");
        let mut inner = 0_usize;
        while let Some(token) = self.scanner.next() {
            match token {
                Token::Text(part) => {
                    let part = self.references.decode(part, &mut self.out.repairs);
                    append(&mut text, part);
                }
                Token::Literal(part) => append(&mut text, Cow::Borrowed(part)),
                Token::Doctype(_) => {}
                Token::Close(name) if name.eq_ignore_ascii_case(tag.name) => return Held::Text(text),
                Token::Close(name) if self.ends_item(name) => return self.left_open(tag, text),
                Token::Close(_) if inner > 0 => inner -= 1,
                Token::Close(name) => {
                    self.out.repairs.note(Repair::Mismatch, name);
                    if inside != Inside::Html {
                        return Held::Text(text);
                    }
                }
                Token::Open(child) if self.shows_unclosed(child, inside) => return self.left_open(tag, text),
                Token::Open(_) if inside == Inside::Fields && text.trim().is_empty() => {
                    self.scanner.unread();
                    return Held::Fields;
                }
                Token::Open(_) if inside == Inside::Html => {
                    if !markup_expected {
                        self.out.repairs.note(Repair::BareHtml, tag.name);
                    }
                    self.scanner.unread();
                    return self.html(tag, start);
                }
                Token::Open(child) => inner += usize::from(!child.empty),
            }
        }
        Held::Cut
    }

    fn left_open(&mut self, tag: Tag<'a>, text: Cow<'a, str>) -> Held<'a> {
        self.out.repairs.note(Repair::Unclosed, tag.name);
        self.scanner.unread();
        Held::Text(text)
    }

    /// Takes unescaped HTML as it stands, from a place before up to the element's own end tag.
    fn html(&mut self, tag: Tag<'a>, start: usize) -> Held<'a> {
        let mut nested = 0_usize;
        while let Some(token) = self.scanner.next() {
            let end = self.scanner.token_start();
            match token {
                Token::Open(child) if self.shows_unclosed(child, Inside::Html) => {
                    return self.left_open(tag, Cow::Borrowed(self.scanner.slice(start, end)));
                }
                Token::Open(child) if child.name == tag.name => nested += usize::from(!child.empty),
                Token::Close(name) if name == tag.name => match nested.checked_sub(1) {
                    Some(fewer) => nested = fewer,
                    None => return Held::Text(without_cdata_marks(self.scanner.slice(start, end))),
                },
                Token::Close(name) if self.ends_item(name) => {
                    return self.left_open(tag, Cow::Borrowed(self.scanner.slice(start, end)));
                }
                _ => {}
            }
        }
        Held::Cut
    }

    /// Passes over an element with all that is inside.
    pub(super) fn skip(&mut self, name: &str) {
        let mut nested = 0_usize;
        while let Some(token) = self.scanner.next() {
            match token {
                Token::Open(child) if self.begins_item(child) => return self.scanner.unread(),
                Token::Open(child) if child.name == name => nested += usize::from(!child.empty),
                Token::Close(closed) if closed == name => match nested.checked_sub(1) {
                    Some(fewer) => nested = fewer,
                    None => return,
                },
                Token::Close(closed) if self.ends_item(closed) => return self.scanner.unread(),
                _ => {}
            }
        }
    }

    pub(super) fn begins_item(&self, tag: Tag<'_>) -> bool {
        let (prefix, local) = split_name(tag.name);
        matches!(local.len(), 3..=7)
            && self.is_item(PlainName::of(local).as_str())
            && self.namespaces.vocabulary(prefix) == Vocabulary::Core
    }

    fn ends_item(&self, name: &str) -> bool {
        let (prefix, local) = split_name(name);
        let plain = PlainName::of(local);
        (self.is_item(plain.as_str()) || is_frame(plain.as_str()))
            && self.namespaces.vocabulary(prefix) == Vocabulary::Core
    }

    /// Tells whether a start tag shows that the element before it was left open.
    fn shows_unclosed(&self, tag: Tag<'_>, inside: Inside) -> bool {
        if self.begins_item(tag) {
            return true;
        }
        if tag.name.contains(':') || !self.containers.is_empty() {
            return false;
        }
        let plain = PlainName::of(tag.name);
        match inside {
            Inside::Html => matches!(plain.as_str(), "guid" | "pubdate"),
            Inside::Text | Inside::Fields => matches!(
                plain.as_str(),
                "title"
                    | "link"
                    | "guid"
                    | "pubdate"
                    | "description"
                    | "category"
                    | "author"
                    | "published"
                    | "updated"
                    | "content"
            ),
        }
    }
}

/// Joins two pieces of text, without a copy while there is only one.
fn append<'a>(text: &mut Cow<'a, str>, part: Cow<'a, str>) {
    // White space around a CDATA section is the layout of the file.
    if text.trim().is_empty() {
        *text = part;
    } else if !part.is_empty() {
        text.to_mut().push_str(&part);
    }
}

fn without_cdata_marks(html: &str) -> Cow<'_, str> {
    if html.contains("<![CDATA[") {
        Cow::Owned(html.replace("<![CDATA[", "").replace("]]>", ""))
    } else {
        Cow::Borrowed(html)
    }
}
