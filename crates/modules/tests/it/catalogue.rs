//! The catalogue of apps: every file is sound, every action has its words and a sample, and every case holds.

use crate::step::files;
use modules::Apps;
use modules::app::{Words, cases, read};
use std::fs;
use std::path::Path;

/// The languages, beside English, in which everything is told.
const LANGUAGES: [&str; 2] = ["zh-TW", "zh-CN"];

/// The names of all files of the catalogue with their texts.
fn texts(ending: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog");
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if let Some(name) = name.strip_suffix(ending).filter(|name| !name.contains('.')) {
            texts.push((name.to_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
    texts.sort();
    texts
}

#[test]
fn every_app_is_sound_and_embedded() {
    let mut found = Vec::new();
    let apps = Apps::shipped();
    for (name, text) in texts(".yaml") {
        let (_, findings) = read(&name, &text);
        found.extend(findings.iter().map(|finding| format!("{name}.yaml:{finding}")));
        assert!(apps.get(&name).is_some(), "{name} is not embedded");
    }
    found.extend(apps.unknown_connections().iter().map(|(app, kind)| format!("{app}: no type of connection {kind}")));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test]
async fn every_case_holds() {
    let (mut faults, mut count) = (Vec::new(), 0_usize);
    let apps = Apps::shipped();
    for (name, _) in texts(".yaml") {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("catalog/{name}.cases.yaml"));
        let (cases, findings) = cases::read(&fs::read_to_string(path).unwrap_or_default());
        faults.extend(findings.iter().map(|finding| format!("{name}.cases.yaml:{finding}")));
        faults.extend(cases::gaps(&apps, &name, &cases).iter().map(|gap| format!("{name}: {gap}")));
        let unnamed = cases.iter().filter(|case| !case.source.starts_with("https://"));
        faults.extend(unnamed.map(|case| format!("{name}.cases.yaml:{}: it names no source", case.place.line)));
        for verdict in cases::run(&apps, &name, &cases, &files()).await {
            count += 1;
            let told = |fault: &String| format!("{name}.cases.yaml:{}: {fault}", verdict.place.line);
            faults.extend(verdict.faults.iter().map(told));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let actions: usize = apps.all().map(|app| app.actions.len()).sum();
    assert!(actions > 800 && count >= actions, "{count} cases of {actions} actions");
}

#[test]
fn everything_is_told_in_every_language() {
    let mut gaps = Vec::new();
    let mut look = |of: String, words: &Words| {
        let lacks = LANGUAGES.iter().filter(|language| !words.others.contains_key(**language));
        gaps.extend(lacks.map(|language| format!("{of}: nothing in {language}")));
    };
    for app in Apps::shipped().all() {
        look(format!("{}.about", app.name), &app.about);
        for action in &app.actions {
            look(format!("{}.{}.title", app.name, action.name), &action.title);
            look(format!("{}.{}.about", app.name, action.name), &action.about);
        }
        for trigger in &app.triggers {
            look(format!("{}.{}.title", app.name, trigger.name), &trigger.title);
        }
    }
    assert!(gaps.is_empty(), "{}", gaps.join("\n"));
}

#[test]
fn traditional_and_simplified_letters_are_not_mixed() {
    let (traditional, simplified) = (
        "這為個們時沒應運數變問顯刪儲連塊發種開關閉試檔標類設",
        "这为个们时没应运数变问显删储连块发种开关闭试档标类设",
    );
    for app in Apps::shipped().all() {
        let actions = app.actions.iter().flat_map(|action| [&action.title, &action.about]);
        for words in [&app.title, &app.about].into_iter().chain(actions) {
            let odd = |language: &str, wrong: &str| words.of(language).contains(|letter| wrong.contains(letter));
            assert!(!odd("zh-TW", simplified) && !odd("zh-CN", traditional), "{}: {words:?}", app.name);
        }
    }
}

/// The app that the README of the catalogue shows is sound, and its cases hold.
#[tokio::test]
async fn the_readme_shows_an_app_that_works() {
    let readme = include_str!("../../catalog/README.md");
    let blocks: Vec<&str> = readme.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [app, cases] = blocks[..] else { panic!("{} blocks", blocks.len()) };
    let apps = std::sync::Arc::new(Apps::shipped().with("acme", app).unwrap());
    let (cases, findings) = cases::read(cases);
    assert!(findings.is_empty() && cases::gaps(&apps, "acme", &cases).is_empty(), "{findings:?}");
    for verdict in cases::run(&apps, "acme", &cases, &files()).await {
        assert!(verdict.faults.is_empty(), "{verdict:?}");
    }
    assert!(app.lines().count() <= 30, "an app begins small");
}
