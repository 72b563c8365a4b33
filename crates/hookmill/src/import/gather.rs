//! What is to be imported: files, folders, archives and addresses, read one after another.

use super::{archive, web};
use crate::home;
use anyhow::Context;
use blueprint::Paths;
use modules::documents::Documents;
use modules::guard::Allowed;
use run::files::Files;
use run::resume::ResumeKey;
use server::Foreign;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest archive that is read, in bytes.
const MOST_OF_AN_ARCHIVE: u64 = 256 << 20;

/// One thing that somebody has named, or that lies in a folder they named.
pub(super) enum Source {
    /// A file of this machine.
    File(PathBuf),
    /// What came from an address.
    Fetched { file: String, result: Result<Foreign, String> },
}

impl Source {
    /// What becomes of the paths of its webhooks: what lies in the web is known to others.
    pub(super) fn paths(&self) -> Paths {
        match self {
            Self::File(_) => Paths::Unguessable,
            Self::Fetched { .. } => Paths::Fresh,
        }
    }
}

/// What a source has: files by their names, or why there are none.
pub(super) type Content = Result<Vec<Foreign>, String>;

/// The sources that are meant: of folders, all JSON files and archives below them, in the order of their names.
pub(super) fn sources(named: &[String], allowed: &[Allowed]) -> anyhow::Result<Vec<Source>> {
    let mut found = Vec::new();
    for name in named {
        if name.starts_with("https://") || name.starts_with("http://") {
            found.extend(fetched(name, allowed)?);
            continue;
        }
        let path = PathBuf::from(name);
        let about = fs::metadata(&path).with_context(|| format!("cannot find {name}"))?;
        if about.is_dir() {
            below(&path, &mut found)?;
        } else {
            found.push(Source::File(path));
        }
    }
    Ok(found)
}

fn fetched(address: &str, allowed: &[Allowed]) -> anyhow::Result<Vec<Source>> {
    let files = Files::new(store::open("memory:")?.blobs, &ResumeKey([0; 32]));
    let options = modules::Options { allow_private: allowed.to_vec(), ..modules::Options::default() };
    let documents = Documents::new(&options, &files);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(match runtime.block_on(web::fetch(&documents, address)) {
        Ok(found) if found.len() == 1 => {
            found.into_iter().map(|one| Source::Fetched { file: address.to_owned(), result: Ok(one) }).collect()
        }
        Ok(found) => found
            .into_iter()
            .map(|one| Source::Fetched { file: format!("{address}/{}", one.name), result: Ok(one) })
            .collect(),
        Err(reason) => vec![Source::Fetched { file: address.to_owned(), result: Err(reason) }],
    })
}

fn below(folder: &Path, found: &mut Vec<Source>) -> anyhow::Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let is_export = name.ends_with(".json") || name.ends_with(".zip");
        if kind.is_dir() {
            below(&path, found)?;
        } else if is_export && !home::is_beside_a_scenario(&name) {
            found.push(Source::File(path));
        }
    }
    Ok(())
}

impl Source {
    /// What it is called in reports.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Fetched { file, .. } => file.clone(),
        }
    }

    /// What is in it. A file that cannot be read at all is a problem of its surroundings.
    pub(super) fn read(&self) -> anyhow::Result<Content> {
        match self {
            Self::File(path) => {
                let bytes = bytes(path).with_context(|| format!("cannot read {}", path.display()))?;
                if archive::is_archive(&bytes) {
                    return Ok(archive::files(&bytes));
                }
                Ok(Ok(vec![Foreign { name: path.to_string_lossy().into_owned(), bytes }]))
            }
            Self::Fetched { result, .. } => Ok(result.clone().map(|one| vec![one])),
        }
    }
}

/// A file's bytes, but of one that is longer than anything that is read only so many that this is seen.
fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(blueprint::MAX_FILE).unwrap_or(u64::MAX);
    let file = File::open(path)?;
    let whole = file.metadata()?.len();
    let mut file = file.take(most + 1);
    file.read_to_end(&mut bytes)?;
    if archive::is_archive(&bytes) && whole <= MOST_OF_AN_ARCHIVE {
        file.set_limit(MOST_OF_AN_ARCHIVE);
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
