//! Someone who stands in for every far side that HTTP reaches, so that rehearsals run the modules' own code from
//! parameters to output and only the wire is missing.

use reqwest::header::HeaderMap;
use run::error::StepError;
use std::fmt;
use url::Url;

/// Answers requests in place of the network.
pub trait FarSide: Send + Sync + fmt::Debug {
    /// The answer, or the failure to get one.
    fn answer(&self, asked: &Asked<'_>) -> Result<Answer, StepError>;
}

/// A request that would have left the machine.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Upper-case.
    pub method: &'a str,
    /// Complete, with its query.
    pub url: &'a Url,
    /// By lower-case names.
    pub headers: &'a HeaderMap,
    /// The bytes of its body; none where there is no body.
    pub body: &'a [u8],
}

/// What a far side answers.
#[derive(Clone, Debug)]
pub struct Answer {
    /// 100–599.
    pub status: u16,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body, as it would be after decompression.
    pub body: Vec<u8>,
}

impl Answer {
    /// The answer as the client would have got it.
    pub(crate) fn into_response(self) -> Result<reqwest::Response, StepError> {
        let mut response = http::Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        response
            .body(self.body)
            .map(Into::into)
            .map_err(|error| StepError::permanent("invalid_response", format!("no far side answers so: {error}")))
    }
}
