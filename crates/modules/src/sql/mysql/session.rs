//! A session with MySQL: statements are prepared, so that values travel beside them in their own types. The protocol's few
//! packets are read here with a bound on every length; a client library would bring forty packages and twice our build
//! time of this crate.

use super::failure::{Refusal, refused};
use super::login::{LoggedIn, log_in};
use super::packets::{Packets, Reader};
use super::value::{Column, decode, encode};
use crate::catalog::Shared;
use crate::connections::{Protocol, Remote};
use crate::spec::invalid;
use crate::sql::database::{Answer, Database, Dialect, Statement, Work, keys};
use crate::wire::{self, Pool, Stream};
use run::error::StepError;
use serde_json::Value;

/// Commands.
const QUERY: u8 = 0x03;
const PREPARE: u8 = 0x16;
const EXECUTE: u8 = 0x17;
const CLOSE: u8 = 0x19;

/// There are more answers to the same question, as procedures give them.
const MORE_ANSWERS: u64 = 0x8;

/// The charset of what is no text.
const BINARY: u64 = 63;

/// A connection that is logged in.
pub(crate) struct Session {
    packets: Packets,
    is_mariadb: bool,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It waits for the next question.
    Ready,
    /// A question was asked whose answer nobody read to its end.
    Asked,
    /// It is as no other step expects it.
    Marked,
}

/// Why a statement was not done.
enum Failed {
    /// The server says so, and goes on listening.
    Refused(Refusal),
    /// Nobody knows where the conversation stands.
    Broken(StepError),
}

impl From<StepError> for Failed {
    fn from(error: StepError) -> Self {
        Self::Broken(error)
    }
}

/// A statement that the server knows.
struct Prepared {
    id: u32,
    places: usize,
}

impl wire::Session for Session {
    fn stream(&mut self) -> Option<&mut Stream> {
        (self.state == State::Ready).then_some(&mut self.packets.stream)
    }
}

impl Database for Session {
    const DIALECT: Dialect = Dialect::Mysql;
    const PROTOCOL: Protocol = Protocol::Mysql;

    fn pool(shared: &Shared) -> &Pool<Self> {
        &shared.mysql
    }

    async fn open(remote: &Remote) -> Result<Self, StepError> {
        let LoggedIn { packets, version } = log_in(remote).await?;
        let mut session = Self { packets, is_mariadb: version.contains("MariaDB"), state: State::Asked };
        let zone = session.plain("SET time_zone = '+00:00'").await;
        zone.map_err(|failed| failed.into_error(&remote.host))?;
        session.state = State::Ready;
        Ok(session)
    }

    async fn run(&mut self, work: &Work) -> Result<Vec<Answer>, StepError> {
        self.state = State::Asked;
        self.packets.refill();
        let answers = self.all(work).await;
        let is_known = !matches!(answers, Err(Failed::Broken(_)));
        if is_known && self.state == State::Asked {
            // What SQL of one's own leaves behind is nobody else's.
            self.state = if work.statements.iter().all(is_traceless) { State::Ready } else { State::Marked };
        }
        let host = self.packets.stream.host().to_owned();
        answers.map_err(|failed| failed.into_error(&host))
    }
}

