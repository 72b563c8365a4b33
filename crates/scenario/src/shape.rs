//! What the language consists of, one file for each construct: how it is written, what is wrong with it, and what
//! becomes of it in the plan.

mod alarms;
mod collect;
mod cors;
mod each;
mod ending;
mod except;
mod for_each;
mod invoke;
mod keep;
mod limits;
mod mail;
mod mailhook;
mod on_error;
mod parallel;
mod parameters;
mod poll;
mod repeat;
mod respond;
mod retry;
mod route;
mod scenario;
mod schedule;
mod step;
mod test;
mod trigger;
mod verify;
mod wait;
mod wait_for;
mod webhook;

#[cfg(test)]
pub(crate) use step::BUILT_IN;

/// Where the schema of the language has which keys.
#[cfg(test)]
pub(crate) const KEYS: &[(&str, &[&str])] = &[
    ("", scenario::KEYS),
    ("/$defs/trigger", trigger::KINDS),
    ("/$defs/webhook", webhook::KEYS),
    ("/$defs/schedule/oneOf/1", schedule::KEYS),
    ("/$defs/mail", mail::KEYS),
    ("/$defs/mailhook", mailhook::KEYS),
    ("/$defs/mail_where", mail::WHERE_KEYS),
    ("/$defs/mail_where/properties/size", mail::SIZE_KEYS),
    ("/$defs/mail/properties/after/oneOf/4", mail::AFTER_KEYS),
    ("/$defs/poll", poll::KEYS),
    ("/$defs/dedupe/oneOf/2", webhook::DEDUPE_KEYS),
    ("/$defs/limits", limits::KEYS),
    ("/$defs/concurrency/oneOf/1", limits::CONCURRENCY_KEYS),
    ("/$defs/keep/oneOf/1", keep::KEYS),
    ("/$defs/alarms", alarms::KEYS),
    ("/$defs/step", step::COMMON),
    ("/$defs/retry", retry::KEYS),
    ("/$defs/on_error/oneOf/4", on_error::KEYS),
    ("/$defs/respond", respond::KEYS),
    ("/$defs/route/oneOf/1", route::KEYS),
    ("/$defs/branch", route::BRANCH_KEYS),
    ("/$defs/for_each", for_each::KEYS),
    ("/$defs/repeat", repeat::KEYS),
    ("/$defs/parallel/oneOf/1/items", parallel::BRANCH_KEYS),
    ("/$defs/wait/oneOf/2", wait::KEYS),
    ("/$defs/wait_for", wait_for::KEYS),
    ("/$defs/field/oneOf/1", wait_for::FIELD_KEYS),
    ("/$defs/call/oneOf/1", invoke::KEYS),
    ("/$defs/fail/oneOf/1", ending::FAIL_KEYS),
    ("/$defs/callable", trigger::CALL_KEYS),
    ("/$defs/failure/oneOf/1", trigger::FAILURE_KEYS),
    ("/$defs/test", test::KEYS),
    ("/$defs/exchange", test::EXCHANGE_KEYS),
    ("/$defs/exchange/properties/request", test::REQUEST_KEYS),
    ("/$defs/expect", test::EXPECT_KEYS),
    ("/$defs/expect/properties/response", test::RESPONSE_KEYS),
    ("/$defs/expect/properties/error", test::ERROR_KEYS),
];
