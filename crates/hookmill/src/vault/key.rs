//! The key of an installation: from the environment, else made at the first start and kept beside the data.

use super::seal::{self, Unreadable};
use crate::private_file;
use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::{self, Write};
use std::io::ErrorKind;
use std::path::Path;

/// The environment's name for it.
const VARIABLE: &str = "HOOKMILL_KEY";

/// The environment's name for the one before it.
const FORMER: &str = "HOOKMILL_FORMER_KEY";

/// The file beside it with a key that is to take its place.
const NEXT: &str = "key.next";

/// The file in the data folder.
const FILE: &str = "key";

/// A key has fewer different bytes than this only where nobody drew it.
const FEWEST: usize = 8;

/// A key of 256 bits, and the name by which records know it again.
#[derive(Clone)]
pub(crate) struct Key {
    pub(super) bytes: [u8; 32],
    pub(super) id: [u8; 8],
}

impl Key {
    /// The key of the installation with this data folder.
    pub(crate) fn of(data: &Path) -> anyhow::Result<Self> {
        if let Ok(text) = std::env::var(VARIABLE) {
            return Self::parse(&text).with_context(|| format!("{VARIABLE} is no usable key"));
        }
        let file = data.join(FILE);
        let text = private_file::kept(&file, || hex(&rand::random::<[u8; 32]>()))?;
        Self::parse(&text).with_context(|| format!("{} holds no usable key", file.display()))
    }

    /// The key that this text says: 32 bytes, in hexadecimal or base64.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let text = text.trim();
        let bytes = unhex(text).or_else(|| STANDARD.decode(text).ok());
        let bytes: [u8; 32] = bytes
            .and_then(|bytes| bytes.try_into().ok())
            .context("a key is 32 bytes, in hexadecimal or base64; `openssl rand -hex 32` makes one")?;
        let is_drawn = bytes.iter().collect::<BTreeSet<_>>().len() >= FEWEST;
        anyhow::ensure!(is_drawn, "the key repeats itself; `openssl rand -hex 32` makes one that cannot be guessed");
        let digest = Sha256::new().chain_update(b"hookmill key").chain_update(bytes).finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        Ok(Self { bytes, id })
    }
}

/// The key of an installation, and the one that it takes the place of.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    /// What seals.
    pub(crate) current: Key,
    /// What has sealed, and may still be needed: a change of keys was begun and is not over.
    pub(crate) former: Option<Key>,
}

impl From<Key> for Keys {
    fn from(current: Key) -> Self {
        Self { current, former: None }
    }
}

impl Keys {
    /// The keys of the installation with this data folder. Of two, the one that was made last seals.
    pub(crate) fn of(data: &Path) -> anyhow::Result<Self> {
        if std::env::var_os(VARIABLE).is_some() {
            let former = std::env::var(FORMER).ok().map(|text| Key::parse(&text));
            let former = former.transpose().with_context(|| format!("{FORMER} is no usable key"))?;
            return Ok(Self { current: Key::of(data)?, former });
        }
        let key = Key::of(data)?;
        match next(data)? {
            Some(next) => Ok(Self { current: next, former: Some(key) }),
            None => Ok(key.into()),
        }
    }

    /// The keys for a change: in the environment there are two already, beside the data a new one is made, unless a change
    /// was begun before.
    pub(crate) fn changing(data: &Path) -> anyhow::Result<Self> {
        if std::env::var_os(VARIABLE).is_some() {
            let keys = Self::of(data)?;
            let advice = format!("put the new key in {VARIABLE} and the one before in {FORMER}, and run this again");
            anyhow::ensure!(keys.former.is_some(), "the key comes from the environment: {advice}");
            return Ok(keys);
        }
        let former = Key::of(data)?;
        let text = private_file::kept(&data.join(NEXT), || hex(&rand::random::<[u8; 32]>()))?;
        Ok(Self { current: Key::parse(&text)?, former: Some(former) })
    }

    /// The change is over: nothing is sealed by the former key any more.
    pub(crate) fn changed(data: &Path) -> anyhow::Result<()> {
        if std::env::var_os(VARIABLE).is_some() {
            return Ok(());
        }
        let (next, file) = (data.join(NEXT), data.join(FILE));
        std::fs::rename(&next, &file).with_context(|| format!("cannot rename {}", next.display()))?;
        Ok(std::fs::File::open(data)?.sync_all()?)
    }

    /// The text of a record, whichever of them sealed it.
    pub(super) fn open(&self, place: &str, record: &[u8]) -> Result<Vec<u8>, Unreadable> {
        let former = self.former.as_ref().filter(|former| seal::is_of(former, record));
        seal::open(former.unwrap_or(&self.current), place, record)
    }
}

/// The key that is to take the place of the present one, where a change was begun.
fn next(data: &Path) -> anyhow::Result<Option<Key>> {
    let file = data.join(NEXT);
    match std::fs::read_to_string(&file) {
        // A change that was stopped before it sealed anything.
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(Key::parse(&text).with_context(|| format!("{} holds no usable key", file.display()))?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", hex(&self.id))
    }
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let is_hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digits = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).ok();
    is_hex.then(|| (0..text.len()).step_by(2).map(digits).collect()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a1_a_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        if std::env::var_os(VARIABLE).is_some() {
            return;
        }
        let (one, again) = (Key::of(folder.path()).unwrap(), Key::of(folder.path()).unwrap());
        assert_eq!(one.bytes, again.bytes);
        let file = folder.path().join(FILE);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!format!("{one:?}").contains(&hex(&one.bytes)[..8]));
    }

    #[test]
    fn a1_short_and_guessable_keys_are_refused() {
        let good = "0123456789abcdef".repeat(4);
        assert_eq!(Key::parse(&format!(" {good}\n")).unwrap().bytes, Key::parse(&good).unwrap().bytes);
        let base64 = STANDARD.encode(Key::parse(&good).unwrap().bytes);
        assert_eq!(Key::parse(&base64).unwrap().bytes, Key::parse(&good).unwrap().bytes);
        let long = format!("{good}0");
        for bad in ["", "secret", "changeme", &good[..62], &long, &"0".repeat(64), &"ab".repeat(32), "äöü"] {
            assert!(Key::parse(bad).is_err(), "{bad}");
        }
    }
}
