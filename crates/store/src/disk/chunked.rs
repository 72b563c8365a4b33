//! A sorted map by the names of runs that a million runs fit into: names mostly come in ascending order, so chunks are
//! filled to the brim where a B-tree would leave its nodes half empty.

use run::id::RunId;
use std::collections::BTreeMap;
use std::ops::Bound;
use uuid::Uuid;

/// How many entries a chunk has at most.
const CHUNK: usize = 256;

/// A map from runs to values. The first chunk begins with the smallest name of all, so every name has a chunk.
#[derive(Debug)]
pub(super) struct Chunked<V> {
    chunks: BTreeMap<RunId, Vec<(RunId, V)>>,
}

impl<V> Default for Chunked<V> {
    fn default() -> Self {
        Self { chunks: BTreeMap::from([(RunId(Uuid::nil()), Vec::new())]) }
    }
}

impl<V: Copy> Chunked<V> {
    /// The value of a run.
    pub(super) fn get(&self, run: RunId) -> Option<&V> {
        let (_, chunk) = self.chunks.range(..=run).next_back()?;
        chunk.binary_search_by_key(&run, |(name, _)| *name).ok().map(|at| &chunk[at].1)
    }

    /// The value of a run, to change it.
    pub(super) fn get_mut(&mut self, run: RunId) -> Option<&mut V> {
        let (_, chunk) = self.chunks.range_mut(..=run).next_back()?;
        chunk.binary_search_by_key(&run, |(name, _)| *name).ok().map(|at| &mut chunk[at].1)
    }

    /// Sets the value of a run.
    pub(super) fn insert(&mut self, run: RunId, value: V) {
        let Some((_, chunk)) = self.chunks.range_mut(..=run).next_back() else { return };
        let at = match chunk.binary_search_by_key(&run, |(name, _)| *name) {
            Ok(at) => return chunk[at].1 = value,
            Err(at) => at,
        };
        if chunk.len() < CHUNK {
            return chunk.insert(at, (run, value));
        }
        let mut after = chunk.split_off(if at == CHUNK { at } else { CHUNK / 2 });
        if at < CHUNK && at <= chunk.len() {
            chunk.insert(at, (run, value));
        } else {
            after.insert(at - chunk.len(), (run, value));
        }
        self.chunks.insert(after[0].0, after);
    }

    /// Forgets a run.
    pub(super) fn remove(&mut self, run: RunId) {
        let Some((first, chunk)) = self.chunks.range_mut(..=run).next_back() else { return };
        let Ok(at) = chunk.binary_search_by_key(&run, |(name, _)| *name) else { return };
        chunk.remove(at);
        if chunk.is_empty() && *first != RunId(Uuid::nil()) {
            let first = *first;
            self.chunks.remove(&first);
        } else if chunk.len() * 4 < chunk.capacity() {
            chunk.shrink_to_fit();
        }
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.chunks.values().map(Vec::len).sum()
    }

    /// The entries after a run, ascending; all where none is given.
    pub(super) fn after(&self, run: Option<RunId>) -> impl Iterator<Item = &(RunId, V)> {
        let first = run.and_then(|run| self.chunks.range(..=run).next_back()).map(|(first, _)| *first);
        let start = first.map_or(Bound::Unbounded, Bound::Included);
        let chunks = self.chunks.range((start, Bound::Unbounded));
        chunks.flat_map(|(_, chunk)| chunk).skip_while(move |(name, _)| run.is_some_and(|run| *name <= run))
    }

    /// The entries before a run, descending; all where none is given.
    pub(super) fn before(&self, run: Option<RunId>) -> impl Iterator<Item = &(RunId, V)> {
        let end = run.map_or(Bound::Unbounded, Bound::Excluded);
        let chunks = self.chunks.range((Bound::Unbounded, end)).rev();
        let entries = chunks.flat_map(|(_, chunk)| chunk.iter().rev());
        entries.skip_while(move |(name, _)| run.is_some_and(|run| *name >= run))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(number: u16) -> RunId {
        RunId(Uuid::from_u128(u128::from(number)))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_is_as_a_b_tree(steps in prop::collection::vec((0u16..1200, 0u8..3), 1..3000), from in 0u16..1200) {
            let (mut chunked, mut tree) = (Chunked::default(), BTreeMap::new());
            for (at, (number, kind)) in steps.into_iter().enumerate() {
                if kind == 0 {
                    chunked.remove(run(number));
                    tree.remove(&run(number));
                } else {
                    chunked.insert(run(number), at);
                    tree.insert(run(number), at);
                }
            }
            prop_assert_eq!(chunked.get(run(from)), tree.get(&run(from)));
            let plain = |(run, value): &(RunId, usize)| (*run, *value);
            let pair = |(run, value): (&RunId, &usize)| (*run, *value);
            let excluded = (Bound::Excluded(run(from)), Bound::Unbounded);
            prop_assert!(chunked.after(None).map(plain).eq(tree.iter().map(pair)));
            prop_assert!(chunked.after(Some(run(from))).map(plain).eq(tree.range(excluded).map(pair)));
            prop_assert!(chunked.before(None).map(plain).eq(tree.iter().rev().map(pair)));
            prop_assert!(chunked.before(Some(run(from))).map(plain).eq(tree.range(..run(from)).rev().map(pair)));
        }
    }

    #[test]
    fn ascending_names_fill_their_chunks() {
        let mut chunked = Chunked::default();
        (0..10_000).for_each(|number| chunked.insert(run(number), [0u8; 56]));
        assert_eq!(chunked.chunks.len(), 10_000usize.div_ceil(CHUNK));
    }
}
