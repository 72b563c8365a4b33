//! How far an import has come, for whoever sits before a terminal; nothing where nobody does.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Mutex;
use std::sync::PoisonError;

/// How many characters the bar has.
const WIDTH: usize = 30;

/// A bar on the last line of the terminal.
pub(super) struct Progress {
    total: usize,
    /// How many are done; none where nobody looks.
    done: Option<Mutex<usize>>,
}

impl Progress {
    /// Of so many files, where more than one is to be waited for and somebody looks.
    pub(super) fn of(total: usize) -> Self {
        let is_seen = total > 1 && stderr().is_terminal();
        Self { total, done: is_seen.then(Mutex::default) }
    }

    /// One more is done.
    pub(super) fn step(&self) {
        let Some(done) = &self.done else { return };
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        *done += 1;
        // A terminal is slower than an import: every hundredth part is enough.
        if *done == self.total || (*done).is_multiple_of((self.total / 100).max(1)) {
            let _ = write!(stderr(), "\r{}", bar(*done, self.total));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.done.is_some() {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}

/// `[#####     ]  50 of 100 files`
fn bar(done: usize, total: usize) -> String {
    let full = WIDTH * done / total.max(1);
    format!("[{}{}] {done} of {total} files", "#".repeat(full), " ".repeat(WIDTH - full.min(WIDTH)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills() {
        assert_eq!(bar(0, 4), format!("[{}] 0 of 4 files", " ".repeat(30)));
        assert_eq!(bar(4, 4), format!("[{}] 4 of 4 files", "#".repeat(30)));
        assert_eq!(bar(1, 3).matches('#').count(), 10);
    }

    #[test]
    fn nobody_is_shown_anything_where_nobody_looks() {
        let progress = Progress { total: 2, done: None };
        progress.step();
        assert!(progress.done.is_none());
    }
}
