//! Questions and answers as bytes (RFC 1035 section 4). Pure; an answer is hostile input: names may
//! point in circles, lengths may lie, and counts promise what is not there.

/// Records of more than these are not read.
const MOST_RECORDS: usize = 500;
/// A name is no longer (RFC 1035 section 2.3.4).
const LONGEST_NAME: usize = 255;
/// A chain of aliases is followed so far.
const MOST_ALIASES: usize = 8;
/// How much of an answer we take over UDP (RFC 6891 section 6.2.5; what passes without fragments).
const UDP_SIZE: u16 = 1_232;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Mx = 15,
    Txt = 16,
}

const CNAME: u16 = 5;
const OPT: u16 = 41;
const INTERNET: u16 = 1;

/// One mail exchanger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mx {
    /// The lower, the sooner it is tried.
    pub preference: u16,
    /// Its name; empty where the domain takes no mail (RFC 7505).
    pub host: String,
}

/// What an answer holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found<T> {
    /// The records.
    pub records: Vec<T>,
    /// Unset where the name itself does not exist.
    pub exists: bool,
}

/// What an answer says, before it is taken for the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// It answers another question; the right answer may still come.
    Foreign,
    /// It was cut short.
    Truncated,
    /// The server does not understand the question.
    NotUnderstood,
    /// The server has no answer; its code.
    Failed(u8),
    /// The records' data, each as it stands in the message.
    Records(Found<Data>),
}

/// A record's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Data {
    Mx(Mx),
    Txt(String),
}

/// Writes a question; `None` for what is no name.
pub(super) fn question(id: u16, name: &str, sort: Sort, extended: bool) -> Option<Vec<u8>> {
    // Recursion desired; one question; with EDNS one additional record.
    let mut bytes = vec![0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, u8::from(extended)];
    bytes.get_mut(..2)?.copy_from_slice(&id.to_be_bytes());
    let start = bytes.len();
    for label in name.trim_end_matches('.').split('.') {
        let length = u8::try_from(label.len()).ok().filter(|length| (1..=63).contains(length))?;
        bytes.push(length);
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    if bytes.len() - start > LONGEST_NAME {
        return None;
    }
    bytes.extend((sort as u16).to_be_bytes());
    bytes.extend(INTERNET.to_be_bytes());
    if extended {
        bytes.push(0);
        bytes.extend(OPT.to_be_bytes());
        bytes.extend(UDP_SIZE.to_be_bytes());
        bytes.extend([0; 6]);
    }
    Some(bytes)
}

/// Reads an answer to the question with this id. It must be an answer, with the question in it (RFC
/// 5452 section 9.1); `None` where it is none that can be read.
pub(super) fn reply(bytes: &[u8], id: u16, name: &str, sort: Sort) -> Option<Reply> {
    let mut cursor = Cursor { bytes, at: 0 };
    let (told, flags) = (cursor.number()?, cursor.number()?);
    let (questions, answers) = (cursor.number()?, cursor.number()?);
    cursor.skip(4)?;
    let is_answer = flags & 0x8000 != 0 && flags & 0x7800 == 0;
    if told != id || !is_answer {
        return Some(Reply::Foreign);
    }
    let code = u8::try_from(flags & 0xf).ok()?;
    if code == 1 {
        // Some servers send the bare head back.
        return Some(Reply::NotUnderstood);
    }
    if questions != 1 {
        return Some(Reply::Foreign);
    }
    let asked = cursor.name()?;
    let (asked_sort, class) = (cursor.number()?, cursor.number()?);
    if !is_same(&asked, name) || asked_sort != sort as u16 || class != INTERNET {
        return Some(Reply::Foreign);
    }
    if flags & 0x0200 != 0 {
        return Some(Reply::Truncated);
    }
    match code {
        0 | 3 => {
            let found = records(&mut cursor, usize::from(answers), name, sort)?;
            Some(Reply::Records(Found { records: found, exists: code == 0 }))
        }
        _ => Some(Reply::Failed(code)),
    }
}

/// Reads the records of the name that was asked for, or of those that it is an alias of.
fn records(cursor: &mut Cursor<'_>, count: usize, name: &str, sort: Sort) -> Option<Vec<Data>> {
    let mut aliases: Vec<(String, String)> = Vec::new();
    let mut found: Vec<(String, Data)> = Vec::new();
    for _ in 0..count.min(MOST_RECORDS) {
        let owner = cursor.name()?;
        let (kind, class) = (cursor.number()?, cursor.number()?);
        cursor.skip(4)?;
        let length = usize::from(cursor.number()?);
        let end = cursor.at.checked_add(length).filter(|end| *end <= cursor.bytes.len())?;
        if class == INTERNET {
            match sort {
                _ if kind == CNAME => aliases.push((owner, cursor.name()?)),
                Sort::Mx if kind == sort as u16 => {
                    let preference = cursor.number()?;
                    found.push((owner, Data::Mx(Mx { preference, host: cursor.name()? })));
                }
                Sort::Txt if kind == sort as u16 => {
                    found.push((owner, Data::Txt(strings(cursor.bytes.get(cursor.at..end)?)?)));
                }
                _ => {}
            }
        }
        cursor.at = end;
    }
    let mut owner = name.to_owned();
    for _ in 0..MOST_ALIASES {
        match aliases.iter().find(|(alias, _)| is_same(alias, &owner)) {
            Some((_, target)) => owner.clone_from(target),
            None => break,
        }
    }
    Some(found.into_iter().filter(|(one, _)| is_same(one, &owner)).map(|(_, data)| data).collect())
}

/// Puts the strings of a `TXT` record together, as SPF, DKIM and DMARC have it (RFC 7208 section 3.3).
fn strings(mut data: &[u8]) -> Option<String> {
    let mut whole: Vec<u8> = Vec::new();
    while let Some((length, rest)) = data.split_first() {
        let (string, after) = rest.split_at_checked(usize::from(*length))?;
        whole.extend(string);
        data = after;
    }
    Some(String::from_utf8_lossy(&whole).into_owned())
}

fn is_same(one: &str, other: &str) -> bool {
    one.trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.'))
}

/// A place in a message. Nothing is read beyond its end.
struct Cursor<'m> {
    bytes: &'m [u8],
    at: usize,
}

