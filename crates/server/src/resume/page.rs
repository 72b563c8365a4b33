//! The page behind a link, and the pages that come after it. No script; its style stands in it, and its digest in the
//! policy. Everything that a scenario or a person wrote is escaped.

use super::language::Language;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use engine::Awaited;
use jiff::Timestamp;
use run::answer::Objection;
use scenario::plan::{Field, FieldType};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::OnceLock;

/// How the pages look.
const STYLE: &str = include_str!("page.css");

/// The name under which the button that was pressed is sent.
const CHOICE: &str = "choice";

/// What browsers may do on these pages: nothing but show them, and send their form here.
pub(crate) fn policy() -> &'static str {
    static POLICY: OnceLock<String> = OnceLock::new();
    POLICY.get_or_init(|| {
        let digest = BASE64_STANDARD.encode(Sha256::digest(STYLE));
        format!(
            "default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'"
        )
    })
}

/// The page that asks, with what was given before and what is wrong with it.
pub(super) fn form(
    awaited: &Awaited,
    given: &Map<String, Value>,
    objections: &[Objection],
    language: Language,
) -> String {
    let words = language.words();
    let title = [awaited.title.as_deref(), Some(&*awaited.scenario)];
    let title = title.into_iter().flatten().find(|title| !title.trim().is_empty()).unwrap_or(words.untitled);
    let mut body = format!("<h1>{}</h1>\n", escaped(title));
    if let Some(text) = &awaited.text {
        let _ = writeln!(body, "<p class=\"text\">{}</p>", escaped(text));
    }
    let methods = &awaited.asks.methods;
    let asks_nothing = awaited.asks.fields.is_empty() && awaited.asks.choices.is_empty();
    let takes = |method: &str| methods.iter().any(|name| name == method);
    let method = match (takes("POST"), takes("GET") && asks_nothing) {
        (true, _) => Some("post"),
        (false, true) => Some("get"),
        (false, false) => None,
    };
    match method {
        Some(method) => {
            let form = Form { given, objections, language };
            body.push_str(&form.html(awaited, method));
        }
        None => {
            let _ = writeln!(body, "<p>{}</p>", words.by_program);
        }
    }
    document(language, title, &body)
}

/// A page that says one thing.
pub(super) fn notice(language: Language, title: &str, text: &str) -> String {
    document(language, title, &format!("<h1>{}</h1>\n<p>{}</p>\n", escaped(title), escaped(text)))
}

/// A page that says one thing, also to its own script: which connection it is about, and whether all went well.
pub(crate) fn telling(language: Language, title: &str, text: &str, (about, ok): (&str, bool), script: &str) -> String {
    let (title_shown, text, about) = (escaped(title), escaped(text), escaped(about));
    let said = format!("<h1>{title_shown}</h1>\n<p data-connection=\"{about}\" data-ok=\"{ok}\">{text}</p>\n");
    document(language, title, &format!("{said}<script>{script}</script>\n"))
}

fn document(language: Language, title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex, nofollow\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        language.words().tag,
        escaped(title),
    )
}

struct Form<'a> {
    given: &'a Map<String, Value>,
    objections: &'a [Objection],
    language: Language,
}

