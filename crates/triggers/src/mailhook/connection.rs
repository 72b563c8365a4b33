//! One connection: what comes is cut into lines and mails, what is answered is sent, and nobody is waited for too long.

use super::data::{Data, Fault, Progress};
use super::limits::{Limits, Occupied};
use super::line::{Line, Lines};
use super::reply::Reply;
use super::session::{Door, Envelope, Session, Step};
use super::{Office, addresses::Admission};
use run::id::Millis;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

/// So much is read at once.
const PIECE: usize = 16 * 1024;
/// How long answers may take to be sent.
const SENDING: Duration = Duration::from_secs(60);

/// What a connection has to do with.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    pub(super) office: Arc<Office>,
    pub(super) occupied: Arc<Occupied>,
    pub(super) limits: Arc<Limits>,
    /// What the server is called.
    pub(super) host: String,
    /// Turns true when the server is to end.
    pub(super) stopping: watch::Receiver<bool>,
    pub(super) until: Instant,
}

/// How a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The connection is over.
    Closed,
    /// TLS begins on it.
    Tls,
}

/// Who asks at the door.
struct Visitor<'s> {
    around: &'s Surroundings,
    ip: IpAddr,
    now: Millis,
}

impl Door for Visitor<'_> {
    fn takes_another(&self) -> bool {
        self.around.occupied.takes_mail_of(self.ip, self.now)
    }

    fn admits(&self, local: &str) -> Admission {
        self.around.office.addresses().admit(local, self.now)
    }
}

/// What is read and not yet understood, and what is not yet sent.
struct Wire<'s, S> {
    stream: &'s mut S,
    input: Vec<u8>,
    read: usize,
    out: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<'_, S> {
    fn left(&self) -> &[u8] {
        &self.input[self.read..]
    }

    fn say(&mut self, reply: &Reply) {
        self.out.extend_from_slice(&reply.bytes());
    }

    async fn send(&mut self) -> io::Result<()> {
        let out = std::mem::take(&mut self.out);
        timeout(SENDING, async {
            self.stream.write_all(&out).await?;
            self.stream.flush().await
        })
        .await?
    }

    /// Reads more. Answers to what came are sent first. False: that was all.
    async fn more(&mut self, until: Instant) -> io::Result<bool> {
        if !self.out.is_empty() {
            self.send().await?;
        }
        self.input.resize(PIECE, 0);
        self.read = 0;
        let count = timeout_at(until, self.stream.read(&mut self.input)).await;
        self.input.truncate(*count.as_ref().ok().and_then(|count| count.as_ref().ok()).unwrap_or(&0));
        Ok(count?? > 0)
    }

    /// The last answer of a connection.
    async fn end(&mut self, reply: &Reply) -> io::Result<Ending> {
        self.say(reply);
        self.send().await?;
        Ok(Ending::Closed)
    }
}

/// Talks until one of both ends it. What was said beyond `STARTTLS` without TLS is forgotten (CVE-2011-0411).
pub(super) async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    session: &mut Session,
    around: &Surroundings,
    ip: IpAddr,
) -> io::Result<Ending> {
    let mut wire = Wire { stream, input: Vec::new(), read: 0, out: Vec::new() };
    let (mut lines, mut stopping) = (Lines::default(), around.stopping.clone());
    loop {
        let until = (Instant::now() + around.limits.command).min(around.until);
        let line = tokio::select! {
            biased;
            () = asked_to_stop(&mut stopping) => return wire.end(&Reply::stopping()).await,
            line = line(&mut wire, &mut lines, until) => line,
        };
        let line = match line {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => return wire.end(&Reply::too_slow()).await,
            line => line?,
        };
        let visitor = Visitor { around, ip, now: around.office.now() };
        let step = match line {
            None => return Ok(Ending::Closed),
            Some(Line::Whole(line)) => session.step(&line, &visitor),
            Some(Line::TooLong) => session.bad_line("5.5.6 This line is too long"),
            // Whoever ends lines otherwise may mean another mail by it than we would read.
            Some(Line::Broken) => {
                Step::End(Reply::new(554, "5.5.2 Lines end with CR and LF, and have neither in them"))
            }
        };
        match step {
            Step::Say(reply) => wire.say(&reply),
            Step::End(reply) => return wire.end(&reply).await,
            Step::Tls(reply) => {
                wire.say(&reply);
                wire.send().await?;
                return Ok(Ending::Tls);
            }
            Step::Mail(reply) => {
                wire.say(&reply);
                let Some(envelope) = session.envelope() else { return Ok(Ending::Closed) };
                match mail(&mut wire, &envelope, around).await {
                    Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                        return wire.end(&Reply::too_slow()).await;
                    }
                    reply => wire.say(&reply?),
                }
            }
        }
    }
}

/// Comes back once the server is to end.
pub(super) async fn asked_to_stop(stopping: &mut watch::Receiver<bool>) {
    // Whoever asks is gone: nobody is there any more whom to serve.
    drop(stopping.wait_for(|stopping| *stopping).await);
}

/// The next line; none: the other side has ended the connection.
async fn line<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<'_, S>,
    lines: &mut Lines,
    until: Instant,
) -> io::Result<Option<Line>> {
    loop {
        let mut left = wire.left();
        let before = left.len();
        let line = if before == 0 { None } else { lines.next(&mut left) };
        wire.read += before - left.len();
        if line.is_some() {
            return Ok(line);
        }
        if !wire.more(until).await? {
            return Ok(None);
        }
    }
}

/// Reads a mail, and has it taken in. Its sender may go away meanwhile: it comes again, and is known.
async fn mail<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<'_, S>,
    envelope: &Envelope,
    around: &Surroundings,
) -> io::Result<Reply> {
    let (limits, mut room) = (&around.limits, around.occupied.room());
    let mut data = Data::new(limits.size);
    let whole = (Instant::now() + limits.mail).min(around.until);
    loop {
        let mut left = wire.left();
        let before = left.len();
        let progress = data.push(&mut left);
        wire.read += before - left.len();
        if !room.grow(data.taken(), limits) {
            data.fail(Fault::NoRoom);
        }
        if progress == Progress::Done {
            break;
        }
        if !wire.more((Instant::now() + limits.piece).min(whole)).await? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(match data.into_mail() {
        Ok(mail) => Box::pin(around.office.take(mail, envelope, &around.host)).await.reply(),
        Err(Fault::BareLine) => Reply::new(550, "5.6.11 Lines end with CR and LF, and have neither in them"),
        Err(Fault::TooLarge) => Reply::new(552, format!("5.3.4 Mails have at most {} bytes here", limits.size)),
        Err(Fault::NoRoom) => Reply::new(452, "4.3.1 There is no room for it now; try again later"),
    })
}
