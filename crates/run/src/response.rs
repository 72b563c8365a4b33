//! The answer a run gives to its caller.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// An HTTP answer. Names are lower-case tokens and values hold no control characters: checked where it is rendered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// 200–599.
    pub status: u16,
    /// In the author's order, content type included.
    pub headers: Vec<(String, String)>,
    /// The bytes to send.
    pub body: Bytes,
}
