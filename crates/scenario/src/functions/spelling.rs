//! Functions that spell a text in another way: letter case, names for programs, plain letters, escapes.

use super::text::fits;
use super::{Call, Function};
use crate::expression::fault::Fault;
use rhai::Dynamic;

type Result<T = Dynamic> = std::result::Result<T, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "upper",
        group: "text",
        signature: "upper(text) -> text",
        doc: "The text in upper case.",
        errors: "",
        example: r#""straße".upper()"#,
        result: r#""STRASSE""#,
        run: upper,
    },
    Function {
        name: "lower",
        group: "text",
        signature: "lower(text) -> text",
        doc: "The text in lower case.",
        errors: "",
        example: r#""ABC".lower()"#,
        result: r#""abc""#,
        run: lower,
    },
    Function {
        name: "capitalize",
        group: "text",
        signature: "capitalize(text) -> text",
        doc: "The text with its first letter in upper case.",
        errors: "",
        example: r#""one two".capitalize()"#,
        result: r#""One two""#,
        run: capitalize,
    },
    Function {
        name: "title_case",
        group: "text",
        signature: "title_case(text) -> text",
        doc: "The text with the first letter of every word in upper case, the others in lower case.",
        errors: "",
        example: r#""hello WORLD, it's me".title_case()"#,
        result: r#""Hello World, It's Me""#,
        run: title_case,
    },
    Function {
        name: "snake_case",
        group: "text",
        signature: "snake_case(text) -> text",
        doc: "The words of the text in lower case with underscores between; a change to upper case begins a word too.",
        errors: "",
        example: r#""orderId of XMLFile".snake_case()"#,
        result: r#""order_id_of_xml_file""#,
        run: snake_case,
    },
    Function {
        name: "kebab_case",
        group: "text",
        signature: "kebab_case(text) -> text",
        doc: "The words of the text in lower case with hyphens between; a change to upper case begins a word too.",
        errors: "",
        example: r#""Order ID".kebab_case()"#,
        result: r#""order-id""#,
        run: kebab_case,
    },
    Function {
        name: "camel_case",
        group: "text",
        signature: "camel_case(text) -> text",
        doc: "The words of the text as one, all but the first with a capital.",
        errors: "",
        example: r#""order id".camel_case()"#,
        result: r#""orderId""#,
        run: camel_case,
    },
    Function {
        name: "pascal_case",
        group: "text",
        signature: "pascal_case(text) -> text",
        doc: "The words of the text as one, each with a capital.",
        errors: "",
        example: r#""order id".pascal_case()"#,
        result: r#""OrderId""#,
        run: pascal_case,
    },
    Function {
        name: "slug",
        group: "text",
        signature: "slug(text) -> text",
        doc: "The text as a part of a URL: lower-case letters without accents and digits, with hyphens between.",
        errors: "",
        example: r#""Hello, Wörld!".slug()"#,
        result: r#""hello-world""#,
        run: slug,
    },
    Function {
        name: "initials",
        group: "text",
        signature: "initials(text) -> text",
        doc: "The first letters of the words, in upper case.",
        errors: "",
        example: r#""Order of the day".initials()"#,
        result: r#""OOTD""#,
        run: initials,
    },
    Function {
        name: "remove_diacritics",
        group: "text",
        signature: "remove_diacritics(text) -> text",
        doc: "The text with letters instead of accented letters and ligatures.",
        errors: "",
        example: r#""Čeština, Łódź, Æsir".remove_diacritics()"#,
        result: r#""Cestina, Lodz, AEsir""#,
        run: remove_diacritics,
    },
    Function {
        name: "ascii",
        group: "text",
        signature: "ascii(text) -> text",
        doc: "The text in ASCII: letters without their accents, and nothing for any other character.",
        errors: "",
        example: r#""ěščřž → 1".ascii()"#,
        result: r#""escrz  1""#,
        run: ascii,
    },
    Function {
        name: "mask",
        group: "text",
        signature: "mask(text, shown, with?) -> text",
        doc: "The text with its characters hidden except the last ones; by `*` unless told otherwise.",
        errors: "A number of characters that is no whole number from 0; a text that would be longer than 8 MiB.",
        example: r#""4111111111111111".mask(4)"#,
        result: r#""************1111""#,
        run: mask,
    },
    Function {
        name: "equals_ignore_case",
        group: "text",
        signature: "equals_ignore_case(text, other) -> bool",
        doc: "Whether two texts differ at most in upper and lower case.",
        errors: "",
        example: r#""Shipped".equals_ignore_case("SHIPPED")"#,
        result: "true",
        run: equals_ignore_case,
    },
    Function {
        name: "similarity",
        group: "text",
        signature: "similarity(text, other) -> number",
        doc: "How alike two texts are, from 0 to 1: 1 less the share of characters to change (Levenshtein).",
        errors: "Texts so long that comparing them is too much work.",
        example: r#""kitten".similarity("mitten").round(2)"#,
        result: "0.83",
        run: similarity,
    },
    Function {
        name: "edit_distance",
        group: "text",
        signature: "edit_distance(text, other) -> number",
        doc: "How many characters must be added, left out or changed to make one text of the other (Levenshtein).",
        errors: "Texts so long that comparing them is too much work.",
        example: r#""kitten".edit_distance("sitting")"#,
        result: "3",
        run: edit_distance,
    },
    Function {
        name: "escape_markdown",
        group: "text",
        signature: "escape_markdown(text) -> text",
        doc: "The text so that Markdown shows it as it is: a backslash before every character that could mean \
              something.",
        errors: "A text that would be longer than 8 MiB.",
        example: r#""1. *a* [b]".escape_markdown()"#,
        result: r#""1\\. \\*a\\* \\[b\\]""#,
        run: escape_markdown,
    },
    Function {
        name: "escape_json",
        group: "text",
        signature: "escape_json(text) -> text",
        doc: "The text as it stands between the quotes of a JSON text.",
        errors: "A text that would be longer than 8 MiB.",
        example: r#"`say "hi"`.escape_json()"#,
        result: r#""say \\\"hi\\\"""#,
        run: escape_json,
    },
];

