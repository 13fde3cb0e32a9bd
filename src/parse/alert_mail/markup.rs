//! HTML: a card is the highest element that holds links to one posting alone. Where postings follow
//! each other without an element of their own, the lines up to the next one are taken.

use std::collections::HashMap;

use ego_tree::NodeId;
use scraper::{ElementRef, Html};

use super::super::dom::{Dom, words_of};
use super::facts::{is_furniture, is_generic};
use super::links::{JobLink, Site, Target};
use super::row::Card;
use crate::model::RawPosting;

/// More HTML than this is not read.
const MAX_BYTES: usize = 2 << 20;
/// More links than this are not looked at.
const MAX_LINKS: usize = 2_000;
/// More pieces of text than this are not read.
const MAX_TEXTS: usize = 20_000;
/// At most this many lines belong to one posting.
const MAX_LINES: usize = 40;
/// In a row of postings without elements of their own, this many lines after a link are its own.
const MAX_LOOSE_LINES: usize = 6;

/// One link that leads to a posting, or ends one's card.
struct Anchor {
    node: NodeId,
    words: String,
    /// Which posting it is of; `None` for the mail's own links.
    owner: Option<usize>,
}

/// Which link a text stands in.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    None,
    /// One of the mail's own.
    Furniture,
    /// One that leads to this posting.
    Posting(usize),
}

/// One line of the mail's text.
#[derive(Default)]
struct Line {
    text: String,
    /// The link that it is.
    anchor: Inside,
    /// The posting in whose card it stands.
    card_of: Option<usize>,
}

/// Reads an HTML text.
pub(super) fn rows(site: &Site<'_>, html: &str) -> Vec<RawPosting> {
    let dom = Dom::of(&html[..html.floor_char_boundary(MAX_BYTES)]);
    let (anchors, postings) = anchors(site, &dom.html);
    if postings.is_empty() {
        return Vec::new();
    }
    let roots = card_roots(&dom.html, &anchors);
    let lines = text_lines(&dom.html, &anchors, &roots);
    let mut cards: Vec<Card> = postings.into_iter().map(|link| Card { link, ..Card::default() }).collect();
    for anchor in &anchors {
        if let Some(card) = anchor.owner.and_then(|owner| cards.get_mut(owner)) {
            card.words.push(anchor.words.clone());
        }
    }
    deal(lines, &mut cards);
    cards.into_iter().filter_map(Card::row).collect()
}

/// Finds the links that matter, and the postings they lead to.
fn anchors(site: &Site<'_>, html: &Html) -> (Vec<Anchor>, Vec<Option<JobLink>>) {
    let elements = html.tree.root().descendants().filter_map(ElementRef::wrap);
    let found: Vec<(NodeId, String, String, Target)> = elements
        .filter(|element| element.value().name() == "a")
        .filter_map(|element| {
            let href = element.attr("href")?.trim();
            let words = words_of(element).or_else(|| label(element)).unwrap_or_default();
            Some((element.id(), words, href.to_owned(), site.target(href)))
        })
        .take(MAX_LINKS)
        .collect();
    let any = |wanted: &dyn Fn(&str, &Target) -> bool| found.iter().any(|(_, words, _, target)| wanted(words, target));
    // Where some links can be read, the riddles among them are none of the postings' own.
    let readable = any(&|_, target| matches!(target, Target::Job(_)));
    // A riddle that says `View job` counts only where no other says more.
    let telling = any(&|words, target| *target == Target::Opaque && !is_generic(words) && !is_furniture(words));
    let mut anchors = Vec::new();
    let mut links: Vec<Option<JobLink>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (node, words, href, target) in found {
        let (key, link) = match target {
            Target::Job(link) => (link.posting_id.clone().unwrap_or_else(|| link.url.to_string()), Some(link)),
            Target::Opaque if !readable && !is_furniture(&words) && (!telling || !is_generic(&words)) => (href, None),
            Target::Personal | Target::Opaque | Target::Other => {
                if target == Target::Personal || is_furniture(&words) {
                    anchors.push(Anchor { node, words, owner: None });
                }
                continue;
            }
        };
        let owner = *known.entry(key).or_insert_with(|| {
            links.push(link);
            links.len() - 1
        });
        anchors.push(Anchor { node, words, owner: Some(owner) });
    }
    (anchors, links)
}

/// Takes a link's label, or that of the picture in it.
fn label(anchor: ElementRef<'_>) -> Option<String> {
    let picture =
        anchor.descendants().take(20).filter_map(ElementRef::wrap).find(|inner| inner.value().name() == "img");
    let stated = [anchor.attr("title"), picture.and_then(|picture| picture.attr("alt"))];
    stated.into_iter().flatten().map(str::trim).find(|text| !text.is_empty()).map(str::to_owned)
}

