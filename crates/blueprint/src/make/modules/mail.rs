//! Mails by SMTP.

use crate::draft::{Data, Step};
use crate::make::bundles::Output;
use crate::make::file::Module;
use crate::make::translator::{Done, Translator};
use crate::ours::Expr;
use crate::report::State;
use serde_json::Value;

impl Translator<'_> {
    pub(super) fn mail(&mut self, module: &Module<'_>) -> Option<Done> {
        if !["email:ActionSendEmail", "email:ActionSendMeEmail"].contains(&module.kind) {
            return None;
        }
        let connection = self.connection(module, &["smtp".to_owned()]);
        let mut with: Vec<(&str, Data)> = connection.map(|name| ("connection", Data::text(name))).into_iter().collect();
        for (ours, theirs) in [("to", "to"), ("cc", "cc"), ("bcc", "bcc"), ("reply_to", "replyTo"), ("from", "from")] {
            if let Some(value) = module.given(theirs) {
                with.push((ours, one_or_many(self.values.data(value))));
            }
        }
        let mut decisions = Vec::new();
        if module.kind == "email:ActionSendMeEmail" {
            with.push(("to", Data::text("me@example.com")));
            decisions.push("it went to the owner of the account: put the address in `to`");
        }
        let subject = self.values.data(module.given("subject").unwrap_or(&Value::Null));
        with.push(("subject", if subject == Data::Null { Data::text("") } else { subject }));
        for key in ["text", "html"] {
            if let Some(value) = module.given(key) {
                let data = self.values.data(value);
                with.push((key, if key == "html" { data.as_markup() } else { data }));
            }
        }
        if let Some(sender) = module.given("sender") {
            with.push(("sender", self.values.data(sender)));
        }
        if let Some(weight @ ("high" | "low")) = module.word("priority") {
            with.push(("priority", Data::text(weight)));
        }
        match module.given("attachments") {
            None => {}
            Some(Value::Array(files)) => {
                let files = files.iter().map(|file| self.attachment(file)).collect();
                with.push(("attachments", Data::List(files)));
                decisions.push("see that `file` of each of `attachments` is a file");
            }
            Some(_) => decisions.push("attachments are not sent: name the files in `attachments`"),
        }
        let (step, id) = self.call(module, Step::call("email.send", Data::map(with)), "mail");
        let decision = (!decisions.is_empty()).then(|| decisions.join("; "));
        self.note(module, Some(&id), State::NeedsConnection, decision);
        Some(Done::one(
            step,
            Output::of(Expr::name(id)).at("messageId", &["message_id"], crate::make::typed::Type::Text),
        ))
    }
}

impl Translator<'_> {
    /// `{ fileName, data, cid }`.
    fn attachment(&mut self, file: &Value) -> Data {
        let keys = [("file", "data"), ("name", "fileName"), ("content_id", "cid")];
        let given = keys.into_iter().filter(|(_, theirs)| file[*theirs].as_str().is_some_and(|text| !text.is_empty()));
        let given: Vec<(&str, &Value)> = given.map(|(ours, theirs)| (ours, &file[theirs])).collect();
        Data::map(given.into_iter().map(|(ours, value)| (ours, self.values.data(value))).collect::<Vec<_>>())
    }
}

/// A list of one is that one.
fn one_or_many(data: Data) -> Data {
    match data {
        Data::List(mut items) if items.len() == 1 => items.pop().unwrap_or(Data::Null),
        other => other,
    }
}
