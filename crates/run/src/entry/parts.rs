//! What an entry is about and what it holds: its time, its steps, its values.

use super::{End, Entry, Release, Trial};
use crate::id::{Millis, Spot};
use crate::input::Input;
use crate::payload::Payload;
use crate::tables::{Blobs, Digest, StoreError};
use smallvec::{SmallVec, smallvec};
use std::sync::Arc;

impl Entry {
    /// When it happened.
    pub fn at(&self) -> Millis {
        match self {
            Self::Created(created) => created.at,
            Self::Done(done) => done.at,
            Self::Started { at, .. }
            | Self::Failed { at, .. }
            | Self::Recovered { at, .. }
            | Self::Skipped { at, .. }
            | Self::Filtered { at, .. }
            | Self::Routed { at, .. }
            | Self::Looped { at, .. }
            | Self::Turned { at, .. }
            | Self::Responded { at, .. }
            | Self::Weighed { at, .. }
            | Self::Began { at, .. }
            | Self::Assigned { at, .. }
            | Self::Awaiting { at, .. }
            | Self::Answered { at, .. }
            | Self::Concluded { at, .. }
            | Self::Escalated { at, .. }
            | Self::Handling { at, .. }
            | Self::Held { at, .. }
            | Self::Released { at, .. }
            | Self::Collapsed { at, .. }
            | Self::Keyed { at, .. }
            | Self::Doubted { at, .. }
            | Self::Moved { at, .. }
            | Self::Unkeyed { at, .. }
            | Self::Ended { at, .. } => *at,
            Self::Replayed(replayed) => replayed.at,
            Self::Recognised(recognised) => recognised.at,
            Self::Tried(trial) => trial.at,
            Self::CalledBy(caller) => caller.at,
            Self::Called(called) => called.at,
        }
    }

    /// The step it is about.
    pub fn spot(&self) -> Option<&Spot> {
        match self {
            Self::Done(done) => Some(&done.spot),
            Self::Called(called) => Some(&called.spot),
            Self::Started { spot, .. }
            | Self::Failed { spot, .. }
            | Self::Recovered { spot, .. }
            | Self::Skipped { spot, .. }
            | Self::Filtered { spot, .. }
            | Self::Routed { spot, .. }
            | Self::Looped { spot, .. }
            | Self::Turned { spot, .. }
            | Self::Responded { spot, .. }
            | Self::Weighed { spot, .. }
            | Self::Began { spot, .. }
            | Self::Assigned { spot, .. }
            | Self::Awaiting { spot, .. }
            | Self::Answered { spot, .. }
            | Self::Concluded { spot, .. }
            | Self::Escalated { spot, .. }
            | Self::Handling { spot, .. }
            | Self::Held { spot, .. }
            | Self::Released { spot, .. }
            | Self::Doubted { spot, .. } => Some(spot),
            // What these name is why they are, not what they are about; a caller's step is another run's.
            Self::Created(_)
            | Self::Ended { .. }
            | Self::CalledBy(_)
            | Self::Collapsed { .. }
            | Self::Keyed { .. }
            | Self::Unkeyed { .. }
            | Self::Replayed(_)
            | Self::Recognised(_)
            | Self::Tried(_)
            | Self::Moved { .. } => None,
        }
    }

    /// Every step of its own run that it names.
    pub(crate) fn spots_mut(&mut self) -> SmallVec<[&mut Spot; 2]> {
        match self {
            Self::Done(done) => smallvec![&mut done.spot],
            Self::Called(called) => smallvec![&mut Arc::make_mut(called).spot],
            Self::Escalated { spot, origin, .. } => smallvec![spot, origin],
            Self::Collapsed { spot, .. } => spot.iter_mut().collect(),
            Self::Ended { end, .. } => match &mut **end {
                End::Failed { spot, .. } => spot.iter_mut().collect(),
                End::Succeeded | End::Stopped | End::Cancelled => SmallVec::new(),
            },
            Self::Started { spot, .. }
            | Self::Failed { spot, .. }
            | Self::Recovered { spot, .. }
            | Self::Skipped { spot, .. }
            | Self::Filtered { spot, .. }
            | Self::Routed { spot, .. }
            | Self::Looped { spot, .. }
            | Self::Turned { spot, .. }
            | Self::Responded { spot, .. }
            | Self::Weighed { spot, .. }
            | Self::Began { spot, .. }
            | Self::Assigned { spot, .. }
            | Self::Awaiting { spot, .. }
            | Self::Answered { spot, .. }
            | Self::Concluded { spot, .. }
            | Self::Handling { spot, .. }
            | Self::Held { spot, .. }
            | Self::Released { spot, .. }
            | Self::Doubted { spot, .. } => smallvec![spot],
            Self::Created(_)
            | Self::CalledBy(_)
            | Self::Keyed { .. }
            | Self::Unkeyed { .. }
            | Self::Replayed(_)
            | Self::Recognised(_)
            | Self::Tried(_)
            | Self::Moved { .. } => SmallVec::new(),
        }
    }