/// Gives each posting the highest element that holds no other's link, and none of the mail's own.
fn card_roots(html: &Html, anchors: &[Anchor]) -> HashMap<NodeId, usize> {
    let mut owners: HashMap<NodeId, Option<usize>> = HashMap::new();
    for anchor in anchors {
        let Some(node) = html.tree.get(anchor.node) else { continue };
        for holder in node.ancestors() {
            let owner = owners.entry(holder.id()).or_insert(anchor.owner);
            if *owner != anchor.owner {
                *owner = None;
            }
        }
    }
    let mut roots = HashMap::new();
    for anchor in anchors {
        let (Some(owner), Some(node)) = (anchor.owner, html.tree.get(anchor.node)) else { continue };
        let holders = node.ancestors().take_while(|holder| owners.get(&holder.id()) == Some(&Some(owner)));
        let is_page = |name: &str| matches!(name, "body" | "html");
        let elements = holders.map_while(ElementRef::wrap).take_while(|element| !is_page(element.value().name()));
        if let Some(root) = elements.last() {
            roots.insert(root.id(), owner);
        }
    }
    roots
}

/// Reads the text as lines, each with the posting that it stands for.
fn text_lines(html: &Html, anchors: &[Anchor], roots: &HashMap<NodeId, usize>) -> Vec<Line> {
    let owners: HashMap<NodeId, Option<usize>> = anchors.iter().map(|anchor| (anchor.node, anchor.owner)).collect();
    let mut lines: Vec<Line> = Vec::new();
    let mut current = Line::default();
    let mut block = None;
    let mut texts = 0;
    for node in html.tree.root().descendants() {
        let is_break = |name: &str| matches!(name, "br" | "hr");
        if ElementRef::wrap(node).is_some_and(|element| is_break(element.value().name())) {
            flush(&mut lines, &mut current);
        }
        let Some(text) = node.value().as_text() else { continue };
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            continue;
        }
        texts += 1;
        if texts > MAX_TEXTS {
            break;
        }
        let mut place = Place::default();
        for holder in node.ancestors().filter_map(ElementRef::wrap) {
            place.look_at(holder, &owners, roots);
        }
        if place.unseen {
            continue;
        }
        if place.block != block || place.anchor != current.anchor {
            flush(&mut lines, &mut current);
        }
        block = place.block;
        current.anchor = place.anchor;
        current.card_of = place.card;
        if !current.text.is_empty() {
            current.text.push(' ');
        }
        current.text.push_str(&words);
    }
    flush(&mut lines, &mut current);
    lines
}

/// Where a piece of text stands.
#[derive(Default)]
struct Place {
    block: Option<NodeId>,
    anchor: Inside,
    card: Option<usize>,
    unseen: bool,
}

impl Place {
    fn look_at(
        &mut self,
        holder: ElementRef<'_>,
        owners: &HashMap<NodeId, Option<usize>>,
        roots: &HashMap<NodeId, usize>,
    ) {
        let name = holder.value().name();
        self.unseen |= matches!(name, "script" | "style" | "noscript" | "template" | "svg" | "title" | "head");
        // Words that mail programs show in lists, never in the mail.
        self.unseen |= holder.attr("style").is_some_and(|style| {
            let style = style.to_ascii_lowercase().replace(' ', "");
            style.contains("display:none") || style.contains("visibility:hidden")
        });
        if self.block.is_none() && is_block(name) {
            self.block = Some(holder.id());
        }
        if let (Inside::None, Some(owner)) = (self.anchor, owners.get(&holder.id())) {
            self.anchor = owner.map_or(Inside::Furniture, Inside::Posting);
        }
        self.card = self.card.or_else(|| roots.get(&holder.id()).copied());
    }
}

fn flush(lines: &mut Vec<Line>, current: &mut Line) {
    let line = std::mem::take(current);
    if !line.text.is_empty() {
        lines.push(line);
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "td"
            | "th"
            | "tr"
            | "li"
            | "ul"
            | "ol"
            | "table"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "section"
            | "article"
            | "center"
            | "blockquote"
            | "body"
            | "dd"
            | "dt"
            | "pre"
    )
}

/// Gives each posting its lines: those of its card, or else those that follow its link.
fn deal(lines: Vec<Line>, cards: &mut [Card]) {
    let mut has_own = vec![false; cards.len()];
    for line in &lines {
        if let Some(owner) = line.card_of.filter(|_| line.anchor == Inside::None) {
            has_own[owner] = true;
        }
    }
    let mut begun = vec![false; cards.len()];
    // The posting whose loose lines are read, and how many more may come.
    let mut loose: Option<(usize, usize)> = None;
    for line in lines {
        if let Inside::Posting(owner) = line.anchor {
            begun[owner] = true;
            loose = (!has_own[owner]).then_some((owner, MAX_LOOSE_LINES));
            continue;
        }
        if line.anchor == Inside::Furniture {
            loose = None;
            continue;
        }
        let owner = match (line.card_of, loose) {
            (Some(owner), _) => owner,
            (None, Some((owner, left))) if left > 0 => {
                loose = Some((owner, left - 1));
                owner
            }
            _ => continue,
        };
        let card = &mut cards[owner];
        let side = if begun[owner] { &mut card.after } else { &mut card.before };
        if side.len() < MAX_LINES {
            side.push(line.text);
        }
    }
}
