//! Alarms: what people should know of until it is over.

pub(super) mod acknowledge;
pub(super) mod list;

use run::id::Millis;
use serde::Serialize;
use utoipa::ToSchema;

/// Something that people should know of.
#[derive(Serialize, ToSchema)]
#[schema(as = Alarm)]
pub(super) struct View {
    /// What is wrong.
    #[schema(value_type = Kind)]
    kind: engine::AlarmKind,
    /// With what: the id of a scenario, or the name of what is in trouble.
    subject: String,
    /// What is wrong, in a sentence.
    message: String,
    /// Since when, in milliseconds since 1970.
    #[schema(value_type = i64)]
    since: Millis,
    /// Until when it was so, in milliseconds since 1970; null: it goes on.
    #[schema(value_type = Option<i64>)]
    cleared: Option<Millis>,
    /// Who has seen it.
    acknowledged: Option<String>,
}

/// What is wrong: too many failures in a row, nothing came, a trigger did not do what was due, too many runs wait, or
/// something that a trigger or connection needs does not work.
#[derive(ToSchema)]
#[schema(as = AlarmKind, rename_all = "snake_case")]
#[expect(dead_code, reason = "read by the derive alone")]
pub(super) enum Kind {
    Failing,
    Silent,
    Stopped,
    Queue,
    Trouble,
}

impl From<engine::Alarm> for View {
    fn from(alarm: engine::Alarm) -> Self {
        let engine::Alarm { kind, subject, message, since, cleared, acknowledged } = alarm;
        Self { kind, subject, message, since, cleared, acknowledged }
    }
}
