//! Files as values: what expressions pass along is a small map with a reference in it; the bytes stay in the blobs.
//!
//! A reference names its bytes by their digest and carries a seal that only this installation can make. So a text from
//! outside that looks like a reference opens nothing, and what an expression gets wrong about a file opens no other.

use crate::payload::INLINE;
use crate::resume::ResumeKey;
use crate::tables::{BlobReader, BlobWriter, Blobs, Digest, StoreError};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
use std::sync::{Arc, LazyLock};

/// What every reference begins with. No other text of ours does, so that references are found by it.
const MARK: &str = "hookmill-file:";
/// Every text of every journal is looked through for it.
static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(MARK));
/// How many bytes a digest has.
const DIGEST: usize = 32;
/// How much of the HMAC stands in a reference, in bytes: 128 bits cannot be guessed.
const SEAL: usize = 16;
/// How many characters follow the mark: 48 bytes in base64, which needs no padding.
const SEALED: usize = (DIGEST + SEAL) / 3 * 4;
/// What sets the key of files apart from the key of links, of which it is made.
const PURPOSE: &[u8] = b"hookmill files 1";

/// A file as expressions see it and the journal keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileValue {
    /// The field of the form it came in; empty where it came in none.
    #[serde(default)]
    pub name: String,
    /// What it was called where it came from, without folders; may be empty.
    #[serde(default)]
    pub filename: String,
    /// Its media type.
    #[serde(default = "octet_stream")]
    pub content_type: String,
    /// How long it is, in bytes.
    #[serde(default)]
    pub size: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    #[serde(default)]
    pub sha256: String,
    /// The reference by which it is opened, for files that are in the blobs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Its bytes, for files that are small enough to be values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

impl FileValue {
    /// A file that is carried in the value itself.
    pub fn small(name: &str, filename: &str, content_type: &str, bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        let sha256 = format!("{:?}", Digest(Sha256::digest(bytes).into()));
        let base64 = Some(BASE64_STANDARD.encode(bytes));
        Self { size: bytes.len() as u64, sha256, base64, ..Self::named(name, filename, content_type) }
    }

    /// A file that is in the blobs.
    pub fn kept(name: &str, filename: &str, content_type: &str, kept: &Kept) -> Self {
        let sha256 = format!("{:?}", kept.digest);
        let file = Some(kept.reference.clone());
        Self { size: kept.size, sha256, file, ..Self::named(name, filename, content_type) }
    }

    fn named(name: &str, filename: &str, content_type: &str) -> Self {
        let (name, filename, content_type) = (name.to_owned(), filename.to_owned(), content_type.to_owned());
        Self { name, filename, content_type, ..Self::default() }
    }
}

/// The media type of bytes of which nothing is known (RFC 2046 §4.5.1).
fn octet_stream() -> String {
    "application/octet-stream".to_owned()
}

/// A file that was put into the blobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Of its bytes.
    pub digest: Digest,
    /// How many they are.
    pub size: u64,
    /// Opens them.
    pub reference: String,
}

/// The files of one installation.
#[derive(Clone, Debug)]
pub struct Files {
    blobs: Arc<dyn Blobs>,
    key: FileKey,
}

/// Why a file cannot be opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FileError {
    /// The reference was not made here.
    #[error("this is no reference to a file of this installation")]
    Foreign,
    /// The bytes were removed, with the runs that named them.
    #[error("the file is no longer kept")]
    Gone,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Files {
    /// The files in these blobs, sealed with a key that is derived from this secret.
    pub fn new(blobs: Arc<dyn Blobs>, secret: &ResumeKey) -> Self {
        Self { blobs, key: FileKey::derived(secret) }
    }

    /// Begins a file. Blocks for the disk, as does all that is done with it.
    pub fn create(&self) -> Result<Box<dyn BlobWriter>, StoreError> {
        self.blobs.create()
    }

    /// Keeps these bytes as a file: in its own value where they are few. Blocks for the disk where they are not.
    pub fn keep(&self, filename: &str, content_type: &str, bytes: &[u8]) -> Result<FileValue, StoreError> {
        if bytes.len() <= INLINE {
            return Ok(FileValue::small("", filename, content_type, bytes));
        }
        let mut writer = self.create()?;
        writer.write(bytes)?;
        let kept = self.kept(writer.finish()?, bytes.len() as u64);
        Ok(FileValue::kept("", filename, content_type, &kept))
    }

    /// What a finished file is known by.
    pub fn kept(&self, digest: Digest, size: u64) -> Kept {
        Kept { digest, size, reference: self.key.reference(&digest) }
    }

    /// A text that stands between the parts of a multipart body: the same for each attempt of this call, and nobody who
    /// writes a part can know it.
    pub fn boundary(&self, idempotency_key: &str) -> String {
        let seal = mac(&self.key.0, idempotency_key.as_bytes()).finalize().into_bytes();
        format!("hookmill-{}", BASE64_URL_SAFE_NO_PAD.encode(&seal[..SEAL]))
    }

    /// The bytes behind a reference. Blocks for the disk.
    pub fn open(&self, reference: &str) -> Result<Box<dyn BlobReader>, FileError> {
        let digest = self.key.digest(reference).ok_or(FileError::Foreign)?;
        self.blobs.open(&digest)?.ok_or(FileError::Gone)
    }
}

