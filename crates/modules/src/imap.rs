//! Mailboxes by IMAP (RFC 9051, RFC 3501): as much of it as tells whether a connection works.

use crate::connections::{Privacy, Remote, Secret};
use crate::wire::{Stream, dial, nonsense, refused_login};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use run::error::StepError;

/// A conversation with a mail server.
struct Session {
    stream: Stream,
    /// The number of the last command.
    number: u32,
    /// How many mails the chosen mailbox has.
    mails: Option<u64>,
}

/// What ends the wait for an answer.
enum Answer {
    /// The command was done.
    Done,
    /// The server waits for the rest of the command.
    GoOn,
    /// It refuses, in these words.
    Refused(String),
}

/// Logs in and looks into the inbox, which stays as it is.
pub(crate) async fn knock(remote: &Remote, token: Option<&Secret>) -> Result<String, StepError> {
    let mut session = Session { stream: dial(remote).await?, number: 0, mails: None };
    let greeting = session.stream.line().await?;
    if !greeting.starts_with(b"* OK") && !greeting.starts_with(b"* PREAUTH") {
        return Err(match greeting.strip_prefix(b"* BYE ") {
            Some(why) => StepError::passing("server_refused", format!("{}: {}", remote.host, text(why))),
            None => nonsense(&remote.host, "no greeting of a mail server"),
        });
    }
    if remote.privacy == Privacy::Upgraded {
        if let Answer::Refused(why) = session.ask("STARTTLS").await? {
            let error = StepError::permanent("connection_failed", format!("{} has no TLS: {why}", remote.host));
            return Err(error.hint("use imaps://, or write `?tls=none` in a network that you trust"));
        }
        session.stream = session.stream.upgraded(remote).await?;
    }
    if greeting.starts_with(b"* OK") {
        session.log_in(remote, token).await?;
    }
    if let Answer::Refused(why) = session.ask("EXAMINE INBOX").await? {
        return Err(StepError::permanent("server_refused", format!("{}: {why}", remote.host)));
    }
    let mails = session.mails.unwrap_or_default();
    // Whether it hears of our going changes nothing.
    let _ = session.ask("LOGOUT").await;
    Ok(format!("the inbox has {mails} mails"))
}

impl Session {
    async fn log_in(&mut self, remote: &Remote, token: Option<&Secret>) -> Result<(), StepError> {
        let user = remote.user.as_deref().ok_or_else(|| refused_login(&remote.host, "the connection names no user"))?;
        let answer = match (token, &remote.password) {
            (Some(token), _) => self.by_token(user, token).await?,
            (None, Some(password)) => self.by_password(user, password).await?,
            (None, None) => return Err(refused_login(&remote.host, "the connection has no password")),
        };
        match answer {
            Answer::Done => Ok(()),
            Answer::GoOn => Err(nonsense(&remote.host, "it asks for more than a login has")),
            Answer::Refused(why) => Err(refused_login(&remote.host, &why)),
        }
    }

    /// Name and password as literals, which may hold anything.
    async fn by_password(&mut self, user: &str, password: &Secret) -> Result<Answer, StepError> {
        let mut answer = self.ask(&format!("LOGIN {{{}}}", user.len())).await?;
        let password = password.reveal();
        for line in [format!("{user} {{{}}}", password.len()), password.to_owned()] {
            match answer {
                Answer::GoOn => answer = self.say(&line).await?,
                other => return Ok(other),
            }
        }
        Ok(answer)
    }

    /// XOAUTH2, as Google and Microsoft have it.
    async fn by_token(&mut self, user: &str, token: &Secret) -> Result<Answer, StepError> {
        let proof = STANDARD.encode(format!("user={user}\x01auth=Bearer {}\x01\x01", token.reveal()));
        match self.ask("AUTHENTICATE XOAUTH2").await? {
            Answer::GoOn => {}
            other => return Ok(other),
        }
        match self.say(&proof).await? {
            // It tells why in a form for programs, and refuses once that is read.
            Answer::GoOn => self.say("").await,
            other => Ok(other),
        }
    }

    async fn ask(&mut self, command: &str) -> Result<Answer, StepError> {
        self.number += 1;
        let line = format!("h{} {command}", self.number);
        self.say(&line).await
    }

    async fn say(&mut self, line: &str) -> Result<Answer, StepError> {
        self.stream.send(format!("{line}\r\n").as_bytes()).await?;
        let tag = format!("h{} ", self.number);
        loop {
            let line = self.stream.line().await?;
            if line.first() == Some(&b'+') {
                return Ok(Answer::GoOn);
            }
            if let Some(rest) = line.strip_prefix(tag.as_bytes()) {
                return Ok(if rest.starts_with(b"OK") { Answer::Done } else { Answer::Refused(text(rest)) });
            }
            self.heard(&line).await?;
        }
    }

    /// Something that is no answer: only the number of mails matters, and bytes that are no lines are stepped over.
    async fn heard(&mut self, line: &[u8]) -> Result<(), StepError> {
        let line = text(line);
        let mut words = line.split(' ');
        if let (Some("*"), Some(number), Some("EXISTS")) = (words.next(), words.next(), words.next()) {
            self.mails = number.parse().ok();
        }
        let literal = line.strip_suffix('}').and_then(|line| line.rsplit_once('{'));
        if let Some(length) = literal.and_then(|(_, length)| length.parse().ok()) {
            self.stream.take(length).await?;
        }
        Ok(())
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
