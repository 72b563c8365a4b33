//! `multipart/form-data` (RFC 7578): plain parts become fields, parts with a file name become files.

use super::encoding;
use super::fields::Fields;
use super::problem::Refusal;
use bytes::Bytes;
use encoding_rs::Encoding;
use futures_util::{FutureExt, stream};
use multer::{Field, Multipart};
use run::files::FileValue;
use serde_json::Value;
use std::convert::Infallible;

/// How many parts a body may have.
pub(super) const MOST_PARTS: usize = 100;

/// The parts of a body.
pub(super) struct Parts {
    /// A map.
    pub(super) fields: Value,
    /// With their bytes in them.
    pub(super) files: Vec<FileValue>,
}

/// The parts of a body that is at hand as a whole.
pub(super) fn decode(bytes: Bytes, boundary: Option<&str>) -> Result<Parts, Refusal> {
    let boundary = self::boundary(boundary)?;
    // The library reads a stream. This one is always ready, so it never has to be waited for.
    read(bytes, boundary)
        .now_or_never()
        .unwrap_or_else(|| Err(Refusal::bad_body("the multipart body ends before its last boundary")))
}

/// The boundary that a content type names (RFC 2046 §5.1.1).
pub(super) fn boundary(named: Option<&str>) -> Result<&str, Refusal> {
    named
        .filter(|boundary| !boundary.is_empty() && boundary.len() <= 70)
        .ok_or_else(|| Refusal::bad_body("the content type names no boundary of 1 to 70 characters"))
}

async fn read(bytes: Bytes, boundary: &str) -> Result<Parts, Refusal> {
    let mut multipart = Multipart::new(stream::once(async move { Ok::<_, Infallible>(bytes) }), boundary);
    let mut fields = Fields::default();
    let mut files = Vec::new();
    let mut count = 0;
    while let Some(part) = multipart.next_field().await.map_err(malformed)? {
        count += 1;
        if count > MOST_PARTS {
            return Err(too_many_parts());
        }
        let name = part.name().unwrap_or_default().to_owned();
        if part.file_name().is_some() {
            files.push(file(name, part).await?);
        } else {
            fields.add(&name, text(part).await?)?;
        }
    }
    Ok(Parts { fields: fields.finish(), files })
}

async fn file(name: String, part: Field<'_>) -> Result<FileValue, Refusal> {
    let filename = filename(&part);
    let content_type = part.content_type().map_or("application/octet-stream", |mime| mime.as_ref()).to_owned();
    let content = part.bytes().await.map_err(malformed)?;
    Ok(FileValue::small(&name, &filename, &content_type, &content))
}

async fn text(part: Field<'_>) -> Result<String, Refusal> {
    let charset = charset(&part)?;
    let content = part.bytes().await.map_err(malformed)?;
    Ok(encoding::text(&content, charset).into_owned())
}

/// The character set of a plain part.
pub(super) fn charset(part: &Field<'_>) -> Result<&'static Encoding, Refusal> {
    let charset = part.content_type().and_then(|mime| mime.get_param("charset"));
    encoding::named(charset.as_ref().map_or("utf-8", |charset| charset.as_str()))
}

/// The file name of a part.
pub(super) fn filename(part: &Field<'_>) -> String {
    last_component(part.file_name().unwrap_or_default()).to_owned()
}

/// A file's name without the folders that some clients send (RFC 7578 §4.2), of any system.
fn last_component(filename: &str) -> &str {
    let name = filename.rsplit(['/', '\\', '\0']).next().unwrap_or_default();
    if matches!(name, "." | "..") { "" } else { name }
}

pub(super) fn too_many_parts() -> Refusal {
    Refusal::bad_body(format!("the multipart body has more than {MOST_PARTS} parts"))
}

/// What is said of a body that cannot be taken apart, or that was refused while it came.
pub(super) fn malformed(error: multer::Error) -> Refusal {
    match error {
        multer::Error::StreamReadFailed(cause) => match cause.downcast::<Refusal>() {
            Ok(refusal) => *refusal,
            Err(cause) => Refusal::bad_body(format!("the multipart body broke off: {cause}")),
        },
        error => Refusal::bad_body(format!("the multipart body is malformed: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn w10_file_names_lose_their_folders() {
        for (given, kept) in [
            ("a.txt", "a.txt"),
            ("../../etc/passwd", "passwd"),
            ("C:\\fake\\path\\b.png", "b.png"),
            ("/abs/c", "c"),
            ("dir/", ""),
            ("..", ""),
            ("", ""),
            ("照片.jpg", "照片.jpg"),
            ("x\0y", "y"),
        ] {
            assert_eq!(last_component(given), kept, "{given:?}");
        }
    }

    fn body(parts: &[(&str, &str)]) -> Bytes {
        let mut body = String::new();
        for (disposition, content) in parts {
            body += &format!("--cut\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n");
        }
        (body + "--cut--\r\n").into()
    }

    #[test]
    fn fields_and_files() {
        let parts = [
            ("name=\"title\"", "Hello"),
            ("name=\"tags[]\"", "a"),
            ("name=\"tags[]\"", "b"),
            ("name=\"doc\"; filename=\"x/y.txt\"\r\nContent-Type: text/plain", "data"),
            ("name=\"zh\"\r\nContent-Type: text/plain; charset=utf-8", "中文"),
        ];
        let parts = decode(body(&parts), Some("cut")).unwrap();
        assert_eq!(parts.fields, json!({"title": "Hello", "tags": ["a", "b"], "zh": "中文"}));
        assert_eq!(parts.files, [FileValue::small("doc", "y.txt", "text/plain", b"data")]);
    }

    #[test]
    fn w10_a_hundred_parts_and_no_more() {
        let parts = vec![("name=\"a\"", "1"); MOST_PARTS + 1];
        assert!(decode(body(&parts[1..]), Some("cut")).is_ok());
        assert_eq!(decode(body(&parts), Some("cut")).err().unwrap().code, "bad_body");
    }

    #[test]
    fn broken_bodies_are_refused() {
        let whole = body(&[("name=\"a\"", "1"), ("name=\"f\"; filename=\"f\"", "content")]);
        for cut in 0..whole.len() - 4 {
            let refusal = decode(whole.slice(..cut), Some("cut")).err().map(|refusal| refusal.status);
            assert_eq!(refusal, Some(400), "{:?}", String::from_utf8_lossy(&whole[..cut]));
        }
        for boundary in [None, Some(""), Some("other"), Some(&*"x".repeat(71))] {
            assert_eq!(decode(whole.clone(), boundary).err().unwrap().status, 400, "{boundary:?}");
        }
    }
}
