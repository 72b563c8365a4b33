//! Functions of regular expressions, in the syntax of the `regex` crate: it has no look-around and no back-references,
//! and in return never takes more time than the text's length allows.

use super::text::{fits, whole};
use super::{Call, Function};
use crate::expression::fault::{Fault, limit};
use crate::expression::machine::LIST_ITEMS;
use crate::expression::value::{as_text, list, map};
use regex::{Captures, Regex, RegexBuilder};
use rhai::{Array, Dynamic, ImmutableString, Map};
use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

type Result<T = Dynamic> = std::result::Result<T, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "matches",
        group: "regex",
        signature: "matches(text, pattern) -> bool",
        doc: "Whether the pattern is found in the text; `^…$` asks for all of it, `(?i)` in front leaves case aside.",
        errors: "A pattern that is no regular expression, or too large.",
        example: r#""Order A-17".matches(`(?i)order [a-z]-\d+`)"#,
        result: "true",
        run: matches,
    },
    Function {
        name: "match_first",
        group: "regex",
        signature: "match_first(text, pattern) -> map",
        doc: "The first match: its `text`, `position` (in characters), `groups` and `named` groups, `()` for those \
              without a part in it; `()` where there is none.",
        errors: "A pattern that is no regular expression, or too large.",
        example: r#""id: 42".match_first(`(?<name>\w+): (\d+)`)"#,
        result: r#"{"groups":["id","42"],"named":{"name":"id"},"position":0,"text":"id: 42"}"#,
        run: match_first,
    },
    Function {
        name: "match_all",
        group: "regex",
        signature: "match_all(text, pattern) -> list",
        doc: "All matches, each as `match_first` gives it.",
        errors: "A pattern that is no regular expression, or too large; too many matches in a long text.",
        example: r#""a1 b2".match_all(`\w\d`).pluck("text")"#,
        result: r#"["a1","b2"]"#,
        run: match_all,
    },
    Function {
        name: "extract",
        group: "regex",
        signature: "extract(text, pattern, group?) -> text",
        doc: "The part of the first match that a group has, by number or name: without one, the first group, or the \
              whole match where the pattern has no groups. `()` where there is none.",
        errors: "A pattern that is no regular expression, or too large; a group that it does not have.",
        example: r#""Order 17, item 4".extract(`item (\d+)`)"#,
        result: r#""4""#,
        run: extract,
    },
    Function {
        name: "extract_all",
        group: "regex",
        signature: "extract_all(text, pattern, group?) -> list",
        doc: "What `extract` gives, of all matches in which the group has a part.",
        errors: "A pattern that is no regular expression, or too large; a group that it does not have.",
        example: r#""a=1, b=2".extract_all(`\w=(\d)`)"#,
        result: r#"["1","2"]"#,
        run: extract_all,
    },
    Function {
        name: "replace_regex",
        group: "regex",
        signature: "replace_regex(text, pattern, with, times?) -> text",
        doc: "The text with all matches replaced, or the first ones; in the replacement `$1`, `${1}`, `$name` stand \
              for groups, `$0` for the match, `$$` for a dollar.",
        errors: "A pattern that is no regular expression, or too large; a text that would be longer than 8 MiB.",
        example: r#""2026-11-22".replace_regex(`(\d+)-(\d+)-(\d+)`, "$3.$2.$1")"#,
        result: r#""22.11.2026""#,
        run: replace_regex,
    },
    Function {
        name: "split_regex",
        group: "regex",
        signature: "split_regex(text, pattern) -> list",
        doc: "The parts of the text between matches.",
        errors: "A pattern that is no regular expression, or too large; too many matches in a long text.",
        example: r#""a, b;c".split_regex(`[,;]\s*`)"#,
        result: r#"["a","b","c"]"#,
        run: split_regex,
    },
    Function {
        name: "escape_regex",
        group: "regex",
        signature: "escape_regex(text) -> text",
        doc: "The text as a pattern that matches it alone.",
        errors: "",
        example: r#""1+1".escape_regex()"#,
        result: r#""1\\+1""#,
        run: escape_regex,
    },
    Function {
        name: "extract_emails",
        group: "regex",
        signature: "extract_emails(text) -> list",
        doc: "All mail addresses in the text.",
        errors: "",
        example: r#""Ann <ann@example.com>, bob@example.org.".extract_emails()"#,
        result: r#"["ann@example.com","bob@example.org"]"#,
        run: extract_emails,
    },
    Function {
        name: "extract_urls",
        group: "regex",
        signature: "extract_urls(text) -> list",
        doc: "All http and https addresses in the text, without the mark that ends a sentence.",
        errors: "",
        example: r#""See https://example.com/a?b=1.".extract_urls()"#,
        result: r#"["https://example.com/a?b=1"]"#,
        run: extract_urls,
    },
    Function {
        name: "extract_numbers",
        group: "regex",
        signature: "extract_numbers(text) -> list",
        doc: "All numbers in the text; commas between groups of three digits are left out.",
        errors: "",
        example: r#""3 items, 1,250.50 EUR, -4".extract_numbers()"#,
        result: "[3,1250.5,-4]",
        run: extract_numbers,
    },
    Function {
        name: "extract_hashtags",
        group: "regex",
        signature: "extract_hashtags(text) -> list",
        doc: "All words with a `#` in front, without it.",
        errors: "",
        example: r#""Now #live in #Café1".extract_hashtags()"#,
        result: r#"["live","Café1"]"#,
        run: extract_hashtags,
    },
    Function {
        name: "replace_emoji",
        group: "regex",
        signature: "replace_emoji(text, with?) -> text",
        doc: "The text with every emoji replaced, or left out.",
        errors: "A text that would be longer than 8 MiB.",
        example: r#""Done 🎉!".replace_emoji("*")"#,
        result: r#""Done *!""#,
        run: replace_emoji,
    },
];