/// Whether nothing of the statement is left when it ends.
fn is_traceless(statement: &Statement) -> bool {
    let word = statement.sql.trim_start().split(|it: char| !it.is_ascii_alphabetic()).next().unwrap_or_default();
    ["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

impl Failed {
    fn into_error(self, host: &str) -> StepError {
        match self {
            Self::Refused(refusal) => refused(host, &refusal),
            Self::Broken(error) => error,
        }
    }
}

impl Session {
    /// All statements, or none.
    async fn all(&mut self, work: &Work) -> Result<Vec<Answer>, Failed> {
        self.plain(&self.bound(work)).await?;
        let is_one = work.statements.len() == 1;
        if !is_one {
            self.plain("START TRANSACTION").await?;
        }
        let mut answers = Vec::with_capacity(work.statements.len());
        let mut prepared: Option<(&str, Prepared)> = None;
        for statement in &work.statements {
            let known = match prepared.take() {
                Some((sql, known)) if sql == statement.sql => Ok(known),
                before => {
                    if let Some((_, known)) = before {
                        self.close(&known).await?;
                    }
                    self.prepare(statement).await
                }
            };
            let done = match known {
                Ok(known) => {
                    let answer = self.execute(&known, statement, work.limit).await;
                    prepared = Some((&statement.sql, known));
                    answer
                }
                Err(failed) => Err(failed),
            };
            match done {
                Ok(answer) => answers.push(answer),
                Err(Failed::Refused(refusal)) if !is_one => {
                    self.plain("ROLLBACK").await?;
                    return Err(Failed::Refused(refusal));
                }
                Err(failed) => return Err(failed),
            }
        }
        if let Some((_, known)) = prepared {
            self.close(&known).await?;
        }
        if !is_one {
            self.plain("COMMIT").await?;
        }
        Ok(answers)
    }

    /// How long the server may take over a statement; MySQL bounds only what reads.
    fn bound(&self, work: &Work) -> String {
        if self.is_mariadb {
            format!("SET max_statement_time = {:.3}", work.timeout.as_secs_f64())
        } else {
            format!("SET max_execution_time = {}", work.timeout.as_millis().clamp(1, 2_000_000_000))
        }
    }

    /// One statement of our own, without values or rows.
    async fn plain(&mut self, sql: &str) -> Result<(), Failed> {
        self.packets.begin();
        self.packets.send(&[&[QUERY], sql.as_bytes()].concat()).await?;
        let packet = self.packets.next().await?;
        match packet.kind() {
            0x00 => Ok(()),
            0xff => Err(self.refusal(packet)),
            _ => Err(self.packets.garbled().into()),
        }
    }

    async fn prepare(&mut self, statement: &Statement) -> Result<Prepared, Failed> {
        self.packets.begin();
        self.packets.send(&[&[PREPARE], statement.sql.as_bytes()].concat()).await?;
        let mut packet = self.packets.next().await?;
        if packet.kind() == 0xff {
            return Err(self.refusal(packet));
        }
        let numbers = (packet.number(1), packet.number(4), packet.number(2), packet.number(2));
        let (Some(0), Some(id), Some(columns), Some(places)) = numbers else {
            return Err(self.packets.garbled().into());
        };
        for count in [places, columns] {
            self.skip(count).await?;
        }
        let id = u32::try_from(id).unwrap_or_default();
        Ok(Prepared { id, places: usize::try_from(places).unwrap_or_default() })
    }

    /// Descriptions that say nothing new, and what ends them.
    async fn skip(&mut self, count: u64) -> Result<(), Failed> {
        if count > 0 {
            for _ in 0..=count {
                self.packets.next().await?;
            }
        }
        Ok(())
    }

    async fn close(&mut self, known: &Prepared) -> Result<(), Failed> {
        self.packets.begin();
        self.packets.send(&[&[CLOSE][..], &known.id.to_le_bytes()].concat()).await?;
        Ok(())
    }

    async fn execute(&mut self, known: &Prepared, statement: &Statement, limit: usize) -> Result<Answer, Failed> {
        let (wanted, given) = (known.places, statement.values.len());
        if wanted != given {
            let told = format!("the statement has {wanted} places for values, and {given} values are given");
            return Err(invalid(told).into());
        }
        let values = encode(&statement.values)?;
        let head = [&[EXECUTE][..], &known.id.to_le_bytes(), &[0], &1_u32.to_le_bytes()].concat();
        self.packets.begin();
        self.packets.send(&[head, values].concat()).await?;
        let packet = self.packets.next().await?;
        match packet.kind() {
            0x00 => {
                let (answer, status) = self.done(packet)?;
                self.note(status);
                Ok(answer)
            }
            0xff => Err(self.refusal(packet)),
            // A file of ours, which no server is given.
            0xfb => Err(self.packets.garbled().into()),
            _ => self.rows(packet, limit).await,
        }
    }

    async fn rows(&mut self, mut packet: Reader, limit: usize) -> Result<Answer, Failed> {
        let count = packet.varying().ok_or_else(|| self.packets.garbled())?;
        let mut columns = Vec::new();
        for _ in 0..count {
            let packet = self.packets.next().await?;
            columns.push(column(packet).ok_or_else(|| self.packets.garbled())?);
        }
        self.packets.next().await?;
        let names = keys(columns.iter().map(|column| column.name.as_str()));
        let mut answer = Answer::default();
        loop {
            let mut packet = self.packets.next().await?;
            match packet.kind() {
                0xfe if packet.length() < 9 => {
                    packet.take(3);
                    let status = packet.number(2).unwrap_or_default();
                    self.note(status);
                    answer.affected = answer.rows.len() as u64;
                    return Ok(answer);
                }
                0xff => return Err(self.refusal(packet)),
                _ if answer.rows.len() == limit => answer.has_more = true,
                _ => {
                    let values = decode(&mut packet, &columns).ok_or_else(|| self.packets.garbled())?;
                    answer.rows.push(Value::Object(names.iter().cloned().zip(values).collect()));
                }
            }
        }
    }

    /// What a statement without rows did.
    fn done(&self, mut packet: Reader) -> Result<(Answer, u64), Failed> {
        packet.take(1);
        let numbers = (packet.varying(), packet.varying(), packet.number(2));
        let (Some(affected), Some(insert_id), Some(status)) = numbers else {
            return Err(self.packets.garbled().into());
        };
        let insert_id = Some(insert_id).filter(|id| *id > 0);
        Ok((Answer { affected, insert_id, ..Answer::default() }, status))
    }

    /// A procedure may give several answers: the first one counts, and the connection is not used again.
    fn note(&mut self, status: u64) {
        if status & MORE_ANSWERS != 0 {
            self.state = State::Marked;
        }
    }

    fn refusal(&self, packet: Reader) -> Failed {
        Refusal::read(packet).map_or_else(|| Failed::Broken(self.packets.garbled()), Failed::Refused)
    }
}

fn column(mut packet: Reader) -> Option<Column> {
    for _ in 0..4 {
        packet.measured()?;
    }
    let name = packet.text()?;
    packet.measured()?;
    packet.varying()?;
    let charset = packet.number(2)?;
    packet.take(4)?;
    let kind = u8::try_from(packet.number(1)?).ok()?;
    let flags = packet.number(2)?;
    Some(Column { name, kind, is_unsigned: flags & 0x20 != 0, is_binary: charset == BINARY })
}
