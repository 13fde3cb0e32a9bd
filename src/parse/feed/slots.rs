//! Which element of a feed fills which member of a posting.
//!
//! Elements are known by their local names in lower case without `_` and `-`, so that `pubDate`,
//! `job_listing:job_type` and `JobType` need one entry each. The vocabulary, told by the namespace,
//! decides where a common word could mean two things (`media:title` is no title).

use super::markup::attributes;

/// Whose words an element uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vocabulary {
    /// RSS, RDF, Atom and CDF.
    Core,
    /// `content:encoded`.
    Content,
    /// Dublin Core, terms included.
    DublinCore,
    /// `GeoRSS`, W3C geo and GML.
    Geo,
    /// Feedburner and its kin, which keep the original link.
    Feedburner,
    /// XHTML inside a feed.
    Xhtml,
    /// Pictures, sounds and podcasts.
    Media,
    /// Any other, job boards' own among them.
    Other,
}

/// What an element means to a posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Title,
    Link,
    OriginalLink,
    Id,
    Encoded,
    Content,
    Description,
    Published,
    Updated,
    Author,
    Category,
    Employer,
    Place,
    Street,
    City,
    Region,
    PostalCode,
    Country,
    Point,
    Latitude,
    Longitude,
    EmploymentType,
    Salary,
    SalaryMin,
    SalaryMax,
    SalaryCurrency,
    SalaryUnit,
    Expires,
    Apply,
    WorkMode,
    Education,
    Experience,
    Department,
    Requisition,
    Status,
    /// Nothing, with all that is inside.
    Skip,
    /// Something of the board's own.
    Extra,
}

/// The prefixes that a document declares, and what they mean.
#[derive(Debug, Default)]
pub(super) struct Namespaces<'a> {
    declared: Vec<(&'a str, Vocabulary)>,
}

/// How many prefixes a document may declare; more are ignored.
const MOST_PREFIXES: usize = 64;

impl<'a> Namespaces<'a> {
    /// Learns the prefixes that a tag declares. Scopes are not kept: feeds declare at the root.
    pub(super) fn learn(&mut self, text: &'a str) {
        if text.len() < 8 || !text.contains("xmlns:") {
            return;
        }
        for (name, uri) in attributes(text) {
            let Some(prefix) = name.strip_prefix("xmlns:") else { continue };
            if self.declared.len() < MOST_PREFIXES {
                self.declared.push((prefix, vocabulary_of_uri(uri).unwrap_or_else(|| vocabulary_of_prefix(prefix))));
            }
        }
    }

    /// Gives the vocabulary of a prefix, by custom where it was not declared.
    pub(super) fn vocabulary(&self, prefix: &str) -> Vocabulary {
        if prefix.is_empty() {
            return Vocabulary::Core;
        }
        let declared = self.declared.iter().rev().find(|(known, _)| *known == prefix);
        declared.map_or_else(|| vocabulary_of_prefix(prefix), |(_, vocabulary)| *vocabulary)
    }
}

fn vocabulary_of_uri(uri: &str) -> Option<Vocabulary> {
    const KNOWN: [(&str, Vocabulary); 17] = [
        ("purl.org/rss/1.0/modules/content", Vocabulary::Content),
        ("purl.org/dc/", Vocabulary::DublinCore),
        ("georss.org", Vocabulary::Geo),
        ("/2003/01/geo", Vocabulary::Geo),
        ("opengis.net/gml", Vocabulary::Geo),
        ("feedburner", Vocabulary::Feedburner),
        ("pheedo.com", Vocabulary::Feedburner),
        ("/1999/xhtml", Vocabulary::Xhtml),
        ("yahoo.com/mrss", Vocabulary::Media),
        ("itunes.com/dtds", Vocabulary::Media),
        ("2005/Atom", Vocabulary::Core),
        ("purl.org/atom/ns", Vocabulary::Core),
        ("my.netscape.com/", Vocabulary::Core),
        ("channel.netscape.com/", Vocabulary::Core),
        ("backend.userland.com/", Vocabulary::Core),
        ("harvard.edu/tech/rss", Vocabulary::Core),
        ("22-rdf-syntax-ns", Vocabulary::Core),
    ];
    if uri.trim_end_matches('/').ends_with("purl.org/rss/1.0") {
        return Some(Vocabulary::Core);
    }
    KNOWN.into_iter().find(|(part, _)| uri.contains(part)).map(|(_, vocabulary)| vocabulary)
}