fn matches(call: &mut Call) -> Result {
    let (text, pattern) = (call.text(0)?, compiled(call)?);
    call.spend_bytes(text.len())?;
    Ok(pattern.is_match(&text).into())
}

fn match_first(call: &mut Call) -> Result {
    let (text, pattern) = (call.text(0)?, compiled(call)?);
    call.spend_bytes(text.len())?;
    let found = pattern.captures(&text).map(|found| described(&pattern, &found, &mut Counted::default(), &text));
    Ok(found.unwrap_or_default())
}

fn match_all(call: &mut Call) -> Result {
    let pattern = compiled(call)?;
    let mut counted = Counted::default();
    each_match(call, &pattern, |text, found| Some(described(&pattern, found, &mut counted, text)))
}

/// How many characters there are before a byte; matches come in order, so that each byte is looked at once.
#[derive(Default)]
struct Counted {
    bytes: usize,
    characters: usize,
}

impl Counted {
    fn characters_before(&mut self, byte: usize, text: &str) -> usize {
        self.characters += text.get(self.bytes..byte).map_or(0, |between| between.chars().count());
        self.bytes = byte;
        self.characters
    }
}

fn described(pattern: &Regex, found: &Captures, counted: &mut Counted, text: &str) -> Dynamic {
    let group = |position: usize| found.get(position).map(|part| part.as_str().into()).unwrap_or_default();
    let start = found.get(0).map_or(0, |whole| whole.start());
    let named = pattern.capture_names().enumerate();
    let named = named.filter_map(|(position, name)| Some((name?.into(), group(position))));
    map(Map::from_iter([
        ("text".into(), group(0)),
        ("position".into(), whole(counted.characters_before(start, text))),
        ("groups".into(), list((1..found.len()).map(group).collect())),
        ("named".into(), map(named.collect())),
    ]))
}

