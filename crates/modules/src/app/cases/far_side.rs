//! The far side of a case: it expects its requests in order, and answers as the case says.

use super::file::Exchange;
use super::request::faults;
use crate::far_side::{Answer, Asked, FarSide};
use run::error::StepError;
use std::sync::{Mutex, PoisonError};

/// The exchanges of a case, and what happened so far.
#[derive(Debug)]
pub(super) struct Script {
    exchanges: Vec<Exchange>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    asked: usize,
    faults: Vec<String>,
}

impl Script {
    pub(super) fn new(exchanges: &[Exchange]) -> Self {
        Self { exchanges: exchanges.to_vec(), state: Mutex::default() }
    }

    /// What was asked that should not have been, and the other way round.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for exchange in self.exchanges.iter().skip(state.asked.min(self.exchanges.len())).cloned().collect::<Vec<_>>() {
            state.faults.push(format!("not sent: {}", exchange.request));
        }
        std::mem::take(&mut state.faults)
    }
}

impl FarSide for Script {
    fn answer(&self, asked: &Asked<'_>) -> Result<Answer, StepError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let number = state.asked;
        state.asked += 1;
        let Some(exchange) = self.exchanges.get(number) else {
            let request = format!("{} {}", asked.method, asked.url);
            state.faults.push(format!("sent, and not in the case: {request}"));
            return Err(StepError::permanent("not_recorded", format!("the case has no answer to {request}")));
        };
        let found = faults(exchange, asked);
        let several = self.exchanges.len() > 1;
        let told =
            found.into_iter().map(|fault| if several { format!("exchange {}: {fault}", number + 1) } else { fault });
        state.faults.extend(told);
        Ok(exchange.answer.clone())
    }
}