fn vocabulary_of_prefix(prefix: &str) -> Vocabulary {
    match prefix {
        "content" => Vocabulary::Content,
        "dc" | "dcterms" => Vocabulary::DublinCore,
        "georss" | "geo" | "gml" => Vocabulary::Geo,
        "feedburner" | "pheedo" => Vocabulary::Feedburner,
        "xhtml" => Vocabulary::Xhtml,
        "media" | "itunes" => Vocabulary::Media,
        "rss" | "rdf" | "RDF" | "atom" | "atom10" | "a10" => Vocabulary::Core,
        _ => Vocabulary::Other,
    }
}

/// A local name in lower case without `_` and `-`, held without allocation.
pub(super) struct PlainName {
    letters: [u8; Self::LONGEST],
    length: usize,
}

impl PlainName {
    /// No known word is longer; a longer name is no known word.
    const LONGEST: usize = 24;

    pub(super) fn of(local: &str) -> Self {
        let mut name = Self { letters: [0; Self::LONGEST], length: 0 };
        for byte in local.bytes().filter(|byte| !matches!(byte, b'_' | b'-')) {
            let Some(free) = name.letters.get_mut(name.length) else {
                name.length = 0;
                return name;
            };
            *free = byte.to_ascii_lowercase();
            name.length += 1;
        }
        name
    }

    /// Borrows the name; empty when it is no known word.
    pub(super) fn as_str(&self) -> &str {
        self.letters.get(..self.length).and_then(|letters| std::str::from_utf8(letters).ok()).unwrap_or_default()
    }
}

/// Splits a name into prefix and local part.
pub(super) fn split_name(name: &str) -> (&str, &str) {
    name.rsplit_once(':').unwrap_or(("", name))
}

/// Finds what an element of an item means.
pub(super) fn slot(vocabulary: Vocabulary, local: &str) -> Slot {
    match vocabulary {
        Vocabulary::Core => core_slot(local),
        Vocabulary::Content => match local {
            "encoded" => Slot::Encoded,
            _ => Slot::Skip,
        },
        Vocabulary::DublinCore => dublin_core_slot(local),
        Vocabulary::Geo => match local {
            "point" | "pos" => Slot::Point,
            "lat" => Slot::Latitude,
            "long" | "lon" => Slot::Longitude,
            _ => Slot::Extra,
        },
        Vocabulary::Feedburner => match local {
            "origlink" => Slot::OriginalLink,
            _ => Slot::Skip,
        },
        Vocabulary::Xhtml => match local {
            "body" | "div" => Slot::Content,
            _ => Slot::Skip,
        },
        Vocabulary::Media => Slot::Skip,
        Vocabulary::Other => job_slot(local),
    }
}

fn core_slot(local: &str) -> Slot {
    match local {
        "title" => Slot::Title,
        "link" | "url" => Slot::Link,
        "guid" | "id" => Slot::Id,
        "description" | "summary" | "abstract" => Slot::Description,
        "content" | "body" | "div" | "fullitem" => Slot::Content,
        "pubdate" | "published" | "issued" | "created" | "date" => Slot::Published,
        "updated" | "modified" => Slot::Updated,
        "author" => Slot::Author,
        "category" => Slot::Category,
        "enclosure" | "source" | "comments" | "contributor" | "image" | "textinput" | "items" => Slot::Skip,
        _ => job_slot(local),
    }
}

fn dublin_core_slot(local: &str) -> Slot {
    match local {
        "title" => Slot::Title,
        "description" | "abstract" => Slot::Description,
        "date" | "created" | "issued" => Slot::Published,
        "modified" => Slot::Updated,
        "creator" => Slot::Author,
        "subject" => Slot::Category,
        "valid" => Slot::Expires,
        _ => Slot::Extra,
    }
}

