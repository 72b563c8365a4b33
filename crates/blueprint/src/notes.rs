//! What people wrote on notes beside their modules, as a file would say it: words without decoration, and without what an
//! author says of himself.

/// A line of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) is_heading: bool,
}

/// What a note says about the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Readme {
    /// Its first heading, where that says what the whole is.
    pub(crate) title: Option<String>,
    /// What the whole is for.
    pub(crate) description: Option<String>,
    /// What else is to be known.
    pub(crate) rest: String,
}

/// How long a description becomes, in characters.
const DESCRIPTION: usize = 420;

/// How long a remark becomes, in characters.
const REMARK: usize = 480;

/// Whole lines that say nothing in a file, in small letters without signs.
const EMPTY_WORDS: [&str; 16] = [
    "edit this node",
    "edit this",
    "edit me",
    "update this node",
    "configure this node",
    "start here",
    "change me",
    "set me",
    "read me",
    "readme",
    "try it out",
    "important",
    "note",
    "double click to edit me guide",
    "im a note",
    "sticky note",
];

/// Beginnings of lines by which authors of templates speak of themselves, or of where to find help with the tool.
const BEGINNINGS: [&str; 22] = [
    "crafted by",
    "created by",
    "made by",
    "built by",
    "made with",
    "built with",
    "author",
    "follow me",
    "connect with me",
    "contact me",
    "get in touch",
    "need help",
    "need a hand",
    "thank you",
    "thanks for",
    "happy ",
    "subscribe to",
    "read more about the",
    "want to learn",
    "check out my",
    "join the",
    "ask a question",
];

/// Words and addresses that stand only in such lines.
const MARKS: [&str; 16] = [
    "n8n.io/workflows",
    "community.n8n.io",
    "docs.n8n.io",
    "n8n community",
    "n8n forum",
    "discord.gg",
    "discord.com/invite",
    "linkedin.com/in/",
    "youtube.com",
    "youtu.be",
    "skool.com",
    "gumroad.com",
    "buymeacoffee",
    "patreon.com",
    "workflow templates",
    "hire me",
];

/// Headings under which a note goes on about the same thing.
const TRANSPARENT: [&str; 14] = [
    "how it works",
    "how does it work",
    "what it does",
    "what does it do",
    "what this does",
    "description",
    "overview",
    "about",
    "introduction",
    "summary",
    "read me",
    "readme",
    "try it out",
    "start here",
];

/// The lines of a note that is written in Markdown.
pub(crate) fn lines(markdown: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for written in markdown.lines() {
        let written = written.trim();
        let is_rule = !written.is_empty() && written.chars().all(|c| "-=_*|: `".contains(c));
        if is_rule || written.starts_with("@[") {
            continue;
        }
        let text = unadorned(written);
        if text.is_empty() || is_empty_talk(&text) || lines.iter().any(|line| line.text == text) {
            continue;
        }
        lines.push(Line { is_heading: written.starts_with('#'), text });
    }
    // A heading above nothing, and not the whole note, has lost what stood below it.
    while lines.len() > 1 && lines.last().is_some_and(|last| last.is_heading && is_transparent(&last.text)) {
        lines.pop();
    }
    lines
}

/// The lines as a remark, at a length that people read.
pub(crate) fn remark(lines: &[Line]) -> String {
    shortened(lines.iter().map(|line| line.text.as_str()), REMARK)
}

