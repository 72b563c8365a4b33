//! Takes in what comes together: a request with many items starts a run for each, or none where there is no room.

use crate::claims::{Claims, Reservation, Reserved};
use crate::course::{Course, STRIDE, Standing};
use crate::delivery::Delivery;
use crate::driver;
use crate::intake::{Refused, admit};
use crate::lines::Place;
use crate::mail::{Unheard, Wake};
use crate::repeats::{self, Novelty};
use crate::scenarios::Deployment;
use crate::shared::{Handle, Shared};
use crate::turns::{self, Closed};
use futures_util::stream::{FuturesOrdered, StreamExt};
use run::id::RunId;
use run::tables::StoreError;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use store::ClaimKey;

/// How many runs are on their way to the disk at once: what one flush may carry, and what takes memory in the store.
const AT_ONCE: usize = 512;

/// How long a batch waits until others have settled what it lays claim to.
const PATIENCE: Duration = Duration::from_secs(10);

impl Handle {
    /// Starts a run for each of these, in their order, and comes back once all of them are on disk, with the run of each
    /// and whether it is the first of its kind. One that is dropped, as `limits.concurrency.on_full` says, is left out.
    ///
    /// Where there is no room for all of them, none is started. Where the store fails half-way, some may have been, and
    /// nothing is told of them: when all are delivered again, those are recognised by their `dedupe`. No answer of a run
    /// is waited for.
    pub async fn deliver_each(
        &self,
        deployment: &Deployment,
        deliveries: Vec<Delivery>,
    ) -> Result<Vec<(RunId, Novelty)>, Refused> {
        let shared = Arc::clone(&self.shared);
        admit(&shared, deliveries.len())?;
        let mut courses = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            courses.push(self.begin(deployment, delivery));
            if courses.len() % STRIDE == 0 {
                tokio::task::yield_now().await;
            }
        }
        let claims: HashSet<ClaimKey> = courses.iter().filter_map(|course| Some(course.claim?.key)).collect();
        let reservations = tokio::time::timeout(PATIENCE, reserve(&shared.claims, &claims)).await;
        let reservations = reservations.map_err(|_| Refused::Busy { retry_after: turns::TWICE })?;
        let firsts = repeats::firsts(&shared, claims.into_iter().collect()).await?;
        let batch = Batch::sorted(courses, reservations, &firsts);
        // The caller may go away while this is written; none of it is left standing half-way in a line.
        let taken = self.shared.runtime.spawn(async move { batch.take_in(&shared).await });
        taken.await.unwrap_or(Err(Refused::Store(StoreError::Closed)))
    }
}

/// Reserves all of these. In the order of their keys, so that no two batches wait for each other.
async fn reserve(claims: &Arc<Claims>, keys: &HashSet<ClaimKey>) -> HashMap<ClaimKey, Reservation> {
    let mut sorted: Vec<ClaimKey> = keys.iter().copied().collect();
    sorted.sort_unstable();
    let mut mine = HashMap::with_capacity(sorted.len());
    for key in sorted {
        let reservation = loop {
            match claims.reserve(key) {
                Reserved::Mine(reservation) => break reservation,
                Reserved::Taken(pending) => pending.settled().await,
            }
        };
        mine.insert(key, reservation);
    }
    mine
}

/// What becomes of one delivery.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// This run is its own.
    First(RunId),
    /// It was taken in before.
    Repeat(RunId),
    /// It is the same as an earlier one of the batch, the one in this place.
    Twin(usize),
    Dropped,
}

/// Deliveries that are taken in together.
struct Batch {
    fates: Vec<Fate>,
    /// Those that start a run, in order, each with its place.
    fresh: Vec<(usize, Course)>,
}

impl Batch {
    /// Tells what is new from what repeats another. `firsts` are the runs that have laid claim before.
    fn sorted(
        courses: Vec<Course>,
        mut reservations: HashMap<ClaimKey, Reservation>,
        firsts: &HashMap<ClaimKey, RunId>,
    ) -> Self {
        let (mut fates, mut fresh) = (Vec::with_capacity(courses.len()), Vec::with_capacity(courses.len()));
        let mut seen: HashMap<ClaimKey, usize> = HashMap::new();
        for (place, mut course) in courses.into_iter().enumerate() {
            let claim = course.claim.map(|claim| claim.key);
            let repeat = claim.and_then(|key| match (firsts.get(&key), seen.get(&key)) {
                (Some(first), _) => Some(Fate::Repeat(*first)),
                (None, twin) => twin.copied().map(Fate::Twin),
            });
            fates.push(repeat.unwrap_or(Fate::First(course.state().run())));
            if repeat.is_none() {
                if let Some(key) = claim {
                    seen.insert(key, place);
                    course.reservation = reservations.remove(&key);
                }
                fresh.push((place, course));
            }
        }
        Self { fates, fresh }
    }

