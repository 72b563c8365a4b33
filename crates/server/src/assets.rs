//! The editor's files, as they lie in the binary. A development build reads them from `web/dist` instead.

use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;
use std::fmt;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// One file.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type.
    pub media_type: String,
    /// A digest of its bytes, fit for an entity tag.
    pub digest: String,
}

/// Where the editor's files come from.
#[derive(Clone)]
pub struct Assets {
    find: Arc<dyn Fn(&str) -> Option<Asset> + Send + Sync>,
}

impl Assets {
    /// Files that this function finds by their path, without a leading slash.
    pub fn new(find: impl Fn(&str) -> Option<Asset> + Send + Sync + 'static) -> Self {
        Self { find: Arc::new(find) }
    }

    /// The files of this folder, read whenever they are asked for.
    pub fn folder(folder: PathBuf) -> Self {
        Self::new(move |path| {
            let file = folder.join(path).canonicalize().ok().filter(|file| file.starts_with(&folder))?;
            Some(rust_embed::utils::read_file_from_fs(&file).ok()?.into())
        })
    }

    pub(crate) fn get(&self, path: &str) -> Option<Asset> {
        (self.find)(path)
    }
}

impl Default for Assets {
    /// The files that were built into the binary; none when the editor was not built before.
    fn default() -> Self {
        Self::new(|path| Dist::get(path).map(Asset::from))
    }
}

impl fmt::Debug for Assets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Assets")
    }
}

#[derive(RustEmbed)]
#[folder = "../../web/dist/"]
#[allow_missing = true]
struct Dist;

impl From<EmbeddedFile> for Asset {
    fn from(file: EmbeddedFile) -> Self {
        let mut digest = String::with_capacity(32);
        for byte in &file.metadata.sha256_hash()[..16] {
            let _ = write!(digest, "{byte:02x}");
        }
        Self { media_type: file.metadata.mimetype().to_owned(), bytes: file.data, digest }
    }
}