fn extract(call: &mut Call) -> Result {
    let (text, pattern) = (call.text(0)?, compiled(call)?);
    let group = group(call, &pattern)?;
    call.spend_bytes(text.len())?;
    let found = pattern.captures(&text).and_then(|found| found.get(group));
    Ok(found.map(|part| part.as_str().into()).unwrap_or_default())
}

fn extract_all(call: &mut Call) -> Result {
    let pattern = compiled(call)?;
    let group = group(call, &pattern)?;
    each_match(call, &pattern, |_, found| found.get(group).map(|part| part.as_str().into()))
}

/// The group that the third argument names.
fn group(call: &Call, pattern: &Regex) -> Result<usize> {
    let Some(group) = call.given(2).filter(|group| !group.is_unit()) else {
        return Ok(usize::from(pattern.captures_len() > 1));
    };
    let position = match as_text(group) {
        Some(name) => pattern.capture_names().position(|own| own == Some(name.as_str())),
        None => Some(call.count(2)?).filter(|number| *number < pattern.captures_len()),
    };
    position.ok_or_else(|| call.fail("the pattern has no such group"))
}

/// What is made of each match. A search may look at all of the rest of the text, so that the work of each is counted by
/// the text's length.
fn each_match(call: &mut Call, pattern: &Regex, mut make: impl FnMut(&str, &Captures) -> Option<Dynamic>) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    let mut made = Array::new();
    for found in pattern.captures_iter(&text) {
        call.spend_bytes(work_of_a_search(&text))?;
        made.extend(make(&text, &found));
        if made.len() > LIST_ITEMS {
            break;
        }
    }
    Ok(list(made))
}

fn work_of_a_search(text: &str) -> usize {
    64 + text.len() / 64
}

fn replace_regex(call: &mut Call) -> Result {
    let pattern = compiled(call)?;
    let with = call.text(2)?;
    let times = call.given(3).map_or(Ok(usize::MAX), |_| call.count(3))?;
    replaced(call, &pattern, times, |found, out| found.expand(&with, out))
}

fn replaced(call: &mut Call, pattern: &Regex, times: usize, mut write: impl FnMut(&Captures, &mut String)) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    let (mut made, mut rest) = (String::new(), 0);
    for found in pattern.captures_iter(&text).take(times) {
        call.spend_bytes(work_of_a_search(&text))?;
        let Some(part) = found.get(0) else { continue };
        made.push_str(&text[rest..part.start()]);
        write(&found, &mut made);
        fits(made.len())?;
        rest = part.end();
    }
    made.push_str(&text[rest..]);
    Ok(made.into())
}

fn split_regex(call: &mut Call) -> Result {
    let (text, pattern) = (call.text(0)?, compiled(call)?);
    call.spend_bytes(text.len())?;
    let mut parts = Array::new();
    for part in pattern.split(&text).take(LIST_ITEMS + 1) {
        call.spend_bytes(work_of_a_search(&text))?;
        parts.push(part.into());
    }
    Ok(list(parts))
}

fn escape_regex(call: &mut Call) -> Result {
    Ok(regex::escape(&call.text(0)?).into())
}

fn extract_emails(call: &mut Call) -> Result {
    let pattern = own(
        r"(?i)[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+",
    )?;
    each_match(call, &pattern, |_, found| found.get(0).map(|part| part.as_str().into()))
}