    async fn take_in(mut self, shared: &Arc<Shared>) -> Result<Vec<(RunId, Novelty)>, Refused> {
        let entered = self.enter(shared)?;
        self.write(shared, entered).await?;
        Ok(self.told(shared))
    }

    /// Lines all of them up, or none.
    fn enter(&mut self, shared: &Shared) -> Result<Vec<Entered>, Refused> {
        let mut entered: Vec<Entered> = Vec::with_capacity(self.fresh.len());
        for (number, mut course) in std::mem::take(&mut self.fresh) {
            let place = turns::enter(shared, &mut course).and_then(|place| {
                // What is said to it is kept from here on; until it is on disk no one else can drive it.
                let bell = course.bell.take().or_else(|| shared.mail.open(course.state().run()));
                bell.map(|_| place).ok_or(Closed::Full { retry_after: turns::TWICE })
            });
            match place {
                Ok(place) => entered.push(Entered { number, course, place }),
                Err(Closed::Dropped) => self.fates[number] = Fate::Dropped,
                Err(closed) => {
                    // The last first, so that none of them has its turn for a moment.
                    entered.iter().rev().for_each(|one| driver::turn_away(shared, &one.course, &Unheard::Unknown));
                    return Err(closed.into());
                }
            }
        }
        Ok(entered)
    }

    /// Puts them on disk, many in one flush, and lets each go as soon as it and all before it are.
    async fn write(&mut self, shared: &Arc<Shared>, entered: Vec<Entered>) -> Result<(), Refused> {
        let failure = Arc::new(OnceLock::new());
        let mut waiting = entered.into_iter();
        let mut writing = FuturesOrdered::new();
        loop {
            while writing.len() < AT_ONCE
                && let Some(one) = waiting.next()
            {
                writing.push_back(one.write(Arc::clone(shared), Arc::clone(&failure)));
            }
            let Some((one, written)) = writing.next().await else { break };
            match written {
                Ok(()) => one.let_go(shared),
                Err(error) => {
                    driver::turn_away(shared, &one.course, &Unheard::Unreachable(error.to_string()));
                    match error {
                        StoreError::Claimed(first) => self.fates[one.number] = Fate::Repeat(first),
                        error => _ = failure.set(error),
                    }
                }
            }
        }
        failure.get().map_or(Ok(()), |error| Err(Refused::Store(error.clone())))
    }

    fn told(self, shared: &Shared) -> Vec<(RunId, Novelty)> {
        let told = |fate: Fate| match fate {
            Fate::First(run) => Some((run, Novelty::First)),
            Fate::Repeat(run) => Some((run, Novelty::Repeat)),
            Fate::Twin(_) | Fate::Dropped => None,
        };
        let of = |fate: &Fate| match *fate {
            Fate::Twin(place) => told(self.fates[place]).map(|(run, _)| (run, Novelty::Repeat)),
            fate => told(fate),
        };
        let told: Vec<(RunId, Novelty)> = self.fates.iter().filter_map(of).collect();
        let repeated = told.iter().filter(|(_, novelty)| *novelty == Novelty::Repeat);
        repeated.for_each(|(run, _)| shared.repeats.note(*run, shared.now()));
        told
    }
}

/// A run that has its place in line, and is not on disk.
struct Entered {
    number: usize,
    course: Course,
    place: Place,
}

impl Entered {
    /// Writes it, unless another of the batch could not be.
    async fn write(
        mut self,
        shared: Arc<Shared>,
        failure: Arc<OnceLock<StoreError>>,
    ) -> (Self, Result<(), StoreError>) {
        let written = match failure.get() {
            Some(error) => Err(error.clone()),
            None => self.course.write_as(&shared, Standing::Queued).await,
        };
        (self, written)
    }

    /// Leaves it, on disk, to whoever has a slot for it once it is its turn.
    fn let_go(self, shared: &Shared) {
        match self.place {
            Place::Behind => driver::leave_in_line(shared, &self.course),
            Place::Inside => {
                let state = self.course.state();
                let has_letters = shared.mail.release(state.run()) == Wake::Yes;
                shared.queues.begin(&state.created().scenario, state.run());
                if has_letters {
                    shared.queues.wake_for_someone(state.run());
                }
            }
        }
    }
}