fn upper(call: &mut Call) -> Result {
    Ok(call.text(0)?.to_uppercase().into())
}

fn lower(call: &mut Call) -> Result {
    Ok(call.text(0)?.to_lowercase().into())
}

fn capitalize(call: &mut Call) -> Result {
    Ok(capitalized(&call.text(0)?).into())
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    let first: String = characters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    first + characters.as_str()
}

fn title_case(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    let mut titled = String::with_capacity(text.len());
    let mut within = false;
    for character in text.chars() {
        if within {
            titled.extend(character.to_lowercase());
        } else {
            titled.extend(character.to_uppercase());
        }
        within = character.is_alphanumeric() || within && matches!(character, '\'' | '’');
    }
    Ok(titled.into())
}

fn snake_case(call: &mut Call) -> Result {
    Ok(parts(call)?.join("_").into())
}

fn kebab_case(call: &mut Call) -> Result {
    Ok(parts(call)?.join("-").into())
}

fn camel_case(call: &mut Call) -> Result {
    let parts = parts(call)?;
    let later = parts.iter().skip(1).map(|part| capitalized(part));
    Ok(parts.first().cloned().into_iter().chain(later).collect::<String>().into())
}

fn pascal_case(call: &mut Call) -> Result {
    Ok(parts(call)?.iter().map(|part| capitalized(part)).collect::<String>().into())
}

/// The words that a name is made of, in lower case: `orderId`, `order_id`, `Order ID` all have two.
fn parts(call: &mut Call) -> Result<Vec<String>> {
    let text = call.text(0)?;
    call.spend_bytes(text.len().saturating_mul(8))?;
    let mut parts = vec![String::new()];
    let (mut last, mut characters) = (' ', text.chars().peekable());
    while let Some(character) = characters.next() {
        let next_is_lower = characters.peek().is_some_and(|next| next.is_lowercase());
        let begins = character.is_uppercase() && (!last.is_uppercase() || next_is_lower);
        if begins || !character.is_alphanumeric() {
            parts.push(String::new());
        }
        if character.is_alphanumeric() {
            let at = parts.len() - 1;
            parts[at].extend(character.to_lowercase());
        }
        last = character;
    }
    parts.retain(|part| !part.is_empty());
    Ok(parts)
}

