//! Apps: which of our modules a step of Zapier stands for, by the words of its key and of its action.
//!
//! Zapier publishes no list of actions, so the names are compared: `HubSpotCLIAPI` is `hubspot`, `create_contact` says
//! what it does, and a module is taken only where all that it requires is given.

use crate::counterparts::{AppTrigger, Counterparts};
use scenario::catalog::ModuleSpec;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Keys of Zapier that say another name than the app has here.
const APPS: [(&str, &str); 10] = [
    ("googlemail", "gmail"),
    ("chatgpt", "openai"),
    ("openaichatgpt", "openai"),
    ("anthropicclaude", "anthropic"),
    ("googlegemini", "gemini"),
    ("facebookpages", "facebook_pages"),
    ("outlook", "microsoft_outlook"),
    ("excel", "microsoft_excel"),
    ("jirasoftwarecloud", "jira"),
    ("whatsappbusiness", "whatsapp"),
];

/// Actions whose words do not tell which module is meant: app, action, module.
const ACTIONS: [(&str, &str, &str); 12] = [
    ("slack", "channel_message", "slack.post_message"),
    ("slack", "direct_message", "slack.post_message"),
    ("slack", "private_channel_message", "slack.post_message"),
    ("gmail", "message", "gmail.send_message"),
    ("discord", "channel_message", "discord.send_message"),
    ("google_calendar", "detailed_event", "google_calendar.create_event"),
    ("google_calendar", "event", "google_calendar.create_event"),
    ("todoist", "task", "todoist.create_task"),
    ("trello", "card", "trello.create_card"),
    ("openai", "chat_completion", "openai.complete_chat"),
    ("telegram", "sendMessage", "telegram.send_message"),
    ("jira", "issue", "jira.create_issue"),
];

/// Words that say the same.
const SAME: [&[&str]; 5] = [
    &["create", "add", "new", "make", "append"],
    &["send", "post"],
    &["find", "search", "lookup", "list", "query", "get"],
    &["message", "mail", "email"],
    &["row", "record", "item", "entry"],
];

/// Other names of parameters: ours, then theirs.
const PARAMETERS: [(&str, &[&str]); 16] = [
    ("text", &["message", "body", "content"]),
    ("content", &["message", "body", "text"]),
    ("html", &["body_html", "html_body"]),
    ("channel", &["channel_id", "user", "recipient"]),
    ("to", &["recipient", "recipients", "to_email", "email"]),
    ("subject", &["title"]),
    ("chat_id", &["chatId", "chat"]),
    ("title", &["name", "subject", "summary"]),
    ("name", &["title", "task_name"]),
    ("description", &["desc", "notes", "body"]),
    ("list", &["list_id", "idList"]),
    ("start", &["start__dateTime", "start_time", "start_date"]),
    ("end", &["end__dateTime", "end_time", "end_date"]),
    ("calendar", &["calendarid", "calendar_id"]),
    ("base", &["application", "base_id", "applicationId"]),
    ("table", &["table_id", "tableName"]),
];

/// A module with its parameters: ours, and theirs.
pub(super) struct Found {
    pub(super) module: String,
    pub(super) spec: Arc<ModuleSpec>,
    pub(super) parameters: Vec<(String, String)>,
}

/// The app of ours that a key of Zapier names.
fn app(known: &Counterparts, key: &str) -> Option<String> {
    let plain = plain_key(key);
    if let Some((_, ours)) = APPS.iter().find(|(theirs, _)| *theirs == plain) {
        return Some((*ours).to_owned());
    }
    let mut apps = known.catalog.module_names().filter_map(|name| name.split('.').next());
    apps.find(|app| app.replace('_', "") == plain).map(str::to_owned)
}

