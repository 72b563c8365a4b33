//! Which files a path means, on a real folder.

use super::*;

fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    folder
}

fn names(sources: &[Source], folder: &Path) -> Vec<(String, String)> {
    let root = fs::canonicalize(folder).unwrap();
    let relative = |path: &Path| {
        let whole = fs::canonicalize(path).unwrap();
        whole.strip_prefix(&root).unwrap().display().to_string()
    };
    sources.iter().map(|source| (relative(&source.file), relative(&source.home))).collect()
}

#[test]
fn a_folder_means_its_scenarios_alone() {
    let folder = folder(&[
        "b.yaml",
        "a.yaml",
        "connections.yaml",
        "a.test.yaml",
        ".hidden.yaml",
        ".git/c.yaml",
        "apps/app.yaml",
        "team/d.yaml",
        "notes.md",
    ]);
    let found = find(&[folder.path().to_owned()]).unwrap();
    let expected = [("a.yaml", ""), ("b.yaml", ""), ("team/d.yaml", "")];
    assert_eq!(names(&found, folder.path()), expected.map(|(file, home)| (file.to_owned(), home.to_owned())));
}

#[test]
fn the_nearest_connections_are_the_ones_that_count() {
    let folder = folder(&["connections.yaml", "a.yaml", "team/connections.yaml", "team/deep/b.yaml"]);
    let found = find(&[folder.path().to_owned()]).unwrap();
    let expected = [("a.yaml", ""), ("team/deep/b.yaml", "team")];
    assert_eq!(names(&found, folder.path()), expected.map(|(file, home)| (file.to_owned(), home.to_owned())));
}

#[test]
fn a_file_named_twice_is_found_once() {
    let folder = folder(&["a.yaml"]);
    let found = find(&[folder.path().to_owned(), folder.path().join("a.yaml")]).unwrap();
    assert_eq!(found.len(), 1);
}

#[test]
fn what_is_not_there_is_named() {
    let folder = folder(&[]);
    let error = find(&[folder.path().join("gone.yaml")]).unwrap_err();
    assert!(error.to_string().ends_with("gone.yaml"), "{error}");
}