    pub(super) fn payloads_mut(&mut self) -> Vec<&mut Payload> {
        match self {
            Self::Created(created) => {
                let Input { body, raw, files, .. } = &mut Arc::make_mut(created).input;
                [Some(body), raw.as_mut(), files.as_mut()].into_iter().flatten().collect()
            }
            Self::Done(done) => vec![&mut done.output, &mut done.sent],
            Self::Recovered { output: payload, .. } | Self::Looped { items: payload, .. } => vec![payload],
            Self::Turned { value, .. } => value.iter_mut().collect(),
            Self::Assigned { values, .. } => values.iter_mut().map(|(_, value)| value).collect(),
            Self::Answered { answer: payload, .. }
            | Self::Concluded { value: payload, .. }
            | Self::Released { release: Release::Use(payload), .. } => vec![payload],
            Self::Called(called) => vec![&mut Arc::make_mut(called).input],
            Self::Tried(trial) => {
                let Trial { pins, vars, .. } = &mut **trial;
                let pins = pins.iter_mut().map(|(_, output)| output);
                pins.chain(vars.iter_mut().map(|(_, value)| value)).collect()
            }
            Self::Started { .. }
            | Self::Failed { .. }
            | Self::Skipped { .. }
            | Self::Filtered { .. }
            | Self::Routed { .. }
            | Self::Responded { .. }
            | Self::CalledBy(_)
            | Self::Weighed { .. }
            | Self::Began { .. }
            | Self::Awaiting { .. }
            | Self::Escalated { .. }
            | Self::Handling { .. }
            | Self::Held { .. }
            | Self::Released { .. }
            | Self::Collapsed { .. }
            | Self::Keyed { .. }
            | Self::Doubted { .. }
            | Self::Replayed(_)
            | Self::Moved { .. }
            | Self::Unkeyed { .. }
            | Self::Recognised(_)
            | Self::Ended { .. } => Vec::new(),
        }
    }

    /// Whether a value in it belongs into the blobs.
    pub fn has_large_values(&self) -> bool {
        self.payloads().into_iter().any(Payload::is_large)
    }

    /// The large values and files it names, which are in the blobs and must be kept as long as it is. Files are seen only
    /// where its large values are at hand: right after it was made, or once it is [loaded](Self::load).
    pub fn digests(&self) -> impl Iterator<Item = Digest> {
        self.payloads().into_iter().flat_map(Payload::digests)
    }

    pub(super) fn payloads(&self) -> SmallVec<[&Payload; 3]> {
        match self {
            Self::Created(created) => {
                let Input { body, raw, files, .. } = &created.input;
                [Some(body), raw.as_ref(), files.as_ref()].into_iter().flatten().collect()
            }
            Self::Done(done) => smallvec![&done.output, &done.sent],
            Self::Recovered { output: payload, .. } | Self::Looped { items: payload, .. } => smallvec![payload],
            Self::Turned { value, .. } => value.iter().collect(),
            Self::Assigned { values, .. } => values.iter().map(|(_, value)| value).collect(),
            Self::Answered { answer: payload, .. }
            | Self::Concluded { value: payload, .. }
            | Self::Released { release: Release::Use(payload), .. } => smallvec![payload],
            Self::Called(called) => smallvec![&called.input],
            Self::Tried(trial) => {
                let pins = trial.pins.iter().map(|(_, output)| output);
                pins.chain(trial.vars.iter().map(|(_, value)| value)).collect()
            }
            _ => SmallVec::new(),
        }
    }

    /// Moves its large values into the blobs.
    pub fn offload(&mut self, blobs: &dyn Blobs) -> Result<(), StoreError> {
        self.payloads_mut().into_iter().try_for_each(|payload| payload.offload(blobs))
    }

    /// Reads its large values back.
    pub fn load(&mut self, blobs: &dyn Blobs) -> Result<(), StoreError> {
        self.payloads_mut().into_iter().try_for_each(|payload| payload.load(blobs))
    }
}
