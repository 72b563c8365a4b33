//! `redis.*`: keys, lists, hashes and channels of a Redis server, or of one that speaks as it does (Valkey, KeyDB).

mod act;
mod counters;
mod hashes;
mod keys;
mod lists;
mod publish;
mod session;
mod strings;
mod value;

use crate::catalog::Shared;
use crate::connections::Remote;
use crate::wire::Pool;
use act::Operation;
use run::call::Module;
use run::error::StepError;
use session::Session;
use std::sync::Arc;

/// The open connections to Redis servers.
pub(crate) type Redis = Pool<Session>;

/// All of them.
pub(crate) fn all(shared: &Arc<Shared>) -> [Arc<dyn Module>; 11] {
    [
        Operation::<keys::Delete>::module(shared),
        Operation::<strings::Get>::module(shared),
        Operation::<hashes::Get>::module(shared),
        Operation::<hashes::Set>::module(shared),
        Operation::<counters::Increment>::module(shared),
        Operation::<keys::Keys>::module(shared),
        Operation::<lists::List>::module(shared),
        Operation::<lists::Pop>::module(shared),
        Operation::<publish::Publish>::module(shared),
        Operation::<lists::Push>::module(shared),
        Operation::<strings::Set>::module(shared),
    ]
}

/// Connects and logs in, and says how that went.
pub(crate) async fn knock(remote: &Remote) -> Result<String, StepError> {
    let mut session = Session::open(remote).await?;
    session.ask(&[b"PING"]).await?;
    Ok(match &remote.database {
        Some(database) => format!("database {database} can be used"),
        None => "it can be used".to_owned(),
    })
}
