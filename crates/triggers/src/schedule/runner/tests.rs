//! The scheduler on an engine with a clock that the test moves.

use super::{Agenda, Armed, Note, Scheduler, settle};
use engine::{Clock, Engine, Filter, Handle, ManualClock, Options};
use run::id::{Millis, RunId};
use scenario::catalog::Catalog;
use scenario::plan::{CatchUp, Schedule, Trigger};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Store;

/// 2026-01-01T00:00:00Z.
const START: Millis = 1_767_225_600_000;
const MINUTE: Millis = 60_000;

/// One process: an engine and its scheduler on a store that outlives it.
struct Process {
    _engine: Engine,
    handle: Handle,
    scheduler: Scheduler,
    task: tokio::task::JoinHandle<()>,
}

impl Process {
    fn start(store: &Store, clock: &Arc<ManualClock>, trigger: &str) -> Self {
        let clock = Arc::clone(clock) as Arc<dyn Clock>;
        let catalog = Arc::new(Catalog::default());
        let engine = Engine::start(store.clone(), catalog, [], Options { clock, ..Options::default() });
        let handle = engine.handle();
        deploy(&handle, trigger);
        engine.resume().unwrap();
        let scheduler = Scheduler::new(handle.clone(), Arc::clone(&store.tables));
        scheduler.arm(schedules(&handle)).unwrap();
        let running = scheduler.clone();
        let task = tokio::spawn(async move { running.run().await });
        Self { _engine: engine, handle, scheduler, task }
    }

    fn due(&self) -> Vec<Millis> {
        let runs = self.handle.runs(&Filter::default(), 10_000).unwrap();
        let mut due: Vec<Millis> = runs.into_iter().map(|(run, _): (RunId, _)| run.created() - START).collect();
        due.sort_unstable();
        due
    }

