//! The tokens that connections were given: sealed in the vault, beside the connections; and the alarms of those that are
//! refused one, or come to their end.

use super::renewal::Renewing;
use crate::vault::Records;
use modules::Connections;
use modules::auth::{self, TokenKeeper, Tokens};
use run::tables::StoreError;
use scenario::secret::Secret;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How often it is looked whether a connection comes to its end.
const LOOK: Duration = Duration::from_secs(3600);

/// What ends sooner than this without anything to take its place is told, in milliseconds: a week.
const SOON: i64 = 7 * 24 * 3600 * 1000;

/// Looks at all connections now and then, as long as the server runs.
pub(super) async fn look_after(grants: Arc<Grants>, renewing: Arc<Renewing>) {
    loop {
        let (grants, renewing) = (Arc::clone(&grants), Arc::clone(&renewing));
        let looked = tokio::task::spawn_blocking(move || {
            grants.look(&renewing.connections(), &renewing.of.reach.options.tokens);
        });
        if let Err(error) = looked.await {
            tracing::error!(%error, "it was not looked whether connections come to their end");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Keeps tokens for the connections of a server.
#[derive(Debug)]
pub(super) struct Grants {
    records: Arc<Records>,
    handle: OnceLock<engine::Handle>,
}

impl Grants {
    pub(super) fn over(records: &Arc<Records>) -> Arc<Self> {
        Arc::new(Self { records: Arc::clone(records), handle: OnceLock::new() })
    }

    /// From now on, this engine hears of what is wrong.
    pub(super) fn tell(&self, handle: engine::Handle) {
        let _ = self.handle.set(handle);
    }

    /// Raises and ends the alarms of connections that come to their end. Blocks for the disk.
    pub(super) fn look(&self, connections: &Connections, tokens: &Tokens) {
        let Some(handle) = self.handle.get() else { return };
        let now = handle.clock().now();
        for connection in connections.list() {
            let standing = auth::standing(connections, connection.name, tokens);
            if standing.fate.refused.is_some() {
                continue;
            }
            let subject = subject(connection.name);
            match standing.fate.ends.filter(|ends| ends - now < SOON) {
                Some(ends) => {
                    let days = ((ends - now) / (24 * 3600 * 1000)).max(0);
                    let name = connection.name;
                    let message =
                        format!("what the connection `{name}` was given ends in {days} days: authorize it again");
                    handle.trouble(&subject, message);
                }
                None if standing.consent != Some(false) => handle.mended(&subject),
                None => {}
            }
        }
    }
}

impl TokenKeeper for Grants {
    fn load(&self, connection: &str) -> Option<Secret> {
        let read = self.records.token(connection);
        let read = read.inspect_err(|error| tracing::error!(%error, %connection, "its tokens cannot be read"));
        read.ok().flatten().map(Secret::new)
    }

    fn keep(&self, connection: &str, token: &Secret) -> Result<(), StoreError> {
        let now = self.handle.get().map_or(0, |handle| handle.clock().now());
        self.records.put_token(connection, token.reveal(), now)
    }

    fn refused(&self, connection: &str, why: &str) {
        if let Some(handle) = self.handle.get() {
            handle.trouble(&subject(connection), format!("the connection `{connection}` is refused: {why}"));
        }
    }

    fn granted(&self, connection: &str) {
        if let Some(handle) = self.handle.get() {
            handle.mended(&subject(connection));
        }
    }
}

fn subject(connection: &str) -> String {
    format!("connection {connection}")
}
