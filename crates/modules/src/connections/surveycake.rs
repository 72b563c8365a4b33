//! Connections to a survey of SurveyCake.

use super::Secret;
use super::delivery;
use super::settings::Settings;
use run::call::Delivery;
use url::Url;

/// A connection of the type `surveycake`.
#[derive(Debug)]
pub(crate) struct SurveyCake {
    /// The survey's Hash key and IV key; none in a sandbox that was given none.
    pub(crate) keys: Option<(Secret, Secret)>,
    /// Where the survey is, if not at SurveyCake's usual address.
    pub(crate) base: Option<Url>,
    /// Whether answers are really fetched.
    pub(crate) delivery: Delivery,
}

impl SurveyCake {
    /// `{ type: surveycake, hash_key, iv_key, base? }`.
    pub(super) fn read(settings: &mut Settings<'_>) -> Self {
        let keys = settings.required_secret("hash_key").zip(settings.required_secret("iv_key"));
        let base = settings.http_url("base");
        Self { keys, base, delivery: delivery(settings.is_sandbox()) }
    }
}
