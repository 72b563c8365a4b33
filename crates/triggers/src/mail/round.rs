//! One look into a mailbox: what is new is read once, held against each rule, and starts its runs.

use super::intake::{input, too_large};
use super::note::{Note, says};
use super::postman::{Address, Armed, Office};
use super::watch::{blocking, subject};
use engine::Refused;
use mail::Mail;
use run::error::{Recovery, StepError};
use run::id::Millis;
use run::input::Input;
use run::mailbox::{Act, Envelope, MOST_MAIL, Mailbox};
use run::tables::Expected;
use scenario::plan::After;
use std::sync::Arc;
use std::time::Duration;

/// So many mails are settled together.
const BATCH: usize = 50;
/// After how long a start that failed is tried again.
const AGAIN: Duration = Duration::from_secs(2);

/// A trigger, and what of the mailbox is settled for it.
pub(super) struct Reader {
    pub(super) armed: Armed,
    pub(super) note: Note,
    /// What is on disk of it.
    pub(super) noted: Expected,
}

impl Reader {
    /// Puts its note on disk. Where somebody else has written, everything is read anew with the next connection.
    pub(super) async fn write(&mut self, office: &Arc<Office>) -> Result<(), StepError> {
        let (office, note, name, noted) = (Arc::clone(office), self.note.clone(), self.armed.name(), self.noted);
        self.noted = blocking(move || note.write(&*office.tables, &name, noted)).await?;
        Ok(())
    }

    fn act(&self) -> Option<Act> {
        Some(match &self.armed.trigger.after {
            After::Nothing => return None,
            After::Seen => Act::Seen,
            After::Flag => Act::Flag,
            After::Move(folder) => Act::Move(folder.to_string()),
            After::Delete => Act::Delete,
        })
    }
}

/// Settles everything that is new.
pub(super) async fn round(
    office: &Arc<Office>,
    mailbox: &mut dyn Mailbox,
    address: &Address,
    readers: &mut [Reader],
) -> Result<(), StepError> {
    pay(office, mailbox, address, readers).await?;
    let above = readers.iter().map(|reader| reader.note.uid).min().unwrap_or(u32::MAX);
    // Where every trigger begins with a day, the server need not tell of what came before.
    let days: Option<Vec<Millis>> = readers.iter().map(|reader| reader.note.from()).collect();
    let since = days.and_then(|days| days.into_iter().min());
    let uids = mailbox.above(above, since).await?;
    let now = office.handle.clock().now();
    let mut rest = uids.as_slice();
    while let Some(first) = rest.first() {
        // What was begun before a crash is ended first: the names of its runs are fixed.
        let begun = readers.iter().filter_map(|reader| reader.note.begun()).filter(|last| last >= first).min();
        let open = begun.map_or(rest.len(), |last| rest.iter().take_while(|uid| **uid <= last).count());
        let (batch, later) = rest.split_at(open.clamp(1, BATCH));
        settle(office, mailbox, address, readers, batch).await?;
        rest = later;
    }
    for reader in readers {
        reader.note.look(now);
    }
    Ok(())
}

/// Settles these mails: their runs are on disk before it is noted that they are settled.
async fn settle(
    office: &Arc<Office>,
    mailbox: &mut dyn Mailbox,
    address: &Address,
    readers: &mut [Reader],
    batch: &[u32],
) -> Result<(), StepError> {
    let (Some(first), Some(last)) = (batch.first(), batch.last()) else { return Ok(()) };
    let now = office.handle.clock().now();
    for reader in readers.iter_mut() {
        if reader.note.begin(*first, *last, now) {
            reader.note.look(now);
            reader.write(office).await?;
        }
    }
    for envelope in mailbox.envelopes(batch).await? {
        one(office, mailbox, address, readers, envelope).await?;
    }
    for reader in readers {
        if reader.note.uid < *last {
            reader.note.settle(*last);
            reader.write(office).await?;
        }
    }
    Ok(())
}

