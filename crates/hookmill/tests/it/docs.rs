//! The documents, held to what they say: examples check and pass their tests, links lead somewhere, subcommands exist,
//! signatures are those of the code, and what the README shows is what the server answers.

use crate::binary::{hookmill, root};
use crate::served::Served;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Documents whose pieces of YAML are no scenarios that stand alone: what is better not written, and what needs secrets of
/// its own.
const PIECES: [&str; 2] = ["docs/errors/", "docs/secrets.md"];

/// A fenced block of a document.
struct Block {
    /// What stands behind the fence.
    info: String,
    /// The number of its first line, from 1.
    line: usize,
    text: String,
}

fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"))
}

fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in (1..).zip(read(document).lines()) {
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some(Block { info: info.to_owned(), line: number + 1, text: String::new() }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{document}: a block is not closed");
    blocks
}

/// A document's text without its blocks and without code within lines.
fn prose(document: &str) -> String {
    let mut fenced = false;
    let mut prose = String::new();
    for line in read(document).lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            prose.extend(line.split('`').step_by(2));
            prose.push('\n');
        }
    }
    prose
}

/// A folder in which every example is the one scenario of a folder of its own, at the line at which it stands in its
/// document, with the shipped connections and two secrets, `hook` and `new`. Examples that name their file in their first line, as `# price-of.yaml`, and
/// follow each other, stand beside each other.
fn examples() -> (TempDir, usize) {
    let folder = tempfile::tempdir().unwrap();
    let connections = read("scenarios/connections.yaml");
    let mut count = 0;
    let whole = |document: &String| !PIECES.iter().any(|pieces| document.starts_with(pieces));
    for document in documents().iter().filter(|document| whole(document)) {
        let mut shared: Option<PathBuf> = None;
        for block in blocks(document).iter().filter(|block| block.info == "yaml" && block.text.contains("steps:")) {
            let name = block.text.lines().next().and_then(|line| line.strip_prefix("# ")?.strip_suffix(".yaml"));
            let own = folder.path().join(document).join(format!("line-{}", block.line));
            let home = shared.take().filter(|_| name.is_some()).unwrap_or(own);
            fs::create_dir_all(&home).unwrap();
            fs::write(home.join("connections.yaml"), &connections).unwrap();
            fs::write(home.join("secrets.yaml"), "hook: { file: hook.key }\nnew: { file: hook.key }\n").unwrap();
            fs::write(home.join("hook.key"), "no secret at all").unwrap();
            let text = format!("{}{}", "\n".repeat(block.line - 1), block.text);
            fs::write(home.join(format!("{}.yaml", name.unwrap_or("example"))), text).unwrap();
            shared = name.map(|_| home);
            count += 1;
        }
    }
    (folder, count)
}

#[test]
fn examples_check_as_they_stand() {
    let (folder, count) = examples();
    let said = hookmill(folder.path(), &["check", "."]);
    // Examples are open to everyone: what keeps strangers out has a section of its own.
    let other = said.out.lines().filter(|line| !line.contains("warning[W0501]") && !line.starts_with("  hint: "));
    assert_eq!((said.code, other.collect::<Vec<_>>()), (0, vec![]));
    assert!(count > 10, "only {count} examples were found");
    assert!(said.err.starts_with(&format!("{count} scenarios, 0 errors, ")), "{}", said.err);
}

