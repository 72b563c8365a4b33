//! From a mail that has come in to the runs that it starts, all of which are on disk before the sender is told that it was
//! taken.

use super::addresses::{AddressTable, Addresses, Armed};
use super::auth::{Examiner, Origin, Verdict};
use super::letter::Letter;
use super::reply::Reply;
use super::session::{Envelope, Recipient, Secrecy};
use crate::mail::kept;
use bytes::Bytes;
use engine::{By, Delivery, Handle, Refused};
use mail::Misfit;
use run::files::Files;
use run::id::Millis;
use run::input::{Input, Source};
use run::payload::Payload;
use run::tables::StoreError;
use scenario::plan::Proof;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;
use tokio::sync::Semaphore;

/// For how long a mail that comes again is known.
const KNOWN: Duration = Duration::from_secs(24 * 60 * 60);
/// So many mails are read at once: reading takes memory, a few times the length of a mail.
const READING: usize = 4;

/// Starts runs by mails that have come in.
#[derive(Debug)]
pub struct Office {
    handle: Handle,
    files: Files,
    addresses: AddressTable,
    examiner: Examiner,
    reading: Semaphore,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Its runs are on disk, or nobody means it. The text is what it is known by.
    Taken(String),
    /// It goes round in a circle.
    Circle,
    /// Nothing proves who wrote it, as is asked for.
    Unproven(Proof),
    /// Whether something proves it could not be found out now.
    Unsure(Proof),
    /// Nobody has the address any more.
    Gone,
    /// It could not be taken now.
    NotNow,
    /// The server is being stopped.
    Stopping,
}

impl Outcome {
    pub(super) fn reply(&self) -> Reply {
        match self {
            Self::Taken(digest) => Reply::new(250, format!("2.0.0 Taken as {digest}")),
            Self::Circle => Reply::new(554, "5.4.6 This mail goes round in a circle"),
            Self::Unproven(proof) => Reply::new(550, format!("5.7.1 Mails to this address need {}", shown(*proof))),
            Self::Unsure(proof) => {
                Reply::new(451, format!("4.7.0 {} could not be checked now; try again later", shown(*proof)))
            }
            Self::Gone => Reply::new(451, "4.2.1 This address takes no mails at the moment; try again later"),
            Self::NotNow => Reply::new(451, "4.3.0 It cannot be taken now; try again later"),
            Self::Stopping => Reply::stopping(),
        }
    }
}

fn shown(proof: Proof) -> &'static str {
    match proof {
        Proof::Spf => "SPF",
        Proof::Dkim => "DKIM",
        Proof::Dmarc => "DMARC",
    }
}

/// Why a trigger does not take a mail.
enum Against {
    Misfit(Misfit),
    Unproven(Proof),
    Unsure(Proof),
}

impl Office {
    /// One that finds triggers at these addresses, and asks this examiner where mails come from.
    pub fn new(handle: Handle, files: Files, addresses: AddressTable, examiner: Examiner) -> Self {
        Self { handle, files, addresses, examiner, reading: Semaphore::new(READING) }
    }

    pub(super) fn addresses(&self) -> std::sync::Arc<Addresses> {
        self.addresses.current()
    }

    pub(super) fn now(&self) -> Millis {
        self.handle.clock().now()
    }

    /// Starts the runs of a mail. `host` is what this server is called.
    pub(super) async fn take(&self, mail: Vec<u8>, envelope: &Envelope, host: &str) -> Outcome {
        let mail = Bytes::from(mail);
        let origin = self.examiner.examine(mail.clone(), envelope.clone(), host.to_owned());
        let (origin, letter) = tokio::join!(origin, self.read(mail));
        let Some(letter) = letter else { return Outcome::NotNow };
        if letter.is_going_round() {
            return Outcome::Circle;
        }
        let origin = origin.about(letter.mail.from.as_ref().map(|from| &*from.address));
        let addresses = self.addresses();
        let wanted = match meant(&addresses, envelope, &letter, &origin, self.now()) {
            Ok(wanted) => wanted,
            Err(outcome) => return outcome,
        };
        let digest = letter.digest.clone();
        match self.start(&wanted, letter, envelope, &origin).await {
            Ok(()) => Outcome::Taken(digest),
            Err(refused) => {
                tracing::error!(error = %refused, "the runs of a mail were not started; its sender is told to try again");
                if matches!(refused, Refused::Stopping) { Outcome::Stopping } else { Outcome::NotNow }
            }
        }
    }

    async fn read(&self, mail: Bytes) -> Option<Letter> {
        let _turn = self.reading.acquire().await.ok()?;
        let read = tokio::task::spawn_blocking(move || Letter::read(&mail)).await;
        read.inspect_err(|error| tracing::error!(%error, "a mail could not be read")).ok()
    }