    async fn has_started(&self, expected: &[Millis]) {
        let end = Instant::now() + Duration::from_secs(20);
        while self.due() != expected {
            assert!(Instant::now() < end, "{:?} instead of {expected:?}", self.due());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

fn deploy(handle: &Handle, trigger: &str) {
    let text = format!("trigger: {{ schedule: {{ {trigger} }} }}\nsteps: []\n");
    let (plan, diagnostics) = scenario::check(&text, &Catalog::default());
    let plan = plan.unwrap_or_else(|| panic!("{diagnostics:?}"));
    handle.deploy("tick".parse().unwrap(), &text, Arc::new(plan)).unwrap();
}

fn schedules(handle: &Handle) -> Vec<Armed> {
    let deployment = handle.deployment(&"tick".parse().unwrap()).unwrap();
    let schedule = |trigger: &Trigger| match trigger {
        Trigger::Schedule(schedule) => Schedule::clone(schedule),
        other => panic!("{other:?}"),
    };
    let schedule = schedule(&deployment.plan.triggers[0]);
    vec![Armed { deployment, number: 0, schedule }]
}

fn setting() -> (Store, Arc<ManualClock>) {
    (store::open("memory:").unwrap(), Arc::new(ManualClock::at(START)))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_starts_once_however_often_schedules_are_put_in_force() {
    let (store, clock) = setting();
    let process = Process::start(&store, &clock, "every: 1m");
    for minute in 1..=3 {
        clock.advance(MINUTE);
        for _ in 0..5 {
            process.scheduler.arm(schedules(&process.handle)).unwrap();
        }
        let expected: Vec<Millis> = (1..=minute).map(|minute| minute * MINUTE).collect();
        process.has_started(&expected).await;
    }
    assert_eq!(process.scheduler.next_of(&"tick".parse().unwrap()), [Some(START + 4 * MINUTE)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_while_down_is_caught_up_as_the_schedule_says() {
    for (catch_up, expected) in [
        (CatchUp::Skip, vec![MINUTE]),
        (CatchUp::One, vec![MINUTE, 5 * MINUTE]),
        (CatchUp::All, (1..=5).map(|minute| minute * MINUTE).collect()),
    ] {
        let trigger = format!("every: 1m, catch_up: {}", serde_json::to_value(catch_up).unwrap().as_str().unwrap());
        let (store, clock) = setting();
        let process = Process::start(&store, &clock, &trigger);
        clock.advance(MINUTE);
        process.has_started(&[MINUTE]).await;
        noted(&store, START + MINUTE).await;
        process.task.abort();
        clock.advance(4 * MINUTE + MINUTE / 2);
        let process = Process::start(&store, &clock, &trigger);
        process.has_started(&expected).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_was_switched_off_or_changed_counts_from_now() {
    let (store, clock) = setting();
    let process = Process::start(&store, &clock, "every: 1m, catch_up: all");
    clock.advance(MINUTE);
    process.has_started(&[MINUTE]).await;
    process.scheduler.arm(Vec::new()).unwrap();
    clock.advance(10 * MINUTE);
    process.scheduler.arm(schedules(&process.handle)).unwrap();
    clock.advance(MINUTE);
    process.has_started(&[MINUTE, 12 * MINUTE]).await;
    deploy(&process.handle, "every: 10s, catch_up: all");
    process.scheduler.arm(schedules(&process.handle)).unwrap();
    clock.advance(10_000);
    process.has_started(&[MINUTE, 12 * MINUTE, 12 * MINUTE + 10_000]).await;
}

/// As on a machine whose clock is an hour ahead until it hears of the time.
#[tokio::test(flavor = "multi_thread")]
async fn d6_schedules_go_on_when_a_clock_that_was_ahead_is_set_right() {
    let (store, clock) = setting();
    let process = Process::start(&store, &clock, "every: 1m");
    let mut agenda = Agenda::default();
    let armed = schedules(&process.handle).remove(0);
    let timetable = super::Timetable::of(&armed.schedule).unwrap();
    agenda.put(armed.key(), armed, timetable, START);
    let mut due = |now| agenda.take(START + now).into_iter().map(|start| start.due - START).collect::<Vec<_>>();
    assert_eq!(due(MINUTE), [MINUTE]);
    assert_eq!((due(60 * MINUTE), due(2 * MINUTE + 1)), (vec![], vec![]));
    assert_eq!(due(3 * MINUTE), [3 * MINUTE]);
    assert_eq!(due(4 * MINUTE), [4 * MINUTE]);
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_a_start_by_a_clock_set_right_does_not_count_from_the_time_before() {
    let (store, clock) = setting();
    let process = Process::start(&store, &clock, "every: 1m");
    clock.advance(MINUTE);
    process.has_started(&[MINUTE]).await;
    noted(&store, START + MINUTE).await;
    process.task.abort();
    let clock = Arc::new(ManualClock::at(START - 60 * MINUTE));
    let process = Process::start(&store, &clock, "every: 1m");
    clock.advance(MINUTE);
    process.has_started(&[-59 * MINUTE, MINUTE]).await;
}

/// Those that were missed are started side by side. What a crash leaves of them must be found again.
#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_settled_up_to_what_is_not_started_yet() {
    let (store, clock) = setting();
    let process = Process::start(&store, &clock, "every: 1m, catch_up: all");
    let mut agenda = Agenda::default();
    let armed = schedules(&process.handle).remove(0);
    let (key, timetable) = (armed.key(), super::Timetable::of(&armed.schedule).unwrap());
    agenda.put(key.clone(), armed, timetable, START);
    let due: Vec<Millis> = agenda.take(START + 4 * MINUTE).into_iter().map(|start| start.due - START).collect();
    assert_eq!(due, [MINUTE, 2 * MINUTE, 3 * MINUTE, 4 * MINUTE]);
    for (started, settled) in
        [(3 * MINUTE, MINUTE - 1), (MINUTE, 2 * MINUTE - 1), (2 * MINUTE, 4 * MINUTE - 1), (4 * MINUTE, 4 * MINUTE)]
    {
        assert_eq!(agenda.started(&key, START + started) - START, settled, "after {started}");
    }
}

#[test]
fn what_is_settled_is_noted_forwards_and_for_its_own_schedule() {
    let tables = store::open("memory:").unwrap().tables;
    let note = |last, of: &str| Note { last, of: of.to_owned() };
    let noted = || {
        let record = tables.get(super::LAST, "tick/0").unwrap()?;
        Note::read(&record.value).map(|note| (note.last, note.of))
    };
    settle(&*tables, "tick/0", &note(5, "old"), 9).unwrap();
    assert_eq!(noted(), None, "one that was never in force");
    tables.put(super::LAST, "tick/0", &note(3, "old").write(), run::tables::Expected::Any).unwrap();
    for (last, of, expected) in [(5, "old", 5), (4, "old", 5), (9, "other", 5), (6, "old", 6)] {
        settle(&*tables, "tick/0", &note(last, of), 9).unwrap();
        assert_eq!(noted(), Some((expected, "old".to_owned())), "{last} {of}");
    }
    tables.put(super::LAST, "tick/0", &note(10 * MINUTE, "old").write(), run::tables::Expected::Any).unwrap();
    settle(&*tables, "tick/0", &note(7, "old"), 9).unwrap();
    assert_eq!(noted(), Some((7, "old".to_owned())), "what a clock noted that was ahead");
}

/// Waits until it is noted up to when the schedule is settled.
async fn noted(store: &Store, last: Millis) {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let record = store.tables.get(super::LAST, "tick/0").unwrap().unwrap();
        if String::from_utf8_lossy(&record.value).starts_with(&last.to_string()) {
            return;
        }
        assert!(Instant::now() < end, "not noted: {record:?}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

#[tokio::test(flavor = "multi_thread")]
async fn d6_a_clock_set_on_by_a_day_skips_what_the_schedule_says() {
    for (catch_up, expected) in [
        ("skip", vec![6 * HOUR, DAY + 12 * HOUR]),
        ("one", vec![6 * HOUR, DAY + 6 * HOUR, DAY + 12 * HOUR]),
        ("all", vec![6 * HOUR, 12 * HOUR, 18 * HOUR, DAY, DAY + 6 * HOUR, DAY + 12 * HOUR]),
    ] {
        let (store, clock) = setting();
        let process = Process::start(&store, &clock, &format!("every: 6h, catch_up: {catch_up}"));
        clock.advance(6 * HOUR);
        process.has_started(&[6 * HOUR]).await;
        clock.step(DAY + HOUR);
        let before_last = &expected[..expected.len() - 1];
        process.has_started(before_last).await;
        while process.scheduler.next_of(&"tick".parse().unwrap()) != [Some(START + DAY + 12 * HOUR)] {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        clock.advance(5 * HOUR);
        process.has_started(&expected).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_a_clock_set_back_by_a_day_fires_nothing_twice() {
    let (store, clock) = setting();
    let process = Process::start(&store, &clock, "every: 6h, catch_up: all");
    clock.advance(6 * HOUR);
    process.has_started(&[6 * HOUR]).await;
    clock.step(-DAY);
    process.scheduler.0.changed.notify_one();
    while process.scheduler.next_of(&"tick".parse().unwrap()) != [Some(START - 12 * HOUR)] {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let mut expected = vec![6 * HOUR];
    for due in [-12, -6, 0, 6, 12] {
        clock.advance(6 * HOUR);
        expected.push(due * HOUR);
        expected.sort_unstable();
        expected.dedup();
        process.has_started(&expected).await;
        while process.scheduler.next_of(&"tick".parse().unwrap()) != [Some(START + (due + 6) * HOUR)] {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    assert_eq!(expected, [-12 * HOUR, -6 * HOUR, 0, 6 * HOUR, 12 * HOUR]);
}

#[tokio::test(flavor = "multi_thread")]
async fn jitter_makes_a_run_later_and_not_another_one() {
    let (store, clock) = setting();
    let process = Process::start(&store, &clock, "every: 1h, jitter: 30m");
    let key = ("tick".parse().unwrap(), 0);
    let schedule = schedules(&process.handle).remove(0).schedule;
    let begins = super::Timetable::of(&schedule).unwrap().begins(START + HOUR, super::salt(&key));
    assert!((START + HOUR..START + HOUR + 30 * MINUTE).contains(&begins));
    clock.advance(begins - START - 1);
    process.scheduler.arm(schedules(&process.handle)).unwrap();
    assert_eq!(process.due(), [] as [Millis; 0]);
    clock.advance(1);
    process.has_started(&[HOUR]).await;
}
