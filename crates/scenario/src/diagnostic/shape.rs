//! `E01…`: the shape of the text: YAML, keys, kinds of values, what a step is made of.

use super::{Diagnostic, Fix, Place, alternatives};

impl Diagnostic {
    /// The code of [`Self::todo`].
    const TODO: &str = "E0125";

    /// Whether it says that a `todo` step is left.
    pub fn is_todo(&self) -> bool {
        self.code == Self::TODO
    }

    /// The text is no YAML.
    pub(crate) fn yaml_syntax(place: Place, problem: &str) -> Self {
        Self::error("E0101", place, format!("this is not YAML: {problem}"))
            .hint("look for a missing quote, a missing space after `:`, or a line that is indented differently")
    }

    /// An expression without quotes, which YAML reads as a map.
    pub(crate) fn unquoted_braces(place: Place) -> Self {
        Self::error("E0121", place, "`{{` without quotes begins a YAML map, not an expression")
            .hint("put the value in quotes: \"{{ … }}\"")
    }

    /// The text is longer than is read.
    pub(crate) fn text_too_large(bytes: usize) -> Self {
        let start = Place { line: 1, column: 1 };
        Self::too_large(start, &format!("it is longer than {bytes} bytes"))
    }

    /// The text holds, or aliases make of it, more than is read.
    pub(crate) fn too_large(place: Place, reason: &str) -> Self {
        Self::error("E0102", place, format!("this text is too large to be a scenario: {reason}"))
            .hint("keep large data in a file or a data store; split long scenarios")
    }

    /// The same key twice in one map.
    pub(crate) fn duplicate_key(place: Place, key: &str, first: Place) -> Self {
        Self::error("E0103", place, format!("`{key}` is given twice"))
            .hint(format!("it stands in line {} already; keep one of them", first.line))
    }

    /// A key that nothing here knows.
    pub(crate) fn unknown_key(place: Place, key: &str, of: &str, known: &[&str]) -> Self {
        let otherwise = format!("{of} has {}", alternatives(known));
        Self::error("E0104", place, format!("{of} has no key `{key}`")).correct(key, known.iter().copied(), &otherwise)
    }

    /// A value of the wrong kind.
    pub(crate) fn wrong_kind(place: Place, what: &str, wanted: &str, found: &str) -> Self {
        let diagnostic = Self::error("E0105", place, format!("{what} must be {wanted}, not {found}"));
        match (wanted, found) {
            ("text", "a number" | "true or false") => diagnostic.hint("put it in quotes").fix(Fix::quote(place)),
            (wanted, "text") if wanted.contains("number") => diagnostic.hint("numbers stand without quotes"),
            _ => diagnostic.hint(format!("write {wanted} here")),
        }
    }

    /// A key that must be given and is not.
    pub(crate) fn missing_key(place: Place, key: &str, of: &str) -> Self {
        Self::error("E0106", place, format!("{of} needs `{key}`"))
    }

    /// None, or more than one, of keys of which one must be given.
    pub(crate) fn one_of_keys(place: Place, of: &str, keys: &[&str]) -> Self {
        Self::error("E0107", place, format!("{of} takes exactly one of {}", alternatives(keys)))
    }

    /// More than one of keys of which at most one can be given.
    pub(crate) fn one_of_keys_at_most(place: Place, of: &str, keys: &[&str]) -> Self {
        Self::error("E0122", place, format!("{of} takes at most one of {}", alternatives(keys)))
    }

    /// An `otherwise` before other branches.
    pub(crate) fn early_otherwise(place: Place) -> Self {
        Self::error("E0123", place, "`otherwise` stands before other branches")
            .hint("it is taken when no branch was; move it to the end of the list")
    }

    /// A word that is not one of those that are possible.
    pub(crate) fn unknown_word(place: Place, what: &str, word: &str, known: &[&str]) -> Self {
        let otherwise = format!("it may be {}", alternatives(known));
        Self::error("E0108", place, format!("{what} cannot be `{word}`")).correct(
            word,
            known.iter().copied(),
            &otherwise,
        )
    }

    /// A number that is too small or too large.
    pub(crate) fn out_of_range(place: Place, what: &str, range: &str, found: &str) -> Self {
        Self::error("E0109", place, format!("{what} must be {range}, not {found}"))
    }

    /// A text, or a number, that is no rate.
    pub(crate) fn not_a_rate(place: Place, counted: &str, found: &str) -> Self {
        let wanted = format!("{counted}, as `10/s` or `5/15m`");
        let diagnostic = Self::out_of_range(place, "`rate`", &wanted, found);
        match found.parse::<u32>() {
            Ok(count @ 1..) => diagnostic.hint(format!("say in what time: `{count}/1m`")),
            _ => diagnostic,
        }
    }

