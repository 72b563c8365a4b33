//! The path of a request is the path of its code and of its test: `POST /api/v1/runs/{id}/replay` is in
//! `api/runs/replay.rs` and `tests/it/runs/replay.rs`. Where one file has the tests of all operations on a thing, it has the
//! thing's name: `tests/it/stores.rs`.

use super::sources::Source;
use std::collections::BTreeSet;
use std::path::Path;

/// Where operations are, and where their tests.
const CODE: &str = "crates/server/src/api";
const TESTS: &str = "crates/server/tests/it";

/// The list of operations that are tested elsewhere; it may only shrink.
const ELSEWHERE: &str = "xtask/tested-elsewhere.txt";

/// Complaints about operations that lie in another folder than their address says.
pub(crate) fn addresses(files: &[Source]) -> Vec<String> {
    operations(files)
        .filter_map(|(operation, file)| {
            let folder = Path::new(&operation).parent().map(|folder| folder.to_string_lossy().into_owned())?;
            let head = file.text.lines().next().unwrap_or_default();
            let (_, address) = head.split_once("/api/v1/")?;
            let segments: Vec<&str> = address.split(['/', '`', ' ']).take(3).collect();
            let is_there = segments.iter().any(|it| *it == folder || folder.strip_suffix('s') == Some(*it));
            (!folder.is_empty() && !is_there).then(|| format!("{} answers at /api/v1/{address}", file.name()))
        })
        .collect()
}

/// Complaints about operations whose head does not say their address.
pub(crate) fn heads(files: &[Source]) -> Vec<String> {
    let headless = operations(files).filter(|(_, file)| !file.text.lines().next().unwrap_or_default().contains("`"));
    headless.map(|(_, file)| format!("{} does not begin with its address", file.name())).collect()
}

/// Complaints about operations without a test of the same path, and about entries of the list that could go.
pub(crate) fn tests(files: &[Source]) -> Vec<String> {
    let list = files.iter().find(|file| file.path.as_os_str() == ELSEWHERE).map_or("", |file| &file.text);
    let excused: BTreeSet<&str> = list.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let missing: BTreeSet<String> = operations(files)
        .map(|(operation, _)| operation)
        .filter(|operation| !is_tested(Path::new(operation), files))
        .collect();
    let new = missing.iter().filter(|operation| !excused.contains(operation.as_str()));
    let new = new.map(|operation| format!("{CODE}/{operation} has no test {TESTS}/{operation}"));
    let gone = excused.iter().filter(|operation| !missing.contains(**operation));
    new.chain(gone.map(|operation| format!("{operation} has its test now: take it out of {ELSEWHERE}"))).collect()
}

fn is_tested(operation: &Path, files: &[Source]) -> bool {
    let own = Path::new(TESTS).join(operation);
    let of_thing = operation.parent().map(|thing| Path::new(TESTS).join(thing).with_extension("rs"));
    files.iter().any(|file| {
        let has_tests = || file.text.contains("test]\n");
        file.path == own || (of_thing.as_ref() == Some(&file.path) && has_tests())
    })
}

/// The files that hold operations, by their paths below the API's folder.
fn operations(files: &[Source]) -> impl Iterator<Item = (String, &Source)> {
    let is_operation = |file: &&Source| file.code().any(|(_, line)| line.starts_with("#[utoipa::path("));
    files.iter().filter(|file| file.path.starts_with(CODE)).filter(is_operation).filter_map(|file| {
        let operation = file.path.strip_prefix(CODE).ok()?;
        Some((operation.to_string_lossy().into_owned(), file))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.to_owned() }
    }

    fn operation(path: &str, head: &str) -> Source {
        source(&format!("{CODE}/{path}"), &format!("//! {head}\n#[utoipa::path(tag = \"x\")]\n"))
    }

    #[test]
    fn code_lies_where_its_address_says() {
        let files = [
            operation("runs/get.rs", "`GET /api/v1/runs/{id}`"),
            operation("queues/purge.rs", "`POST /api/v1/scenarios/{id}/queue/purge`"),
            operation("stores/get.rs", "`GET /api/v1/hooks/{id}`"),
            operation("check.rs", "`POST /api/v1/check`"),
            operation("runs/list.rs", "Lists runs."),
        ];
        assert_eq!(addresses(&files), ["crates/server/src/api/stores/get.rs answers at /api/v1/hooks/{id}`"]);
        assert_eq!(heads(&files), ["crates/server/src/api/runs/list.rs does not begin with its address"]);
    }

    #[test]
    fn operations_have_tests_of_their_path() {
        let files = [
            operation("runs/get.rs", "`GET /api/v1/runs/{id}`"),
            operation("runs/list.rs", "`GET /api/v1/runs`"),
            operation("runs/test.rs", "`GET /api/v1/runs/{id}/test`"),
            operation("stores/get.rs", "`GET /api/v1/stores/{store}/{key}`"),
            source(&format!("{CODE}/runs/view.rs"), "//! A run.\n"),
            source(&format!("{TESTS}/stores.rs"), "//! Stores.\n#[tokio::test]\nasync fn a() {}\n"),
            source(&format!("{TESTS}/runs.rs"), "//! Runs.\nmod get;\n"),
            source(&format!("{TESTS}/runs/get.rs"), "//! `GET`\n"),
            source(ELSEWHERE, "# Why.\nruns/get.rs\nruns/test.rs\n"),
        ];
        let expected = [
            "crates/server/src/api/runs/list.rs has no test crates/server/tests/it/runs/list.rs",
            "runs/get.rs has its test now: take it out of xtask/tested-elsewhere.txt",
        ];
        assert_eq!(tests(&files), expected);
    }
}
