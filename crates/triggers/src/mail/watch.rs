//! One mailbox, watched for as long as somebody wants it: connected anew whenever that is needed, and told of when it does
//! not work.

use super::note::{Counting, Note};
use super::postman::{Address, Armed, Office};
use super::round::{Reader, round};
use engine::{Beat, Handle};
use run::error::{Recovery, StepError};
use run::id::Millis;
use run::mailbox::{Mailbox, Mailboxes};
use run::tables::StoreError;
use std::sync::Arc;
use std::time::Duration;

/// After how long it is tried again to connect: the last one over and over.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(3), Duration::from_secs(5)];
/// After how long where trying again does not help by itself: servers shut out those who try a wrong password often.
const LONG_PAUSE: Duration = Duration::from_secs(30);
/// What fails for longer is told. A server that has fallen silent is noticed after half a minute, and another
/// connection to it fails after a quarter of one: all in all within a minute.
const PATIENCE: Millis = 15_000;
/// From how much on a mailbox counts as full, in percent.
const FULL: u64 = 95;
/// How long it is shown that a folder counts anew.
const SHOWN: Millis = 10 * 60 * 1_000;

/// How things stand with one mailbox.
struct Standing {
    /// Since when it fails; none: it works.
    failing: Option<Millis>,
    /// How often it has failed since it last worked.
    failures: usize,
    /// When the folder was found to count anew.
    anew: Option<Millis>,
}

/// What alarms about this mailbox are called.
pub(super) fn subject(address: &Address) -> String {
    format!("mail:{}/{}", address.0, address.1)
}

/// Ends all alarms about it: nobody watches it any more.
pub(super) fn mend(handle: &Handle, address: &Address) {
    let subject = subject(address);
    handle.mended(&subject);
    handle.mended(&format!("{subject}:numbers"));
    handle.mended(&format!("{subject}:after"));
    handle.mended(&format!("{subject}:room"));
}

/// Watches until it is dropped.
pub(super) async fn keep(office: Arc<Office>, mailboxes: Arc<dyn Mailboxes>, address: Address, armed: Vec<Armed>) {
    let mut standing = Standing { failing: None, failures: 0, anew: None };
    loop {
        let error = match connected(&office, &*mailboxes, &address, &armed, &mut standing).await {
            Ok(()) => {
                // A sandbox: nobody writes to it, and nothing is wrong with that.
                works(&office, &address, &armed, &mut standing);
                std::future::pending::<StepError>().await
            }
            Err(error) => error,
        };
        let pause = fails(&office, &address, &armed, &mut standing, &error);
        tokio::time::sleep(pause).await;
    }
}

/// Notes that it works, and ends the alarm.
fn works(office: &Office, address: &Address, armed: &[Armed], standing: &mut Standing) {
    let now = office.handle.clock().now();
    (standing.failing, standing.failures) = (None, 0);
    office.handle.mended(&subject(address));
    if standing.anew.is_some_and(|since| now - since > SHOWN) {
        standing.anew = None;
        office.handle.mended(&format!("{}:numbers", subject(address)));
    }
    for armed in armed {
        office.handle.beat(&armed.deployment.id, &armed.label(), Beat { seen: Some(now), next: None });
    }
}

/// Notes that it does not work, and tells it once that is certain; for how long to pause.
fn fails(office: &Office, address: &Address, armed: &[Armed], standing: &mut Standing, error: &StepError) -> Duration {
    let now = office.handle.clock().now();
    let since = *standing.failing.get_or_insert(now);
    let is_lasting = error.recovery == Recovery::Permanent;
    let pause = if is_lasting { LONG_PAUSE } else { PAUSES[standing.failures.min(PAUSES.len() - 1)] };
    standing.failures += 1;
    let (connection, folder) = address;
    tracing::warn!(%connection, %folder, code = error.code, %error, "a mailbox cannot be watched; it is tried again");
    if is_lasting || now - since >= PATIENCE {
        let hint = error.hint.as_deref().map(|hint| format!("; {hint}")).unwrap_or_default();
        let message = format!("the mailbox `{connection}` ({folder}) cannot be watched: {}{hint}", error.message);
        office.handle.trouble(&subject(address), message);
    }
    for armed in armed {
        // What is late by a minute is an alarm of the scenario, too.
        office.handle.beat(&armed.deployment.id, &armed.label(), Beat { seen: None, next: Some(since) });
    }
    pause
}

/// Watches over one connection; comes back when that is broken, or at once where nothing ever comes.
async fn connected(
    office: &Arc<Office>,
    mailboxes: &dyn Mailboxes,
    address: &Address,
    armed: &[Armed],
    standing: &mut Standing,
) -> Result<(), StepError> {
    let Some(mut mailbox) = mailboxes.open(&address.0, office.handle.clock().now()).await? else { return Ok(()) };
    let mut readers = readers(office, &mut *mailbox, address, armed, standing).await?;
    let poll = armed.iter().map(|armed| armed.trigger.every).min().unwrap_or(scenario::plan::POLL);
    loop {
        // Before the look at what is new: what is told of a mail meanwhile is not told again.
        look_at_room(office, address, mailbox.taken().await?);
        round(office, &mut *mailbox, address, &mut readers).await?;
        works(office, address, armed, standing);
        mailbox.wait(poll).await?;
    }
}

/// A mailbox that is full gets no more mails, and nothing would tell of those that do not come.
fn look_at_room(office: &Office, address: &Address, taken: Option<u64>) {
    let subject = format!("{}:room", subject(address));
    match taken.filter(|taken| *taken >= FULL) {
        None => office.handle.mended(&subject),
        Some(taken) => {
            let message = format!(
                "the mailbox `{}` ({}) is full by {taken} %: its server may refuse the mails that come; make room in it, \
                 or have its quota raised",
                address.0, address.1
            );
            office.handle.trouble(&subject, message);
        }
    }
}

/// Goes to the folder, and finds for each trigger up to where it is settled.
async fn readers(
    office: &Arc<Office>,
    mailbox: &mut dyn Mailbox,
    address: &Address,
    armed: &[Armed],
    standing: &mut Standing,
) -> Result<Vec<Reader>, StepError> {
    let folder = mailbox.select(&address.1).await?;
    let of = format!("{}/{}", mailbox.account(), address.1);
    let now = office.handle.clock().now();
    let mut readers = Vec::new();
    for armed in armed {
        let (reading, name, account) = (Arc::clone(office), armed.name(), of.clone());
        let (known, noted) = blocking(move || Note::read(&*reading.tables, &name, &account)).await?;
        let is_new = known.is_none();
        let mut note = known.unwrap_or_else(|| Note::new(&of, folder, armed.trigger.since, now));
        let counting = note.meet(folder);
        if counting == Counting::Anew {
            standing.anew = Some(now);
            let message = format!(
                "the mailbox `{}` ({}) counts its mails anew: those that came since it was last looked into are looked \
                 at again, and what has had its run gets no other",
                address.0, address.1
            );
            office.handle.trouble(&format!("{}:numbers", subject(address)), message);
        }
        let mut reader = Reader { armed: armed.clone(), note, noted };
        if is_new || counting == Counting::Anew {
            reader.write(office).await?;
        }
        readers.push(reader);
    }
    Ok(readers)
}

/// Work that waits for the disk.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StepError> {
    let done = tokio::task::spawn_blocking(work).await.unwrap_or(Err(StoreError::Closed));
    done.map_err(|error| StepError::passing("store_failed", error.to_string()))
}
