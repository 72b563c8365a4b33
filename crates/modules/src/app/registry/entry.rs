//! An app among others: known by the names of its modules, read when it is asked for.

use super::shipped::Shipped;
use crate::app::describe;
use crate::app::read;
use crate::app::shape::{App, Login};
use scenario::catalog::{Described, ModuleSpec};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// An app among others.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its name.
    pub(crate) name: String,
    /// The names of its modules, in the order of its actions.
    pub(crate) modules: Vec<Cow<'static, str>>,
    pub(super) connection: Kind,
    /// The file of one that is shipped.
    text: &'static str,
    kept: OnceLock<Kept>,
}

/// How one logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Not at all.
    None,
    /// By connections of this type, which somebody else defines.
    Named(Cow<'static, str>),
    /// By connections of this type, which is the app's own.
    Own(Cow<'static, str>),
}

/// What stays of an app that is in use.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) app: Arc<App>,
    /// Of each action, in its order.
    pub(crate) specs: Vec<Arc<ModuleSpec>>,
}

impl Entry {
    pub(super) fn shipped(app: &'static Shipped) -> Self {
        Self {
            name: app.name.to_owned(),
            modules: app.modules.iter().copied().map(Cow::Borrowed).collect(),
            connection: app.connection.clone(),
            text: app.text,
            kept: OnceLock::new(),
        }
    }

    pub(super) fn of(app: App) -> Self {
        let connection = match &app.connection {
            Login::None => Kind::None,
            Login::Named(name) => Kind::Named(name.clone().into()),
            Login::Own(own) => Kind::Own(own.name.clone().into()),
        };
        let modules = app.actions.iter().map(|action| format!("{}.{}", app.name, action.name).into()).collect();
        let (name, kept) = (app.name.clone(), OnceLock::from(Kept::of(app.into())));
        Self { name, modules, connection, text: "", kept }
    }

    /// The app with the descriptions of its modules, which stay from now on.
    pub(crate) fn kept(&self) -> &Kept {
        self.kept.get_or_init(|| Kept::of(self.read()))
    }

    #[cfg(test)]
    pub(super) fn is_kept(&self) -> bool {
        self.kept.get().is_some()
    }

    /// The app: the one that is kept, or one that nobody keeps.
    pub(super) fn read(&self) -> Arc<App> {
        if let Some(kept) = self.kept.get() {
            return Arc::clone(&kept.app);
        }
        let app = serde_json::from_str(self.text).ok().and_then(|value| read::trusted(&self.name, value));
        app.expect("the file is part of the program, and a test reads all of them").into()
    }

    /// Its modules by name, with their words.
    pub(super) fn described(&self) -> Vec<Described> {
        let app = self.read();
        let spec = |at: usize, action| {
            let kept = self.kept.get().and_then(|kept| kept.specs.get(at));
            kept.map_or_else(|| describe::spec(&app, action).into(), Arc::clone)
        };
        let told = app.actions.iter().enumerate();
        let told =
            told.map(|(at, action)| Described { spec: spec(at, action), face: Some(describe::face(&app, action)) });
        let mut described: Vec<Described> = told.collect();
        described.sort_by(|a, b| a.spec.name.cmp(&b.spec.name));
        described
    }
}

impl Kept {
    fn of(app: Arc<App>) -> Self {
        let specs = app.actions.iter().map(|action| Arc::new(describe::spec(&app, action))).collect();
        Self { app, specs }
    }
}
