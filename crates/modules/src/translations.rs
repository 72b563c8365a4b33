//! What modules, triggers and their parameters are called in each language.
//!
//! The words are data, `translations/<app>.yaml`. English descriptions stand in the code beside what they describe; only the
//! short titles that a canvas or a form shows are told for English here, too. A test finds what a language lacks.

use scenario::catalog::{AppFace, Face, Faces};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

pub use scenario::catalog::{Term, Translated, Words};

/// The languages, beside English, in which everything is told.
pub const LANGUAGES: [&str; 2] = ["zh-TW", "zh-CN"];

/// The files, in the order of their names.
const FILES: [&str; 28] = [
    include_str!("../translations/command.yaml"),
    include_str!("../translations/crypto.yaml"),
    include_str!("../translations/csv.yaml"),
    include_str!("../translations/date.yaml"),
    include_str!("../translations/email.yaml"),
    include_str!("../translations/file.yaml"),
    include_str!("../translations/google_sheets.yaml"),
    include_str!("../translations/html.yaml"),
    include_str!("../translations/http.yaml"),
    include_str!("../translations/image.yaml"),
    include_str!("../translations/js.yaml"),
    include_str!("../translations/json.yaml"),
    include_str!("../translations/language.yaml"),
    include_str!("../translations/line.yaml"),
    include_str!("../translations/markdown.yaml"),
    include_str!("../translations/mqtt.yaml"),
    include_str!("../translations/mysql.yaml"),
    include_str!("../translations/pdf.yaml"),
    include_str!("../translations/postgres.yaml"),
    include_str!("../translations/redis.yaml"),
    include_str!("../translations/rss.yaml"),
    include_str!("../translations/slack.yaml"),
    include_str!("../translations/store.yaml"),
    include_str!("../translations/surveycake.yaml"),
    include_str!("../translations/text.yaml"),
    include_str!("../translations/webhook.yaml"),
    include_str!("../translations/xml.yaml"),
    include_str!("../translations/zip.yaml"),
];

static ALL: LazyLock<Translations> = LazyLock::new(|| {
    let mut all = Translations::default();
    for text in FILES {
        let file = serde_yaml::from_str::<Translations>(text);
        let file = file.expect("the files are part of the program, and tests read them");
        all.modules.extend(file.modules);
        all.triggers.extend(file.triggers);
    }
    all
});

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Translations {
    modules: BTreeMap<String, Translated>,
    triggers: BTreeMap<String, Translated>,
}

/// How apps look, and other names of modules and triggers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Apps {
    apps: BTreeMap<String, AppFace>,
    modules: BTreeMap<String, Vec<String>>,
    triggers: BTreeMap<String, Vec<String>>,
}

static FACES: LazyLock<Arc<Faces>> = LazyLock::new(|| {
    let apps: Result<Apps, _> = serde_yaml::from_str(include_str!("../translations/apps.yaml"));
    let apps = apps.expect("the file is part of the program, and tests read it");
    let triggers =
        ALL.triggers.iter().map(|(name, words)| (name.clone(), apps.face("trigger", apps.triggers.get(name), words)));
    let modules = ALL.modules.iter().map(|(name, words)| {
        let app = name.split_once('.').map_or("flow", |(app, _)| app);
        (name.clone(), apps.face(app, apps.modules.get(name), words))
    });
    Arc::new(Faces { modules: modules.collect(), triggers: triggers.collect() })
});

impl Apps {
    fn face(&self, app: &str, aliases: Option<&Vec<String>>, words: &Translated) -> Face {
        let look = self.apps.get(app).cloned().unwrap_or_default();
        Face {
            app: AppFace { name: app.to_owned(), ..look },
            aliases: aliases.cloned().unwrap_or_default(),
            i18n: words.clone(),
        }
    }
}

/// How modules that no app has, flow steps and triggers are shown.
pub fn faces() -> Arc<Faces> {
    Arc::clone(&FACES)
}

#[cfg(test)]
mod tests;
