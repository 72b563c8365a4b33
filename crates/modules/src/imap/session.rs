//! A conversation with a mail server: commands one after the other, and their answers within bounds.

use super::answer::{Heard, read};
use super::folder_name;
use crate::connections::{Privacy, Remote, Secret};
use crate::wire::{self, MOST, Stream, dial, nonsense, refused_login};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use run::error::StepError;
use std::collections::BTreeSet;
use std::time::Duration;

/// Somebody who is logged in.
pub(crate) struct Session {
    stream: Stream,
    /// The number of the last command.
    number: u32,
    /// What the server can do; none before it was asked.
    abilities: Option<BTreeSet<String>>,
    /// A command was sent whose answer nobody read to its end.
    is_broken_off: bool,
}

/// A piece of a command.
pub(super) enum Word<'a> {
    /// As it is.
    Plain(&'a str),
    /// A text of others, which may hold anything.
    Literal(&'a str),
}

impl wire::Session for Session {
    fn stream(&mut self) -> Option<&mut Stream> {
        (!self.is_broken_off).then_some(&mut self.stream)
    }
}

impl Session {
    /// Connects and logs in, with the token where one is given.
    pub(crate) async fn open(remote: &Remote, token: Option<&Secret>) -> Result<Self, StepError> {
        let stream = dial(remote).await?;
        let mut session = Self { stream, number: 0, abilities: None, is_broken_off: false };
        let greeting = session.stream.line().await?;
        let is_known = greeting.starts_with(b"* PREAUTH");
        if !greeting.starts_with(b"* OK") && !is_known {
            return Err(match greeting.strip_prefix(b"* BYE ") {
                Some(why) => StepError::passing("server_refused", format!("{}: {}", remote.host, text(why))),
                None => nonsense(&remote.host, "no greeting of a mail server"),
            });
        }
        if remote.privacy == Privacy::Upgraded {
            if let (Some(why), _) = session.asked(&[Word::Plain("STARTTLS")]).await? {
                let error = StepError::permanent("connection_failed", format!("{} has no TLS: {why}", remote.host));
                return Err(error.hint("use imaps://, or write `?tls=none` in a network that you trust"));
            }
            session.stream = session.stream.upgraded(remote).await?;
        }
        if !is_known {
            session.log_in(remote, token).await?;
        }
        Ok(session)
    }

    async fn log_in(&mut self, remote: &Remote, token: Option<&Secret>) -> Result<(), StepError> {
        let user = remote.user.as_deref().ok_or_else(|| refused_login(&remote.host, "the connection names no user"))?;
        let refused = match (token, &remote.password) {
            (Some(token), _) => self.by_token(user, token).await?,
            (None, Some(password)) => {
                let words =
                    [Word::Plain("LOGIN "), Word::Literal(user), Word::Plain(" "), Word::Literal(password.reveal())];
                self.asked(&words).await?.0
            }
            (None, None) => return Err(refused_login(&remote.host, "the connection has no password")),
        };
        refused.map_or(Ok(()), |why| Err(refused_login(&remote.host, &why)))
    }

    /// XOAUTH2, as Google and Microsoft have it. Gives why it is refused.
    async fn by_token(&mut self, user: &str, token: &Secret) -> Result<Option<String>, StepError> {
        let proof = STANDARD.encode(format!("user={user}\x01auth=Bearer {}\x01\x01", token.reveal()));
        self.number += 1;
        let (mut line, mut said) = (format!("h{} AUTHENTICATE XOAUTH2", self.number), 0);
        loop {
            self.stream.send(format!("{line}\r\n").as_bytes()).await?;
            match self.next_that_ends().await? {
                Heard::Done { is_ok: true, .. } => return Ok(None),
                Heard::Done { words, .. } => return Ok(Some(words)),
                _ => said += 1,
            }
            // It tells why in a form for programs, and refuses once that is read.
            line = if said == 1 { proof.clone() } else { String::new() };
            if said > 2 {
                return Err(nonsense(self.stream.host(), "it asks for more than a login has"));
            }
        }
    }

    /// The next answer that is not told in passing.
    async fn next_that_ends(&mut self) -> Result<Heard, StepError> {
        loop {
            match self.hear().await? {
                heard @ (Heard::Done { .. } | Heard::GoOn) => return Ok(heard),
                Heard::Bye(why) => return Err(gone(self.stream.host(), &why)),
                _ => {}
            }
        }
    }

    /// One command: why it was refused, if it was, and all that was said before.
    pub(super) async fn asked(&mut self, words: &[Word<'_>]) -> Result<(Option<String>, Vec<Heard>), StepError> {
        self.number += 1;
        self.is_broken_off = true;
        let mut line = format!("h{} ", self.number);
        let mut told = Vec::new();
        for word in words {
            match word {
                Word::Plain(text) => line.push_str(text),
                Word::Literal(text) => {
                    line.push_str(&format!("{{{}}}\r\n", text.len()));
                    self.stream.send(line.as_bytes()).await?;
                    if let Heard::Done { words, .. } = self.next_that_ends().await? {
                        self.is_broken_off = false;
                        return Ok((Some(words), told));
                    }
                    line = (*text).to_owned();
                }
            }
        }
        self.stream.send(format!("{line}\r\n").as_bytes()).await?;
        loop {
            match self.hear().await? {
                Heard::Done { is_ok, words } => {
                    self.is_broken_off = false;
                    return Ok(((!is_ok).then_some(words), told));
                }
                Heard::GoOn => return Err(nonsense(self.stream.host(), "it asks for more than the command has")),
                Heard::Bye(why) if !matches!(words, [Word::Plain("LOGOUT")]) => {
                    return Err(gone(self.stream.host(), &why));
                }
                Heard::Other => {}
                heard => told.push(heard),
            }
        }
    }

    /// The same, where a refusal is an error.
    pub(super) async fn ask(&mut self, words: &[Word<'_>]) -> Result<Vec<Heard>, StepError> {
        let (refused, told) = self.asked(words).await?;
        refused.map_or(Ok(told), |why| Err(refusal(self.stream.host(), &why)))
    }

    /// The next answer: its line, and the bytes that its lines announce.
    async fn hear(&mut self) -> Result<Heard, StepError> {
        let first = self.stream.line().await?;
        self.rest_of(&first).await
    }

    async fn rest_of(&mut self, first: &[u8]) -> Result<Heard, StepError> {
        let mut answer = first.to_vec();
        let mut line_begins = 0;
        while let Some(length) = announced(&answer[line_begins..]) {
            if answer.len().saturating_add(length) > MOST {
                return Err(StepError::permanent("too_large", format!("{} answers with too much", self.stream.host())));
            }
            answer.extend_from_slice(b"\r\n");
            answer.extend_from_slice(&self.stream.take(length).await?);
            line_begins = answer.len();
            answer.extend_from_slice(&self.stream.line().await?);
        }
        answer.extend_from_slice(b"\r\n");
        Ok(read(&answer, &format!("h{}", self.number)))
    }

    /// Whether the server can do this.
    pub(super) async fn can(&mut self, what: &str) -> Result<bool, StepError> {
        if self.abilities.is_none() {
            let told = self.ask(&[Word::Plain("CAPABILITY")]).await?;
            let all = told.into_iter().filter_map(|heard| match heard {
                Heard::Capabilities(names) => Some(names),
                _ => None,
            });
            self.abilities = Some(all.flatten().collect());
        }
        Ok(self.abilities.as_ref().is_some_and(|abilities| abilities.contains(what)))
    }

    /// Goes to a folder for looking alone; how many mails it has.
    pub(super) async fn examine(&mut self, folder: &str) -> Result<u32, StepError> {
        let told = self.go("EXAMINE", folder).await?;
        Ok(told
            .iter()
            .find_map(|heard| if let Heard::Exists(count) = heard { Some(*count) } else { None })
            .unwrap_or(0))
    }

    /// Goes to a folder. One that is not there is told with those that are.
    pub(super) async fn go(&mut self, command: &str, folder: &str) -> Result<Vec<Heard>, StepError> {
        let name = quoted(folder);
        let (refused, told) = self.asked(&[Word::Plain(command), Word::Plain(" "), Word::Plain(&name)]).await?;
        let Some(why) = refused else { return Ok(told) };
        let error = refusal(self.stream.host(), &why);
        let there = self.ask(&[Word::Plain("LIST \"\" \"*\"")]).await.unwrap_or_default();
        let names = there.into_iter().filter_map(|heard| match heard {
            Heard::Folder(name) => Some(format!("`{name}`")),
            _ => None,
        });
        let names: Vec<_> = names.take(20).collect();
        if names.is_empty() || names.contains(&format!("`{folder}`")) {
            return Err(error);
        }
        let message = format!("the mailbox has no folder `{folder}`: {why}");
        Err(StepError::permanent("folder_unknown", message).hint(format!("it has {}", names.join(", "))))
    }

    /// Comes back when the folder has changed, or when the time is over (RFC 2177).
    pub(super) async fn idle(&mut self, most: Duration) -> Result<(), StepError> {
        self.number += 1;
        self.is_broken_off = true;
        self.stream.send(format!("h{} IDLE\r\n", self.number).as_bytes()).await?;
        if let Heard::Done { words, .. } = self.next_that_ends().await? {
            return Err(refusal(self.stream.host(), &words));
        }
        let until = tokio::time::Instant::now() + most;
        loop {
            // A line that has not come as a whole stays where it is read from.
            let Ok(line) = tokio::time::timeout_at(until, self.stream.line()).await else { break };
            match self.rest_of(&line?).await? {
                Heard::Exists(_) => break,
                Heard::Bye(why) => return Err(gone(self.stream.host(), &why)),
                _ => {}
            }
        }
        self.stream.send(b"DONE\r\n").await?;
        if let Heard::Done { is_ok: false, words } = self.next_that_ends().await? {
            return Err(refusal(self.stream.host(), &words));
        }
        self.is_broken_off = false;
        Ok(())
    }

    /// Takes its leave. Whether the server hears of it changes nothing.
    pub(super) async fn log_out(&mut self) {
        let _ = self.asked(&[Word::Plain("LOGOUT")]).await;
    }
}

/// A folder's name as a quoted string.
pub(super) fn quoted(folder: &str) -> String {
    format!("\"{}\"", folder_name::encoded(folder).replace('\\', "\\\\").replace('"', "\\\""))
}

/// How many bytes come behind this line, where it says so: `{12}`.
fn announced(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"}")?;
    let at = line.iter().rposition(|byte| *byte == b'{')?;
    std::str::from_utf8(&line[at + 1..]).ok()?.trim_end_matches('+').parse().ok()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn gone(host: &str, why: &str) -> StepError {
    StepError::passing("connection_failed", format!("{host} ended the conversation: {why}"))
}

/// The refusal of a command. What the server says of its own state may pass (RFC 5530).
fn refusal(host: &str, why: &str) -> StepError {
    let message = format!("{host}: {why}");
    let passes = ["[UNAVAILABLE]", "[INUSE]", "[SERVERBUG]", "[LIMIT]", "[CONTACTADMIN]"];
    if why.contains("[OVERQUOTA]") {
        return StepError::passing("mailbox_full", message).hint("make room in the mailbox, or have its quota raised");
    }
    if passes.iter().any(|code| why.contains(code)) {
        return StepError::passing("server_refused", message);
    }
    StepError::permanent("server_refused", message)
}
