//! `E04…`: what starts a scenario.

use super::{Diagnostic, Place};

impl Diagnostic {
    /// A webhook path that cannot be part of a URL.
    pub(crate) fn bad_path(place: Place, path: &str, problem: &str) -> Self {
        Self::error("E0401", place, format!("`{path}` cannot be a webhook's path: {problem}"))
            .hint("write segments of letters, digits, `-`, `_`, `.`, `~`, or `{name}`, as `orders/{id}`")
    }

    /// A method that HTTP does not have.
    pub(crate) fn unknown_method(place: Place, method: &str, known: &[&str]) -> Self {
        let upper = method.to_uppercase();
        Self::error("E0402", place, format!("there is no HTTP method `{method}`")).suggest(
            &upper,
            known.iter().copied(),
            "usual ones are `GET`, `POST`, `PUT`, `PATCH` and `DELETE`",
        )
    }

    /// A text that is no address range.
    pub(crate) fn bad_network(place: Place, network: &str) -> Self {
        Self::error("E0403", place, format!("`{network}` is no address range"))
            .hint("write an address or a range, as `203.0.113.7`, `203.0.113.0/24` or `2001:db8::/32`")
    }

    /// A text that is no cron pattern.
    pub(crate) fn bad_cron(place: Place, pattern: &str, problem: &str) -> Self {
        Self::error("E0404", place, format!("`{pattern}` is no cron pattern: {problem}"))
            .hint("minute, hour, day, month, weekday: `30 7 * * 1-5` is 7:30 from Monday to Friday; six fields begin with seconds")
    }

    /// A cron pattern that never comes.
    pub(crate) fn cron_never(place: Place, pattern: &str) -> Self {
        Self::error("E0405", place, format!("the cron pattern `{pattern}` never comes"))
            .hint("does its month have that day?")
    }

    /// A text that is no time.
    pub(crate) fn bad_time(place: Place, time: &str) -> Self {
        Self::error("E0406", place, format!("`{time}` is no time"))
            .hint("write `2026-12-31T23:59:00` for local time, or `2026-12-31T23:59:00Z`")
    }

    /// A path parameter whose name stands twice in the path.
    pub(crate) fn repeated_parameter(place: Place, name: &str) -> Self {
        Self::error("E0407", place, format!("the path has `{{{name}}}` twice")).hint("give each a name of its own")
    }

    /// An `input` that is no JSON Schema.
    pub(crate) fn bad_input_schema(place: Place, problem: &str) -> Self {
        Self::error("E0408", place, format!("this is no JSON Schema: {problem}"))
            .hint("write as `{ type: object, required: [order] }`; json-schema.org explains more")
    }

    /// Two webhooks of one scenario that the same request would start.
    pub(crate) fn duplicate_path(place: Place, path: &str, first: Place) -> Self {
        Self::error("E0409", place, format!("two webhooks listen on `{path}`"))
            .hint(format!("the other one stands in line {}; give them different paths or methods", first.line))
    }

