//! `zip.create`.

use super::{FILES, MOST, too_large};
use crate::computed::Computed;
use crate::file::{Whole, made, told, whole};
use crate::spec::invalid;
use run::call::Module;
use run::error::StepError;
use run::files::Files;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::io::{Cursor, Write};
use std::sync::Arc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Packs files into a ZIP archive. The output is the archive, a file; the same files give the same archive.
///
/// Files of the same name get a number. Their names may have folders: `2026/orders.csv`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Create {
    /// The files, at most 1000 and 64 MiB together: `trigger.files`, files that steps gave, or maps with `filename` and
    /// `text`.
    files: Vec<Whole>,
    /// What the archive is called.
    #[serde(default = "usual")]
    filename: String,
}

pub(super) fn module(files: &Files) -> Arc<dyn Module> {
    Computed::<Create>::listed(
        files,
        "zip.create",
        create,
        json!({ "files": [{ "filename": "a.txt", "text": "hello" }], "filename": "hello.zip" }),
        json!({
            "name": "",
            "filename": "hello.zip",
            "content_type": "application/zip",
            "size": 115,
            "sha256": "6f86c2a8117ab4e47c459909efb7650c145ec564043cbee0b52c26b55aaafb1a",
            "base64": "UEsDBBQAAAAIAAAAIQCGphA2BwAAAAUAAAAFAAAAYS50eHTLSM3JyQcAUEsBAhQDFAAAAAgAAAAhAIamEDYHAAAABQAAAAUA\
                AAAAAAAAAAAAAKSBAAAAAGEudHh0UEsFBgAAAAABAAEAMwAAACoAAAAAAA==",
        }),
    )
}

fn create(Create { files: given, filename }: Create, files: &Files) -> Result<Value, StepError> {
    if given.len() > FILES {
        return Err(too_large(format!("an archive takes {FILES} files at most, not {}", given.len())));
    }
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let (mut names, mut left) = (HashSet::new(), MOST);
    for file in &given {
        let bytes = whole(files, &file.0, left)?;
        left -= bytes.len() as u64;
        let name = unique(inside(file.0.filename())?, &mut names);
        let written = archive.start_file(name, options).and_then(|()| Ok(archive.write_all(&bytes)?));
        written
            .map_err(|error| StepError::permanent("invalid_zip", format!("the archive cannot be written: {error}")))?;
    }
    let bytes = archive
        .finish()
        .map_err(|error| StepError::permanent("invalid_zip", format!("the archive cannot be written: {error}")))?;
    told(&made(files, &filename, "application/zip", bytes.get_ref())?)
}

/// The name, if it stays inside of the folder into which somebody unpacks.
fn inside(name: &str) -> Result<String, StepError> {
    let name = if name.is_empty() { "file" } else { name };
    let leaves = |part: &str| matches!(part, "" | "." | "..") || part.contains(['\\', '\0', ':']);
    if name.split('/').any(leaves) {
        return Err(invalid(format!("a file in an archive cannot be called {name:?}")));
    }
    Ok(name.to_owned())
}

/// The name, with a number if another file has it.
fn unique(name: String, taken: &mut HashSet<String>) -> String {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') => (stem.to_owned(), format!(".{ending}")),
        _ => (name.clone(), String::new()),
    };
    let mut candidate = name;
    let mut number = 2;
    while !taken.insert(candidate.to_lowercase()) {
        candidate = format!("{stem} ({number}){ending}");
        number += 1;
    }
    candidate
}

fn usual() -> String {
    "archive.zip".to_owned()
}
