//! Looking through a data store: page by page in the order of keys, or sorted by a field.

use super::filter::{compare, field};
use super::record::Stored;
use super::{DataError, DataRecord, DataStores, Filter, shown, table};
use crate::id::Millis;
use crate::tables::Record;
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// How many records are read at once.
pub(super) const PAGE: usize = 32;

/// How many records one call looks at.
const LOOKED_AT: usize = 100_000;

/// How much is found in one call, in bytes of JSON.
const FOUND_BYTES: usize = 8 << 20;

/// Which records are looked for.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// What their keys start with.
    pub prefix: String,
    /// What they hold.
    pub filter: Filter,
    /// Only those that come after the record of this key.
    pub after: Option<String>,
    /// How many at most.
    pub limit: usize,
    /// By which fields they are sorted; none: by their keys.
    pub order: Option<Order>,
}

/// By which fields records are sorted, the weightiest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order(pub Vec<(String, Direction)>);

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The lowest first.
    Ascending,
    /// The highest first.
    Descending,
}

/// Records that were found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The records, in order.
    pub items: Vec<DataRecord>,
    /// The `after` of the next page; none: there is no more.
    pub next: Option<String>,
}

impl DataStores {
    /// The records that fit.
    pub fn search(&self, store: &str, query: &Query, now: Millis) -> Result<Page, DataError> {
        match &query.order {
            None => self.page(store, query, now),
            Some(order) => self.sorted(store, query, order, now),
        }
    }

    /// How many records fit, but not more than `most`.
    pub fn count(
        &self,
        store: &str,
        prefix: &str,
        filter: &Filter,
        most: usize,
        now: Millis,
    ) -> Result<usize, DataError> {
        let mut count = 0;
        self.walk(store, prefix, None, |key, record| {
            let stored = Stored::decode(&record.value)?;
            let fits = stored.is_live(now) && (filter.is_empty() || filter.fits(key, &stored.json()?)?);
            count += usize::from(fits);
            Ok(if count < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(count)
    }

    fn page(&self, store: &str, query: &Query, now: Millis) -> Result<Page, DataError> {
        let mut page = Page::default();
        let (mut looked_at, mut bytes) = (0, 0);
        self.walk(store, &query.prefix, query.after.as_deref(), |key, record| {
            looked_at += 1;
            if let Some(found) = fitting(key, record, &query.filter, now)? {
                bytes += record.value.len();
                if page.items.len() == query.limit || bytes > FOUND_BYTES && !page.items.is_empty() {
                    page.next = page.items.last().map(|last| last.key.clone());
                    return Ok(ControlFlow::Break(()));
                }
                page.items.push(found);
            }
            if looked_at == LOOKED_AT {
                page.next = Some(key.to_owned());
                return Ok(ControlFlow::Break(()));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(page)
    }

    fn sorted(&self, store: &str, query: &Query, order: &Order, now: Millis) -> Result<Page, DataError> {
        let mut items = Vec::new();
        let (mut looked_at, mut bytes) = (0, 0);
        self.walk(store, &query.prefix, None, |key, record| {
            looked_at += 1;
            if let Some(found) = fitting(key, record, &query.filter, now)? {
                bytes += record.value.len();
                items.push(found);
            }
            if looked_at == LOOKED_AT || bytes > FOUND_BYTES {
                let reason = format!("more than {LOOKED_AT} records or {FOUND_BYTES} bytes would have to be sorted");
                return Err(DataError::TooLarge(reason));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        order.sort(&mut items);
        if let Some(after) = &query.after {
            let place = items.iter().position(|item| item.key == *after).ok_or_else(|| {
                let reason =
                    format!("the record `{}` is gone or no longer fits, so no page comes after it", shown(after));
                DataError::InvalidQuery(reason)
            })?;
            items.drain(..=place);
        }
        let is_last = items.len() <= query.limit;
        items.truncate(query.limit);
        let next = items.last().filter(|_| !is_last).map(|last| last.key.clone());
        Ok(Page { items, next })
    }

    /// Shows each record of the store to `look`, in the order of keys, until it has seen enough.
    fn walk(
        &self,
        store: &str,
        prefix: &str,
        after: Option<&str>,
        mut look: impl FnMut(&str, &Record) -> Result<ControlFlow<()>, DataError>,
    ) -> Result<(), DataError> {
        let table = table(store)?;
        let mut after = after.map(str::to_owned);
        loop {
            let page = self.tables().scan(&table, prefix, after.as_deref(), PAGE)?;
            for (key, record) in &page {
                if look(key, record)?.is_break() {
                    return Ok(());
                }
            }
            match page.into_iter().nth(PAGE - 1) {
                Some((last, _)) => after = Some(last),
                None => return Ok(()),
            }
        }
    }
}

impl Order {
    /// Reads `total`, `-total` or `-total,name`.
    pub fn read(text: &str) -> Result<Self, DataError> {
        let fields = text.split(',').map(|field| match field.trim() {
            "" | "-" => Err(DataError::InvalidQuery(format!("`order`: {text:?} names no field to sort by"))),
            field => Ok(match field.strip_prefix('-') {
                Some(field) => (field.to_owned(), Direction::Descending),
                None => (field.to_owned(), Direction::Ascending),
            }),
        });
        fields.collect::<Result<_, _>>().map(Self)
    }

    /// Sorts. Records without the field come last either way; equal ones stay in the order of their keys.
    fn sort(&self, items: &mut [DataRecord]) {
        items.sort_by(|a, b| {
            let ordered = self.0.iter().map(|(path, direction)| {
                match (field(&a.value, path), field(&b.value, path), direction) {
                    (Some(a), Some(b), Direction::Ascending) => compare(a, b),
                    (Some(a), Some(b), Direction::Descending) => compare(b, a),
                    (a, b, _) => b.is_some().cmp(&a.is_some()),
                }
            });
            ordered.fold(Ordering::Equal, Ordering::then)
        });
    }
}

fn fitting(key: &str, record: &Record, filter: &Filter, now: Millis) -> Result<Option<DataRecord>, DataError> {
    let found = Stored::decode(&record.value)?.live(key, record.revision, now)?;
    match found {
        Some(found) if filter.fits(key, &found.value)? => Ok(Some(found)),
        _ => Ok(None),
    }
}