/// `GoogleSheetsV2CLIAPI` is `googlesheets`.
fn plain_key(key: &str) -> String {
    let key = key.strip_suffix("CLIAPI").or_else(|| key.strip_suffix("API")).unwrap_or(key);
    let key = key.trim_end_matches(|last: char| last.is_ascii_digit());
    let key = key.strip_suffix('V').unwrap_or(key);
    key.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// The module that stands for a step with these parameters.
pub(super) fn module(known: &Counterparts, key: &str, action: &str, given: &Map<String, Value>) -> Option<Found> {
    let app = app(known, key)?;
    if let Some((_, _, module)) = ACTIONS.iter().find(|(of, theirs, _)| *of == app && *theirs == action) {
        return fitted(known, module, given);
    }
    let wanted = words(action);
    let prefix = format!("{app}.");
    let candidates = known.catalog.module_names().filter(|name| name.starts_with(&prefix));
    let mut scored: Vec<(usize, &str)> = candidates
        .filter_map(|name| {
            let own = words(&name[prefix.len()..]);
            let common = own.intersection(&wanted).count();
            // All that ours does is said, but for one word at most.
            (common > 0 && own.len() - common <= 1 && common * 2 >= own.len().max(wanted.len()))
                .then_some((common, name))
        })
        .collect();
    scored.sort_by_key(|(common, name)| (std::cmp::Reverse(*common), name.len()));
    scored.into_iter().find_map(|(_, name)| fitted(known, name, given))
}

/// The words of an action, each by the first that says the same.
fn words(action: &str) -> BTreeSet<String> {
    let words = crate::ids::slug(action, "");
    words
        .split('-')
        .filter(|word| !word.is_empty() && !matches!(*word, "a" | "to" | "in" | "v2" | "or" | "the"))
        .map(|word| {
            let word = word.strip_suffix('s').filter(|stem| stem.len() > 3).unwrap_or(word);
            SAME.iter().find(|same| same.contains(&word)).map_or(word, |same| same[0]).to_owned()
        })
        .collect()
}

/// The module, where all is given that it requires.
fn fitted(known: &Counterparts, name: &str, given: &Map<String, Value>) -> Option<Found> {
    let spec = known.catalog.module(name)?;
    let is_given = |key: &&str| given.get(*key).is_some_and(|value| !value.is_null() && value != "");
    let mut parameters = Vec::new();
    for ours in spec.parameters["properties"].as_object().into_iter().flatten().map(|(ours, _)| ours.as_str()) {
        if ours == "connection" {
            continue;
        }
        let camel = ours.split('_').enumerate().fold(String::new(), |all, (place, word)| {
            let mut letters = word.chars();
            match (place, letters.next()) {
                (0, _) | (_, None) => all + word,
                (_, Some(first)) => all + first.to_ascii_uppercase().to_string().as_str() + letters.as_str(),
            }
        });
        let id = format!("{ours}_id");
        let others = PARAMETERS.iter().find(|(known, _)| *known == ours).map_or(&[][..], |(_, others)| *others);
        let mut names = [ours, &camel, &id].into_iter().chain(others.iter().copied());
        if let Some(theirs) = names.find(is_given)
            && parameters.iter().all(|(_, taken): &(String, String)| taken != theirs)
        {
            parameters.push((ours.to_owned(), theirs.to_owned()));
        }
    }
    let required = spec.parameters["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let has_all =
        required.filter(|name| *name != "connection").all(|name| parameters.iter().any(|(ours, _)| ours == name));
    has_all.then(|| Found { module: name.to_owned(), spec, parameters })
}

/// What happens in an app, where it tells of it by a webhook.
pub(super) fn trigger(known: &Counterparts, key: &str, action: &str) -> Option<AppTrigger> {
    let app = app(known, key)?;
    let wanted = words(action);
    let mut scored: Vec<(usize, &AppTrigger)> = known
        .triggers()
        .iter()
        .filter(|trigger| trigger.app == app && trigger.webhook.is_some())
        .map(|trigger| (words(&trigger.name).intersection(&wanted).count(), trigger))
        .filter(|(common, _)| *common > 0)
        .collect();
    scored.sort_by_key(|(common, _)| std::cmp::Reverse(*common));
    scored.first().map(|(_, trigger)| (*trigger).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_names_of_apps() {
        for (key, expected) in [
            ("GoogleSheetsV2CLIAPI", "googlesheets"),
            ("SlackAPI", "slack"),
            ("HubSpotCLIAPI", "hubspot"),
            ("App187957CLIAPI", "app"),
        ] {
            assert_eq!(plain_key(key), expected);
        }
        assert_eq!(words("find_contacts"), words("searchContact"));
        assert_eq!(words("new_message"), words("create_email"));
    }
}
