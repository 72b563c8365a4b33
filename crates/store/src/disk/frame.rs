//! The bytes under a key: a frame packs the first pieces of many runs, a stored piece is one later piece, a standing
//! tells how a run that is not over stands. Every one starts with a version; these bytes outlive a release.
//!
//! ```text
//! frame     version(1) { length(4) run(16) head body }…
//! piece     version(1) head body
//! standing  version(1) pieces(4) head
//! head      at(8) status(1) flags(1) [wake(8)] [line(8)] length(2) scenario
//! body      what is left; with flag CHUNKED the number of chunks(4) that hold it
//! ```
//! Numbers are little-endian. A record is skipped by its length, so a scan never looks into pieces.

use crate::{Head, Status};
use run::id::{Millis, RunId};
use run::tables::StoreError;

/// The version of these formats.
const VERSION: u8 = 1;
/// Flag: the head has a time to wake.
const WAKES: u8 = 1;
/// Flag: the head names a line.
const LINES: u8 = 4;
/// Flag: the body lies in chunks of its own.
const CHUNKED: u8 = 2;

/// Where a piece's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body<'a> {
    /// Here.
    Inline(&'a [u8]),
    /// In this many chunks.
    Chunks(u32),
}

/// A head as it lies in a frame, not yet copied.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeadView<'a> {
    at: Millis,
    pub(super) status: Status,
    wake: Option<Millis>,
    line: Option<u64>,
    pub(super) scenario: &'a str,
}

impl HeadView<'_> {
    /// A head of its own.
    pub(super) fn to_head(self) -> Result<Head, StoreError> {
        let scenario = self.scenario.parse().map_err(|_| damaged("a scenario's name"))?;
        Ok(Head { scenario, status: self.status, wake: self.wake, at: self.at, line: self.line })
    }
}

/// A first piece in a frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    pub(super) run: RunId,
    pub(super) head: HeadView<'a>,
    pub(super) body: Body<'a>,
}

/// Empties the buffer and begins a frame in it.
pub(super) fn begin(frame: &mut Vec<u8>) {
    frame.clear();
    frame.push(VERSION);
}

/// How many bytes a record takes at most.
pub(super) fn record_len(head: &Head, body: Body<'_>) -> usize {
    4 + 16 + 8 + 1 + 1 + 8 + 8 + 2 + head.scenario.as_str().len() + body_len(body)
}

/// Adds a record to a frame.
pub(super) fn push(frame: &mut Vec<u8>, run: RunId, head: &Head, body: Body<'_>) {
    let start = frame.len();
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(run.0.as_bytes());
    write(frame, head, body);
    let length = (frame.len() - start - 4) as u32;
    frame[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

/// The records of a frame, in the order of their appends.
pub(super) fn records(frame: &[u8]) -> Result<Records<'_>, StoreError> {
    Ok(Records { rest: versioned(frame)? })
}

/// See [`records`].
#[derive(Debug)]
pub(super) struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    fn record(&mut self) -> Result<Record<'a>, StoreError> {
        let length = u32::from_le_bytes(take(&mut self.rest)?) as usize;
        let (mut record, rest) = self.rest.split_at_checked(length).ok_or_else(|| damaged("a frame"))?;
        self.rest = rest;
        let run = RunId(uuid::Uuid::from_bytes(take(&mut record)?));
        let (head, body) = read(record)?;
        Ok(Record { run, head, body })
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let record = self.record();
        if record.is_err() {
            self.rest = &[];
        }
        Some(record)
    }
}

/// A later piece as it is stored.
pub(super) fn encode_piece(out: &mut Vec<u8>, head: &Head, body: Body<'_>) {
    begin(out);
    write(out, head, body);
}

/// A later piece back from its bytes.
pub(super) fn decode_piece(bytes: &[u8]) -> Result<(HeadView<'_>, Body<'_>), StoreError> {
    read(versioned(bytes)?)
}

/// How a run stands: how many pieces it has, and its head.
pub(super) fn encode_standing(out: &mut Vec<u8>, pieces: u32, head: &Head) {
    begin(out);
    out.extend_from_slice(&pieces.to_le_bytes());
    write(out, head, Body::Inline(&[]));
}

/// How a run stands, back from its bytes.
pub(super) fn decode_standing(bytes: &[u8]) -> Result<(u32, HeadView<'_>), StoreError> {
    let mut rest = versioned(bytes)?;
    let pieces = u32::from_le_bytes(take(&mut rest)?);
    Ok((pieces, read(rest)?.0))
}

/// The error for bytes that are not what was written.
pub(super) fn damaged(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} is damaged").into())
}

fn body_len(body: Body<'_>) -> usize {
    match body {
        Body::Inline(bytes) => bytes.len(),
        Body::Chunks(_) => 4,
    }
}

fn write(out: &mut Vec<u8>, head: &Head, body: Body<'_>) {
    let chunked = if matches!(body, Body::Chunks(_)) { CHUNKED } else { 0 };
    let wakes = if head.wake.is_some() { WAKES } else { 0 };
    out.extend_from_slice(&head.at.to_le_bytes());
    let lines = if head.line.is_some() { LINES } else { 0 };
    out.extend_from_slice(&[status_code(head.status), chunked | wakes | lines]);
    if let Some(wake) = head.wake {
        out.extend_from_slice(&wake.to_le_bytes());
    }
    if let Some(line) = head.line {
        out.extend_from_slice(&line.to_le_bytes());
    }
    let scenario = head.scenario.as_str();
    out.extend_from_slice(&(scenario.len() as u16).to_le_bytes());
    out.extend_from_slice(scenario.as_bytes());
    match body {
        Body::Inline(bytes) => out.extend_from_slice(bytes),
        Body::Chunks(count) => out.extend_from_slice(&count.to_le_bytes()),
    }
}

