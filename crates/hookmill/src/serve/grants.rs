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
use tokio::task::JoinHandle;

/// How often it is looked whether a connection comes to its end.
const LOOK: Duration = Duration::from_secs(3600);

/// What ends sooner than this without anything to take its place is told, in milliseconds: a week.
const SOON: i64 = 7 * 24 * 3600 * 1000;

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

    /// From now on, the engine hears of what is wrong. Looks at all connections now and then, as long as the server runs.
    pub(super) fn follow(self: Arc<Self>, renewing: &Arc<Renewing>) -> JoinHandle<()> {
        let _ = self.handle.set(renewing.of.handle.clone());
        let renewing = Arc::clone(renewing);
        tokio::spawn(async move {
            loop {
                let (grants, renewing) = (Arc::clone(&self), Arc::clone(&renewing));
                let looked = tokio::task::spawn_blocking(move || {
                    grants.look(&renewing.connections(), &renewing.of.reach.options.tokens);
                });
                if let Err(error) = looked.await {
                    tracing::error!(%error, "it was not looked whether connections come to their end");
                }
                tokio::time::sleep(LOOK).await;
            }
        })
    }

    /// Raises and ends the alarms of connections that come to their end. Blocks for the disk.
    fn look(&self, connections: &Connections, tokens: &Tokens) {
        let Some(handle) = self.handle.get() else { return };
        let now = handle.clock().now();
        for connection in connections.list() {
            let standing = auth::standing(connections, connection.name, tokens);
            if let Some((_, why)) = &standing.fate.refused {
                self.refused(connection.name, why);
                continue;
            }
            let subject = subject(connection.name);
            match standing.fate.ends.filter(|ends| ends - now < SOON) {
                Some(ends) => {
                    let days = ((ends - now) / (24 * 3600 * 1000)).max(0);
                    let name = connection.name;
                    let message = format!(
                        "the credential of the connection `{name}` ends in {days} days: give or authorize a new one"
                    );
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
