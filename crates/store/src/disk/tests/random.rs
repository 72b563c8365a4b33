//! Random appends in random groups: the disk gives what the memory gives, also after it was opened again.

use crate::conformance::{Subject, head, piece_of, run_at, wait};
use crate::{Filter, Journaled, Status};
use proptest::prelude::*;
use run::id::RunId;
use run::retention::Durability;

const STATUSES: [Status; 6] =
    [Status::Running, Status::Waiting, Status::Succeeded, Status::Stopped, Status::Failed, Status::Cancelled];

#[derive(Clone, Debug)]
enum Step {
    /// The next piece of a run; `skip` pieces too far in rare cases.
    Append {
        run: usize,
        status: usize,
        size: usize,
        skip: u32,
    },
    /// Wait for all appends so far.
    Wait,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let size = prop_oneof![8 => 0usize..600, 1 => 3000usize..20_000];
    let skip = prop_oneof![15 => Just(0u32), 1 => 1u32..3];
    let append = (0usize..24, 0usize..6, size, skip).prop_map(|(run, status, size, skip)| Step::Append {
        run,
        status,
        size,
        skip,
    });
    prop_oneof![30 => append, 4 => Just(Step::Wait), 1 => Just(Step::Reopen)]
}

/// Created close together and far apart, not in the order of their numbers.
fn name(run: usize) -> RunId {
    let millis = [5000, 5001, 5001, 5040, 4999, 90_000, 31, 32][run % 8];
    run_at(millis, run as u64)
}

fn plain(read: Option<Journaled>) -> Option<(crate::Head, Vec<bytes::Bytes>)> {
    read.map(|journaled| (journaled.head, journaled.pieces))
}

fn compare(disk: &Subject, memory: &Subject) {
    let (disk, memory) = (&disk.store().journal, &memory.store().journal);
    for run in (0..25).map(name) {
        assert_eq!(plain(disk.read(run).unwrap()), plain(memory.read(run).unwrap()), "{run}");
    }
    for (after, limit) in [(None, 100), (None, 3), (Some(name(1)), 4)] {
        assert_eq!(disk.open_runs(after, limit).unwrap(), memory.open_runs(after, limit).unwrap());
    }
    for status in STATUSES.map(Some).into_iter().chain([None]) {
        for scenario in [None, Some("s0".parse().unwrap()), Some("s1".parse().unwrap())] {
            for (before, limit) in [(None, 100), (None, 2), (Some(name(3)), 5), (Some(name(5)), 100)] {
                let filter = Filter { scenario: scenario.clone(), status, before, ..Filter::default() };
                assert_eq!(disk.list(&filter, limit).unwrap(), memory.list(&filter, limit).unwrap(), "{filter:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_disk_is_as_the_memory(steps in prop::collection::vec(step(), 1..120), archived in any::<bool>()) {
        let mut disk = if archived { Subject::archives() } else { Subject::disk() };
        let memory = Subject::memory();
        let mut pieces = [0u32; 24];
        let mut waiting = Vec::new();
        for (at, step) in steps.into_iter().chain([Step::Wait, Step::Reopen]).enumerate() {
            match step {
                Step::Append { run, status, size, skip } => {
                    let head = head(&format!("s{}", run % 3), STATUSES[status], at as i64);
                    let mut append = piece_of(name(run), pieces[run] + skip, head, &vec![at as u8; size]);
                    append.durability = [Durability::Disk, Durability::Disk, Durability::Memory][at % 3];
                    let expected = wait(memory.store().journal.append(append.clone()));
                    pieces[run] += u32::from(expected.is_ok());
                    waiting.push((disk.store().journal.append(append), expected));
                }
                Step::Wait => {
                    for (ack, expected) in waiting.drain(..) {
                        prop_assert_eq!(wait(ack).map_err(|e| e.to_string()), expected.map_err(|e| e.to_string()));
                    }
                    compare(&disk, &memory);
                }
                Step::Reopen => {
                    disk.reopen();
                    compare(&disk, &memory);
                }
            }
        }
    }
}