fn read(mut bytes: &[u8]) -> Result<(HeadView<'_>, Body<'_>), StoreError> {
    let at = i64::from_le_bytes(take(&mut bytes)?);
    let [status, flags] = take(&mut bytes)?;
    let wake = if flags & WAKES == 0 { None } else { Some(i64::from_le_bytes(take(&mut bytes)?)) };
    let line = if flags & LINES == 0 { None } else { Some(u64::from_le_bytes(take(&mut bytes)?)) };
    let length = u16::from_le_bytes(take(&mut bytes)?) as usize;
    let (scenario, mut rest) = bytes.split_at_checked(length).ok_or_else(|| damaged("a head"))?;
    let scenario = std::str::from_utf8(scenario).map_err(|_| damaged("a scenario's name"))?;
    let head = HeadView { at, status: status_of(status)?, wake, line, scenario };
    let body =
        if flags & CHUNKED == 0 { Body::Inline(rest) } else { Body::Chunks(u32::from_le_bytes(take(&mut rest)?)) };
    Ok((head, body))
}

fn versioned(bytes: &[u8]) -> Result<&[u8], StoreError> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => Ok(rest),
        Some((version, _)) => Err(StoreError::Corrupt(format!("version {version} of a frame is not known").into())),
        None => Err(damaged("an empty frame")),
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], StoreError> {
    let (taken, rest) = bytes.split_first_chunk::<N>().ok_or_else(|| damaged("a frame"))?;
    *bytes = rest;
    Ok(*taken)
}

fn status_code(status: Status) -> u8 {
    match status {
        Status::Running => 0,
        Status::Waiting => 1,
        Status::Succeeded => 2,
        Status::Stopped => 3,
        Status::Failed => 4,
        Status::Cancelled => 5,
        Status::Held => 6,
    }
}

fn status_of(code: u8) -> Result<Status, StoreError> {
    Ok(match code {
        0 => Status::Running,
        1 => Status::Waiting,
        2 => Status::Succeeded,
        3 => Status::Stopped,
        4 => Status::Failed,
        5 => Status::Cancelled,
        6 => Status::Held,
        _ => return Err(damaged("a run's status")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: Status, wake: Option<Millis>) -> Head {
        Head {
            scenario: "ship-order".parse().unwrap(),
            status,
            wake,
            at: 1_700_000_000_123,
            line: wake.map(|wake| wake as u64),
        }
    }

    fn run(n: u128) -> RunId {
        RunId(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn a_frame_gives_back_what_was_pushed() {
        let statuses =
            [Status::Running, Status::Waiting, Status::Succeeded, Status::Stopped, Status::Failed, Status::Cancelled];
        let mut frame = Vec::new();
        begin(&mut frame);
        for (n, status) in statuses.into_iter().enumerate() {
            let wake = (n % 2 == 1).then_some(n as Millis);
            let body = if n == 3 { Body::Chunks(7) } else { Body::Inline(b"piece") };
            let head = head(status, wake);
            let before = frame.len();
            push(&mut frame, run(n as u128), &head, body);
            assert!(frame.len() - before <= record_len(&head, body));
        }
        let read: Vec<_> = records(&frame).unwrap().map(Result::unwrap).collect();
        assert_eq!(read.len(), statuses.len());
        for (n, record) in read.iter().enumerate() {
            assert_eq!(record.run, run(n as u128));
            let wake = (n % 2 == 1).then_some(n as Millis);
            assert_eq!(record.head.to_head().unwrap(), head(statuses[n], wake));
            assert_eq!(record.body, if n == 3 { Body::Chunks(7) } else { Body::Inline(b"piece") });
        }
    }

    #[test]
    fn a_standing_and_a_piece_come_back() {
        let mut bytes = Vec::new();
        encode_standing(&mut bytes, 12, &head(Status::Waiting, Some(5)));
        let (pieces, view) = decode_standing(&bytes).unwrap();
        assert_eq!((pieces, view.to_head().unwrap()), (12, head(Status::Waiting, Some(5))));
        encode_piece(&mut bytes, &head(Status::Failed, None), Body::Inline(b"x"));
        let (view, body) = decode_piece(&bytes).unwrap();
        assert_eq!((view.to_head().unwrap(), body), (head(Status::Failed, None), Body::Inline(b"x")));
    }

    #[test]
    fn damage_is_an_error_at_every_length() {
        let mut frame = Vec::new();
        begin(&mut frame);
        push(&mut frame, run(1), &head(Status::Waiting, Some(1)), Body::Inline(b""));
        for length in 2..frame.len() {
            assert!(records(&frame[..length]).unwrap().any(|record| record.is_err()), "cut at {length}");
        }
        assert!(records(&[]).is_err());
        assert!(records(&[9]).unwrap_err().to_string().contains("version 9"));
    }
}
