//! The protocol of Redis (RESP 2): commands are lists of byte strings, answers are of five kinds. There are few enough
//! rules that reading them here, with a bound on every length that a server names, is less than a library brings.

use crate::connections::Remote;
use crate::wire::{self, Broken, Stream, dial, nonsense, refused_login};
use bytes::Bytes;
use run::call::BoxFuture;
use run::error::StepError;

/// How deep lists stand in lists at most; no command used here goes deeper than two.
const DEEPEST: usize = 8;

/// A connection that is logged in.
pub(crate) struct Session {
    stream: Stream,
    /// A question was asked whose answer nobody read to its end.
    is_broken_off: bool,
    /// As much of the answer may still come, in bytes.
    left: usize,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// A word such as `OK`.
    Word(String),
    Integer(i64),
    Bytes(Bytes),
    List(Vec<Reply>),
    /// Nothing is there.
    Nothing,
    /// The server refuses.
    Refusal(String),
}

impl wire::Session for Session {
    fn stream(&mut self) -> Option<&mut Stream> {
        (!self.is_broken_off).then_some(&mut self.stream)
    }
}

impl Session {
    /// Connects, logs in and chooses the database.
    pub(super) async fn open(remote: &Remote) -> Result<Self, StepError> {
        let mut session = Self { stream: dial(remote).await?, is_broken_off: false, left: 0 };
        if let Some(password) = &remote.password {
            let password = password.reveal().as_bytes();
            let command = match &remote.user {
                Some(user) => vec![&b"AUTH"[..], user.as_bytes(), password],
                None => vec![&b"AUTH"[..], password],
            };
            session.ask(&command).await?;
        }
        if let Some(database) = &remote.database {
            session.ask(&[b"SELECT", database.as_bytes()]).await?;
        }
        Ok(session)
    }

    /// One command and its answer, which is no refusal.
    pub(super) async fn ask(&mut self, command: &[&[u8]]) -> Result<Reply, StepError> {
        let mut answers = self.ask_all(&[command]).await?;
        answers.pop().ok_or_else(|| nonsense(self.stream.host(), "no answer"))
    }

    /// Several commands, sent at once, and their answers. The first refusal is told, after all have been read.
    pub(super) async fn ask_all(&mut self, commands: &[&[&[u8]]]) -> Result<Vec<Reply>, StepError> {
        let mut bytes = Vec::new();
        for command in commands {
            encode(command, &mut bytes);
        }
        self.is_broken_off = true;
        self.stream.send(&bytes).await?;
        self.left = wire::MOST;
        let mut answers = Vec::with_capacity(commands.len());
        for _ in commands {
            answers.push(self.reply(0).await?);
        }
        self.is_broken_off = false;
        let refusal = answers.iter().find_map(|answer| match answer {
            Reply::Refusal(text) => Some(refused(self.stream.host(), text)),
            _ => None,
        });
        refusal.map_or(Ok(answers), Err)
    }

    /// The refusal of a command within others.
    pub(super) fn refused(&self, text: &str) -> StepError {
        refused(self.stream.host(), text)
    }

    /// An answer that is not of the kind that the command has.
    pub(super) fn unexpected(&self) -> StepError {
        nonsense(self.stream.host(), "an answer of another kind")
    }

    fn reply(&mut self, depth: usize) -> BoxFuture<'_, Result<Reply, StepError>> {
        Box::pin(async move {
            let line = self.stream.line().await?;
            self.spend(line.len() + 2)?;
            let (Some(kind), Ok(rest)) = (line.first(), std::str::from_utf8(line.get(1..).unwrap_or_default())) else {
                return Err(nonsense(self.stream.host(), "a line that is no answer"));
            };
            match kind {
                b'+' => Ok(Reply::Word(rest.to_owned())),
                b'-' => Ok(Reply::Refusal(rest.to_owned())),
                b':' => Ok(Reply::Integer(self.number(rest)?)),
                b'$' => self.bytes(rest).await,
                b'*' => self.list(rest, depth).await,
                _ => Err(nonsense(self.stream.host(), "an answer of no known kind")),
            }
        })
    }

    async fn bytes(&mut self, length: &str) -> Result<Reply, StepError> {
        let Ok(length) = usize::try_from(self.number(length)?) else { return Ok(Reply::Nothing) };
        self.spend(length)?;
        let bytes = self.stream.take(length + 2).await?;
        if !bytes.ends_with(b"\r\n") {
            return Err(nonsense(self.stream.host(), "a text that is longer than it says"));
        }
        Ok(Reply::Bytes(bytes.slice(..length)))
    }

    async fn list(&mut self, count: &str, depth: usize) -> Result<Reply, StepError> {
        let Ok(count) = usize::try_from(self.number(count)?) else { return Ok(Reply::Nothing) };
        if depth >= DEEPEST {
            return Err(nonsense(self.stream.host(), "lists too deep in lists"));
        }
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(self.reply(depth + 1).await?);
        }
        Ok(Reply::List(items))
    }

    fn number(&self, text: &str) -> Result<i64, StepError> {
        text.parse().map_err(|_| nonsense(self.stream.host(), "a number that is none"))
    }

    fn spend(&mut self, bytes: usize) -> Result<(), StepError> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or_else(|| Broken::TooLarge(self.stream.host().to_owned(), wire::MOST))?;
        Ok(())
    }
}

fn encode(command: &[&[u8]], bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(format!("*{}\r\n", command.len()).as_bytes());
    for part in command {
        bytes.extend_from_slice(format!("${}\r\n", part.len()).as_bytes());
        bytes.extend_from_slice(part);
        bytes.extend_from_slice(b"\r\n");
    }
}

/// The first word of a refusal says of what kind it is.
fn refused(host: &str, text: &str) -> StepError {
    let told = format!("{host}: {text}");
    match text.split(' ').next().unwrap_or_default() {
        "WRONGPASS" | "NOAUTH" => refused_login(host, text),
        "ERR" if text.contains("AUTH") => refused_login(host, text),
        "LOADING" | "BUSY" | "TRYAGAIN" | "CLUSTERDOWN" | "MASTERDOWN" | "OOM" => {
            StepError::passing("server_refused", told)
        }
        "MOVED" | "ASK" => StepError::permanent("server_refused", told)
            .hint("that is a cluster; connect to the node that has the key, or to a server that stands alone"),
        "READONLY" => StepError::permanent("server_refused", told).hint("that is a replica; connect to its primary"),
        _ => StepError::permanent("server_refused", told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use run::error::Recovery;

    #[test]
    fn commands_name_the_length_of_each_part() {
        let mut bytes = Vec::new();
        encode(&[b"SET", b"a\r\nb", b""], &mut bytes);
        assert_eq!(bytes, b"*3\r\n$3\r\nSET\r\n$4\r\na\r\nb\r\n$0\r\n\r\n");
    }

    #[test]
    fn a_refusal_says_whether_it_may_pass() {
        let check = |text: &str, code: &str, recovery| {
            let error = refused("cache", text);
            assert_eq!((error.code.as_str(), error.recovery), (code, recovery), "{text}");
        };
        check("WRONGPASS invalid username-password pair", "login_refused", Recovery::Permanent);
        check("NOAUTH Authentication required.", "login_refused", Recovery::Permanent);
        check("LOADING Redis is loading the dataset in memory", "server_refused", Recovery::Retry);
        check("WRONGTYPE Operation against a key", "server_refused", Recovery::Permanent);
        check("MOVED 3999 127.0.0.1:6381", "server_refused", Recovery::Permanent);
    }
}
