//! A long answer that is the same for everybody: kept compressed, and sent once to each browser.

use crate::assets::Coding;
use crate::forms::{is_known, reads};
use actix_web::http::header::{self, ContentType};
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::{Error, Read as _, Write as _};

/// JSON, compressed.
#[derive(Debug)]
pub(crate) struct Packed {
    gzip: Bytes,
    tag: String,
}

impl Packed {
    /// This value as JSON.
    pub(crate) fn of(value: &impl Serialize) -> Result<Self, Error> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        serde_json::to_writer(&mut encoder, value)?;
        encoder.flush()?;
        let gzip = encoder.finish()?;
        let mut tag = String::with_capacity(32);
        for byte in &Sha256::digest(&gzip)[..16] {
            let _ = write!(tag, "{byte:02x}");
        }
        Ok(Self { gzip: gzip.into(), tag })
    }

    /// The answer, in a form that the client reads; its body is left out where the client has it.
    pub(crate) fn answer(&self, request: &HttpRequest) -> Result<HttpResponse, Error> {
        let is_packed = reads(request, Coding::Gzip);
        let tag = if is_packed { format!("\"{}\"", self.tag) } else { format!("\"{}-plain\"", self.tag) };
        let is_known = is_known(request, &tag);
        let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, "private, no-cache"));
        response.insert_header((header::VARY, "Accept-Encoding")).insert_header(ContentType::json());
        match (is_known, is_packed) {
            (true, _) => Ok(response.finish()),
            (false, true) => {
                response.insert_header((header::CONTENT_ENCODING, Coding::Gzip.token()));
                Ok(response.body(self.gzip.clone()))
            }
            (false, false) => {
                let mut plain = Vec::new();
                GzDecoder::new(&*self.gzip).read_to_end(&mut plain)?;
                Ok(response.body(plain))
            }
        }
    }
}
