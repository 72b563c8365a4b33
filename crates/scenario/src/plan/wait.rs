//! Steps that go on later: after a time, or with somebody's answer.

use super::BlockNo;
use crate::expression::Template;
use std::sync::Arc;
use std::time::Duration;

/// `wait`.
#[derive(Clone, Debug)]
pub enum Wait {
    /// This long.
    For(Duration),
    /// A duration (`5m`, or a number of seconds) or a time, known when the step begins. The zone is that of times
    /// without an offset.
    Computed {
        /// What gives it.
        value: Template,
        /// IANA name.
        timezone: Arc<str>,
    },
}

/// `wait_for`.
#[derive(Clone, Debug)]
pub struct WaitFor {
    /// Steps that tell someone the link, `resume.url`; walked before waiting.
    pub block: BlockNo,
    /// The title of the page behind the link.
    pub title: Option<Template>,
    /// What the page says.
    pub text: Option<Template>,
    /// What is asked, in order.
    pub fields: Vec<Field>,
    /// The buttons; none: one that sends the answer.
    pub choices: Vec<String>,
    /// Upper-case methods by which the link takes an answer.
    pub methods: Vec<String>,
    /// How long an answer is waited for.
    pub deadline: Duration,
}

/// Something that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Under which name it is answered.
    pub name: String,
    /// What kind of answer it takes.
    pub of: FieldType,
    /// What to show people; the name unless said.
    pub label: String,
    /// Whether an answer without it is refused.
    pub required: bool,
}

/// What kind of answer a field takes.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldType {
    /// One line of text.
    Text,
    /// Several lines of text.
    LongText,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// A day, `2026-12-31`.
    Date,
    /// One of these.
    Choice(Vec<String>),
}