/// Knows the words of job boards: WP Job Manager, Indeed's XML, schema.org, and their look-alikes.
fn job_slot(local: &str) -> Slot {
    match local {
        "company" | "companyname" | "employer" | "employername" | "hiringorganization" => Slot::Employer,
        "location" | "joblocation" | "locations" => Slot::Place,
        "address" | "street" | "streetaddress" => Slot::Street,
        "city" | "locality" | "addresslocality" => Slot::City,
        "state" | "region" | "province" | "addressregion" => Slot::Region,
        "zip" | "zipcode" | "postalcode" => Slot::PostalCode,
        "country" | "countrycode" | "addresscountry" => Slot::Country,
        "jobtype" | "jobtypes" | "employmenttype" => Slot::EmploymentType,
        "salary" | "compensation" | "basesalary" | "pay" => Slot::Salary,
        "salarymin" | "minsalary" => Slot::SalaryMin,
        "salarymax" | "maxsalary" => Slot::SalaryMax,
        "salarycurrency" | "currency" => Slot::SalaryCurrency,
        "salaryunit" | "salaryperiod" | "salarytype" => Slot::SalaryUnit,
        "expires" | "expirationdate" | "expirydate" | "validthrough" | "closingdate" => Slot::Expires,
        "applyurl" | "applicationurl" | "applylink" => Slot::Apply,
        "remote" | "remotetype" | "remoteposition" | "joblocationtype" | "workmode" | "telecommute" => Slot::WorkMode,
        "education" => Slot::Education,
        "experience" => Slot::Experience,
        "department" => Slot::Department,
        "referencenumber" | "requisition" | "requisitionid" | "requisitionnumber" | "reqid" => Slot::Requisition,
        "jobstatus" => Slot::Status,
        "dateposted" | "postingdate" => Slot::Published,
        "jobcategory" | "jobcategories" | "industry" => Slot::Category,
        _ => Slot::Extra,
    }
}

/// Finds what a child means inside an element that is known itself: `company/name`.
pub(super) fn child_slot(parent: Slot, local: &str) -> Slot {
    match (parent, local) {
        (Slot::Author | Slot::Employer, "name") | (Slot::Category | Slot::EmploymentType, _) => parent,
        (Slot::Author | Slot::Employer, _) => Slot::Skip,
        (Slot::Place, "name" | "text" | "location") => Slot::Place,
        (Slot::Salary, "min" | "minvalue" | "from") => Slot::SalaryMin,
        (Slot::Salary, "max" | "maxvalue" | "to") => Slot::SalaryMax,
        (Slot::Salary, "unit" | "unittext" | "period") => Slot::SalaryUnit,
        (Slot::Salary, "value" | "text" | "amount") => Slot::Salary,
        (Slot::Place | Slot::Salary, _) => job_slot(local),
        _ => Slot::Extra,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot_of(namespaces: &Namespaces<'_>, name: &str) -> Slot {
        let (prefix, local) = split_name(name);
        slot(namespaces.vocabulary(prefix), PlainName::of(local).as_str())
    }

    #[test]
    fn spelling_does_not_matter() {
        let none = Namespaces::default();
        for (name, expected) in [
            ("pubDate", Slot::Published),
            ("job_listing:job_type", Slot::EmploymentType),
            ("JobType", Slot::EmploymentType),
            ("postal-code", Slot::PostalCode),
            ("dc:creator", Slot::Author),
            ("content:encoded", Slot::Encoded),
        ] {
            assert_eq!(slot_of(&none, name), expected, "{name}");
        }
    }

    #[test]
    fn the_namespace_decides_what_a_prefix_means() {
        let mut namespaces = Namespaces::default();
        namespaces
            .learn(r#" xmlns:c="http://purl.org/rss/1.0/modules/content/" xmlns:x="http://www.w3.org/2005/Atom""#);
        assert_eq!(slot_of(&namespaces, "c:encoded"), Slot::Encoded);
        assert_eq!(slot_of(&namespaces, "x:title"), Slot::Title);
        assert_eq!(slot_of(&namespaces, "media:title"), Slot::Skip);
        assert_eq!(slot_of(&namespaces, "y:title"), Slot::Extra);
    }

    #[test]
    fn a_name_longer_than_any_known_is_unknown() {
        assert_eq!(slot_of(&Namespaces::default(), &"title".repeat(20)), Slot::Extra);
    }
}
