//! Words in memory are those of the text index, character by character.

use rusqlite::Connection;

use crate::model::{each_word, words_of};

#[test]
fn every_character_is_what_the_text_index_takes_it_for() {
    let connection = Connection::open_in_memory().unwrap();
    let sql = "CREATE VIRTUAL TABLE t USING fts5 (x, content = '', tokenize = 'unicode61 remove_diacritics 2');
               CREATE VIRTUAL TABLE v USING fts5vocab (t, 'instance');
               BEGIN";
    connection.execute_batch(sql).unwrap();
    // Assigned planes, and a little of each other one.
    let wanted = |code: &u32| *code < 0x1_f000 || code & 0xffff < 0x200 || code & 0xffff > 0xff00;
    let letters: Vec<char> = (0..=0x10_ffff).filter(wanted).filter_map(char::from_u32).collect();
    let mut ours: Vec<String> = Vec::new();
    for (at, block) in letters.chunks(512).enumerate() {
        let text: String = block.iter().flat_map(|letter| [*letter, ' ', 'Q', *letter, 'q', ' ']).collect();
        connection
            .execute("INSERT INTO t (rowid, x) VALUES (?1, ?2)", rusqlite::params![i64::try_from(at).unwrap(), text])
            .unwrap();
        each_word(&text, |word| ours.push(word.to_owned()));
    }
    let mut statement = connection.prepare("SELECT term FROM v ORDER BY doc, offset").unwrap();
    let theirs: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for (at, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
        assert_eq!(ours, theirs, "word {at}, after {:?}", &theirs[at.saturating_sub(3)..at]);
    }
    assert_eq!(ours.len(), theirs.len());
}

#[test]
fn a_word_of_any_length_is_cut_where_the_text_index_cuts_it() {
    let word = "a".repeat(40_000);
    let connection = Connection::open_in_memory().unwrap();
    let sql = "CREATE VIRTUAL TABLE t USING fts5 (x, content = '', tokenize = 'unicode61 remove_diacritics 2');
               CREATE VIRTUAL TABLE v USING fts5vocab (t, 'instance')";
    connection.execute_batch(sql).unwrap();
    connection.execute("INSERT INTO t (rowid, x) VALUES (1, ?1)", [&word]).unwrap();
    let length: i64 = connection.query_row("SELECT length(term) FROM v", [], |row| row.get(0)).unwrap();
    assert_eq!(i64::try_from(words_of(&word)[0].len()), Ok(length));
}
