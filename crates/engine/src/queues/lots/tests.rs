//! Lots of runs: whose turn it is among scenarios.

use super::*;

fn id(name: &str) -> ScenarioId {
    name.parse().unwrap()
}

fn run(number: u128) -> RunId {
    RunId(uuid::Uuid::from_u128(number))
}

fn serve(queue: &Arc<Queue>) -> Option<(u128, Slot)> {
    queue.serve(0).map(|(run, owner)| (run.0.as_u128(), Slot { queue: Arc::clone(queue), owner }))
}

#[test]
fn scenarios_take_turns_and_each_keeps_its_order() {
    let queue = Queue::new(1);
    (0..1_000).for_each(|number| queue.push_new(&id("flood"), run(number)));
    (5_000..5_003).for_each(|number| queue.push_new(&id("other"), run(number)));
    let mut served = Vec::new();
    for _ in 0..8 {
        let (number, slot) = serve(&queue).unwrap();
        assert!(serve(&queue).is_none(), "there is one slot");
        served.push(number);
        drop(slot);
    }
    assert_eq!(served, [0, 5_000, 1, 5_001, 2, 5_002, 3, 4]);
    assert_eq!(queue.len(), 995);
}

#[test]
fn one_scenario_never_has_all_slots() {
    let queue = Queue::new(64);
    (0..100).for_each(|number| queue.push_new(&id("flood"), run(number)));
    let slots: Vec<_> = std::iter::from_fn(|| serve(&queue)).collect();
    assert_eq!(slots.len(), 48);
    assert!(queue.free_slot(&id("flood")).is_none());
    let others = queue.free_slot(&id("other"));
    assert!(others.is_some());
    let standing = queue.standings(0)[&id("flood")];
    assert_eq!((standing.waiting, standing.running, standing.oldest), (52, 48, Some(run(48))));
    drop((slots, others));
    assert_eq!(queue.lots().free, 64);
}

#[test]
fn a_new_run_does_not_pass_those_of_its_scenario_that_wait() {
    let queue = Queue::new(2);
    queue.push_new(&id("a"), run(1));
    assert!(queue.free_slot(&id("a")).is_none());
    assert!(queue.free_slot(&id("b")).is_some());
}

#[test]
fn what_has_begun_goes_on_while_its_scenario_is_paused() {
    let queue = Queue::new(8);
    queue.pause(&id("a"));
    queue.push_new(&id("a"), run(1));
    queue.push_new(&id("b"), run(2));
    let (first, _slot) = serve(&queue).unwrap();
    assert_eq!(first, 2);
    assert!(serve(&queue).is_none());
    queue.push_woken(run(3));
    let (woken, slot) = serve(&queue).unwrap();
    assert_eq!(woken, 3);
    drop(slot.belongs_to(&id("a")).unwrap());
    queue.resume(&id("a"));
    assert_eq!(serve(&queue).unwrap().0, 1);
}

#[test]
fn a_woken_run_beyond_its_scenarios_share_waits_with_the_others() {
    let queue = Queue::new(4);
    let held: Vec<_> = (0..3).map(|_| queue.free_slot(&id("a")).unwrap()).collect();
    queue.push_woken(run(7));
    let (_, slot) = serve(&queue).unwrap();
    assert!(slot.belongs_to(&id("a")).is_none());
    queue.push_begun(&id("a"), run(7));
    assert_eq!((queue.lots().free, queue.len()), (1, 1));
    assert!(serve(&queue).is_none());
    drop(held);
    let (again, slot) = serve(&queue).unwrap();
    assert_eq!(again, 7);
    assert!(slot.belongs_to(&id("a")).is_some());
    assert_eq!(queue.lots().free, 4);
    assert!(queue.lots().of.is_empty(), "nothing is kept of who is idle");
}

#[test]
fn what_has_not_begun_can_be_taken_out() {
    let queue = Queue::new(1);
    (0..10).for_each(|number| queue.push_new(&id("a"), run(number)));
    assert_eq!(queue.take_new(&id("a")).len(), 10);
    assert_eq!((queue.take_new(&id("a")).len(), queue.len()), (0, 0));
    assert!(serve(&queue).is_none());
}
