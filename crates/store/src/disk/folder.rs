//! The data folder: `format` names the version of the layout and carries the lock, `journal/` is the log, `archives/`
//! what the log has handed over, `sled/` the database, `blobs/` the large values.

use run::tables::StoreError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt};
use std::path::{Path, PathBuf};

/// The version of the layout, as `format` says it.
const FORMAT: u32 = 2;
/// The version before, which is brought up to date.
const OLD_FORMAT: u32 = 1;

/// A data folder that is ours alone until this is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Holds the lock. The kernel frees it when the process ends, however it ends.
    format: File,
    is_old: bool,
}

impl Folder {
    /// Locks the folder, making it where there is none. The lock is `flock`'s, which network file systems may not
    /// honour: a data folder belongs on a local disk.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        // Journals hold what callers sent: they are the owner's alone.
        let unmade: Vec<&Path> = path.ancestors().take_while(|folder| !folder.exists()).collect();
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|error| failed("cannot make", path, &error))?;
        let name = path.join("format");
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&name);
        let mut format = options.map_err(|error| failed("cannot open", &name, &error))?;
        match format.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let text = format!("another hookmill uses this data folder: {}", path.display());
                return Err(StoreError::Failed(text.into()));
            }
            Err(TryLockError::Error(error)) => return Err(failed("cannot lock", &name, &error)),
        }
        let version = check_format(&mut format, path).map_err(|error| failed("cannot use", &name, &error))?;
        sync_folder(path)?;
        // Each that was made, and the one itself, has its name in the folder around it.
        for named in unmade.into_iter().chain([path]) {
            if let Some(parent) = named.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                sync_folder(parent)?;
            }
        }
        Ok(Self { path: path.to_owned(), format, is_old: version == OLD_FORMAT })
    }

    /// Whether it has the format before and is to be brought up to date.
    pub(super) fn is_old(&self) -> bool {
        self.is_old
    }

    /// Says, durably, that it has today's format.
    pub(super) fn renew(&self) -> Result<(), StoreError> {
        let renewed = self.format.write_all_at(format!("{FORMAT}\n").as_bytes(), 0);
        let renewed = renewed.and_then(|()| self.format.sync_all());
        renewed.map_err(|error| failed("cannot write", &self.path.join("format"), &error))
    }

    /// Where the database is.
    pub(super) fn database(&self) -> PathBuf {
        self.path.join("sled")
    }

    /// Where the log is.
    pub(super) fn journal(&self) -> PathBuf {
        self.path.join("journal")
    }

    /// Where the archives are.
    pub(super) fn archives(&self) -> PathBuf {
        self.path.join("archives")
    }

    /// Where the large values are.
    pub(super) fn blobs(&self) -> PathBuf {
        self.path.join("blobs")
    }
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|error| failed("cannot sync", path, &error))
}

/// The error of a file that failed.
pub(super) fn failed(what: &str, path: &Path, error: &std::io::Error) -> StoreError {
    let text = format!("{what} {}: {error}", path.display()).into();
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full(text),
        _ => StoreError::Failed(text),
    }
}

/// The error of a sync that failed. It is no [`StoreError::Full`], also where that is why: nobody knows what is on the
/// disk, and trying again does not tell.
pub(super) fn unsynced(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Failed(format!("fdatasync failed for {}: {error}", path.display()).into())
}

fn check_format(file: &mut File, path: &Path) -> std::io::Result<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    if text.is_empty() && !path.join("sled").exists() {
        file.write_all(format!("{FORMAT}\n").as_bytes())?;
        return file.sync_all().map(|()| FORMAT);
    }
    match text.trim().parse::<u32>() {
        Ok(known @ (FORMAT | OLD_FORMAT)) => Ok(known),
        Ok(other) => Err(std::io::Error::other(format!(
            "this data folder has format {other}, this hookmill knows format {FORMAT}: use the release that wrote it"
        ))),
        Err(_) if path.join("sled").exists() => Err(std::io::Error::other(format!(
            "it is damaged or missing; in a data folder that this release has used it says {FORMAT}"
        ))),
        Err(_) => Err(std::io::Error::other("this is no data folder of hookmill")),
    }
}