/// What the lines say about the whole.
pub(crate) fn readme(lines: &[Line]) -> Readme {
    let title = lines.first().filter(|line| line.is_heading && !is_transparent(&line.text));
    let mut left = lines[usize::from(title.is_some())..].iter().peekable();
    while left.next_if(|line| line.is_heading && is_transparent(&line.text)).is_some() {}
    let mut about = String::new();
    while let Some(line) =
        left.next_if(|line| is_sentence(line) && about.chars().count() + line.text.chars().count() <= DESCRIPTION)
    {
        about.push_str(&line.text);
        about.push_str(if about.ends_with(['.', '!', '?', ':', '…']) { " " } else { ". " });
    }
    if about.is_empty()
        && let Some(first) = left.next_if(|line| is_sentence(line))
    {
        about = shortened(std::iter::once(first.text.as_str()), DESCRIPTION);
    }
    let mut rest: Vec<&str> = left.map(|line| line.text.as_str()).collect();
    // What announces a list may tell something before.
    if about.is_empty()
        && let Some((told, announced)) = rest.first().and_then(|first| first.rsplit_once(". "))
        && told.chars().count() < DESCRIPTION
    {
        about = format!("{told}.");
        rest[0] = announced;
    }
    let title = title.map(|line| line.text.clone());
    let description = if about.is_empty() { title.clone() } else { Some(about.trim_end().to_owned()) };
    Readme { title, description, rest: shortened(rest.into_iter(), REMARK) }
}

/// Whether a line is told, not listed, and announces no list.
fn is_sentence(line: &Line) -> bool {
    let is_listed = line.text.starts_with("- ") || line.text.starts_with(|c: char| c.is_ascii_digit());
    !line.is_heading && !is_listed && !line.text.ends_with(':') && !line.text.contains('|')
}

/// Lines up to this many characters; what is cut is cut where a line or a sentence ends.
fn shortened<'a>(lines: impl Iterator<Item = &'a str>, most: usize) -> String {
    let (mut kept, mut used): (Vec<String>, usize) = (Vec::new(), 0);
    for line in lines {
        let length = line.chars().count();
        if used + length <= most {
            used += length;
            kept.push(line.to_owned());
            continue;
        }
        let begin: String = line.chars().take(most.saturating_sub(used)).collect();
        let sentence = begin.rfind(". ").filter(|end| begin[..*end].chars().filter(|c| c.is_alphabetic()).count() > 3);
        match sentence {
            Some(end) => kept.push(format!("{} …", &begin[..=end])),
            None if kept.is_empty() => {
                kept.push(format!("{} …", begin.rsplit_once(' ').map_or("", |(words, _)| words)))
            }
            None => {
                // What announces something that was cut says nothing.
                while kept.len() > 1 && kept.last().is_some_and(|last| last.ends_with(':')) {
                    kept.pop();
                }
                if let Some(last) = kept.last_mut() {
                    last.push_str(" …");
                }
            }
        }
        break;
    }
    kept.join("\n")
}

/// The words of a line without the signs of Markdown and HTML, pictures and little pictures.
fn unadorned(line: &str) -> String {
    let line = line.trim_start_matches('#').trim_start_matches('>').trim();
    let line = without_tags(&without_links(line));
    let kept = line.chars().filter(|c| !is_decoration(*c)).collect::<String>();
    let kept = kept.replace("**", "").replace("__", "").replace("``", "").replace("\\", "");
    let kept = match kept.strip_prefix("* ").or_else(|| kept.strip_prefix("+ ")) {
        Some(item) => format!("- {item}"),
        None => kept,
    };
    let words: Vec<&str> = kept.split_whitespace().collect();
    let text = words.join(" ");
    let text = text.strip_prefix("- [ ] ").map_or(text.clone(), |item| format!("- {item}"));
    if text.chars().any(char::is_alphanumeric) { text.trim_matches('|').trim().to_owned() } else { String::new() }
}