impl Cursor<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn number(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.at = self.at.checked_add(count).filter(|at| *at <= self.bytes.len())?;
        Some(())
    }

    /// Reads a name. A pointer must lead back to before the name's own beginning, and each further one
    /// before the last (RFC 1035 section 4.1.4: a prior occurrence), so that no circle is possible.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        let (mut at, mut before) = (self.at, self.at);
        let mut after = None;
        loop {
            let length = usize::from(*self.bytes.get(at)?);
            match length {
                0 => break,
                1..=63 => {
                    let label = self.bytes.get(at + 1..at + 1 + length)?;
                    if name.len() + length + 1 > LONGEST_NAME {
                        return None;
                    }
                    if !name.is_empty() {
                        name.push('.');
                    }
                    // What is no letter of a host's name is none of a name that we asked for.
                    name.extend(label.iter().map(|b| if b.is_ascii_graphic() { char::from(*b) } else { '?' }));
                    at += 1 + length;
                }
                192.. => {
                    let target = (length & 0x3f) << 8 | usize::from(*self.bytes.get(at + 1)?);
                    if target >= before {
                        return None;
                    }
                    after.get_or_insert(at + 2);
                    (at, before) = (target, target);
                }
                _ => return None,
            }
        }
        self.at = after.unwrap_or(at + 1);
        Some(name)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Writes an answer to a question, with records of a type and their data.
    pub(in crate::dns) fn answer(question: &[u8], code: u8, records: &[(u16, Vec<u8>)]) -> Vec<u8> {
        // The question without its additional record.
        let end = 12 + question[12..].iter().position(|b| *b == 0).unwrap() + 5;
        let mut bytes = question[..end].to_vec();
        bytes[2] = 0x81;
        bytes[3] = 0x80 | code;
        bytes[7] = u8::try_from(records.len()).unwrap();
        bytes[11] = 0;
        for (kind, data) in records {
            bytes.extend([0xc0, 12]);
            bytes.extend(kind.to_be_bytes());
            bytes.extend([0, 1, 0, 0, 0, 60]);
            bytes.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            bytes.extend(data);
        }
        bytes
    }

    pub(in crate::dns) fn txt(text: &str) -> (u16, Vec<u8>) {
        let strings = text.as_bytes().chunks(255);
        (16, strings.flat_map(|string| [&[u8::try_from(string.len()).unwrap()], string].concat()).collect())
    }

    fn asked() -> Vec<u8> {
        question(7, "jobs.example", Sort::Txt, true).unwrap()
    }

    fn read(bytes: &[u8]) -> Option<Reply> {
        reply(bytes, 7, "jobs.example", Sort::Txt)
    }

    fn texts(records: &[&str]) -> Reply {
        let records = records.iter().map(|text| Data::Txt((*text).to_owned())).collect();
        Reply::Records(Found { records, exists: true })
    }

    #[test]
    fn questions_are_written_as_the_standard_has_them() {
        let plain = question(0x1234, "a.bc.", Sort::Mx, false).unwrap();
        assert_eq!(plain, b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x02bc\x00\x00\x0f\x00\x01");
        for name in ["", ".", "a..b", &"a".repeat(64), &"abcdefg.".repeat(40)] {
            assert_eq!(question(1, name, Sort::Mx, false), None, "{name}");
        }
    }

    #[test]
    fn answers_are_read() {
        let long = "v=spf1 ".to_owned() + &"ip4:192.0.2.1 ".repeat(60) + "-all";
        assert_eq!(read(&answer(&asked(), 0, &[txt(&long), txt("other")])), Some(texts(&[&long, "other"])));
        assert_eq!(read(&answer(&asked(), 3, &[])), Some(Reply::Records(Found { records: vec![], exists: false })));
        assert_eq!(read(&answer(&asked(), 2, &[])), Some(Reply::Failed(2)));
        assert_eq!(read(&answer(&asked(), 1, &[])), Some(Reply::NotUnderstood));
        let mx = question(7, "jobs.example", Sort::Mx, false).unwrap();
        let data = (15, b"\x00\x0a\x02mx\xc0\x0c".to_vec());
        let Some(Reply::Records(found)) = reply(&answer(&mx, 0, &[data]), 7, "Jobs.Example", Sort::Mx) else {
            panic!("it was not read")
        };
        assert_eq!(found.records, [Data::Mx(Mx { preference: 10, host: "mx.jobs.example".into() })]);
    }

    #[test]
    fn aliases_are_followed_and_other_names_records_are_not_taken() {
        let mut bytes = answer(&asked(), 0, &[(5, b"\x05other\xc0\x11".to_vec())]);
        bytes[7] = 3;
        let text = |owner: &[u8], text: &str| {
            let (kind, data) = txt(text);
            let mut record = owner.to_vec();
            record.extend(kind.to_be_bytes());
            record.extend([0, 1, 0, 0, 0, 60, 0, u8::try_from(data.len()).unwrap()]);
            record.extend(data);
            record
        };
        bytes.extend(text(b"\x05other\x07example\x00", "mine"));
        bytes.extend(text(b"\x04evil\x07example\x00", "not mine"));
        assert_eq!(read(&bytes), Some(texts(&["mine"])));
    }

    #[test]
    fn only_the_answer_to_the_question_is_believed() {
        let good = answer(&asked(), 0, &[txt("yes")]);
        let changed = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            read(&bytes)
        };
        assert_eq!(changed(1, 8), Some(Reply::Foreign), "another id");
        assert_eq!(changed(2, 0x01), Some(Reply::Foreign), "no answer");
        assert_eq!(changed(13, b'J'), Some(texts(&["yes"])), "another case");
        assert_eq!(changed(13, b'x'), Some(Reply::Foreign), "another name");
        assert_eq!(changed(27, 15), Some(Reply::Foreign), "another type");
        assert_eq!(changed(5, 0), Some(Reply::Foreign), "no question");
        assert_eq!(changed(2, 0x83), Some(Reply::Truncated));
    }

    #[test]
    fn circles_and_lies_are_not_followed() {
        let head = answer(&asked(), 0, &[]);
        let with = |rest: &[u8]| {
            let mut bytes = head.clone();
            bytes[7] = 1;
            bytes.extend(rest);
            read(&bytes)
        };
        let at = u8::try_from(head.len()).unwrap();
        for rest in [
            // A pointer to itself, forwards, to each other, and a label that never ends.
            &[0xc0, at, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0][..],
            &[0xc0, at + 2, 0xc0, at],
            &[0xc1, 0xff],
            &[0xff, 0xff],
            &[0x40, 1],
            &[63, 1, 2],
            // Data longer than the message, and a string longer than the data.
            &[0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0xff, 0xff, 1],
            &[0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0, 2, 9, b'x'],
        ] {
            assert_eq!(with(rest), None, "{rest:?}");
        }
        // More promised than there is.
        let mut bytes = answer(&asked(), 0, &[txt("yes")]);
        bytes[6] = 0xff;
        assert_eq!(read(&bytes), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = read(&bytes);
            let mut bytes = [answer(&asked(), 0, &[]), bytes].concat();
            bytes[7] = 9;
            let _ = read(&bytes);
        }

        #[test]
        fn texts_go_through(text in "[ -~]{0,900}") {
            prop_assert_eq!(read(&answer(&asked(), 0, &[txt(&text)])), Some(texts(&[&text])));
        }
    }
}
