//! Gives memory back: what a turn of a loop or a call of a function made, and nobody holds when it is over, does not
//! count any more.
//!
//! Only what is seen at once is told: a number or a text that leaves a region takes what it takes; of a list, a map or a
//! function nobody knows without a walk how much of it is new, so a region that one leaves gives nothing back.

use super::fault::Stop;
use super::machine::{Machine, Result};
use rhai::Dynamic;

/// A stretch of an evaluation, when it began.
pub(super) struct Region {
    /// Bytes that were left.
    bytes: u64,
    /// What had left the region around it.
    outflow: Outflow,
}

/// What has left a region: bytes of it are held outside.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outflow {
    bytes: u64,
    /// Nobody knows how many.
    is_unknown: bool,
}

impl Outflow {
    fn add(&mut self, value: &Dynamic) {
        if let Ok(text) = value.as_immutable_string_ref() {
            self.bytes = self.bytes.saturating_add(text.len() as u64);
        } else if !(value.is_unit() || value.is_bool() || value.is_int() || value.is_float()) {
            self.is_unknown = true;
        }
    }
}

impl Machine<'_> {
    /// Begins a turn of a loop or a call.
    pub(super) fn begin_region(&mut self) -> Region {
        Region { bytes: self.left.bytes, outflow: std::mem::take(&mut self.outflow) }
    }

    /// Ends a turn of a loop, with what its body came to. What it changed may belong to whatever is around it.
    pub(super) fn end_turn(&mut self, region: Region, result: &Result) {
        self.give_back(&region, result);
        self.outflow.bytes = self.outflow.bytes.saturating_add(region.outflow.bytes);
        self.outflow.is_unknown |= region.outflow.is_unknown;
    }

    /// Ends a call: it changes nothing outside, so what it gives is all that is left of it.
    pub(super) fn end_call(&mut self, region: Region, result: &Result) {
        self.outflow = Outflow::default();
        self.give_back(&region, result);
        self.outflow = region.outflow;
    }

    /// This value becomes part of a variable.
    pub(super) fn flows_out(&mut self, value: &Dynamic) {
        self.outflow.add(value);
    }

    /// So many bytes were made within a variable.
    pub(super) fn grows(&mut self, bytes: u64) {
        self.outflow.bytes = self.outflow.bytes.saturating_add(bytes);
    }

    fn give_back(&mut self, region: &Region, result: &Result) {
        let mut outflow = self.outflow;
        match result {
            Ok(value) => outflow.add(value),
            Err(stop) if matches!(**stop, Stop::Continue) => {}
            Err(_) => outflow.is_unknown = true,
        }
        if !outflow.is_unknown {
            let used = region.bytes.saturating_sub(self.left.bytes);
            self.left.bytes = region.bytes - used.min(outflow.bytes);
        }
    }
}
