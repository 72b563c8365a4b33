//! Paragraphs that were cut into lines for old screens are whole again: `format=flowed` (RFC 3676).

/// The text with its paragraphs joined. `joint` is what `DelSp` says of the blank at which lines were cut.
pub(crate) fn unfolded(text: &str, joint: Joint) -> String {
    let mut out = String::with_capacity(text.len());
    // How deep the paragraph is quoted that goes on in the next line.
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let content = &line[depth..];
        let content = content.strip_prefix(' ').unwrap_or(content);
        if open != Some(depth) {
            if open.is_some() {
                out.push('\n');
            }
            out.push_str(&">".repeat(depth.min(DEEPEST)));
            if depth > 0 {
                out.push(' ');
            }
        }
        // `-- ` stands before a signature, and is a line of its own.
        let flows = content.ends_with(' ') && content != "-- ";
        let kept =
            if flows && joint == Joint::Dropped { content.strip_suffix(' ').unwrap_or(content) } else { content };
        out.push_str(kept);
        if !flows {
            out.push('\n');
        }
        open = flows.then_some(depth);
    }
    out
}

/// So many marks of quotation are written at most: nobody's answer to an answer goes deeper.
const DEEPEST: usize = 100;

/// What becomes of the blank at which a line was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joint {
    /// It stands between words.
    Kept,
    /// It was put there to mark the cut, as in scripts without blanks.
    Dropped,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_joined_and_quotations_kept_apart() {
        let check = |text: &str, joint, expected: &str| assert_eq!(unfolded(text, joint), expected, "{text:?}");
        check("a \nb\nc", Joint::Kept, "a b\nc\n");
        check("你 \n好\n", Joint::Dropped, "你好\n");
        check("> a \n> b\nc", Joint::Kept, "> a b\nc\n");
        check("> a \nb", Joint::Kept, "> a \nb\n");
        check(" >a\n-- \nAnn", Joint::Kept, ">a\n-- \nAnn\n");
        check("", Joint::Kept, "");
    }
}
