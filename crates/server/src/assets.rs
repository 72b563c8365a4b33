//! The editor's files, as they lie in the binary. A development build reads them from `web/dist` instead. What gets smaller
//! by it lies there compressed alone, once for each coding that browsers read.

use flate2::read::GzDecoder;
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;
use std::io::Read as _;
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

/// How a file was compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Brotli,
    Gzip,
}

impl Coding {
    /// Those there are, the one that makes files smallest first.
    pub(crate) const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// Its name in HTTP.
    pub(crate) fn token(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// What the names of files that were so compressed end with.
    fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }
}

/// Finds a file by its path.
type Find = dyn Fn(&str) -> Option<Asset> + Send + Sync;

/// Where the editor's files come from.
#[derive(Clone)]
pub struct Assets {
    find: Arc<Find>,
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
            Some(asset(path, rust_embed::utils::read_file_from_fs(&file).ok()?))
        })
    }

    /// The file as it is.
    pub(crate) fn get(&self, path: &str) -> Option<Asset> {
        (self.find)(path).or_else(|| self.unpacked(path))
    }

    /// The file, compressed in this way.
    pub(crate) fn packed(&self, path: &str, coding: Coding) -> Option<Asset> {
        let packed = (self.find)(&format!("{path}{}", coding.suffix()))?;
        Some(Asset { media_type: media_type(path), ..packed })
    }

    /// The file out of its compressed form, for the few that read no other.
    fn unpacked(&self, path: &str) -> Option<Asset> {
        let packed = self.packed(path, Coding::Gzip)?;
        let mut bytes = Vec::new();
        GzDecoder::new(&*packed.bytes).read_to_end(&mut bytes).ok()?;
        Some(Asset { bytes: Cow::Owned(bytes), digest: format!("{}-plain", packed.digest), ..packed })
    }
}

impl Default for Assets {
    /// The files that were built into the binary; none when the editor was not built before.
    fn default() -> Self {
        Self::new(|path| Dist::get(path).map(|file| asset(path, file)))
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

fn asset(path: &str, file: EmbeddedFile) -> Asset {
    let mut digest = String::with_capacity(32);
    for byte in &file.metadata.sha256_hash()[..16] {
        let _ = write!(digest, "{byte:02x}");
    }
    Asset { media_type: media_type(path), bytes: file.data, digest }
}

fn media_type(path: &str) -> String {
    mime_guess::from_path(path).first_or_octet_stream().to_string()
}
