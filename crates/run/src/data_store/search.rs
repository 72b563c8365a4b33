//! Looking through a data store: page by page in the order of keys, or sorted by a field.

use super::filter::{compare, field};
use super::record::Stored;
use super::{DataError, DataRecord, DataStores, Filter, table};
use crate::id::Millis;
use crate::tables::Record;
use serde_json::Value;
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
    /// Only those whose keys come after this one.
    pub after: Option<String>,
    /// How many at most.
    pub limit: usize,
    /// By which field they are sorted; none: by their keys.
    pub order: Option<Order>,
}

/// By which field records are sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// The lowest first.
    Ascending(String),
    /// The highest first.
    Descending(String),
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
        if query.after.is_some() {
            let reason = "`after` goes on in the order of keys, so it cannot stand beside `order`";
            return Err(DataError::InvalidQuery(reason.into()));
        }
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
        items.truncate(query.limit);
        Ok(Page { items, next: None })
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
    /// Sorts. Records without the field come last either way; equal ones stay in the order of their keys.
    fn sort(&self, items: &mut [DataRecord]) {
        let (Self::Ascending(path) | Self::Descending(path)) = self;
        items.sort_by(|a, b| {
            let of = |record: &DataRecord| field(&record.value, path).cloned();
            let (a, b) = (of(a), of(b));
            let ordered = |a: &Value, b: &Value| match self {
                Self::Ascending(_) => compare(a, b),
                Self::Descending(_) => compare(b, a),
            };
            match (&a, &b) {
                (Some(a), Some(b)) => ordered(a, b),
                (a, b) => b.is_some().cmp(&a.is_some()),
            }
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