impl Form<'_> {
    fn html(&self, awaited: &Awaited, method: &str) -> String {
        let words = self.language.words();
        let mut html = format!("<form method=\"{method}\">\n");
        if !self.objections.is_empty() {
            let _ = writeln!(html, "<p class=\"wrong\" role=\"alert\">{}</p>", words.mistakes);
        }
        let choices = &awaited.asks.choices;
        if choices.len() > 1 {
            // Enter in a field presses the first button of a form: none, rather than the first choice.
            html.push_str("<button type=\"submit\" disabled hidden></button>\n");
        }
        for (number, field) in awaited.asks.fields.iter().enumerate() {
            html.push_str(&self.field(number, field));
        }
        if let Some(wrong) = self.objection(CHOICE) {
            let _ = writeln!(html, "<p class=\"wrong\">{}</p>", escaped(&wrong));
        }
        html.push_str("<div class=\"buttons\">\n");
        for (number, choice) in choices.iter().enumerate() {
            let class = if number == 0 { "first" } else { "other" };
            let choice = escaped(choice);
            let _ = writeln!(html, "<button class=\"{class}\" name=\"{CHOICE}\" value=\"{choice}\">{choice}</button>");
        }
        if choices.is_empty() {
            let _ = writeln!(html, "<button class=\"first\">{}</button>", words.send);
        }
        html.push_str("</div>\n</form>\n");
        if let Ok(until) = Timestamp::from_millisecond(awaited.until) {
            let (before, after) = words.until;
            let shown = until.strftime("%Y-%m-%d %H:%M UTC");
            let _ =
                writeln!(html, "<p class=\"until\">{before}<time datetime=\"{until:.0}\">{shown}</time>{after}</p>");
        }
        html
    }

    fn field(&self, number: usize, field: &Field) -> String {
        let wrong = self.objection(&field.name);
        let required = self.language.words().required;
        let need = if field.required { format!(" <span class=\"need\">({required})</span>") } else { String::new() };
        let label = format!("<label for=\"f{number}\">{}{need}</label>", escaped(&field.label));
        let attributes = self.attributes(number, field, wrong.is_some());
        let control = self.control(field, &attributes);
        let (class, inner) = match field.of {
            FieldType::Boolean => ("field box", format!("{control}{label}")),
            _ => ("field", format!("{label}{control}")),
        };
        let wrong = wrong.map(|wrong| format!("<p class=\"wrong\" id=\"e{number}\">{}</p>", escaped(&wrong)));
        format!("<div class=\"{class}\">{inner}{}</div>\n", wrong.unwrap_or_default())
    }

    /// What every kind of control has. The first that is wrong is where the person goes on.
    fn attributes(&self, number: usize, field: &Field, is_wrong: bool) -> String {
        let mut attributes = format!("id=\"f{number}\" name=\"{}\" autocomplete=\"off\"", escaped(&field.name));
        if field.required {
            attributes.push_str(" required");
        }
        if is_wrong {
            let _ = write!(attributes, " aria-invalid=\"true\" aria-describedby=\"e{number}\"");
        }
        if self.objections.first().is_some_and(|first| first.field == field.name) {
            attributes.push_str(" autofocus");
        }
        attributes
    }

    fn control(&self, field: &Field, attributes: &str) -> String {
        let given = match self.given.get(&field.name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        };
        let input = |of: &str| format!("<input {of} {attributes} value=\"{}\">", escaped(&given));
        match &field.of {
            FieldType::Text => input("type=\"text\""),
            FieldType::Number => input("type=\"number\" step=\"any\""),
            FieldType::Date => input("type=\"date\""),
            // Browsers drop the first line break after the tag.
            FieldType::LongText => format!("<textarea rows=\"5\" {attributes}>\n{}</textarea>", escaped(&given)),
            FieldType::Boolean => {
                let ticked = if matches!(given.as_str(), "on" | "true" | "yes" | "1") { " checked" } else { "" };
                format!("<input type=\"checkbox\" {attributes}{ticked}>")
            }
            FieldType::Choice(options) => self.options(options, &given, attributes),
        }
    }

    fn options(&self, options: &[String], given: &str, attributes: &str) -> String {
        let mut html = format!("<select {attributes}><option value=\"\">{}</option>", self.language.words().choose);
        for option in options {
            let selected = if option == given { " selected" } else { "" };
            let option = escaped(option);
            let _ = write!(html, "<option value=\"{option}\"{selected}>{option}</option>");
        }
        html.push_str("</select>");
        html
    }

    fn objection(&self, field: &str) -> Option<String> {
        let objection = self.objections.iter().find(|objection| objection.field == field)?;
        Some(self.language.flaw(&objection.problem))
    }
}

/// The text as HTML shows it, within an element or a quoted attribute.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}
