//! A session with PostgreSQL. Its library encodes and reads messages; who says what when stands here, so that every value
//! travels as text in the type that the server itself names, and no answer grows beyond its bound.

use super::failure::refused;
use super::login;
use super::value::{decode, encode};
use crate::catalog::Shared;
use crate::connections::{Protocol, Remote};
use crate::spec::invalid;
use crate::sql::database::{Answer, Database, Dialect, Mode, Statement, Work, keys};
use crate::wire::{self, Broken, Pool, Stream, nonsense};
use bytes::{BufMut, BytesMut};
use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::{DataRowBody, ErrorResponseBody, Message, RowDescriptionBody};
use postgres_protocol::message::frontend;
use postgres_protocol::{IsNull, Oid};
use run::error::StepError;
use serde_json::{Map, Value};
use std::io;

/// A statement that cannot stand in a transaction (SQLSTATE), such as VACUUM.
const NOT_IN_A_TRANSACTION: &str = "25001";

/// What statements begin with whose traces end with them. After any other the connection is not used again: it may have
/// other settings, or hold locks.
const TRACELESS: [&str; 6] = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "BEGIN"];

/// A connection that is logged in.
pub(crate) struct Session {
    stream: Stream,
    state: State,
    /// As much of the answers may still come, in bytes.
    left: usize,
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

/// A refusal of the server.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    /// SQLSTATE.
    pub(super) code: String,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

/// What the server knows of a statement.
#[derive(Default)]
struct Prepared {
    parameters: Vec<Oid>,
    columns: Vec<(String, Oid)>,
}

impl wire::Session for Session {
    fn stream(&mut self) -> Option<&mut Stream> {
        (self.state == State::Ready).then_some(&mut self.stream)
    }
}

impl Database for Session {
    const DIALECT: Dialect = Dialect::Postgres;
    const PROTOCOL: Protocol = Protocol::Postgres;

    fn pool(shared: &Shared) -> &Pool<Self> {
        &shared.postgres
    }

    async fn open(remote: &Remote) -> Result<Self, StepError> {
        let stream = login::secured(remote).await?;
        let mut session = Self { stream, state: State::Asked, left: wire::MOST };
        login::log_in(&mut session, remote).await?;
        session.state = State::Ready;
        Ok(session)
    }

