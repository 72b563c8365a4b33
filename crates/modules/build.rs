//! Puts the catalogue of apps into the program: every file of `catalog/` as JSON, and beside them, in Rust, what a start
//! needs of each: the names of its modules and the type of its connections. A file that is no YAML fails the build with
//! its place; what it says is checked by the tests and by `hookmill app check`.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::exit;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=catalog");
    let target = PathBuf::from(env::var("OUT_DIR").expect("cargo says where"));
    let mut index = "&[\n".to_owned();
    for (name, app) in apps() {
        let text = serde_json::to_string(&app).expect("a value can be written");
        let file = format!("{name}.json");
        fs::write(target.join(&file), text).expect("the folder for what is made can be written to");
        let modules = app["actions"].as_object().into_iter().flat_map(|actions| actions.keys());
        let modules: Vec<String> = modules.map(|action| format!("{name}.{action}")).collect();
        let connection = connection(&name, &app["connection"]);
        writeln!(
            index,
            "Shipped {{ name: {name:?}, modules: &{modules:?}, connection: {connection}, \
             text: include_str!(concat!(env!(\"OUT_DIR\"), \"/{file}\")) }},"
        )
        .expect("a text can be written to");
    }
    index.push(']');
    fs::write(target.join("catalog.rs"), index).expect("the folder for what is made can be written to");
}

/// The files of the catalogue, by the names of their apps.
fn apps() -> BTreeMap<String, Value> {
    let mut apps = BTreeMap::new();
    for entry in fs::read_dir("catalog").expect("the catalogue is a folder beside this file") {
        let path = entry.expect("a folder can be read").path();
        let Some(name) = app_name(&path) else { continue };
        let text = fs::read_to_string(&path).expect("a file of the catalogue is text");
        match serde_yaml::from_str_with_options::<Value>(&text, options()) {
            Ok(value) => drop(apps.insert(name, value)),
            Err(error) => {
                println!("cargo::error={}: {error}", path.display());
                exit(1);
            }
        }
    }
    apps
}

/// How one logs in to the app, as the registry says it.
fn connection(app: &str, written: &Value) -> String {
    match written {
        Value::Null => "Kind::None".to_owned(),
        Value::String(name) if name == "none" => "Kind::None".to_owned(),
        Value::String(name) => format!("Kind::Named(Cow::Borrowed({name:?}))"),
        own => format!("Kind::Own(Cow::Borrowed({:?}))", own["type"].as_str().unwrap_or(app)),
    }
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
