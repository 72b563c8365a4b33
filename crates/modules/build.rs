//! Puts the catalogue of apps into the program: every file of `catalog/`, as JSON. A file that is no YAML fails the build
//! with its place; what it says is checked by the tests and by `hookmill app check`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::exit;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=catalog");
    let mut files = BTreeMap::new();
    for entry in fs::read_dir("catalog").expect("the catalogue is a folder beside this file") {
        let path = entry.expect("a folder can be read").path();
        let Some(name) = app_name(&path) else { continue };
        let text = fs::read_to_string(&path).expect("a file of the catalogue is text");
        match serde_yaml::from_str_with_options::<serde_json::Value>(&text, options()) {
            Ok(value) => drop(files.insert(name, value)),
            Err(error) => {
                println!("cargo::error={}: {error}", path.display());
                exit(1);
            }
        }
    }
    let target = Path::new(&env::var("OUT_DIR").expect("cargo says where")).join("catalog.json");
    let text = serde_json::to_string(&files).expect("a value can be written");
    fs::write(target, text).expect("the folder for what is made can be written to");
}

/// As the program itself reads such files.
fn options() -> serde_yaml::Options {
    serde_yaml::options! {
        duplicate_keys: serde_yaml::options::DuplicateKeyPolicy::Error,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    }
}

/// The name of the app that the file is of; cases are of none.
fn app_name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?.strip_suffix(".yaml")?;
    (!name.contains('.')).then(|| name.to_owned())
}
