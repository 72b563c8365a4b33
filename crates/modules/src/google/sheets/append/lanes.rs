//! Steps that append to the same sheet, one call after the other: those that wait meanwhile go together in the next.

use super::flight::{Flight, Landed, Target};
use crate::catalog::Shared;
use run::error::StepError;
use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// The most rows in one call.
const MOST_ROWS: usize = 1_000;

/// The most cells in one call: Google asks for no more than about 2 MB.
const MOST_CELLS: usize = 20_000;

/// The sheets that are being written to, with those who wait.
#[derive(Clone, Default)]
pub(super) struct Lanes {
    lanes: Arc<Mutex<HashMap<Target, Vec<Waiting>>>>,
}

/// Where a step waits for what became of its rows.
type Answer = oneshot::Sender<Result<Landed, StepError>>;

/// A step that waits for its turn.
struct Waiting {
    /// With one entry.
    flight: Flight,
    joins: bool,
    answer: Answer,
}

impl Lanes {
    /// Lets the rows go when it is their turn, together with others where they may (`joins`).
    pub(super) async fn land(&self, shared: &Arc<Shared>, flight: Flight, joins: bool) -> Result<Landed, StepError> {
        let (answer, told) = oneshot::channel();
        let (target, timeout) = (flight.target.clone(), flight.timeout);
        let waiting = Waiting { flight, joins, answer };
        match self.lanes().entry(target.clone()) {
            Slot::Occupied(mut lane) => lane.get_mut().push(waiting),
            Slot::Vacant(lane) => {
                lane.insert(vec![waiting]);
                // Apart from the step: who goes first must not take the others along if it is cancelled.
                tokio::spawn(self.clone().serve(Arc::clone(shared), target));
            }
        }
        match tokio::time::timeout(timeout, told).await {
            Ok(told) => told.unwrap_or_else(|_| Err(lost())),
            Err(_) => {
                let seconds = timeout.as_secs_f64();
                Err(StepError::passing("timeout", format!("no complete answer within {seconds} s")))
            }
        }
    }

    /// Performs what waits for a sheet, until nothing does.
    async fn serve(self, shared: Arc<Shared>, target: Target) {
        while let Some((flight, answers)) = self.next(&target) {
            let results = flight.fly(&shared).await;
            for (answer, result) in answers.into_iter().zip(results) {
                // Whoever has gone does not want to know.
                drop(answer.send(result));
            }
        }
    }

    /// Those who go next. None: nobody waits, and the sheet is let go.
    fn next(&self, target: &Target) -> Option<(Flight, Vec<Answer>)> {
        let mut lanes = self.lanes();
        let lane = lanes.get_mut(target)?;
        // Whoever gave up before was sent nowhere.
        lane.retain(|waiting| !waiting.answer.is_closed());
        if lane.is_empty() {
            lanes.remove(target);
            return None;
        }
        let Waiting { mut flight, joins, answer } = lane.remove(0);
        let mut answers = vec![answer];
        let (mut rows, mut cells) = weight(&flight);
        let mut left = Vec::new();
        for waiting in lane.drain(..) {
            let (more_rows, more_cells) = weight(&waiting.flight);
            let fits = rows + more_rows <= MOST_ROWS && cells + more_cells <= MOST_CELLS;
            if joins && waiting.joins && fits && left.is_empty() && waiting.flight.manner == flight.manner {
                (rows, cells) = (rows + more_rows, cells + more_cells);
                flight.entries.extend(waiting.flight.entries);
                flight.timeout = flight.timeout.max(waiting.flight.timeout);
                answers.push(waiting.answer);
            } else {
                left.push(waiting);
            }
        }
        *lane = left;
        Some((flight, answers))
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<Target, Vec<Waiting>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rows and cells of a flight.
fn weight(flight: &Flight) -> (usize, usize) {
    use crate::google::sheets::columns::Row;
    let rows = flight.entries.iter().flat_map(|entry| &entry.rows);
    let cells = rows.clone().map(|row| match row {
        Row::Cells(cells) => cells.len(),
        Row::Named(fields) => fields.len(),
    });
    (rows.count(), cells.sum())
}

/// The failure of rows of which nobody knows what became of them.
pub(super) fn lost() -> StepError {
    StepError::passing("connection_lost", "the call ended before it was answered")
}
