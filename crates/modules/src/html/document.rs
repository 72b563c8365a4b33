//! A page as a tree, as browsers build it. Pages come from strangers: what would take too long to read or to search is
//! refused.

use html5ever::driver::{ParseOpts, parse_document};
use html5ever::tendril::TendrilSink;
use run::error::StepError;
use scraper::{Html, HtmlTreeSink};
use std::time::{Duration, Instant};

/// The longest page, in bytes.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// How many tags a page may have: some selectors look at all earlier siblings of each element.
const MOST_TAGS: usize = 50_000;

/// How deep elements may nest.
const MOST_DEPTH: usize = 512;

/// How long reading may take. Nested deeply enough, each tag looks at all that are open.
const MOST_TIME: Duration = Duration::from_secs(5);

/// How many bytes are read before the time is looked at.
const PIECE: usize = 16 * 1024;

/// The tree of a page.
pub(crate) fn read(html: &str) -> Result<Html, StepError> {
    let tags = html.bytes().filter(|byte| *byte == b'<').count();
    if html.len() > MOST_BYTES || tags > 2 * MOST_TAGS {
        return Err(too_much("it has more than 4 MiB or 50,000 elements"));
    }
    let began = Instant::now();
    let mut parser = parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default());
    let mut rest = html;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
        parser.process(piece.into());
        if began.elapsed() > MOST_TIME {
            return Err(too_much("it takes too long to read"));
        }
        rest = after;
    }
    let page = parser.finish();
    if page.tree.nodes().filter(|node| node.value().is_element()).count() > MOST_TAGS {
        return Err(too_much("it has more than 50,000 elements"));
    }
    if depth(&page) > MOST_DEPTH {
        return Err(too_much("its elements are nested more than 512 deep"));
    }
    Ok(page)
}

fn depth(page: &Html) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    for edge in page.tree.root().traverse() {
        match edge {
            ego_tree::iter::Edge::Open(_) => open += 1,
            ego_tree::iter::Edge::Close(_) => open -= 1,
        }
        deepest = deepest.max(open);
    }
    deepest
}

fn too_much(why: &str) -> StepError {
    StepError::permanent("too_large", format!("the page cannot be read: {why}")).hint("`html.to_text` reads any page")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_takes_too_much_is_refused() {
        let check = |html: String, expected: Result<(), &str>| {
            let read = read(&html).map(drop).map_err(|error| error.code);
            assert_eq!(read, expected.map_err(str::to_owned), "{} bytes", html.len());
        };
        check("<p>".repeat(1_000), Ok(()));
        check("x".repeat(MOST_BYTES), Ok(()));
        check("x".repeat(MOST_BYTES + 1), Err("too_large"));
        check("<div>".repeat(600), Err("too_large"));
        check("<br>".repeat(MOST_TAGS), Err("too_large"));
        check("<div>".repeat(20_000), Err("too_large"));
        check("é".repeat(PIECE), Ok(()));
    }
}
