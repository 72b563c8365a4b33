//! `zip.extract`. Archives come from strangers: what they say of themselves is not believed, and what would leave its
//! folder, or grow beyond all measure, is refused.

use super::{FILES, MOST, damaged, too_large};
use crate::computed::Computed;
use crate::file::{Whole, encoding, made, media_type, whole};
use crate::spec::invalid;
use bytes::Bytes;
use encoding_rs::Encoding;
use run::call::Module;
use run::error::StepError;
use run::files::{FileValue, Files};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::io::{Cursor, Read};
use std::sync::Arc;
use zip::ZipArchive;
use zip::read::ZipFile;

/// How much comes out of an archive at most, in bytes.
const OUT: u64 = 100 * 1024 * 1024;

/// Up to this many bytes, nobody asks how well they were packed.
const FREE: u64 = 4 * 1024 * 1024;

/// How many times the archive's length may come out of it beyond that.
const RATIO: u64 = 100;

/// Unpacks a ZIP archive. The output has `files`, each with its path in the archive as `name` and the last part of that as
/// `filename`, and `count`.
///
/// At most 1000 files and 100 MiB come out, and no more than 100 times what went in. Archives that are encrypted, that have
/// files outside of their folder, links or two files of one name are refused with `invalid_zip`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Extract {
    /// The archive, a file of at most 64 MiB.
    file: Whole,
    /// Which files are wanted: what their paths end with, such as `.csv`; without it all.
    ends_with: Option<String>,
    /// The character set of names, where the archive does not say UTF-8: `big5`, `gb18030`, `shift_jis`…
    charset: Option<String>,
}

pub(super) fn module(files: &Files) -> Arc<dyn Module> {
    let archive = "\
        UEsDBBQAAAAAAAAAIQCGphA2BQAAAAUAAAAFAAAAYS50eHRoZWxsb1BLAQIUAxQAAAAAAAAAIQCGphA2BQAAAAUAAAAFAAAA\
        AAAAAAAAAACkgQAAAABhLnR4dFBLBQYAAAAAAQABADMAAAAoAAAAAAA=";
    Computed::<Extract>::listed(
        files,
        "zip.extract",
        extract,
        json!({ "file": { "filename": "hello.zip", "base64": archive } }),
        json!({
            "files": [{
                "name": "a.txt",
                "filename": "a.txt",
                "content_type": "text/plain",
                "size": 5,
                "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
                "base64": "aGVsbG8=",
            }],
            "count": 1,
        }),
    )
}

fn extract(parameters: Extract, files: &Files) -> Result<Value, StepError> {
    let Extract { file, ends_with, charset } = parameters;
    let charset = charset.map(|charset| encoding("charset", &charset)).transpose()?;
    let bytes = whole(files, &file.0, MOST)?;
    let allowed = OUT.min(FREE.max((bytes.len() as u64).saturating_mul(RATIO)));
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > FILES {
        return Err(too_large(format!("the archive has {} files, and {FILES} are taken at most", archive.len())));
    }
    if archive.has_overlapping_entries().map_err(damaged)? {
        return Err(damaged("its files lie over each other"));
    }
    if archive.has_duplicate_names() {
        return Err(damaged("two of its files have one name"));
    }
    let (mut left, mut names, mut out) = (allowed, HashSet::new(), Vec::new());
    for number in 0..archive.len() {
        let mut entry = archive.by_index_raw(number).map_err(damaged)?;
        if entry.encrypted() {
            return Err(damaged("it is encrypted"));
        }
        let path = path(&entry, charset)?;
        if entry.is_symlink() {
            return Err(damaged(format!("{path:?} is a link")));
        }
        let is_wanted = ends_with.as_ref().is_none_or(|end| path.ends_with(end.as_str()));
        if entry.is_dir() || !is_wanted {
            continue;
        }
        if !names.insert(path.to_lowercase()) {
            return Err(damaged(format!("there are two files {path:?}")));
        }
        drop(entry);
        entry = archive.by_index(number).map_err(damaged)?;
        let content = content(&mut entry, left, allowed)?;
        left -= content.len() as u64;
        let filename = path.rsplit('/').next().unwrap_or_default().to_owned();
        let file = made(files, &filename, media_type(&filename), &content)?;
        out.push(FileValue { name: path, ..file });
    }
    Ok(json!({ "files": out, "count": out.len() }))
}

/// What is in the file: it is counted while it comes out, whatever the archive says.
fn content(entry: &mut ZipFile<'_, Cursor<Bytes>>, left: u64, allowed: u64) -> Result<Vec<u8>, StepError> {
    let mut content = Vec::new();
    entry.take(left + 1).read_to_end(&mut content).map_err(damaged)?;
    if content.len() as u64 > left {
        return Err(too_large(format!("more than {allowed} bytes would come out of the archive")));
    }
    Ok(content)
}

/// Where the file is in the archive; not outside of it.
fn path(entry: &ZipFile<'_, Cursor<Bytes>>, charset: Option<&'static Encoding>) -> Result<String, StepError> {
    let raw = entry.name_raw();
    let name = match (std::str::from_utf8(raw), charset) {
        (Ok(name), None) => name.to_owned(),
        (Ok(name), Some(_)) if name.is_ascii() => name.to_owned(),
        (_, Some(charset)) => match charset.decode_without_bom_handling(raw) {
            (name, false) => name.into_owned(),
            (_, true) => return Err(invalid(format!("the names in the archive are not {}", charset.name()))),
        },
        (Err(_), None) => entry.name().map_err(damaged)?.into_owned(),
    };
    // Some programs write the separators of Windows.
    let name = name.replace('\\', "/");
    let shown = name.strip_suffix('/').unwrap_or(&name);
    let leaves = |part: &str| matches!(part, "" | "." | "..") || part.contains(['\0', ':']);
    if shown.split('/').any(leaves) {
        return Err(damaged(format!("{name:?} would lie outside of the folder")));
    }
    Ok(name)
}
