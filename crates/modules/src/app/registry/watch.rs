//! What apps let be watched: their triggers that are an action asked now and then.

use crate::app::shape::App;
use scenario::catalog::Watch;
use scenario::plan::Newest;

/// How often is asked where an app does not say.
const USUAL: &str = "5m";

/// All that an app lets be watched.
pub(super) fn all(app: &App) -> impl Iterator<Item = Watch> + '_ {
    app.triggers.iter().filter_map(|trigger| {
        let poll = trigger.poll.as_ref()?;
        let text = |key: &str| poll[key].as_str().map(str::to_owned);
        Some(Watch {
            name: format!("{}.{}", app.name, trigger.name),
            module: format!("{}.{}", app.name, text("action")?),
            about: trigger.about.en.clone(),
            parameters: poll["parameters"].as_object().cloned().unwrap_or_default(),
            items: text("items")?,
            id: text("id")?,
            newest: if poll["newest"] == "first" { Newest::First } else { Newest::Last },
            every: text("every").unwrap_or_else(|| USUAL.to_owned()),
        })
    })
}
