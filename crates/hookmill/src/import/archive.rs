//! Archives with exports in them: what people download when they take all they have. Bounded by what comes out, whatever
//! the archive says of itself.

use server::Foreign;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// How many files are read of one archive.
const MOST_FILES: usize = 5_000;

/// How many bytes all of them may have.
const MOST_BYTES: usize = 256 << 20;

/// Whether the bytes are a ZIP archive with something in it.
pub(crate) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The JSON files of an archive, in the order of their names; an error says why it cannot be read.
pub(crate) fn files(bytes: &[u8]) -> Result<Vec<Foreign>, String> {
    let unsound = |error: zip::result::ZipError| format!("the archive cannot be read: {error}");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unsound)?;
    if archive.len() > MOST_FILES {
        return Err(format!("the archive has more than {MOST_FILES} files"));
    }
    let (mut found, mut total) = (Vec::new(), 0);
    for number in 0..archive.len() {
        let file = archive.by_index(number).map_err(unsound)?;
        let name = file.name().map_err(unsound)?.into_owned();
        if file.is_dir() || !is_wanted(&name) {
            continue;
        }
        let mut bytes = Vec::new();
        // One byte more than is read of a file tells that it is too long.
        let most = (blueprint::MAX_FILE + 1).min(MOST_BYTES + 1 - total);
        file.take(most as u64).read_to_end(&mut bytes).map_err(|error| format!("`{name}` cannot be read: {error}"))?;
        total += bytes.len();
        if total > MOST_BYTES {
            return Err(format!("the files of the archive have more than {MOST_BYTES} bytes"));
        }
        found.push(Foreign { name, bytes });
    }
    if found.is_empty() {
        return Err("the archive has no JSON files".to_owned());
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// JSON files, but for those that systems put beside others.
fn is_wanted(name: &str) -> bool {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let is_json = last.len() > 5 && last[last.len().saturating_sub(5)..].eq_ignore_ascii_case(".json");
    is_json && !last.starts_with("._") && !name.starts_with("__MACOSX/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            archive.start_file(*name, SimpleFileOptions::default()).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn json_files_are_taken_and_others_left() {
        let bytes = archive(&[("b.JSON", b"2"), ("deep/a.json", b"1"), ("c.txt", b"3"), ("__MACOSX/._b.json", b"4")]);
        assert!(is_archive(&bytes));
        let names: Vec<String> = files(&bytes).unwrap().into_iter().map(|file| file.name).collect();
        assert_eq!(names, ["b.JSON", "deep/a.json"]);
    }

    #[test]
    fn what_swells_is_refused() {
        let zeros = vec![b' '; 40 << 20];
        let swelling: Vec<(String, &[u8])> =
            (0..9).map(|number| (format!("{number}.json"), zeros.as_slice())).collect();
        let swelling: Vec<(&str, &[u8])> = swelling.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        let bytes = archive(&swelling);
        assert!(bytes.len() < 1 << 20, "it is small as long as it is packed: {}", bytes.len());
        assert!(files(&bytes).unwrap_err().contains("more than"), "a bomb");
        let one = files(&archive(&swelling[..1])).unwrap();
        assert_eq!(one[0].bytes.len(), blueprint::MAX_FILE + 1, "no more is read than tells that it is too long");
    }

    #[test]
    fn what_is_no_archive_says_so() {
        assert!(files(b"PK\x03\x04 and no more").unwrap_err().contains("cannot be read"));
        assert_eq!(files(&archive(&[("a.txt", b"")])).unwrap_err(), "the archive has no JSON files");
        assert!(!is_archive(b"{}"));
    }
}
