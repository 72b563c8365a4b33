//! What starts a run: a request, the clock, a mail or something new in an answer. Pure but for [`schedule::runner`] and
//! [`poll`], which wait for the clock, [`mail`], which watches mailboxes, and [`mailhook`], which takes mails in: a request
//! comes as bytes, the time as a number, and what comes out is the input of a run, a time, or a refusal.

pub mod mail;
pub mod mailhook;
pub mod poll;
pub mod schedule;
pub mod webhook;
