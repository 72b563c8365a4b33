//! What a blueprint watches: mailboxes become `mail`, feeds and apps `poll`. What is new starts a run of its own, except
//! where something collects all that is new at once.

use super::bundles::{Nested, Output};
use super::file::Module;
use super::flow::{bundles_of, feeds};
use super::modules::{article_fields, row_fields};
use super::start::{Start, schedule, trigger};
use super::translator::{Done, Translator, as_it_is};
use super::typed::{Type, Typed};
use super::values::fitted;
use crate::counterparts::{AppTrigger, Counterpart};
use crate::draft::{Data, Step, Trigger};
use crate::ours::Expr;
use crate::report::State;
use serde_json::Value;

/// Fields of a mail out of a mailbox by Make's names and by ours, where they differ.
const MAIL_FIELDS: [(&str, &str); 7] = [
    ("messageId", "message_id"),
    ("inReplyTo", "in_reply_to"),
    ("replyTo", "reply_to"),
    ("id", "uid"),
    ("emailId", "uid"),
    ("UID", "uid"),
    ("mailbox", "folder"),
];

impl Translator<'_> {
    /// Whether a module gives all that is new together: something collects it, or counts it.
    fn takes_all(&self, modules: &[Module<'_>]) -> bool {
        let Some((module, rest)) = modules.split_first() else { return false };
        feeds(rest, &module.id) || self.counted.contains(&module.id)
    }

    /// A poll whose items are bundles: one of them is a run, or all that are new together.
    fn polled(&mut self, modules: &[Module<'_>], asked: (String, Data), times: Vec<(String, Data)>) -> Start {
        let all = self.takes_all(modules);
        let batch = all.then(|| ("batch".to_owned(), Data::Bool(true)));
        let with = times.into_iter().chain([asked]).chain(batch).collect();
        let done = self.each_new(&modules[0], if all { Come::Together } else { Come::Alone });
        Start { trigger: trigger("poll", Data::Map(with)), done: Some(done), in_line: !all }
    }

    fn each_new(&mut self, module: &Module<'_>, come: Come) -> Done {
        let body = Expr::name("trigger").field("body");
        let (one, item) = match come {
            Come::Alone => (body.clone(), None),
            Come::Together => {
                let item = self.ids.give("", "entry");
                (Expr::name(item.as_str()), Some(item))
            }
        };
        let mut output = match module.app() {
            "google-sheets" => row_fields(one.clone(), &self.names(module)),
            "rss" => article_fields(one.clone()),
            _ => as_it_is(module, one.clone()),
        };
        let mut steps = Vec::new();
        if module.app() == "google-email" {
            output = self.whole_mail(module, one, &mut steps);
        }
        match item {
            None => Done { steps, output, many: None },
            Some(item) => {
                self.before_each = steps;
                let many = super::translator::Many { output, ..bundles_of(body, item) };
                Done { steps: Vec::new(), output: Output::of(Expr::Nothing), many: Some(many) }
            }
        }
    }

    /// A search tells of mails by their ids alone: each is fetched, and marked where the module does so.
    fn whole_mail(&mut self, module: &Module<'_>, one: Expr, steps: &mut Vec<Step>) -> Output {
        let id = self.ids.give("", "mail");
        let connection = self.connection(module, &["google".to_owned()]);
        let of_mail = || {
            let connection = connection.clone().map(|name| ("connection", Data::text(name)));
            Data::map(connection.into_iter().chain([("id", Data::value(one.clone().field("id")))]))
        };
        steps.push(Step::call("gmail.get_message", of_mail()).with_id(id.as_str()));
        if module.says("markSeen") {
            steps.push(Step::call("gmail.mark_as_read", of_mail()));
        }
        gmail_fields(Expr::name(id))
    }

    /// A feed.
    pub(super) fn new_articles(&mut self, modules: &[Module<'_>], scheduling: &Value) -> Start {
        let module = &modules[0];
        let url = self.values.data(module.given("url").unwrap_or(&Value::Null));
        self.note(module, Some("trigger"), State::Runs, None);
        let (times, remarks) = times(scheduling, Some("15m"));
        let mut start = self.polled(modules, ("feed".to_owned(), url), times);
        start.trigger.remarks.extend(remarks);
        start
    }

    /// An app that is asked time and again; none where nobody knows what to ask.
    pub(super) fn watched(
        &mut self,
        modules: &[Module<'_>],
        app: &AppTrigger,
        counterpart: &Counterpart,
        scheduling: &Value,
    ) -> Option<Start> {
        let module = &modules[0];
        let poll = app.poll.as_ref()?;
        let action = format!("{}.{}", app.app, poll["action"].as_str()?);
        let spec = self.counterparts.catalog.module(&action)?.clone();
        let mut given = match module.app() {
            "google-sheets" => self.sheet(module),
            _ => self.parameters_of(module, counterpart),
        };
        // How many Make takes at once is no matter here: all that are new start runs. What the app says itself is left to it.
        let is_left = |key: &str| key == "limit" || poll["parameters"].get(key).is_some();
        given.retain(|(key, value)| {
            !is_left(key) && spec.parameters["properties"].get(key).is_some() && !value.is_empty()
        });
        for (key, value) in &mut given {
            let wanted = spec.parameters["properties"][key.as_str()]["type"].as_str().unwrap_or("any").to_owned();
            *value = fitted(value.clone(), &wanted);
        }
        let connection = self.connection(module, &spec.connections).filter(|_| spec.needs_connection);
        let state = if connection.is_some() { State::NeedsConnection } else { State::Runs };
        let connection = connection.map(|name| ("connection".to_owned(), Data::text(name)));
        let with = Data::Map(connection.into_iter().chain(given).collect());
        self.note(module, Some("trigger"), state, None);
        let (times, _) = times(scheduling, None);
        Some(self.polled(modules, (format!("{}.{}", app.app, app.name), with), times))
    }

    fn parameters_of(&mut self, module: &Module<'_>, counterpart: &Counterpart) -> Vec<(String, Data)> {
        let mut given = Vec::new();
        for (ours, paths) in counterpart.parameters() {
            let value = paths.iter().find_map(|path| module.given(path));
            given.extend(value.map(|value| (ours.to_owned(), self.values.data(value))));
        }
        if module.app() == "google-email"
            && given.iter().all(|(key, _)| key != "query")
            && let Some(query) = gmail_query(module)
        {
            given.push(("query".to_owned(), Data::text(query)));
        }
        given
    }

    fn sheet(&mut self, module: &Module<'_>) -> Vec<(String, Data)> {
        let path = module.word("spreadsheetId").unwrap_or_default();
        let id = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let sheet = self.values.data(module.given("sheetId").unwrap_or(&Value::Null));
        vec![("spreadsheet".to_owned(), Data::text(id)), ("sheet".to_owned(), sheet)]
    }

    /// Whether a module watches a mailbox by IMAP. That of Gmail did so, too; where
    /// something reads the id that Gmail's API knows a mail by, or it searches as Gmail does, the API is asked.
    pub(super) fn is_mailbox(&self, module: &Module<'_>) -> bool {
        match module.kind {
            "email:TriggerNewEmail" => true,
            "google-email:TriggerNewEmail" => {
                module.word("searchType") != Some("gmail") && !self.identified.contains(&module.id)
            }
            _ => false,
        }
    }

    /// A mailbox.
    pub(super) fn mailbox(&mut self, modules: &[Module<'_>]) -> Start {
        let module = &modules[0];
        let mut decisions = Vec::new();
        let connection = self.connection(module, &["imap".to_owned()]).unwrap_or_default();
        let mut with = vec![("connection".to_owned(), Data::text(connection))];
        let folder = module.word("folder").filter(|folder| !folder.eq_ignore_ascii_case("INBOX"));
        with.extend(folder.map(|folder| ("folder".to_owned(), Data::text(folder))));
        let mut rule = Vec::new();
        for (theirs, ours) in [("from", "from"), ("to", "to"), ("subject", "subject"), ("text", "body")] {
            match module.word(theirs).map(str::trim).filter(|text| !text.is_empty()) {
                Some(text) if text.contains("{{") => {
                    decisions.push(format!("`{ours}` is computed, which a rule cannot be"));
                }
                Some(text) => rule.push((ours.to_owned(), Data::text(crate::mail::pattern(text)))),
                None => {}
            }
        }
        with.extend((!rule.is_empty()).then(|| ("where".to_owned(), Data::Map(rule))));
        with.extend(module.says("markSeen").then(|| ("after".to_owned(), Data::text("seen"))));
        decisions.extend(self.collects_mails(modules));
        let decision = (!decisions.is_empty()).then(|| decisions.join("; "));
        self.note(module, Some("trigger"), State::NeedsConnection, decision);
        let trigger = trigger("mail", Data::Map(with));
        Start { trigger, done: Some(Done::folded(mail_fields(Expr::name("trigger")))), in_line: true }
    }

    /// An address that mails are sent to, which nobody can guess, as it was.
    pub(super) fn mailhook(&mut self, modules: &[Module<'_>]) -> Start {
        let mut decisions = vec!["tell those who write to it the new address".to_owned()];
        decisions.extend(self.collects_mails(modules));
        self.note(&modules[0], Some("trigger"), State::NeedsConnection, Some(decisions.join("; ")));
        let trigger = trigger("mailhook", Data::Map(Vec::new()));
        Start { trigger, done: Some(Done::folded(mail_fields(Expr::name("trigger")))), in_line: true }
    }

    fn collects_mails(&self, modules: &[Module<'_>]) -> Option<String> {
        self.takes_all(modules).then(|| "each mail is a run of its own here: what collects several has one".to_owned())
    }
}

/// How what is new comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Come {
    /// Each in a run of its own.
    Alone,
    /// All in one run.
    Together,
}

/// Fields of a mail by Make's names. Those that ours always have need no `?.`.
fn mail_fields(mail: Expr) -> Output {
    let of = |name: &str| match name {
        "text" | "html" | "subject" => Type::Text,
        "date" => Type::Date,
        "attachments" | "to" | "cc" => Type::List,
        _ => Type::Any,
    };
    let same = ["from", "to", "cc", "subject", "date", "text", "html", "attachments", "headers", "size", "folder"];
    let fields = same.iter().map(|name| (*name, *name)).chain(MAIL_FIELDS);
    let output = fields.fold(Output::of(mail.clone()), |output, (theirs, ours)| {
        output.with(theirs, Typed::maybe(mail.clone().field(ours), of(ours)))
    });
    let from = |key: &str| Typed::maybe(mail.clone().field("from").maybe(key), Type::Text);
    output
        .with("fromEmail", from("address"))
        .with("fromName", from("name"))
        .nested("attachments", Nested::Names(&ATTACHMENT_FIELDS))
        .nested("headers", Nested::Headers)
}

/// Fields of a mail by the names of Make's module for Gmail's API, where addresses are texts here.
fn gmail_fields(mail: Expr) -> Output {
    let from = mail.clone().maybe("from").or_else(Expr::text(""));
    let address = from.clone().method("extract_emails", []).method("first", []);
    let name = from.method("before", [Expr::text("<")]).method("trim", []);
    Output::of(mail)
        .at("fullTextBody", &["text"], Type::Text)
        .at("htmlBody", &["html"], Type::Text)
        .with("fromEmail", Typed::maybe(address, Type::Text))
        .with("fromName", Typed::sure(name, Type::Text))
}

/// Fields of an attachment by Make's names and by ours.
const ATTACHMENT_FIELDS: [(&str, &str); 7] = [
    ("fileName", "name"),
    ("generatedFileName", "name"),
    ("contentType", "content_type"),
    ("fileSize", "size"),
    ("length", "size"),
    ("contentId", "content_id"),
    ("data", "file"),
];

/// When something is asked: by the file's schedule where it has one, else what is usual; and what is to be said of it.
fn times(scheduling: &Value, usual: Option<&str>) -> (Vec<(String, Data)>, Vec<String>) {
    let Trigger { kind, with, remarks } = schedule(scheduling);
    let said = match with {
        Data::Map(entries) if kind == "schedule" && entries.iter().all(|(key, _)| key != "at") => entries,
        _ => Vec::new(),
    };
    match usual {
        _ if remarks.is_empty() && !said.is_empty() => (said, remarks),
        Some(every) => (vec![("every".to_owned(), Data::text(every))], remarks),
        // The app says itself how often.
        None => (Vec::new(), Vec::new()),
    }
}

/// What the form of Make's module says, as the search field of Gmail takes it
/// (<https://support.google.com/mail/answer/7190>).
fn gmail_query(module: &Module<'_>) -> Option<String> {
    let mut words = Vec::new();
    let plain = |key: &str| module.word(key).map(str::trim).filter(|text| !text.is_empty() && !text.contains("{{"));
    let quoted = |text: &str| if text.contains(' ') { format!("({text})") } else { text.to_owned() };
    if let Some(folder) = plain("folder") {
        words.push(if folder.eq_ignore_ascii_case("inbox") {
            "in:inbox".to_owned()
        } else {
            format!("label:{}", folder.replace([' ', '/'], "-"))
        });
    }
    match plain("criteria") {
        Some(asked) if asked.starts_with("is:") => words.push(asked.to_owned()),
        Some("UNSEEN") => words.push("is:unread".to_owned()),
        Some("SEEN") => words.push("is:read".to_owned()),
        _ => {}
    }
    for (key, operator) in [("from", "from:"), ("to", "to:"), ("subject", "subject:")] {
        words.extend(plain(key).map(|text| format!("{operator}{}", quoted(text))));
    }
    words.extend(plain("includeWords").or_else(|| plain("text")).map(str::to_owned));
    words.extend(plain("excludeWords").into_iter().flat_map(str::split_whitespace).map(|word| format!("-{word}")));
    if module.says("hasAttachment") {
        words.push("has:attachment".to_owned());
    }
    (!words.is_empty()).then(|| words.join(" "))
}
