//! The index that a build makes says what the files say.

use super::shipped;
use super::*;
use crate::translations::LANGUAGES;
use std::collections::BTreeSet;

#[test]
fn every_shipped_file_is_the_app_that_the_index_tells_of() {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/catalog")).unwrap();
    let names = files.filter_map(|file| {
        let name = file.unwrap().file_name().into_string().unwrap();
        name.strip_suffix(".yaml").filter(|name| !name.contains('.')).map(str::to_owned)
    });
    let names: BTreeSet<String> = names.collect();
    assert_eq!(names, shipped::all().iter().map(|app| app.name.to_owned()).collect());
    for app in shipped::all() {
        let path = format!("{}/catalog/{}.yaml", env!("CARGO_MANIFEST_DIR"), app.name);
        let (read, findings) = crate::app::read(app.name, &std::fs::read_to_string(path).unwrap());
        let read = Entry::of(read.unwrap_or_else(|| panic!("{}: {findings:#?}", app.name)));
        let indexed = Entry::shipped(app);
        assert_eq!(indexed.modules, read.modules, "{}", app.name);
        assert_eq!(indexed.connection, read.connection, "{}", app.name);
        assert_eq!(indexed.read().actions.len(), read.modules.len(), "{}", app.name);
    }
}

#[test]
fn an_app_is_read_when_it_is_asked_for_and_no_sooner() {
    let apps = Apps { apps: Apps::shipped().apps.keys().cloned().zip(fresh()).collect(), types: OnceLock::new() };
    let kept = |apps: &Apps| -> Vec<String> {
        apps.apps.values().filter(|entry| entry.is_kept()).map(|it| it.name.clone()).collect()
    };
    assert!(apps.has("telegram.send_message") && !apps.has("telegram.sing") && !apps.has("telegram"));
    assert!(Shelf::names(&apps).count() > 500);
    assert!(Shelf::all(&apps).count() > 500 && apps.all().count() > 100 && apps.types().len() > 50);
    assert_eq!(kept(&apps), Vec::<String>::new());
    let spec = apps.spec("telegram.send_message").unwrap();
    assert_eq!(spec.name, "telegram.send_message");
    assert!(Arc::ptr_eq(&spec, &apps.spec("telegram.send_message").unwrap()));
    assert!(apps.spec("telegram.sing").is_none() && apps.spec("nothing.at_all").is_none());
    assert_eq!(kept(&apps), ["telegram"]);
}

#[test]
fn what_is_told_of_all_is_what_is_told_of_one() {
    let apps = Apps::shipped();
    let all: Vec<Described> = Shelf::all(&*apps).collect();
    assert!(all.is_sorted_by(|a, b| a.spec.name < b.spec.name));
    for name in ["airtable.create_record", "google_sheets.update_ranges", "slack.list_channels"] {
        let told = all.iter().find(|it| it.spec.name == name).unwrap_or_else(|| panic!("there is no {name}"));
        assert_eq!(format!("{:?}", told.spec), format!("{:?}", apps.spec(name).unwrap()));
        assert!(!told.face.as_ref().unwrap().title().is_empty());
    }
}

#[test]
fn what_items_of_lists_have_is_told_in_every_language() {
    let (mut count, mut gaps) = (0, Vec::new());
    for app in Apps::shipped().all() {
        let parameters =
            app.actions.iter().flat_map(|action| action.parameters.iter().map(move |it| (&action.name, it)));
        for (action, it) in parameters.filter(|(_, it)| !it.fields.is_empty()) {
            let at = format!("{}.{action}.{}", app.name, it.name);
            for field in &it.fields {
                count += 1;
                let lacks = |words: &&crate::app::Words| LANGUAGES.iter().any(|of| !words.others.contains_key(*of));
                let told = [&field.title, &field.about].into_iter().filter(|words| !words.is_empty());
                gaps.extend(told.filter(lacks).map(|_| format!("{at}.{}: not in every language", field.name)));
            }
            let shown = it.example.iter().filter_map(|all| all.as_array()).flatten().filter_map(|one| one.as_object());
            let unknown = shown.flat_map(|one| one.keys()).filter(|key| !it.fields.iter().any(|of| of.name == **key));
            gaps.extend(unknown.map(|key| format!("{at}.{key}: in its example alone")));
        }
    }
    assert!(count > 50, "{count}");
    assert!(gaps.is_empty(), "{}", gaps.join("\n"));
    let apps = Apps::shipped();
    let spec = apps.spec("google_sheets.update_ranges").unwrap();
    let items = &spec.parameters["properties"]["data"]["items"];
    assert_eq!((&items["properties"]["range"]["title"], &items["required"][0]), (&"Range".into(), &"range".into()));
    let told = Shelf::all(&*apps).find(|it| it.spec.name == "google_sheets.update_ranges").unwrap().face.unwrap();
    assert_eq!(told.i18n["zh-TW"].parameters["data.range"].title, "範圍");
}

/// Entries that nobody asked for anything.
fn fresh() -> impl Iterator<Item = Arc<Entry>> {
    shipped::all().iter().map(|app| Arc::new(Entry::shipped(app)))
}
