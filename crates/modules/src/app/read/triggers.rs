//! Triggers: by which webhook, or by which action that is asked now and then.

use super::fields::Fields;
use super::{Presence, Reader, is_snake_case, one_of};
use crate::app::shape::{Action, Trigger};
use crate::connections::text::{Key, Tree};

impl Reader<'_> {
    pub(super) fn triggers(&mut self, fields: &mut Fields<'_>, actions: &[Action]) -> Vec<Trigger> {
        let Some(tree) = fields.take("triggers") else { return Vec::new() };
        let Some(fields) = self.fields(tree, "`triggers`") else { return Vec::new() };
        fields.rest().iter().filter_map(|(key, tree)| self.trigger(key, tree, actions)).collect()
    }

    fn trigger(&mut self, key: &Key, tree: &Tree, actions: &[Action]) -> Option<Trigger> {
        let name = key.text.clone();
        if !is_snake_case(&name) {
            self.report(key.place, format!("`{name}` cannot name a trigger"));
        }
        let mut fields = self.fields(tree, format!("the trigger `{name}`"))?;
        let title = self.words(&mut fields, "title", Presence::Must);
        let about = self.words(&mut fields, "about", Presence::Must);
        self.text(&mut fields, "docs");
        let webhook = fields.take("webhook");
        let poll = fields.take("poll");
        fields.take("sample");
        let (make, n8n) = (self.stands_for(&mut fields, "make"), self.stands_for(&mut fields, "n8n"));
        self.finish(fields);
        if let Some(poll) = poll {
            self.poll(poll, actions);
        }
        if let Some(mut fields) = webhook.and_then(|tree| self.fields(tree, "`webhook`")) {
            fields.take("verify");
            fields.take("methods");
            fields.take("events");
            self.finish(fields);
        }
        if webhook.is_some() == poll.is_some() {
            let hint = "`webhook: { verify: slack }` or `poll: { action: list_rows, items: …, id: … }`";
            self.report_with(tree.place, format!("the trigger `{name}` has neither or both of webhook and poll"), hint);
        }
        let (webhook, poll) = (webhook.map(Tree::to_json), poll.map(Tree::to_json));
        Some(Trigger { name, title, about, webhook, poll, make, n8n })
    }

    fn poll(&mut self, tree: &Tree, actions: &[Action]) {
        let Some(mut fields) = self.fields(tree, "`poll`") else { return };
        let action = self.text(&mut fields, "action");
        for key in ["items", "id"] {
            self.code(&mut fields, key);
        }
        self.text(&mut fields, "every");
        let newest = self.text(&mut fields, "newest");
        if newest.is_some_and(|newest| !matches!(newest.as_str(), "first" | "last")) {
            let place = fields.place_of("newest");
            self.report(place, "`newest` is `first` or `last`".to_owned());
        }
        fields.take("parameters");
        let known: Vec<&str> = actions.iter().map(|action| action.name.as_str()).collect();
        if let Some(action) = action.filter(|action| !known.contains(&action.as_str())) {
            let place = fields.place_of("action");
            self.report_with(place, format!("there is no action `{action}`"), one_of(&action, &known));
        }
        self.finish(fields);
    }
}