/// The digests of all references in a text, sealed by whomever: it is cheap, and to keep a file for longer does no harm.
pub fn referred(text: &[u8]) -> impl Iterator<Item = Digest> {
    let ends = FINDER.find_iter(text).map(|at| at + MARK.len());
    ends.filter_map(|end| {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.get(end..end + SEALED)?).ok()?;
        Some(Digest(*bytes.first_chunk()?))
    })
}

/// What seals references.
#[derive(Clone)]
struct FileKey([u8; 32]);

impl FileKey {
    fn derived(secret: &ResumeKey) -> Self {
        Self(mac(&secret.0, PURPOSE).finalize().into_bytes().into())
    }

    fn reference(&self, digest: &Digest) -> String {
        let seal = mac(&self.0, &digest.0).finalize().into_bytes();
        let bytes = [&digest.0[..], &seal[..SEAL]].concat();
        format!("{MARK}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The digest that a reference names; none where it was not made with this key. The seal is compared in constant
    /// time.
    fn digest(&self, reference: &str) -> Option<Digest> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(reference.strip_prefix(MARK)?.get(..SEALED)?).ok()?;
        let whole = reference.len() == MARK.len() + SEALED;
        let (digest, seal) = bytes.split_first_chunk::<DIGEST>().filter(|_| whole)?;
        mac(&self.0, digest).verify_truncated_left(seal).ok()?;
        Some(Digest(*digest))
    }
}

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileKey(•••)")
    }
}

fn mac(key: &[u8], bytes: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(bytes);
    mac
}

/// The bytes of a file that is carried in its value; none where they are not base64.
pub fn carried(base64: &str) -> Option<Bytes> {
    BASE64_STANDARD.decode(base64).ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Payload;
    use serde_json::json;

    #[test]
    fn a_reference_opens_its_own_bytes_and_nothing_else() {
        let key = FileKey::derived(&ResumeKey([7; 32]));
        let digest = Digest([0xa5; 32]);
        let reference = key.reference(&digest);
        assert_eq!(key.digest(&reference), Some(digest));
        assert_eq!(FileKey::derived(&ResumeKey([8; 32])).digest(&reference), None);
        for at in 0..reference.len() {
            let other = if reference.as_bytes()[at] == b'A' { "B" } else { "A" };
            let changed = format!("{}{other}{}", &reference[..at], &reference[at + 1..]);
            assert_eq!(key.digest(&changed), None, "{changed}");
            assert_eq!(key.digest(&reference[..at]), None);
        }
        for odd in ["", "hookmill-file:", "sha256:00", &format!("{reference}A"), &format!("{MARK}{}", "ä".repeat(32))]
        {
            assert_eq!(key.digest(odd), None, "{odd}");
        }
    }

    #[test]
    fn references_are_found_wherever_they_stand_in_a_value() {
        let key = FileKey::derived(&ResumeKey([7; 32]));
        let references = [key.reference(&Digest([1; 32])), key.reference(&Digest([2; 32]))];
        let value = json!({
            "files": [{ "file": references[0] }],
            "note": format!("a \"quoted\" one: {}", references[1]),
            "cut": &references[0][..60],
            "odd": "hookmill-file:!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!",
        });
        let found: Vec<_> = Payload::of_value(&value).digests().collect();
        assert_eq!(found, [Digest([1; 32]), Digest([2; 32])]);
        assert_eq!(Payload::of_value(&json!({ "a": 1 })).digests().count(), 0);
    }

    #[test]
    fn a_small_file_is_its_own_value() {
        let file = FileValue::small("doc", "a.txt", "text/plain", b"data");
        let expected = json!({
            "name": "doc", "filename": "a.txt", "content_type": "text/plain", "size": 4, "base64": "ZGF0YQ==",
            "sha256": "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7",
        });
        assert_eq!(serde_json::to_value(&file).unwrap(), expected);
        assert_eq!(carried(&file.base64.unwrap()).unwrap(), "data");
        assert_eq!(carried("!"), None);
    }
}