    async fn run(&mut self, work: &Work) -> Result<Vec<Answer>, StepError> {
        self.left = wire::MOST;
        let before = std::mem::replace(&mut self.state, State::Asked);
        let answers = self.in_a_transaction(work).await;
        let answers = match (answers, work.statements.as_slice()) {
            (Err(Failed::Refused(refusal)), [statement]) if refusal.code == NOT_IN_A_TRANSACTION => {
                self.state = State::Asked;
                self.on_its_own(statement, work).await.map(|answer| vec![answer])
            }
            (answers, _) => answers,
        };
        if self.state == State::Asked && !matches!(answers, Err(Failed::Broken(_))) {
            self.state = before;
        }
        answers.map_err(|failed| failed.into_error(self.stream.host()))
    }
}

/// Why work was not done.
enum Failed {
    /// The server says so, and goes on listening.
    Refused(Refusal),
    /// Nobody knows where the conversation stands.
    Broken(StepError),
}

impl From<Broken> for Failed {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken.into())
    }
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
    /// All statements, or none: they stand in one transaction, which a pooler between us and the server keeps together,
    /// too. The end of it is said together with the last statement.
    async fn in_a_transaction(&mut self, work: &Work) -> Result<Vec<Answer>, Failed> {
        let begin = match work.mode {
            Mode::Read => "BEGIN READ ONLY",
            Mode::Write => "BEGIN",
        };
        let begin = format!("{begin}; SET LOCAL statement_timeout = {}", milliseconds(work));
        let mut answers: Vec<Answer> = Vec::with_capacity(work.statements.len());
        let mut prepared: Option<(&str, Prepared)> = None;
        for (index, statement) in work.statements.iter().enumerate() {
            let mut question = BytesMut::new();
            if index == 0 {
                frontend::query(&begin, &mut question).map_err(unsayable)?;
            }
            let known = prepared.take().filter(|(sql, _)| *sql == statement.sql);
            let known = match known {
                Some((_, known)) => known,
                None => {
                    describe(statement, &mut question).map_err(unsayable)?;
                    self.stream.send(&question).await?;
                    self.described(if index == 0 { 2 } else { 1 }).await?
                }
            };
            let mut question = BytesMut::new();
            execute(statement, &known.parameters, work.limit, &mut question)?;
            let is_last = index + 1 == work.statements.len();
            if is_last {
                frontend::query("COMMIT", &mut question).map_err(unsayable)?;
            }
            self.stream.send(&question).await?;
            match self.answered(&known, work.limit, if is_last { 2 } else { 1 }).await {
                Ok(answer) => answers.push(answer),
                Err(Failed::Refused(refusal)) if !is_last => return self.rolled_back(refusal).await,
                Err(failed) => return Err(failed),
            }
            prepared = Some((&statement.sql, known));
        }
        Ok(answers)
    }

    /// One statement without a transaction around it.
    async fn on_its_own(&mut self, statement: &Statement, work: &Work) -> Result<Answer, Failed> {
        let mut question = BytesMut::new();
        let limit = format!("SET statement_timeout = {}", milliseconds(work));
        frontend::query(&limit, &mut question).map_err(unsayable)?;
        describe(statement, &mut question).map_err(unsayable)?;
        self.stream.send(&question).await?;
        let known = self.described(2).await?;
        let mut question = BytesMut::new();
        execute(statement, &known.parameters, work.limit, &mut question)?;
        self.stream.send(&question).await?;
        let answer = self.answered(&known, work.limit, 1).await;
        self.state = State::Marked;
        answer
    }

    async fn rolled_back(&mut self, refusal: Refusal) -> Result<Vec<Answer>, Failed> {
        let mut question = BytesMut::new();
        frontend::query("ROLLBACK", &mut question).map_err(unsayable)?;
        self.stream.send(&question).await?;
        self.answered(&Prepared::default(), 0, 1).await?;
        Err(Failed::Refused(refusal))
    }

    /// What the server knows of the statement, once it is ready so many times.
    async fn described(&mut self, readies: usize) -> Result<Prepared, Failed> {
        let (mut prepared, mut refusal) = (Prepared::default(), None);
        let mut left = readies;
        while left > 0 {
            match self.message().await? {
                Message::ParameterDescription(body) => {
                    prepared.parameters = body.parameters().collect().map_err(|error| self.garbled(&error))?;
                }
                Message::RowDescription(body) => {
                    prepared.columns = columns(&body).map_err(|error| self.garbled(&error))?;
                }
                Message::ErrorResponse(body) => refusal = refusal.or(Some(refusal_of(&body))),
                Message::ReadyForQuery(_) => left -= 1,
                Message::CommandComplete(_) | Message::ParseComplete | Message::NoData => {}
                _ => return Err(self.unexpected()),
            }
        }
        match refusal {
            None => Ok(prepared),
            Some(refusal) => self.rolled_back_after(refusal).await,
        }
    }

    async fn rolled_back_after(&mut self, refusal: Refusal) -> Result<Prepared, Failed> {
        match Box::pin(self.rolled_back(refusal)).await {
            Ok(_) => Err(self.unexpected()),
            Err(failed) => Err(failed),
        }
    }

    /// What the statement gave, once the server is ready so many times.
    async fn answered(&mut self, known: &Prepared, limit: usize, readies: usize) -> Result<Answer, Failed> {
        let names = keys(known.columns.iter().map(|(name, _)| name.as_str()));
        let (mut answer, mut refusal, mut tag) = (Answer::default(), None, None);
        let mut left = readies;
        while left > 0 {
            match self.message().await? {
                // One row more than is given is asked for, to know whether there is one.
                Message::DataRow(_) if answer.rows.len() == limit => answer.has_more = true,
                Message::DataRow(body) => {
                    let row = row(&body, known, &names).map_err(|error| self.garbled(&error))?;
                    answer.rows.push(row);
                }
                Message::PortalSuspended => {
                    tag.get_or_insert_with(|| "SELECT".to_owned());
                }
                Message::CommandComplete(body) => {
                    let told = body.tag().map_err(|error| self.garbled(&error))?;
                    tag.get_or_insert_with(|| told.to_owned());
                }
                Message::ErrorResponse(body) => refusal = refusal.or(Some(refusal_of(&body))),
                Message::ReadyForQuery(_) => left -= 1,
                Message::BindComplete | Message::EmptyQueryResponse => {}
                _ => return Err(self.unexpected()),
            }
        }
        if let Some(refusal) = refusal {
            return Err(Failed::Refused(refusal));
        }
        let tag = tag.unwrap_or_default();
        if !TRACELESS.iter().any(|word| tag.starts_with(word)) && !tag.is_empty() && tag != "ROLLBACK" {
            self.state = State::Marked;
        }
        let count = tag.rsplit(' ').next().and_then(|count| count.parse().ok());
        answer.affected = count.unwrap_or(answer.rows.len() as u64);
        Ok(answer)
    }

    /// The next message that is part of the conversation.
    async fn message(&mut self) -> Result<Message, Failed> {
        loop {
            let message = self.any_message().await.map_err(Failed::Broken)?;
            match message {
                Message::NoticeResponse(_) | Message::ParameterStatus(_) | Message::NotificationResponse(_) => {}
                message => return Ok(message),
            }
        }
    }

    /// The next message, whatever it is.
    pub(super) async fn any_message(&mut self) -> Result<Message, StepError> {
        let head = self.stream.take(5).await?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        let size = length.saturating_sub(4);
        let left = self.left.checked_sub(size);
        self.left = left.ok_or_else(|| Broken::TooLarge(self.stream.host().to_owned(), wire::MOST))?;
        let body = self.stream.take(size).await?;
        let mut whole = BytesMut::with_capacity(5 + size);
        whole.put_slice(&head);
        whole.put_slice(&body);
        let message = Message::parse(&mut whole).ok().flatten();
        message.ok_or_else(|| nonsense(self.stream.host(), "a message of no known kind"))
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<(), StepError> {
        Ok(self.stream.send(bytes).await?)
    }

    pub(super) fn host(&self) -> &str {
        self.stream.host()
    }

    fn unexpected(&self) -> Failed {
        let told = format!("{} answers in a way that no step reads, as it does to COPY", self.stream.host());
        Failed::Broken(StepError::permanent("invalid_response", told))
    }

    fn garbled(&self, error: &io::Error) -> Failed {
        Failed::Broken(nonsense(self.stream.host(), &error.to_string()))
    }
}

