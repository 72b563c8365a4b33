//! The apps that there are: those that are shipped, and those of a folder. A start needs no more than their names; an app is
//! read when someone first asks for it.

mod entry;
mod shipped;
#[cfg(test)]
mod tests;
mod watch;

use super::read::Finding;
use super::shape::{App, ConnectionType};
use crate::connections::types::Type;
use crate::connections::{KINDS, types};
use entry::Kind;
pub(crate) use entry::{Entry, Kept};
use scenario::catalog::{Described, ModuleSpec, Shelf, Watch};
use scenario::diagnostic::Place;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

/// Apps by name.
#[derive(Clone, Debug, Default)]
pub struct Apps {
    apps: BTreeMap<String, Arc<Entry>>,
    /// All types of connection that these and everybody have, made when they are asked for first.
    types: OnceLock<Arc<[Type]>>,
}

static SHIPPED: LazyLock<Arc<Apps>> = LazyLock::new(|| {
    let apps = shipped::all().iter().map(|app| (app.name.to_owned(), Arc::new(Entry::shipped(app))));
    Arc::new(Apps { apps: apps.collect(), types: OnceLock::new() })
});

impl Apps {
    /// Those that are part of the program.
    pub fn shipped() -> Arc<Self> {
        Arc::clone(&SHIPPED)
    }

    /// These and one more, by this name; what is wrong with it, where it cannot be one.
    pub fn with(&self, name: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let (app, mut findings) = super::read::read(name, text);
        let place = Place { line: 1, column: 1 };
        if self.apps.contains_key(name) {
            let message = format!("there is an app `{name}` already, which Hookmill ships");
            let hint = format!("give the file another name, such as `my_{name}.yaml`");
            findings.push(Finding { place, message, hint: Some(hint) });
        }
        let Some(app) = app.filter(|_| findings.is_empty()) else { return Err(findings) };
        let entry = Entry::of(app);
        if let Kind::Own(own) = &entry.connection
            && (KINDS.contains(&&**own) || self.connection_names().any(|known| known == own))
        {
            let message = format!("there is a type of connection `{own}` already");
            let hint = format!("use that one: `connection: {own}`, or choose another `type`");
            return Err(vec![Finding { place, message, hint: Some(hint) }]);
        }
        let mut apps = self.apps.clone();
        apps.insert(name.to_owned(), Arc::new(entry));
        Ok(Self { apps, types: OnceLock::new() })
    }

    /// These with one in the place of whatever has its name: for the file of an app that is worked on.
    pub fn replacing(&self, name: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let mut apps = self.apps.clone();
        apps.remove(name);
        Self { apps, types: OnceLock::new() }.with(name, text)
    }

    /// Whether there is an app of this name.
    pub fn has_app(&self, name: &str) -> bool {
        self.apps.contains_key(name)
    }

    /// The app of this name.
    pub fn get(&self, name: &str) -> Option<Arc<App>> {
        self.apps.get(name).map(|entry| Arc::clone(&entry.kept().app))
    }

    /// The names of all of them, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.apps.keys().map(String::as_str)
    }

    /// All of them, by name: read one after another, and not kept.
    pub fn all(&self) -> impl Iterator<Item = Arc<App>> {
        self.apps.values().map(|entry| entry.read())
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.apps.values()
    }

    pub(crate) fn entry(&self, name: &str) -> Option<&Arc<Entry>> {
        self.apps.get(name)
    }

    /// The type of connection of this name, where an app defines it.
    pub fn connection_type(&self, name: &str) -> Option<Arc<ConnectionType>> {
        let defines = |entry: &&Arc<Entry>| matches!(&entry.connection, Kind::Own(own) if own == name);
        self.apps.values().find(defines)?.kept().app.own_connection().cloned()
    }

    /// The names of all types of connection that apps define.
    pub fn connection_names(&self) -> impl Iterator<Item = &str> {
        self.apps.values().filter_map(|entry| match &entry.connection {
            Kind::Own(own) => Some(&**own),
            _ => None,
        })
    }

    /// What a form asks for each type of connection, whoever defines it, by name.
    pub fn types(&self) -> &Arc<[Type]> {
        self.types.get_or_init(|| {
            let own = self.apps.values().filter(|entry| matches!(entry.connection, Kind::Own(_)));
            types::all(own.filter_map(|entry| entry.read().own_connection().cloned()))
        })
    }

    /// Types that apps use and nobody defines, with the app that does.
    pub fn unknown_connections(&self) -> Vec<(&str, &str)> {
        let named = self.apps.iter().filter_map(|(app, entry)| match &entry.connection {
            Kind::Named(name) => Some((app.as_str(), &**name)),
            _ => None,
        });
        let known = |name: &str| KINDS.contains(&name) || self.connection_names().any(|own| own == name);
        named.filter(|(_, name)| !known(name)).collect()
    }

    /// The app that the module is of, and the place that its action has there.
    fn find(&self, module: &str) -> Option<(&Entry, usize)> {
        let (app, _) = module.split_once('.')?;
        let entry = self.apps.get(app)?;
        let at = entry.modules.iter().position(|name| name == module)?;
        Some((entry, at))
    }
}

impl Shelf for Apps {
    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.apps.values().flat_map(|entry| entry.modules.iter().map(|name| &**name)))
    }

    fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn spec(&self, name: &str) -> Option<Arc<ModuleSpec>> {
        let (entry, at) = self.find(name)?;
        entry.kept().specs.get(at).cloned()
    }

    fn all(&self) -> Box<dyn Iterator<Item = Described> + '_> {
        Box::new(self.apps.values().flat_map(|entry| entry.described()))
    }

    fn watch(&self, name: &str) -> Option<Watch> {
        let (app, _) = name.split_once('.')?;
        let kept = self.apps.get(app)?.kept();
        watch::all(&kept.app).find(|watch| watch.name == name)
    }

    fn watches(&self) -> Vec<String> {
        let of_app = |app: Arc<App>| watch::all(&app).map(|watch| watch.name).collect::<Vec<_>>();
        Apps::all(self).flat_map(of_app).collect()
    }
}
