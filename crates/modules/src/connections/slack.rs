//! Connections to a channel of Slack.

use super::Secret;
use super::delivery;
use super::settings::Settings;
use crate::mask::Mask;
use run::call::Delivery;
use url::Url;

/// A connection of the type `slack`.
#[derive(Debug)]
pub(crate) struct Slack {
    /// The incoming webhook: whoever knows it can write to the channel. None in a sandbox that was given none.
    url: Option<Secret>,
    /// Whether messages leave the machine.
    pub(crate) delivery: Delivery,
}

impl Slack {
    /// `{ type: slack, url }`.
    pub(super) fn read(settings: &mut Settings<'_>) -> Self {
        let url = settings.required_secret("url");
        let is_url = |text: &str| Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if url.as_ref().is_some_and(|url| !is_url(url.reveal())) {
            settings.reject_content("url", "is no http:// or https:// URL");
        }
        Self { url, delivery: delivery(settings.is_sandbox()) }
    }

    /// Where messages go.
    pub(crate) fn url(&self) -> Option<Url> {
        Url::parse(self.url.as_ref()?.reveal()).ok()
    }

    /// What hides the URL's secret part.
    pub(crate) fn mask(&self) -> Mask {
        self.url().map_or_else(Mask::default, |url| Mask::over([url.path(), url.path().trim_start_matches('/')]))
    }
}