fn slug(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len().saturating_mul(4))?;
    let mut slug = String::new();
    for character in plain(&text).chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    Ok(slug.trim_end_matches('-').into())
}

fn initials(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    let firsts =
        text.split(|mark: char| !mark.is_alphanumeric() && mark != '\'').filter_map(|word| word.chars().next());
    Ok(firsts.flat_map(char::to_uppercase).collect::<String>().into())
}

fn remove_diacritics(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len().saturating_mul(4))?;
    Ok(plain(&text).into())
}

fn ascii(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len().saturating_mul(4))?;
    Ok(plain(&text).chars().filter(char::is_ascii).collect::<String>().into())
}

/// Letters are taken apart as Unicode has it (NFD) and lose the marks of Latin, Greek and Cyrillic letters; those that
/// are one piece have plain letters of their own.
fn plain(text: &str) -> String {
    let nfd = icu_normalizer::DecomposingNormalizerBorrowed::new_nfd();
    let mut plain = String::with_capacity(text.len());
    for character in nfd.normalize_iter(text.chars()) {
        match character {
            '\u{300}'..='\u{36f}' => {}
            'ß' => plain.push_str("ss"),
            'ẞ' => plain.push_str("SS"),
            'æ' => plain.push_str("ae"),
            'Æ' => plain.push_str("AE"),
            'œ' => plain.push_str("oe"),
            'Œ' => plain.push_str("OE"),
            'þ' => plain.push_str("th"),
            'Þ' => plain.push_str("Th"),
            'ø' => plain.push('o'),
            'Ø' => plain.push('O'),
            'ł' => plain.push('l'),
            'Ł' => plain.push('L'),
            'đ' | 'ð' => plain.push('d'),
            'Đ' | 'Ð' => plain.push('D'),
            'ħ' => plain.push('h'),
            'Ħ' => plain.push('H'),
            'ı' => plain.push('i'),
            other => plain.push(other),
        }
    }
    // What was taken apart for its marks alone (Hangul, kana) is put together again.
    icu_normalizer::ComposingNormalizerBorrowed::new_nfc().normalize(&plain).into_owned()
}

fn mask(call: &mut Call) -> Result {
    let (text, shown) = (call.text(0)?, call.count(1)?);
    let with = call.given(2).map_or(Ok("*".into()), |_| call.text(2))?;
    let hidden = text.chars().count().saturating_sub(shown);
    fits(text.len() + with.len().saturating_mul(hidden))?;
    let rest: String = text.chars().skip(hidden).collect();
    Ok((with.repeat(hidden) + rest.as_str()).into())
}

fn equals_ignore_case(call: &mut Call) -> Result {
    let (text, other) = (call.text(0)?, call.text(1)?);
    call.spend_bytes(text.len() + other.len())?;
    Ok(text.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase)).into())
}

fn similarity(call: &mut Call) -> Result {
    let (text, other) = comparable(call)?;
    Ok(strsim::normalized_levenshtein(&text, &other).into())
}

fn edit_distance(call: &mut Call) -> Result {
    let (text, other) = comparable(call)?;
    Ok(super::text::whole(strsim::levenshtein(&text, &other)))
}

/// The work grows with the product of both lengths.
fn comparable(call: &mut Call) -> Result<(rhai::ImmutableString, rhai::ImmutableString)> {
    let (text, other) = (call.text(0)?, call.text(1)?);
    call.spend_bytes(text.len().saturating_mul(other.len()))?;
    Ok((text, other))
}

/// CommonMark 0.31 §2.4: any ASCII punctuation may be escaped.
fn escape_markdown(call: &mut Call) -> Result {
    let text = call.text(0)?;
    fits(text.len().saturating_mul(2))?;
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if r"\`*_{}[]()<>#+-.!|~".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    Ok(escaped.into())
}

fn escape_json(call: &mut Call) -> Result {
    call.text(0)?;
    let quoted = crate::data::to_text(call.any(0));
    let inside = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    Ok(String::from_utf8_lossy(inside).into_owned().into())
}
