//! SurveyCake: Signs nothing: it names a survey and an answer, which is then fetched and decrypted. That the answer
//! decrypts with the keys of the survey is what proves where it came from.

use super::{FORM, Provider, Sample};
use crate::webhook::verify::Fact;

pub(super) const PROVIDER: Provider = Provider {
    name: "surveycake",
    title: "SurveyCake",
    summary: "Signs nothing: it names a survey and an answer, which is then fetched and decrypted.",
    docs: "https://github.com/SurveyCake/webhook",
    id: Fact::All(&[Fact::Body("svid"), Fact::Body("hash")]),
    sample: Sample { content_type: FORM, body: include_str!("samples/surveycake.form") },
    example: "surveycake: {}",
    ..Provider::BASE
};