/// `[words](address)` becomes `words (address)`; pictures go.
fn without_links(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), line);
    while let Some(open) = rest.find('[') {
        let target = rest[open..].find("](").and_then(|middle| {
            let begin = open + middle + 2;
            rest[begin..].find(')').map(|end| (open + 1, open + middle, begin, begin + end))
        });
        let Some((words, words_end, address, end)) = target else { break };
        let (words, address) = (&rest[words..words_end], &rest[address..end]);
        match rest[..open].strip_suffix('!') {
            Some(before) => out.push_str(before),
            None => {
                out.push_str(&rest[..open]);
                out.push_str(words);
                let is_same = words.trim_end_matches('/').ends_with(address.trim_end_matches('/'));
                if address.starts_with("http") && !is_same {
                    out.push_str(&format!(" ({})", address.split('#').next().unwrap_or(address)));
                }
            }
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out
}

/// Tags of HTML go; a sign that opens none stays.
fn without_tags(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), line);
    while let Some(open) = rest.find('<') {
        let is_tag = rest[open + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match rest[open..].find('>').filter(|_| is_tag) {
            Some(end) => {
                out.push_str(&rest[..open]);
                out.push(' ');
                rest = &rest[open + end + 1..];
            }
            None => {
                out.push_str(&rest[..=open]);
                rest = &rest[open + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Little pictures, and what joins them or turns the direction of writing.
fn is_decoration(c: char) -> bool {
    matches!(u32::from(c), 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0xFE00..=0xFE0F | 0x20E3
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x2064 | 0xE000..=0xF8FF)
}

/// The letters of a line, small, with single blanks between words.
fn letters(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric() || c.is_whitespace()).flat_map(char::to_lowercase);
    kept.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_transparent(heading: &str) -> bool {
    TRANSPARENT.contains(&letters(heading).as_str())
}

/// Whether a line says nothing about the scenario.
fn is_empty_talk(text: &str) -> bool {
    let (plain, small) = (letters(text), text.to_lowercase());
    let small = small.trim_start_matches(|c: char| !c.is_alphanumeric());
    EMPTY_WORDS.contains(&plain.as_str())
        || BEGINNINGS.iter().any(|beginning| small.starts_with(beginning))
        || MARKS.iter().any(|mark| small.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(markdown: &str, expected: &str) {
        assert_eq!(remark(&lines(markdown)), expected, "{markdown}");
    }

    #[test]
    fn notes_lose_what_decorates_them() {
        check(
            "## 1. **Load** the file 👇\n\n* from [the shop](https://shop.example.com/)\n+ at night",
            "1. Load the file\n- from the shop (https://shop.example.com/)\n- at night",
        );
        check("![h](https://a.example/b.png#full-width)\n### What <b>it</b> is\na < b", "What it is\na < b");
        check("| **mail** | name |\n|---|---|\n---", "mail | name");
        check("\u{200e} \u{200e} Text\u{200e}\n- [ ] Set the key", "Text\n- Set the key");
        check("See [https://a.example](https://a.example)", "See https://a.example");
    }

    #[test]
    fn empty_talk_is_left_out() {
        for talk in [
            "## Edit this node 👇",
            "### Crafted by the\n## [🥷 n8n.ninja](https://n8n.io/workflows)",
            "Happy Hacking!",
            "![x](y)",
            "@[youtube](abc)",
            "Join the [Discord](https://discord.gg/x)",
        ] {
            check(talk, "");
        }
        check("## Edit this node 👇\nThe address of the shop", "The address of the shop");
        check("Read the mails\nRead the mails", "Read the mails");
    }

    #[test]
    fn long_notes_end_where_a_sentence_does() {
        let text = format!("{} end. And more words follow.", "word ".repeat(93));
        let said = remark(&lines(&text));
        assert!(said.ends_with("end. …"), "{said}");
        let listed: String = (0..40).map(|at| format!("- the item {at} of many\n")).collect();
        assert!(remark(&lines(&listed)).ends_with("of many …"));
        check(&"x".repeat(600), " …");
    }

    #[test]
    fn a_note_about_the_whole_describes_it() {
        let said = readme(&lines(
            "# Keep the shop\n## How it works\nIt asks the shop.\nIt writes rows.\n## Setup\n1. Make a key",
        ));
        let expected = Readme {
            title: Some("Keep the shop".to_owned()),
            description: Some("It asks the shop. It writes rows.".to_owned()),
            rest: "Setup\n1. Make a key".to_owned(),
        };
        assert_eq!(said, expected);
        let said = readme(&lines("# Shop\nIt asks the shop. Then:\n- it waits"));
        assert_eq!((said.description.as_deref(), said.rest.as_str()), (Some("It asks the shop."), "Then:\n- it waits"));
        let said = readme(&lines("## Read me\nIt asks."));
        assert_eq!((said.title, said.description.as_deref()), (None, Some("It asks.")));
        assert_eq!(readme(&lines("# Only this")).description.as_deref(), Some("Only this"));
    }
}