fn milliseconds(work: &Work) -> u128 {
    // PostgreSQL counts in 32 bits; 0 would mean no end.
    work.timeout.as_millis().clamp(1, 2_000_000_000)
}

/// A statement with more in it than the protocol can say.
fn unsayable(error: io::Error) -> Failed {
    Failed::Broken(invalid(format!("the statement cannot be sent: {error}")))
}

fn describe(statement: &Statement, question: &mut BytesMut) -> io::Result<()> {
    frontend::parse("", &statement.sql, None, question)?;
    frontend::describe(b'S', "", question)?;
    frontend::sync(question);
    Ok(())
}

fn execute(statement: &Statement, types: &[Oid], limit: usize, question: &mut BytesMut) -> Result<(), Failed> {
    let (wanted, given) = (types.len(), statement.values.len());
    if wanted != given {
        let told = format!("the statement has {wanted} places for values, and {given} values are given");
        return Err(Failed::Broken(invalid(told)));
    }
    let values = types.iter().zip(&statement.values);
    let bound = frontend::bind(
        "",
        "",
        [0],
        values,
        |(oid, value), buffer| match encode(*oid, value)? {
            None => Ok(IsNull::Yes),
            Some(text) => {
                buffer.put_slice(text.as_bytes());
                Ok(IsNull::No)
            }
        },
        [0],
        question,
    );
    bound.map_err(|error| match error {
        frontend::BindError::Conversion(error) => Failed::Broken(invalid(error.to_string())),
        frontend::BindError::Serialization(error) => unsayable(error),
    })?;
    let most = i32::try_from(limit + 1).unwrap_or(i32::MAX);
    frontend::execute("", most, question).map_err(unsayable)?;
    frontend::sync(question);
    Ok(())
}

fn columns(body: &RowDescriptionBody) -> io::Result<Vec<(String, Oid)>> {
    body.fields().map(|field| Ok((field.name().to_owned(), field.type_oid()))).collect()
}

fn row(body: &DataRowBody, known: &Prepared, names: &[String]) -> io::Result<Value> {
    let mut row = Map::with_capacity(names.len());
    let mut ranges = body.ranges();
    let mut columns = known.columns.iter().zip(names);
    while let Some(range) = ranges.next()? {
        let Some(((_, oid), name)) = columns.next() else { break };
        let text = range.and_then(|range| body.buffer().get(range));
        let value = text.map_or(Value::Null, |text| decode(*oid, &String::from_utf8_lossy(text)));
        row.insert(name.clone(), value);
    }
    Ok(Value::Object(row))
}

pub(super) fn refusal_of(body: &ErrorResponseBody) -> Refusal {
    let mut refusal = Refusal { code: String::new(), message: String::new(), hint: None };
    let mut detail = None;
    let mut fields = body.fields();
    while let Ok(Some(field)) = fields.next() {
        let text = String::from_utf8_lossy(field.value_bytes()).into_owned();
        match field.type_() {
            b'C' => refusal.code = text,
            b'M' => refusal.message = text,
            b'D' => detail = Some(text),
            b'H' => refusal.hint = Some(text),
            _ => {}
        }
    }
    if let Some(detail) = detail {
        refusal.message = format!("{}: {detail}", refusal.message);
    }
    refusal
}
