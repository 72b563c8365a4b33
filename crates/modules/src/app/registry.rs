//! The apps that there are: those that are shipped, and those of a folder.

use super::describe;
use super::read::{self, Finding};
use super::shape::{App, ConnectionType, Login};
use scenario::catalog::{Face, ModuleSpec};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::thread;

/// All files of the catalogue, as JSON by name: made when this crate is built.
const CATALOG: &str = include_str!(concat!(env!("OUT_DIR"), "/catalog.json"));

/// Apps by name.
#[derive(Clone, Debug, Default)]
pub struct Apps {
    apps: BTreeMap<String, Arc<Entry>>,
}

/// An app with what is made of it once.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) app: Arc<App>,
    /// Of each action, in its order.
    pub(crate) specs: Vec<Arc<ModuleSpec>>,
    faces: Vec<Face>,
    is_shipped: bool,
}

static SHIPPED: LazyLock<Arc<Apps>> = LazyLock::new(|| {
    let files: BTreeMap<&str, &RawValue> = serde_json::from_str(CATALOG).unwrap_or_default();
    let files: Vec<(&str, &RawValue)> = files.into_iter().collect();
    // A start waits for this: every processor takes its share.
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let share = files.len().div_ceil(processors).max(1);
    let apps = thread::scope(|scope| {
        let shares: Vec<_> = files.chunks(share).map(|share| scope.spawn(move || entries(share))).collect();
        shares.into_iter().flat_map(|share| share.join().unwrap_or_default()).collect()
    });
    Arc::new(Apps { apps })
});

/// The apps of these files, by their names.
fn entries(files: &[(&str, &RawValue)]) -> Vec<(String, Arc<Entry>)> {
    let entry = |(name, text): &(&str, &RawValue)| {
        let app = read::trusted(name, serde_json::from_str(text.get()).ok()?)?;
        Some(((*name).to_owned(), Arc::new(Entry::of(app, true))))
    };
    files.iter().filter_map(entry).collect()
}

impl Apps {
    /// Those that are part of the program.
    pub fn shipped() -> Arc<Self> {
        Arc::clone(&SHIPPED)
    }

    /// These and one more, by this name; what is wrong with it, where it cannot be one.
    pub fn with(&self, name: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let (app, mut findings) = read::read(name, text);
        let place = scenario::diagnostic::Place { line: 1, column: 1 };
        if self.apps.contains_key(name) {
            let message = format!("there is an app `{name}` already, which Hookmill ships");
            let hint = format!("give the file another name, such as `my_{name}.yaml`");
            findings.push(Finding { place, message, hint: Some(hint) });
        }
        let Some(app) = app.filter(|_| findings.is_empty()) else { return Err(findings) };
        if let Login::Own(own) = &app.connection
            && (self.connection_type(&own.name).is_some() || crate::connections::KINDS.contains(&own.name.as_str()))
        {
            let message = format!("there is a type of connection `{}` already", own.name);
            let hint = format!("use that one: `connection: {}`, or choose another `type`", own.name);
            return Err(vec![Finding { place, message, hint: Some(hint) }]);
        }
        let mut apps = self.apps.clone();
        apps.insert(name.to_owned(), Arc::new(Entry::of(app, false)));
        Ok(Self { apps })
    }

    /// These with one in the place of whatever has its name: for the file of an app that is worked on.
    pub fn replacing(&self, name: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let mut apps = self.apps.clone();
        apps.remove(name);
        Self { apps }.with(name, text)
    }

    /// The app of this name.
    pub fn get(&self, name: &str) -> Option<&Arc<App>> {
        self.apps.get(name).map(|entry| &entry.app)
    }

    /// All of them, by name.
    pub fn all(&self) -> impl Iterator<Item = &Arc<App>> {
        self.apps.values().map(|entry| &entry.app)
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.apps.values()
    }

    /// What the actions of those that are not shipped are, as modules.
    pub fn own_specs(&self) -> Vec<Arc<ModuleSpec>> {
        let own = self.apps.values().filter(|entry| !entry.is_shipped);
        own.flat_map(|entry| entry.specs.iter().cloned()).collect()
    }

    /// How the actions are shown, by the names of their modules.
    pub fn faces(&self) -> impl Iterator<Item = (String, Face)> {
        let faces = self.apps.values().flat_map(|entry| entry.specs.iter().zip(&entry.faces));
        faces.map(|(spec, face)| (spec.name.clone(), face.clone()))
    }

    /// The type of connection of this name, where an app defines it.
    pub fn connection_type(&self, name: &str) -> Option<&Arc<ConnectionType>> {
        self.connection_types().find(|own| own.name == name)
    }

    /// All types of connection that apps define.
    pub fn connection_types(&self) -> impl Iterator<Item = &Arc<ConnectionType>> {
        self.apps.values().filter_map(|entry| match &entry.app.connection {
            Login::Own(own) => Some(own),
            _ => None,
        })
    }

    /// Types that apps use and nobody defines, with the app that does.
    pub fn unknown_connections(&self) -> Vec<(&str, &str)> {
        let named = self.apps.values().filter_map(|entry| match &entry.app.connection {
            Login::Named(name) => Some((entry.app.name.as_str(), name.as_str())),
            _ => None,
        });
        let known = |name: &str| crate::connections::KINDS.contains(&name) || self.connection_type(name).is_some();
        named.filter(|(_, name)| !known(name)).collect()
    }
}

impl Entry {
    fn of(app: App, is_shipped: bool) -> Self {
        let specs = app.actions.iter().map(|action| Arc::new(describe::spec(&app, action))).collect();
        let faces = app.actions.iter().map(|action| describe::face(&app, action)).collect();
        Self { app: Arc::new(app), specs, faces, is_shipped }
    }
}
