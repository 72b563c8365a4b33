//! How a run stands, as bytes: at(8) status(1) flags(1) [wake(8)] [line(8)] length(2) scenario. Numbers are
//! little-endian. These bytes outlive a release.

use crate::{Head, Status};
use run::id::{Millis, ScenarioId};
use run::tables::StoreError;

/// Flag: the head has a time to wake.
const WAKES: u8 = 1;
/// Flag: the head names a line.
const LINES: u8 = 4;

/// A head as it lies in bytes, not yet copied.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeadView<'a> {
    pub(super) at: Millis,
    pub(super) status: Status,
    pub(super) wake: Option<Millis>,
    pub(super) line: Option<u64>,
    pub(super) scenario: &'a str,
}

impl HeadView<'_> {
    /// A head of its own.
    pub(super) fn to_head(self) -> Result<Head, StoreError> {
        let scenario: ScenarioId = self.scenario.parse().map_err(|_| damaged("a scenario's name"))?;
        Ok(Head { scenario, status: self.status, wake: self.wake, at: self.at, line: self.line })
    }
}

/// How many bytes a head takes at most.
pub(super) fn most_bytes(head: &Head) -> usize {
    8 + 1 + 1 + 8 + 8 + 2 + head.scenario.as_str().len()
}

/// Adds a head to the bytes.
pub(super) fn write(out: &mut Vec<u8>, head: &Head) {
    let wakes = if head.wake.is_some() { WAKES } else { 0 };
    let lines = if head.line.is_some() { LINES } else { 0 };
    out.extend_from_slice(&head.at.to_le_bytes());
    out.extend_from_slice(&[status_code(head.status), wakes | lines]);
    if let Some(wake) = head.wake {
        out.extend_from_slice(&wake.to_le_bytes());
    }
    if let Some(line) = head.line {
        out.extend_from_slice(&line.to_le_bytes());
    }
    let scenario = head.scenario.as_str();
    out.extend_from_slice(&(scenario.len() as u16).to_le_bytes());
    out.extend_from_slice(scenario.as_bytes());
}

/// Takes a head from the front of the bytes.
pub(super) fn read<'a>(bytes: &mut &'a [u8]) -> Result<HeadView<'a>, StoreError> {
    let at = i64::from_le_bytes(take(bytes)?);
    let [status, flags] = take(bytes)?;
    let wake = if flags & WAKES == 0 { None } else { Some(i64::from_le_bytes(take(bytes)?)) };
    let line = if flags & LINES == 0 { None } else { Some(u64::from_le_bytes(take(bytes)?)) };
    let length = u16::from_le_bytes(take(bytes)?) as usize;
    let scenario = split(bytes, length)?;
    let scenario = std::str::from_utf8(scenario).map_err(|_| damaged("a scenario's name"))?;
    Ok(HeadView { at, status: status_of(status)?, wake, line, scenario })
}

/// Takes this many bytes from the front, by copy.
pub(super) fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], StoreError> {
    let (taken, rest) = bytes.split_first_chunk::<N>().ok_or_else(|| damaged("a record"))?;
    *bytes = rest;
    Ok(*taken)
}

/// Takes this many bytes from the front.
pub(super) fn split<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8], StoreError> {
    let (taken, rest) = bytes.split_at_checked(length).ok_or_else(|| damaged("a record"))?;
    *bytes = rest;
    Ok(taken)
}

/// The error for bytes that are not what was written.
pub(super) fn damaged(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} is damaged").into())
}

/// A status as a byte.
pub(super) fn status_code(status: Status) -> u8 {
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

/// A status from its byte.
pub(super) fn status_of(code: u8) -> Result<Status, StoreError> {
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
