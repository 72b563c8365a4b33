//! Fields that few mails have: of lists, of their weight, and those that authors write themselves.

use super::head::{Head, one_line};
use crate::spec::invalid;
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

/// So many fields may be of one's own.
const MOST_FIELDS: usize = 50;
/// So long may one be, in characters.
const LONGEST: usize = 2_000;

/// Fields that may be written by oneself, besides those that begin with `X-`. Who gets the mail, who sent it, what it
/// is made of and who vouches for it is not said here.
const OWN: &[&str] = &[
    "Accept-Language",
    "Archived-At",
    "Auto-Submitted",
    "Comments",
    "Expires",
    "Feedback-ID",
    "Importance",
    "Keywords",
    "List-Archive",
    "List-Help",
    "List-Id",
    "List-Owner",
    "List-Post",
    "List-Subscribe",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Organization",
    "Precedence",
    "Priority",
    "Sensitivity",
    "Thread-Index",
    "Thread-Topic",
    "User-Agent",
];

/// How much a mail weighs.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Priority {
    /// More than others.
    High,
    /// As others do.
    #[default]
    Normal,
    /// Less than others.
    Low,
}

/// The list or newsletter that a mail goes out to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    /// The list's name in the form of a domain: `news.example.com`. Readers sort by it.
    id: String,
    /// What the list is called.
    #[serde(default)]
    name: String,
    /// Where to leave it: an `https` address, a mail address, or a list of both.
    #[serde(default)]
    unsubscribe: Ways,
    /// Whether a POST to the `https` address is enough (RFC 8058), as large providers ask of newsletters. The address then
    /// has to do so without a login or a question.
    #[serde(default)]
    one_click: bool,
}

/// One way or several.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Ways {
    One(String),
    Many(Vec<String>),
}

impl Default for Ways {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Priority {
    /// Adds the fields that mailers look at; none where it is as usual.
    pub(super) fn write(self, head: &mut Head) {
        let (number, importance, priority) = match self {
            Self::High => ("1 (Highest)", "high", "urgent"),
            Self::Normal => return,
            Self::Low => ("5 (Lowest)", "low", "non-urgent"),
        };
        head.text("X-Priority", number);
        head.text("Importance", importance);
        head.text("Priority", priority);
    }
}

impl List {
    /// Adds `List-Id` (RFC 2919), `List-Unsubscribe` (RFC 2369), `List-Unsubscribe-Post` and `Precedence`.
    pub(super) fn write(&self, head: &mut Head) -> Result<(), StepError> {
        let is_part = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if self.id.len() > 255 || !self.id.contains('.') || !self.id.split('.').all(is_part) {
            let message = format!("`list.id`: {:?} is no name of a list", self.id);
            return Err(invalid(message).hint("the form is that of a domain: `news.example.com`"));
        }
        one_line("list.name", &self.name)?;
        let id = format!("<{}>", self.id);
        let name = super::head::quoted(&self.name, 9);
        let parts: Vec<&str> = if self.name.is_empty() { vec![&id] } else { vec![&name, &id] };
        head.tokens("List-Id", parts, " ");
        let ways = match &self.unsubscribe {
            Ways::One(way) => std::slice::from_ref(way),
            Ways::Many(ways) => ways,
        };
        let ways = ways.iter().map(|way| leave(way)).collect::<Result<Vec<_>, _>>()?;
        if self.one_click && !ways.iter().any(|way| way.starts_with("<https:")) {
            return Err(invalid("`list.one_click` needs an `https` address in `list.unsubscribe`"));
        }
        if !ways.is_empty() {
            head.tokens("List-Unsubscribe", ways.iter().map(String::as_str), ", ");
        }
        if self.one_click {
            head.text("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
        head.text("Precedence", "list");
        Ok(())
    }
}

/// A way to leave a list, within brackets.
fn leave(way: &str) -> Result<String, StepError> {
    let text = if way.contains(':') || !way.contains('@') { way.to_owned() } else { format!("mailto:{way}") };
    let url =
        Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "https" | "mailto") && url.as_str().len() <= 900);
    let url = url.map(|url| url.as_str().replace('<', "%3C").replace('>', "%3E").replace(',', "%2C"));
    url.filter(|url| url.bytes().all(|byte| byte.is_ascii_graphic())).map(|url| format!("<{url}>")).ok_or_else(|| {
        invalid(format!("`list.unsubscribe`: {:?} is no way to leave a list", crate::mask::preview(way, 200)))
            .hint("`https://example.com/leave?who=…` or `leave@example.com`")
    })
}

/// Adds fields that authors write themselves. What the mail has already is not written again.
pub(super) fn write_own(fields: &Map<String, Value>, head: &mut Head) -> Result<(), StepError> {
    if fields.len() > MOST_FIELDS {
        return Err(invalid(format!("the mail has {} `headers`, and may have {MOST_FIELDS}", fields.len())));
    }
    for (name, value) in fields {
        let is_name = name.len() <= 70 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let is_own = name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("X-")) && name.len() > 2;
        if !is_name || !(is_own || OWN.iter().any(|known| known.eq_ignore_ascii_case(name))) || head.has(name) {
            let shown = crate::mask::preview(name, 100);
            return Err(StepError::permanent("header_refused", format!("`headers` may not hold {shown:?} here"))
                .hint("names beginning with `X-`, and some others, which docs/mail.md lists; what has a parameter of its own is given there"));
        }
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Array(_) | Value::Object(_) => {
                return Err(invalid(format!("`headers.{name}` must be a text")));
            }
        };
        one_line(&format!("headers.{name}"), &text)?;
        if text.chars().count() > LONGEST {
            return Err(invalid(format!("`headers.{name}` has more than {LONGEST} characters")));
        }
        head.text(name, text.trim());
    }
    Ok(())
}
