//! Those who wait to hear of a run: who started it, and whose deliveries were repeats of the one that did.

use crate::course::Course;
use crate::intake::{Answer, Refused};
use run::entry::End;
use run::id::RunId;
use smallvec::{SmallVec, smallvec};
use std::sync::Arc;
use tokio::sync::oneshot;

/// How a driver answers one caller of its run.
#[derive(Debug)]
pub(crate) struct Reply {
    sender: oneshot::Sender<Result<Answer, Refused>>,
    /// Told once the run is on disk.
    written: Option<oneshot::Sender<()>>,
    awaits: Awaits,
}

/// What a caller waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaits {
    /// Only to know that the run is on disk.
    Acceptance,
    /// The run's own answer.
    Response,
}

impl Reply {
    /// A reply, and where its caller hears it.
    pub(crate) fn pair(awaits: Awaits) -> (Self, oneshot::Receiver<Result<Answer, Refused>>) {
        let (sender, receiver) = oneshot::channel();
        (Self { sender, written: None, awaits }, receiver)
    }

    /// The same, and where the caller hears that the run is on disk.
    pub(crate) fn noting(self) -> (Self, oneshot::Receiver<()>) {
        let (sender, receiver) = oneshot::channel();
        (Self { written: Some(sender), ..self }, receiver)
    }

    /// Answers if what is on disk of this run answers the caller; otherwise gives the reply back.
    fn offer(mut self, course: &Course) -> Option<Self> {
        if let Some(written) = self.written.take() {
            let _ = written.send(());
        }
        match answer(course, self.awaits) {
            Some(answer) => {
                // The caller may have gone away; the run does not mind.
                let _ = self.sender.send(Ok(answer));
                None
            }
            None => Some(self),
        }
    }
}

/// What a run on disk tells a caller; none while it has nothing to tell.
pub(crate) fn answer(course: &Course, awaits: Awaits) -> Option<Answer> {
    let state = course.state();
    let run = state.run();
    if let Some(response) = state.response() {
        return Some(Answer::Responded { run, response: Arc::clone(response) });
    }
    match (awaits, state.end()) {
        (Awaits::Acceptance, _) => Some(Answer::Accepted { run }),
        (Awaits::Response, None) => None,
        (Awaits::Response, Some(End::Succeeded | End::Stopped)) => Some(Answer::Accepted { run }),
        (Awaits::Response, Some(End::Failed { .. } | End::Cancelled)) => Some(Answer::Failed { run }),
    }
}

/// The replies to all callers of one run.
#[derive(Debug, Default)]
pub(crate) struct Replies(SmallVec<[Reply; 1]>);

impl Replies {
    pub(crate) fn one(reply: Reply) -> Self {
        Self(smallvec![reply])
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether someone waits for the run's own answer.
    pub(crate) fn await_response(&self) -> bool {
        self.0.iter().any(|reply| reply.awaits == Awaits::Response)
    }

    /// Adds others, and lets go of callers who have gone away.
    pub(crate) fn join(&mut self, others: Self) {
        self.forget_gone();
        self.0.extend(others.0);
    }

    pub(crate) fn forget_gone(&mut self) {
        self.0.retain(|reply| !reply.sender.is_closed());
    }

    /// Answers those whom what is on disk of this run answers; the others wait on.
    pub(crate) fn offer(&mut self, course: &Course) {
        self.0 = std::mem::take(&mut self.0).into_iter().filter_map(|reply| reply.offer(course)).collect();
    }

    /// Tells everyone that the run goes on without them.
    pub(crate) fn leave(&mut self, run: RunId) {
        self.0.drain(..).for_each(|reply| drop(reply.sender.send(Ok(Answer::TimedOut { run }))));
    }

    /// Tells everyone that there is no answer.
    pub(crate) fn refuse(self, why: &Refused) {
        self.0.into_iter().for_each(|reply| drop(reply.sender.send(Err(why.clone()))));
    }
}
