//! Secrets: texts that scenarios name and nobody sees.

mod mask;

pub use mask::{MASK, Mask};

use std::fmt;
use std::sync::Arc;

/// A text that is never shown. Its `Debug` is `•••`, it has no `Display`, and it cannot be serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Makes a secret of this text.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that sends it or computes with it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// Why a secret has no value. Holds none either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// What is wrong, in one sentence without a final dot.
    pub message: String,
    /// What to try.
    pub hint: String,
}

impl Unavailable {
    /// No secret is called so.
    pub fn unknown(name: &str) -> Self {
        let hint = format!("name it in `secrets.yaml`: `{name}: {{ env: VARIABLE }}`");
        Self { message: format!("there is no secret `{name}`"), hint }
    }

    /// A secret that is named, and cannot be read.
    pub fn unread(name: &str, why: &str) -> Self {
        let hint = "set the variable or write the file that `secrets.yaml` names, and have the server read it again";
        Self { message: format!("the secret `{name}` cannot be read: {why}"), hint: hint.to_owned() }
    }

    /// A variable of the environment that is not set, or that scenarios may not read.
    pub fn unreadable_variable(name: &str) -> Self {
        let hint = format!("set it where the server runs, and start that with `--allow-env {name}`");
        Self { message: format!("there is no variable `{name}` that scenarios may read"), hint }
    }

    /// Something without content, where a credential is needed. `name` says how expressions call it.
    pub fn empty(name: &str) -> Self {
        Self {
            message: format!("`{name}` is empty"),
            hint: "an empty credential keeps nobody out: give it a value".to_owned(),
        }
    }
}
