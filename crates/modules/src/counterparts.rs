//! Which modules elsewhere our actions and triggers stand for, as the catalogue of apps tells it: plain data for whoever
//! reads other people's files.

use crate::app::{Action, Apps, Trigger};
use serde_json::Value;
use std::sync::Arc;

/// One of ours and what it stands for.
#[derive(Clone, Debug)]
pub struct Counterpart {
    /// The app's name.
    pub app: String,
    /// The name of the action or trigger within the app.
    pub name: String,
    /// How a trigger learns of what happens; none of an action.
    pub trigger: Option<Source>,
    /// Modules of Make: names, or maps with `module` and `parameters`.
    pub make: Vec<Value>,
    /// Nodes of n8n: maps with `node`, and what else tells them apart.
    pub n8n: Vec<Value>,
}

/// How a trigger learns of what happens.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The settings of the webhook by which it is told.
    pub webhook: Option<Value>,
    /// The action that is asked time and again, and how.
    pub poll: Option<Value>,
}

/// All that apps tell of what they stand for.
pub fn counterparts(apps: &Apps) -> Vec<Counterpart> {
    let stands_for_something = |it: &Counterpart| !it.make.is_empty() || !it.n8n.is_empty();
    let of_app = apps.all().flat_map(|app| {
        let action = |action: &Arc<Action>| Counterpart {
            app: app.name.clone(),
            name: action.name.clone(),
            trigger: None,
            make: action.make.clone(),
            n8n: action.n8n.clone(),
        };
        let actions = app.actions.iter().map(action);
        actions.chain(app.triggers.iter().map(|trigger| of_trigger(&app.name, trigger))).collect::<Vec<_>>()
    });
    of_app.filter(stands_for_something).collect()
}

fn of_trigger(app: &str, trigger: &Trigger) -> Counterpart {
    Counterpart {
        app: app.to_owned(),
        name: trigger.name.clone(),
        trigger: Some(Source { webhook: trigger.webhook.clone(), poll: trigger.poll.clone() }),
        make: trigger.make.clone(),
        n8n: trigger.n8n.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_and_triggers_tell_what_they_stand_for() {
        let all = counterparts(&Apps::shipped());
        let of = |module: &str| {
            let named = |value: &Value| value == module || value["module"] == module;
            all.iter()
                .find(|it| it.make.iter().any(named))
                .map(|it| (it.app.as_str(), it.name.as_str(), it.trigger.is_some()))
        };
        assert_eq!(of("airtable:ActionCreateRecord"), Some(("airtable", "create_record", false)));
        assert_eq!(of("airtable:TriggerWatchRecords"), Some(("airtable", "new_records", true)));
        assert_eq!(of("nobody:Knows"), None);
    }
}
