//! Makes runs go: takes them in durably, drives them step by step, wakes them, and resumes them after a crash. Knows
//! that there are many runs, a clock and tasks; not which store, which modules, or that HTTP exists.

mod alarms;
mod backpressure;
mod batch;
mod calls;
mod capture;
mod claims;
mod clock;
mod course;
mod damage;
mod delivery;
mod driver;
mod failures;
mod full_disk;
mod gates;
mod hand;
mod heartbeats;
mod intake;
mod keys;
mod letters;
mod lines;
mod mail;
mod meter;
mod moves;
mod naming;
mod news;
mod paces;
mod perform;
mod queueing;
mod queues;
mod rehearsal;
mod repeats;
mod replay;
mod replies;
mod resume;
mod retention;
mod scenarios;
mod shared;
mod timers;
mod trial;
mod turns;
mod whatif;

#[cfg(test)]
mod tests;

pub use alarms::{Alarm, AlarmKind, NoSuchAlarm, Signal};
pub use capture::capture;
pub use clock::{Clock, ManualClock, SystemClock};
pub use delivery::{By, Delivery};
pub use gates::QueueState;
pub use hand::Awaited;
pub use heartbeats::Beat;
pub use intake::{Answer, Refused};
pub use mail::Unheard;
pub use moves::Move;
pub use news::RunNews;
pub use queueing::QueueView;
pub use rehearsal::{Cast, Rehearsal, Scene, Start, rehearse};
pub use repeats::{Novelty, Repeats, Told};
pub use replay::{Begin, Replay, Unreplayable, Which};
pub use scenarios::{Deployment, KeptVersion, UnknownVersion};
pub use shared::{Engine, Handle, Options};
pub use store::{Filter, Head, Status, captures};
pub use trial::{Attempt, Start as TrialStart, Untriable};
pub use whatif::{Compared, Difference, Incomparable, Sample};
