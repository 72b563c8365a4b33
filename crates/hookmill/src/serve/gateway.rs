//! The gateway of a server: what its webhooks go through, put together.

use super::{BODY_TIMEOUT, Reach, Serve};
use bytes::Bytes;
use modules::documents::Documents;
use run::call::BoxFuture;
use run::setting::Setting;
use run::tables::Tables;
use server::{Bodies, Gateway, Inspector, Trials};
use std::net::SocketAddr;
use std::sync::Arc;
use triggers::webhook::address::Proxies;
use triggers::webhook::hooks::HookTable;
use triggers::webhook::intake::{FetchKeys, Intake, KeptTokens, KeyRing};
use triggers::webhook::public::PublicUrl;
use triggers::webhook::rate::Callers;

/// What a gateway is put together of.
pub(super) struct Around {
    pub(super) handle: engine::Handle,
    pub(super) hooks: HookTable,
    pub(super) setting: Arc<Setting>,
    pub(super) tables: Arc<dyn Tables>,
    pub(super) listening: SocketAddr,
    pub(super) inspector: Inspector,
}

impl Serve {
    pub(super) fn gateway(&self, around: Around, reach: &Reach) -> Gateway {
        let Around { handle, hooks, setting, tables, listening, inspector } = around;
        let documents = Documents::new(&reach.options, &reach.files);
        let intake = Intake {
            handle,
            setting,
            keys: KeyRing::of(Arc::new(Published(documents))),
            tokens: KeptTokens::in_tables(tables),
            callers: self.hook_rate.map(|rate| Arc::new(Callers::new(rate))),
            public: PublicUrl {
                configured: self.public_url.as_ref().map(|url| url.as_str().to_owned()),
                listening: format!("{}://{listening}", self.tls.scheme()),
            },
            proxies: Proxies { trusted: self.trust_proxy.clone(), header: self.forwarding.into() },
            files: reach.files.clone(),
        };
        Gateway {
            intake,
            hooks,
            max_body: self.max_body,
            max_file: self.max_file,
            body_timeout: BODY_TIMEOUT,
            bodies: Bodies::default(),
            inspector,
            trials: Trials::default(),
        }
    }
}

/// The keys that senders publish.
#[derive(Debug)]
struct Published(Documents);

impl FetchKeys for Published {
    fn fetch<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Bytes, String>> {
        Box::pin(async move { self.0.get(url).await.map_err(|error| error.to_string()) })
    }
}