    /// Puts the runs on disk. A mail that comes again finds those that are there.
    async fn start(
        &self,
        wanted: &[(&Armed, &Recipient)],
        letter: Letter,
        envelope: &Envelope,
        origin: &Origin,
    ) -> Result<(), Refused> {
        if wanted.is_empty() {
            return Ok(());
        }
        let (files, digest, mail) = (self.files.clone(), letter.digest, letter.mail);
        let kept = tokio::task::spawn_blocking(move || kept(mail, &files)).await;
        let (mut body, files) = kept.unwrap_or(Err(StoreError::Closed))?;
        body["auth"] = serde_json::to_value(origin).unwrap_or_default();
        let at = self.now();
        for (armed, recipient) in wanted {
            body["envelope"] = shown_envelope(envelope, recipient);
            let (body, files) = (Payload::of_value(&body), files.clone());
            let input = Input { source: Source::Mail, at, request: None, body, raw: None, files };
            let dedupe = Some(By::Id { id: format!("{}/{digest}", recipient.name), window: KNOWN });
            let delivery = Delivery { input, recognised: None, dedupe };
            self.handle.deliver_each(&armed.deployment, vec![delivery]).await?;
        }
        Ok(())
    }
}

/// What `trigger.envelope` is.
fn shown_envelope(envelope: &Envelope, recipient: &Recipient) -> Value {
    json!({
        "from": envelope.from,
        "to": recipient.address,
        "helo": envelope.helo,
        "ip": envelope.ip.to_string(),
        "tls": envelope.secrecy == Secrecy::Tls,
    })
}

/// `trigger.envelope` and `trigger.auth` of a mail to this address of which nothing else is told: for tests of scenarios.
pub fn unsaid(address: &str) -> (Value, Value) {
    let envelope = json!({ "from": "", "to": address, "helo": "", "ip": "127.0.0.1", "tls": false });
    (envelope, serde_json::to_value(Origin::default()).unwrap_or_default())
}

/// The triggers that mean a mail: of each scenario the first one at each address. Where a proof is asked for that is missing,
/// and nothing else takes the mail, it is refused; where it could not be found out, it is to come again as a whole.
fn meant<'a>(
    addresses: &'a Addresses,
    envelope: &'a Envelope,
    letter: &Letter,
    origin: &Origin,
    now: Millis,
) -> Result<Vec<(&'a Armed, &'a Recipient)>, Outcome> {
    let age = age(letter, now);
    let (mut wanted, mut unproven, mut is_gone) = (Vec::new(), None, false);
    for recipient in &envelope.to {
        let (all, mut taken) = (addresses.of(&recipient.name), HashSet::new());
        is_gone |= !all.iter().any(|armed| armed.deployment.plan.enabled);
        for armed in all.iter().filter(|armed| armed.deployment.plan.enabled) {
            let scenario = &armed.deployment.id;
            if taken.contains(scenario) {
                continue;
            }
            match against(armed, letter, origin, age) {
                None => {
                    taken.insert(scenario);
                    wanted.push((armed, recipient));
                }
                Some(Against::Unsure(proof)) => return Err(Outcome::Unsure(proof)),
                Some(Against::Unproven(proof)) => {
                    tell(armed, recipient, letter, &format!("`require` asks for {}", proof.word()));
                    unproven = Some(proof);
                }
                Some(Against::Misfit(misfit)) => tell(armed, recipient, letter, &misfit.to_string()),
            }
        }
    }
    match unproven {
        // One that went to sleep meanwhile is refused by itself when the mail comes again, and the others have their runs.
        _ if is_gone => Err(Outcome::Gone),
        Some(proof) if wanted.is_empty() => Err(Outcome::Unproven(proof)),
        _ => Ok(wanted),
    }
}

fn against(armed: &Armed, letter: &Letter, origin: &Origin, age: Duration) -> Option<Against> {
    if let Err(misfit) = armed.trigger.rule.fits(&letter.mail, age) {
        return Some(Against::Misfit(misfit));
    }
    let mut missing = armed.trigger.require.iter().filter(|proof| origin.of(**proof) != Verdict::Pass);
    let first = *missing.next()?;
    let all = std::iter::once(first).chain(missing.copied());
    // What will not be there the next time either is told at once.
    let lasting = all.into_iter().find(|proof| origin.of(*proof) != Verdict::Temperror);
    Some(lasting.map_or(Against::Unsure(first), Against::Unproven))
}

/// How old a mail says that it is. It comes now, whatever it says.
fn age(letter: &Letter, now: Millis) -> Duration {
    let written = letter.mail.date.as_deref().and_then(|date| date.parse::<jiff::Timestamp>().ok());
    let age = written.map_or(0, |written| now - written.as_millisecond());
    Duration::from_millis(u64::try_from(age).unwrap_or_default())
}

/// Why a mail starts no run is told to who looks for it.
fn tell(armed: &Armed, recipient: &Recipient, letter: &Letter, why: &str) {
    let (scenario, address) = (&armed.deployment.id, &recipient.name);
    let message_id = letter.mail.message_id.as_deref().unwrap_or_default();
    tracing::info!(%scenario, address, message_id, "a mail starts no run: {why}");
}
