//! What the language consists of, one file for each construct: how it is written, what is wrong with it, and what
//! becomes of it in the plan.

mod for_each;
mod limits;
mod not_yet;
mod on_error;
mod parameters;
mod respond;
mod retry;
mod route;
mod scenario;
mod schedule;
mod step;
mod test;
mod trigger;
mod webhook;

#[cfg(test)]
pub(crate) use step::BUILT_IN;

/// Where the schema of the language has which keys; those of the second list cannot run yet.
#[cfg(test)]
pub(crate) const KEYS: &[(&str, &[&str], &[&str])] = &[
    ("", scenario::KEYS, &["on_failure", "keep"]),
    ("/$defs/trigger", trigger::KINDS, &["mail", "mailhook", "call", "failure"]),
    ("/$defs/webhook", webhook::KEYS, &["verify", "dedupe", "each"]),
    ("/$defs/schedule", schedule::KEYS, &[]),
    ("/$defs/limits", limits::KEYS, &["concurrency", "sequential", "rate", "queue", "durability"]),
    ("/$defs/step", step::COMMON, &[]),
    ("/$defs/retry", retry::KEYS, &[]),
    ("/$defs/on_error/oneOf/3", on_error::KEYS, &["steps", "hold"]),
    ("/$defs/respond", respond::KEYS, &[]),
    ("/$defs/route/oneOf/1", route::KEYS, &[]),
    ("/$defs/branch", route::BRANCH_KEYS, &[]),
    ("/$defs/for_each", for_each::KEYS, &["parallel", "batch"]),
    ("/$defs/test", test::KEYS, &[]),
    ("/$defs/expect", test::EXPECT_KEYS, &[]),
    ("/$defs/expect/properties/response", test::RESPONSE_KEYS, &[]),
];
