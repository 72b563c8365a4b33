//! `W05…`: what a scenario may say, and most probably should not.

use super::{Diagnostic, Place, Severity, alternatives};

impl Diagnostic {
    /// A webhook that anyone may call. `effect`: a module that reaches outside; `line`: what keeps strangers out.
    pub(crate) fn public_hook(place: Place, effect: Option<&str>, line: &str) -> Self {
        Self::open_to_anyone(place, "", effect)
            .hint(format!("write `{line}` beside `path`; or `verify: none`, where it is meant to be open"))
    }

    /// A webhook whose sender cannot be told from anyone else.
    pub(crate) fn unprovable_sender(place: Place, provider: &str, effect: Option<&str>) -> Self {
        Self::open_to_anyone(place, &format!("`{provider}` signs nothing: "), effect)
            .hint("leave `path` out: then an unguessable one is made; or name the sender's networks in `allow`")
    }

    fn open_to_anyone(place: Place, because: &str, effect: Option<&str>) -> Self {
        let what = effect.map_or("start this scenario".to_owned(), |module| format!("make `{module}` run"));
        Self::warning("W0501", place, format!("{because}anyone who guesses this webhook's path can {what}"))
    }

    /// A step that keeps the caller waiting for nothing.
    pub(crate) fn slow_before_respond(place: Place, step: &str, respond: Place) -> Self {
        let message = format!("the caller waits for `{step}`, and the answer does not need it");
        Self::warning("W0502", place, message)
            .hint(format!("move the `respond` of line {} before this step: later steps still run", respond.line))
    }

    /// A credential that stands in the text. Its value is not repeated.
    pub(crate) fn plain_secret(place: Place, kind: &str) -> Self {
        Self::warning("W0503", place, format!("this looks like {kind}, in plain text"))
            .hint("keep it in `connections.yaml` or `secrets.yaml`, as `{ env: NAME }` or `{ file: NAME }`, and change it where it was readable")
    }

    /// Something that never runs.
    pub(crate) fn unreachable(place: Place, what: &str, because: &str) -> Self {
        Self::warning("W0504", place, format!("{what} never runs: {because}"))
    }

    /// A loop that only its bound ends.
    pub(crate) fn endless_loop(place: Place, condition: &str, max: &str) -> Self {
        let message = format!(
            "nothing in this loop changes what `{condition}` reads: it fails after {max} turns, or never begins"
        );
        Self::warning("W0505", place, message)
            .hint("read the output of a step of the loop in `until`, a variable that it assigns, or `index`")
    }

    /// A step that only computes what nobody reads.
    pub(crate) fn unused_step(place: Place, step: &str, module: &str) -> Self {
        let message = match step {
            "" => format!("this `{module}` has no `id`, so nothing can read its output"),
            step => format!("nothing reads the output of `{step}`, and `{module}` does nothing else"),
        };
        Self::warning("W0506", place, message).hint("read it, or take the step out")
    }

    /// A text and a number in one comparison.
    pub(crate) fn text_and_number(place: Place, operator: &str, text: Option<&str>) -> Self {
        let text = text.map_or("a text".to_owned(), |text| format!("`{text}`, which is text,"));
        let message = format!("`{operator}` compares {text} with a number: that fails when it runs");
        Self::warning("W0507", place, message)
            .hint("make a number of the text with `.parse_int()` or `.parse_float()`, or compare texts: \"5\"")
    }

    /// A loop without steps.
    pub(crate) fn empty_loop(place: Place, module: &str) -> Self {
        Self::warning("W0508", place, format!("this `{module}` has no steps, so it does nothing"))
            .hint("add steps, or take it out")
    }

    /// Another try of what always ends alike.
    pub(crate) fn useless_retry(place: Place, module: &str) -> Self {
        let message = format!("`{module}` gives the same each time: trying it again changes nothing");
        Self::warning("W0509", place, message).hint("take `retry` out")
    }

    /// Another answer to a caller who has one.
    pub(crate) fn second_respond(place: Place, first: Place) -> Self {
        Self::warning(
            "W0510",
            place,
            format!("the `respond` of line {} has answered the caller: this one fails", first.line),
        )
        .hint("a run answers once; put the two into branches of a `route` that exclude each other")
    }

    /// An answer for nobody.
    pub(crate) fn unheard_respond(place: Place, triggers: &[&str]) -> Self {
        Self::warning(
            "W0511",
            place,
            format!("nobody gets this answer: {} has no caller who waits", alternatives(triggers)),
        )
        .hint("take it out, or add a `webhook`")
    }

    /// An item where requests are not cut into items.
    pub(crate) fn item_without_each(place: Place, field: &str, hint: &str) -> Self {
        Self::warning("W0512", place, format!("there is no `trigger.{field}`: no webhook here has `each`")).hint(hint)
    }

    fn warning(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message) }
    }
}
