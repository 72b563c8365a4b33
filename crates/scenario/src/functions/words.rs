//! Functions that take a text apart: by separators, into lines, into words.

use super::text::whole;
use super::{Call, Function};
use crate::expression::fault::Fault;
use crate::expression::machine::LIST_ITEMS;
use crate::expression::value::list;
use rhai::Dynamic;

type Result = std::result::Result<Dynamic, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "split",
        group: "text",
        signature: "split(text, separator) -> list",
        doc: "The parts of the text between separators; with an empty separator, its characters.",
        errors: "More than 100000 parts.",
        example: r#""a,b".split(",")"#,
        result: r#"["a","b"]"#,
        run: split,
    },
    Function {
        name: "lines",
        group: "text",
        signature: "lines(text) -> list",
        doc: "The lines of the text, without their ends.",
        errors: "More than 100000 lines.",
        example: r#""a,b".replace(",", "\r\n").lines()"#,
        result: r#"["a","b"]"#,
        run: lines,
    },
    Function {
        name: "words",
        group: "text",
        signature: "words(text) -> list",
        doc: "The words of the text: what stands between blanks, without marks around it.",
        errors: "More than 100000 words.",
        example: r#""Well - it's done!".words()"#,
        result: r#"["Well","it's","done"]"#,
        run: words,
    },
    Function {
        name: "word_count",
        group: "text",
        signature: "word_count(text) -> number",
        doc: "How many words the text has.",
        errors: "",
        example: r#""Well - it's done!".word_count()"#,
        result: "3",
        run: word_count,
    },
];

/// A list that is known to be too long need not be finished.
const ONE_TOO_MANY: usize = LIST_ITEMS + 1;

fn split(call: &mut Call) -> Result {
    let (text, separator) = (call.text(0)?, call.text(1)?);
    call.spend_bytes(text.len())?;
    if separator.is_empty() {
        let characters = text.chars().take(ONE_TOO_MANY).map(|character| character.to_string().into());
        return Ok(list(characters.collect()));
    }
    Ok(list(text.split(separator.as_str()).take(ONE_TOO_MANY).map(|part| part.into()).collect()))
}

fn lines(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    Ok(list(text.lines().take(ONE_TOO_MANY).map(|line| line.into()).collect()))
}

fn words(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    Ok(list(words_of(&text).take(ONE_TOO_MANY).map(|word| word.into()).collect()))
}

fn word_count(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    Ok(whole(words_of(&text).count()))
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let bare = text.split_whitespace().map(|word| word.trim_matches(|mark: char| !mark.is_alphanumeric()));
    bare.filter(|word| !word.is_empty())
}