    /// A preset or scheme of `verify` that does not exist.
    pub(crate) fn unknown_provider<'c>(place: Place, name: &str, known: impl IntoIterator<Item = &'c str>) -> Self {
        Self::error("E0410", place, format!("`verify` knows no `{name}`")).correct(
            name,
            known,
            "for senders without a preset there are `hmac`, `basic`, `bearer`, `header`, `query` and `jwt`",
        )
    }

    /// A `verify` that names a preset and gives it nothing.
    pub(crate) fn verify_by_name(place: Place, name: &str) -> Self {
        let diagnostic = Self::wrong_kind(place, "`verify`", "`none` or a map", "text");
        let is_word = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let name = if is_word { name } else { "bearer" };
        diagnostic.hint(format!("write `verify: {{ {name}: \"{{{{ secrets.{name} }}}}\" }}`"))
    }

    /// An expression where only a secret or a variable of the environment has its place.
    pub(crate) fn no_credential(place: Place, what: &str) -> Self {
        Self::error("E0411", place, format!("{what} can only hold secrets and variables of the environment"))
            .hint("write `{{ secrets.NAME }}` or `{{ env.NAME }}`, alone or among text")
    }

    /// A text that is no way to a list in the body.
    pub(crate) fn bad_item_path(place: Place, path: &str) -> Self {
        Self::error("E0412", place, format!("`{path}` is no path to a list in the body"))
            .hint("write names with dots between them, as `body.events`; a `for_each` step takes any expression")
    }

    /// A text that is no pattern for mails.
    pub(crate) fn bad_mail_pattern(place: Place, pattern: &str, problem: &str) -> Self {
        Self::error("E0414", place, format!("`{pattern}` cannot be compared with mails: {problem}"))
            .hint("write a part of the text, a whole with `*` in it as `*@example.com`, or a regular expression as `/order \\d+/`")
    }

    /// A text that is no time from which mails count.
    pub(crate) fn bad_since(place: Place, time: &str) -> Self {
        Self::error("E0415", place, format!("`{time}` is no time"))
            .hint("write `2026-11-01`, `2026-11-01T09:00:00+08:00`, or `all` for every mail that is there")
    }

    /// A text that cannot stand before the `@` of a mailhook's address.
    pub(crate) fn bad_mailhook_address(place: Place, address: &str, problem: &str) -> Self {
        Self::error("E0416", place, format!("no mailhook can have the address `{address}`: {problem}"))
            .hint("write what stands before the `@`: letters, digits, `-`, `_`, and dots between them, as `bank`")
    }

    /// A text that is no origin.
    pub(crate) fn bad_origin(place: Place, origin: &str) -> Self {
        Self::error("E0413", place, format!("`{origin}` is no origin of pages"))
            .hint("write scheme and host alone, as `https://shop.example.com`, or `cors: \"*\"` for any")
    }

    /// Times in words that are not understood.
    pub(crate) fn bad_calendar<'c>(
        place: Place,
        problem: &str,
        word: Option<&str>,
        known: impl IntoIterator<Item = &'c str>,
    ) -> Self {
        let diagnostic = Self::misread(place, problem);
        let hint = "write as `every weekday at 09:00`, `every monday and thursday at 18:30`, `on the last day of the month at 23:00`";
        match word {
            Some(word) => diagnostic.suggest(word, known, hint),
            None => diagnostic.hint(hint),
        }
    }

    /// A pattern of cron where times in words belong.
    pub(crate) fn cron_as_words(place: Place, pattern: &str) -> Self {
        let hint = format!("write `schedule: {{ cron: \"{pattern}\" }}`");
        Self::misread(place, "this is a pattern of `cron`").hint(hint)
    }

    fn misread(place: Place, problem: &str) -> Self {
        Self::error("E0420", place, format!("these times are not understood: {problem}"))
    }

    /// A text that names no days.
    pub(crate) fn bad_exception(place: Place, text: &str) -> Self {
        Self::error("E0421", place, format!("`{text}` names no days"))
            .hint("write `2026-12-24`, `2026-12-24..2027-01-02`, `12-25` for each year, or `saturday`")
    }

    /// A text that is no part of a day.
    pub(crate) fn bad_window(place: Place, text: &str) -> Self {
        Self::error("E0422", place, format!("`{text}` is no part of a day"))
            .hint("write `08:00-20:00`; one that ends before it begins goes on into the next day")
    }

    /// A part of the day beside times that are no interval.
    pub(crate) fn window_without_interval(place: Place) -> Self {
        Self::error("E0423", place, "`between` stands beside `every` alone")
            .hint("a cron pattern and a calendar name their hours themselves, as `0 8-20 * * *`")
    }

    /// A `poll` that says nothing of what is asked.
    pub(crate) fn poll_asks_nothing(place: Place) -> Self {
        Self::error("E0424", place, "this `poll` does not say what is asked")
            .hint("write `feed: https://…`, a module such as `http.request: { … }`, or what an app lets be watched")
    }

    /// A `poll` that asks two things.
    pub(crate) fn poll_asks_twice(place: Place) -> Self {
        Self::error("E0427", place, "this `poll` asks two things")
            .hint("give each a `poll` of its own; `trigger` may be a list")
    }

    /// A key of `poll` that is neither one of its own nor a module nor anything that can be watched.
    pub(crate) fn unknown_poll<'c>(place: Place, name: &str, known: impl IntoIterator<Item = &'c str>) -> Self {
        Self::error("E0425", place, format!("there is neither a module nor a trigger `{name}` that could be asked"))
            .suggest(name, known, "`hookmill modules` lists the modules")
    }

    /// A `poll` that does not say where the items are.
    pub(crate) fn poll_without_items(place: Place, module: &str) -> Self {
        Self::error("E0426", place, format!("it is not said where `{module}` gives the items"))
            .hint("write `items: output.body.items`, or `items: output` where the output is the list")
    }
}