/// One mail: read as far as the rules need it, held against each, and given its runs.
async fn one(
    office: &Arc<Office>,
    mailbox: &mut dyn Mailbox,
    address: &Address,
    readers: &mut [Reader],
    envelope: Envelope,
) -> Result<(), StepError> {
    let mut wanting: Vec<usize> = (0..readers.len()).collect();
    wanting.retain(|at| readers[*at].note.wants(envelope.uid, envelope.arrived));
    if wanting.is_empty() {
        return Ok(());
    }
    let Some(head) = mailbox.head(envelope.uid).await? else { return Ok(()) };
    let now = office.handle.clock().now();
    let age = Duration::from_millis(u64::try_from(now - envelope.arrived).unwrap_or_default());
    let short = mail::read_head(&head, envelope.size);
    let said = says(short.message_id.as_deref(), &head);
    wanting.retain(|at| {
        let Reader { armed, note, .. } = &readers[*at];
        !note.knows(envelope.uid, &said) && is_meant(armed, &short, armed.trigger.rule.fits_head(&short, age))
    });
    if wanting.is_empty() {
        return Ok(());
    }
    let mail = match whole(mailbox, envelope).await? {
        Whole::Mail(mail) => *mail,
        Whole::TooLarge => too_large(short),
        Whole::Gone => return Ok(()),
    };
    wanting.retain(|at| {
        let armed = &readers[*at].armed;
        is_meant(armed, &mail, armed.trigger.rule.fits(&mail, age))
    });
    if wanting.is_empty() {
        return Ok(());
    }
    let (files, folder) = (office.files.clone(), Arc::clone(&address.1));
    let input = blocking(move || input(mail, envelope, &folder, now, &files)).await?;
    for at in &wanting {
        let reader = &mut readers[*at];
        start(office, reader, envelope.uid, &input).await?;
        reader.note.remember(said.clone());
    }
    for at in wanting {
        let reader = &mut readers[at];
        if let Some(act) = reader.act() {
            done(office, mailbox, address, reader, envelope.uid, &act).await?;
        }
    }
    Ok(())
}

/// Whether a rule means a mail; why not is told to who looks for it.
fn is_meant(armed: &Armed, mail: &Mail, fits: Result<(), mail::Misfit>) -> bool {
    if let Err(misfit) = &fits {
        let (scenario, message_id) = (&armed.deployment.id, mail.message_id.as_deref().unwrap_or_default());
        tracing::info!(%scenario, trigger = armed.label(), message_id, "a mail starts no run: {misfit}");
    }
    fits.is_ok()
}

/// What came of reading a mail.
enum Whole {
    Mail(Box<Mail>),
    /// It is longer than is read.
    TooLarge,
    /// Somebody has taken it away meanwhile.
    Gone,
}

async fn whole(mailbox: &mut dyn Mailbox, envelope: Envelope) -> Result<Whole, StepError> {
    if envelope.size > MOST_MAIL {
        return Ok(Whole::TooLarge);
    }
    let bytes = match mailbox.whole(envelope.uid).await {
        // Some servers tell a shorter length than there is.
        Err(error) if error.code == "too_large" => return Ok(Whole::TooLarge),
        bytes => bytes?,
    };
    let Some(bytes) = bytes else { return Ok(Whole::Gone) };
    let mail = blocking(move || Ok(mail::read(&bytes))).await?;
    Ok(Whole::Mail(Box::new(mail)))
}

/// Starts the run, and comes back once it is on disk.
async fn start(office: &Arc<Office>, reader: &Reader, uid: u32, input: &Input) -> Result<(), StepError> {
    let Reader { armed, note, .. } = reader;
    let run = note.run_of(&armed.name(), uid);
    while let Err(refused) = office.handle.start_once(run, &armed.deployment, input.clone()).await {
        let scenario = &armed.deployment.id;
        tracing::error!(%scenario, uid, error = %refused, "the run of a mail was not started; it is tried again");
        if matches!(refused, Refused::Stopping) {
            return Err(StepError::passing("store_failed", refused.to_string()));
        }
        tokio::time::sleep(AGAIN).await;
    }
    Ok(())
}

/// Does to a mail what is to be done after its run is on disk. What the server refuses is told, and tried again with the next
/// connection.
async fn done(
    office: &Arc<Office>,
    mailbox: &mut dyn Mailbox,
    address: &Address,
    reader: &mut Reader,
    uid: u32,
    act: &Act,
) -> Result<(), StepError> {
    let told = format!("{}:after", subject(address));
    match mailbox.act(uid, act).await {
        Ok(()) => {
            reader.note.owed.remove(&uid);
            if reader.note.owed.is_empty() {
                office.handle.mended(&told);
            }
            Ok(())
        }
        Err(error) if error.recovery == Recovery::Permanent || error.code == "mailbox_full" => {
            reader.note.owe(uid);
            let message = format!("`after` of `{}` could not be done: {}", reader.armed.deployment.id, error.message);
            office.handle.trouble(&told, message);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Does what was refused before.
async fn pay(
    office: &Arc<Office>,
    mailbox: &mut dyn Mailbox,
    address: &Address,
    readers: &mut [Reader],
) -> Result<(), StepError> {
    for reader in readers {
        if reader.note.owed.is_empty() {
            continue;
        }
        let Some(act) = reader.act() else {
            reader.note.owed.clear();
            office.handle.mended(&format!("{}:after", subject(address)));
            continue;
        };
        for uid in reader.note.owed.clone() {
            done(office, mailbox, address, reader, uid, &act).await?;
        }
        reader.write(office).await?;
    }
    Ok(())
}