#[test]
fn examples_pass_the_tests_they_carry() {
    let (folder, _) = examples();
    let said = hookmill(folder.path(), &["test", "."]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(!said.err.contains("no tests found"), "{}", said.err);
}

#[test]
fn examples_of_connections_are_sound() {
    let mut count = 0;
    for block in blocks("docs/connections.md").iter().filter(|block| block.info == "yaml") {
        let home = crate::binary::folder(&[("connections.yaml", &block.text), ("a.yaml", "steps: [{ set: 1 }]\n")]);
        let said = hookmill(home.path(), &["check", "."]);
        // What a reader's machine has and this one lacks is a warning.
        assert_eq!(said.code, 0, "docs/connections.md:{}: {}", block.line, said.out);
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn examples_of_secrets_are_sound() {
    let mut count = 0;
    for block in blocks("docs/secrets.md").iter().filter(|block| block.info == "yaml") {
        let (secrets, scenario) = match block.text.contains("steps:") {
            true => ("shop: { env: SHOP }\nkey: { env: KEY }\niv: { env: IV }\n", block.text.as_str()),
            false => (block.text.as_str(), "steps: [{ set: 1 }]\n"),
        };
        let home = crate::binary::folder(&[("secrets.yaml", secrets), ("a.yaml", scenario)]);
        for command in ["check", "test"] {
            let said = hookmill(home.path(), &[command, "."]);
            assert_eq!(said.code, 0, "docs/secrets.md:{}: {} {}", block.line, said.out, said.err);
        }
        count += 1;
    }
    assert!(count > 3);
}

/// The README and everything in `docs/`, at any depth.
fn documents() -> Vec<String> {
    let mut files = vec![PathBuf::from("README.md")];
    files_in("docs", &mut files);
    files.retain(|file| file.extension().is_some_and(|kind| kind == "md"));
    files.sort();
    files.into_iter().map(|file| file.to_string_lossy().into_owned()).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    for document in documents() {
        let text = prose(&document);
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            if !leads_somewhere(&document, target) {
                broken.push(format!("{document}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

fn leads_somewhere(document: &str, target: &str) -> bool {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let folder = Path::new(document).parent().unwrap_or(Path::new(""));
    let file = if path.is_empty() { PathBuf::from(document) } else { folder.join(path) };
    if anchor.is_empty() {
        return root().join(file).exists();
    }
    let Ok(text) = fs::read_to_string(root().join(file)) else { return false };
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| anchor_of(line.trim_start_matches('#').trim())).any(|known| known == anchor)
}

/// The anchor that Git hosts give to a heading.
fn anchor_of(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

#[test]
fn every_subcommand_that_is_named_exists() {
    let help = hookmill(&root(), &["--help"]).out;
    let known: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(known.contains(&"serve"), "{help}");
    for document in documents() {
        for named in read(&document).split("`hookmill ").skip(1) {
            let word = named.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            assert!(known.contains(&word), "{document}: there is no `hookmill {word}`");
        }
    }
    let readme = read("README.md");
    let left_out = known.iter().filter(|name| **name != "help" && !readme.contains(&format!("`hookmill {name}")));
    assert_eq!(left_out.collect::<Vec<_>>(), [&""; 0], "the README lists every subcommand");
}

/// What tells how the program is built names its files, whole or by their last parts, and its crates.
#[test]
fn files_and_crates_that_are_named_exist() {
    let mut files = Vec::new();
    ["crates", "docs", "scenarios", "web/src", "xtask/src"].iter().for_each(|folder| files_in(folder, &mut files));
    let (mut missing, mut count) = (Vec::new(), 0);
    let of_builders = |name: &String| name.starts_with("docs/contributing/") || name.ends_with("/ARCHITECTURE.md");
    for document in documents().into_iter().filter(of_builders) {
        let text = read(&document);
        let paths = text.split('`').filter(|named| is_path(named)).map(str::to_owned);
        let crates = text.split(" -p ").skip(1).filter_map(|rest| rest.split_whitespace().next());
        for named in paths.chain(crates.map(|name| format!("crates/{name}/Cargo.toml"))) {
            count += 1;
            if !files.iter().any(|file| file.ends_with(&named) || file.starts_with(&named)) {
                missing.push(format!("{document}: {named}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(count > 70, "only {count} files are named");
}

/// Whether a piece of code names a file of Rust or a place below one of our folders. What has a word in capitals in it, as
/// `lint/NAME.rs`, is to be made.
fn is_path(named: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    let to_be_made = named.split(['/', '.']).any(|part| part.len() > 1 && part.bytes().all(|b| b.is_ascii_uppercase()));
    let ours = ["crates/", "docs/", "scenarios/", "web/src/", "xtask/src/"].iter().any(|top| named.starts_with(top));
    named.chars().all(is_word) && !to_be_made && (named.ends_with(".rs") || ours)
}

/// Adds every file below the folder, by its path from the root.
fn files_in(folder: &str, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root().join(folder)).unwrap().map(Result::unwrap) {
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        match entry.file_type().unwrap().is_dir() {
            true => files_in(&name, files),
            false => files.push(name.into()),
        }
    }
}

#[test]
fn numbers_in_the_readme_are_true() {
    let readme = read("README.md");
    let before = |words: &str| -> usize {
        let (before, _) = readme.split_once(words).unwrap_or_else(|| panic!("the README says how many: {words}"));
        before.rsplit(' ').next().and_then(|number| number.parse().ok()).expect("a number")
    };
    let functions: serde_json::Value = serde_json::from_str(&hookmill(&root(), &["functions", "--json"]).out).unwrap();
    let functions = functions.as_array().map_or(0, Vec::len);
    assert!(functions > before(" [functions]"), "there are {functions} functions");
    let files = fs::read_dir(root().join("scenarios")).unwrap().map(|entry| entry.unwrap().file_name());
    let names = files.map(|name| name.to_string_lossy().into_owned());
    let scenarios = names
        .filter(|name| !matches!(name.as_str(), "connections.yaml" | "secrets.yaml") && !name.ends_with(".test.yaml"));
    assert_eq!(scenarios.count(), before(" scenarios that run"));
}

#[test]
fn signatures_are_those_of_the_code() {
    let blocks = blocks("docs/ARCHITECTURE.md");
    let block = blocks.iter().find(|block| block.info == "rust").expect("the heart is shown");
    let mut source = String::new();
    let mut count = 0;
    for line in block.text.lines() {
        match line.strip_prefix("// ") {
            Some(file) => source = read(file),
            None => {
                assert!(source.contains(line), "no longer in the code: {line}");
                count += 1;
            }
        }
    }
    assert_eq!(count, 4);
}

#[test]
fn every_test_that_promises_name_is_there() {
    let sources = sources(&root().join("crates"));
    let mut count = 0;
    for name in code_of(&read("docs/promises.md")).filter(|code| is_name(code)) {
        assert!(sources.iter().any(|source| source.contains(&format!("fn {name}("))), "there is no test `{name}`");
        count += 1;
    }
    assert!(count > 30, "promises name tests");
}

/// Rows of the walks name files below `crates`, or below that of scenarios, and behind a file its functions.
#[test]
fn every_hop_of_the_walks_is_there() {
    let document = read("docs/ARCHITECTURE.md");
    let walks = document.split("\n## ").filter(|section| section.starts_with("The walk of "));
    let mut count = 0;
    for row in walks.flat_map(str::lines).filter(|line| line.starts_with("| ")) {
        let place = row.split('|').nth(2).unwrap_or_default();
        let mut source = None;
        for code in code_of(place).filter(|code| !code.contains('{')) {
            if code.contains('/') || code.ends_with(".rs") {
                let path = if code.contains("/src/") { code.to_owned() } else { format!("scenario/src/{code}") };
                assert!(root().join("crates").join(&path).exists(), "no longer there: `{code}` in {place}");
                source = path.ends_with(".rs").then(|| read(&format!("crates/{path}")));
            } else if let Some(source) = &source {
                let is_there = source.contains(&format!("fn {code}(")) || source.contains(&format!("fn {code}<"));
                assert!(is_there, "no longer there: `{code}` in {place}");
                count += 1;
            }
        }
    }
    assert!(count > 15, "the walks name functions");
}

/// What stands between single backticks.
fn code_of(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn is_name(code: &str) -> bool {
    code.split('_').count() > 2 && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// The text of every Rust file below a folder.
fn sources(folder: &Path) -> Vec<String> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources.extend(self::sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(fs::read_to_string(&path).unwrap());
        }
    }
    sources
}

#[test]
fn the_server_answers_as_the_readme_shows() {
    let mut files = Vec::new();
    for entry in fs::read_dir(root().join("scenarios")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        files.push((name.clone(), read(&format!("scenarios/{name}"))));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let served = Served::start(&files);
    let mut count = 0;
    for block in blocks("README.md").iter().filter(|block| block.info == "console") {
        let lines: Vec<&str> = block.text.lines().collect();
        for pair in lines.chunks(2) {
            let [command, answer] = pair else { panic!("a command without its answer: {pair:?}") };
            assert_eq!(served_by(&served, command), *answer, "{command}");
            count += 1;
        }
    }
    assert!(count > 0);
}

/// What the server answers to a `curl` line.
fn served_by(served: &Served, command: &str) -> String {
    let (_, address) = command.rsplit_once("localhost:8080").expect("a line for the server");
    let path = address.trim_end_matches('\'');
    let answer = match command.split_once("-d '").and_then(|(_, rest)| rest.split_once('\'')) {
        Some((body, _)) => served.post(path, body),
        None => served.get(path),
    };
    answer.text()
}