    /// A `retry` that is switched on or off.
    pub(crate) fn retry_is_no_switch(place: Place) -> Self {
        let diagnostic = Self::wrong_kind(place, "`retry`", "a number of attempts or a map", "true or false");
        diagnostic.hint("`retry: 1` tries once and no more; `retry: 3` tries up to three times")
    }

    /// A text that is no duration.
    pub(crate) fn not_a_duration(place: Place, what: &str, found: &str) -> Self {
        Self::error("E0110", place, format!("{what} is no duration: `{found}`"))
            .hint("write `500ms`, `2s`, `5m`, `1h` or `7d`, or a number of seconds")
    }

    /// A text that is no size.
    pub(crate) fn not_a_size(place: Place, what: &str, found: &str) -> Self {
        Self::error("E0111", place, format!("{what} is no size: `{found}`"))
            .hint("write `500kb` or `10mb`, or a number of bytes")
    }

    /// A name that expressions could not say.
    pub(crate) fn not_an_identifier(place: Place, what: &str, name: &str) -> Self {
        let better: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let better = better.trim_matches(|c: char| c == '_' || c.is_ascii_digit()).to_owned();
        let diagnostic = Self::error("E0112", place, format!("`{name}` cannot be {what}"));
        if better.is_empty() || better == name {
            return diagnostic.hint("use letters, digits and `_`, beginning with a letter");
        }
        diagnostic.hint(format!("use letters, digits and `_`, beginning with a letter: `{better}`"))
    }

    /// A name that means something else already.
    pub(crate) fn reserved_name(place: Place, what: &str, name: &str) -> Self {
        Self::error("E0113", place, format!("`{name}` cannot be {what}: expressions use it for something else"))
            .hint(format!("choose another one, as `my_{name}`"))
    }

    /// Two steps of one id.
    pub(crate) fn duplicate_id(place: Place, id: &str, first: Place) -> Self {
        Self::error("E0114", place, format!("the id `{id}` is taken"))
            .hint(format!("the step in line {} has it; ids are unique in a scenario", first.line))
    }

    /// A step without a module.
    pub(crate) fn no_module(place: Place) -> Self {
        Self::error("E0115", place, "this step does nothing: no key of it is a module")
            .hint("add one, as `set: {}`, `http.request: {}` or `respond: {}`")
    }

    /// A step with several modules.
    pub(crate) fn two_modules(place: Place, modules: &[&str]) -> Self {
        let names = modules.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
        Self::error("E0116", place, format!("this step has more than one module: {names}"))
            .hint("a step does one thing: begin the second with `- ` as a step of its own")
    }

    /// A header that cannot be named so.
    pub(crate) fn bad_header_name(place: Place, name: &str) -> Self {
        Self::error("E0117", place, format!("`{name}` is no header name"))
            .hint("letters, digits and `-` are usual; spaces and colons are not possible (RFC 9110, 5.1)")
    }

    /// A header that the server sets itself.
    pub(crate) fn forbidden_header(place: Place, name: &str) -> Self {
        Self::error("E0118", place, format!("`{name}` cannot be set by a scenario"))
            .hint("the server sets it as the connection and the content ask for")
    }

    /// A text that is no host.
    pub(crate) fn bad_host(place: Place, host: &str) -> Self {
        Self::error("E0124", place, format!("`{host}` is no host"))
            .hint("write its name alone, as `pay.example.com`, or `*.example.com` for all below")
    }

    /// A header value with line ends or other control characters.
    pub(crate) fn bad_header_value(place: Place, name: &str) -> Self {
        Self::error("E0119", place, format!("the value of the header `{name}` has control characters")).hint(
            "a header is one line of text; a value in `|` or `>` form ends with a line end, in `>-` form it does not",
        )
    }

    /// An IANA zone that does not exist.
    pub(crate) fn unknown_timezone(place: Place, name: &str, known: &[&str]) -> Self {
        Self::error("E0120", place, format!("there is no time zone `{name}`")).suggest(
            name,
            known.iter().copied(),
            "use an IANA name, as `Europe/Berlin` or `UTC`",
        )
    }

    /// A step that an import could not translate, and that nobody has replaced yet.
    pub(crate) fn todo(place: Place) -> Self {
        Self::error(Self::TODO, place, "this step is still to be done")
            .hint("put a step in its place that does what `original` did")
    }
}