fn extract_urls(call: &mut Call) -> Result {
    let pattern = own(r#"(?i)\bhttps?://[^\s<>"'`{}|\\^]+"#)?;
    each_match(call, &pattern, |_, found| {
        let url = found.get(0)?.as_str().trim_end_matches(['.', ',', ';', ':', '!', '?']);
        Some(without_closing(url).into())
    })
}

/// A bracket that was opened before the address belongs to the sentence.
fn without_closing(mut url: &str) -> &str {
    let mut open = url.matches(')').count().saturating_sub(url.matches('(').count());
    while open > 0 && url.ends_with(')') {
        url = url[..url.len() - 1].trim_end_matches(['.', ',', ';', ':', '!', '?']);
        open -= 1;
    }
    url
}

/// A hyphen after a letter or digit is no sign: `2026-11-22` has three numbers, none negative.
fn extract_numbers(call: &mut Call) -> Result {
    let pattern = own(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")?;
    each_match(call, &pattern, |text, found| {
        let part = found.get(0)?;
        let follows = text[..part.start()].chars().next_back().is_some_and(char::is_alphanumeric);
        let number = part.as_str().replace(',', "");
        let number = if follows { number.trim_start_matches('-') } else { &number };
        let whole = number.parse::<i64>().map(Dynamic::from);
        whole.ok().or_else(|| number.parse::<f64>().ok().filter(|number| number.is_finite()).map(Dynamic::from_float))
    })
}

fn extract_hashtags(call: &mut Call) -> Result {
    let pattern = own(r"(?:^|[^\w&/])#(\w*[\p{L}_]\w*)")?;
    each_match(call, &pattern, |_, found| found.get(1).map(|part| part.as_str().into()))
}

/// A run of signs that are shown as one emoji: with variation selectors, skin tones, joiners, and flags of two letters.
fn replace_emoji(call: &mut Call) -> Result {
    const ONE: &str = r"[\p{Emoji_Presentation}\p{Extended_Pictographic}--\p{ASCII}]";
    let modified = format!("{ONE}[\\u{{FE0E}}\\u{{FE0F}}\\u{{20E3}}\\p{{Emoji_Modifier}}]*");
    let pattern = own(&format!(r"\p{{RI}}\p{{RI}}|[0-9#*]\u{{FE0F}}?\u{{20E3}}|{modified}(?:\u{{200D}}{modified})*"))?;
    let with = call.given(1).map_or(Ok(ImmutableString::new()), |_| call.text(1))?;
    replaced(call, &pattern, usize::MAX, |_, out| out.push_str(&with))
}

/// A pattern of this file.
fn own(pattern: &str) -> Result<Regex> {
    kept(pattern).map_err(crate::expression::fault::failed)
}

/// The pattern that is the second argument. Its first use in an evaluation counts as much work, whether another one has
/// compiled it or not: what an expression may do does not depend on what ran before it.
fn compiled(call: &mut Call) -> Result<Regex> {
    const LONGEST: usize = 1000;
    const WORK: usize = 64 * 1000;
    let pattern = call.text(1)?;
    if pattern.len() > LONGEST {
        return Err(limit(format!("a pattern has at most {LONGEST} characters")));
    }
    if call.is_new_pattern(&pattern) {
        call.spend_bytes(WORK)?;
    }
    kept(&pattern).map_err(|why| call.fail(&why))
}

/// Why a text is no pattern; none where it is one.
pub(crate) fn problem_of_pattern(text: &str) -> Option<String> {
    build(text).err().map(|error| reason(&error))
}

static KEPT: LazyLock<RwLock<HashMap<String, Regex>>> = LazyLock::new(Default::default);

fn kept(pattern: &str) -> std::result::Result<Regex, String> {
    const PATTERNS: usize = 100;
    if let Some(regex) = KEPT.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return Ok(regex.clone());
    }
    let regex = build(pattern).map_err(|error| format!("this is no regular expression: {}", reason(&error)))?;
    let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= PATTERNS {
        kept.clear();
    }
    kept.insert(pattern.to_owned(), regex.clone());
    Ok(regex)
}

fn build(pattern: &str) -> std::result::Result<Regex, regex::Error> {
    const LARGEST: usize = 1 << 20;
    RegexBuilder::new(pattern).size_limit(LARGEST).dfa_size_limit(LARGEST).nest_limit(50).build()
}

/// The message without the drawing of the pattern that stands around it.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "it is too large".into(),
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
    }
}
