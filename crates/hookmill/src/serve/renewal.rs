//! What is done when connections or secrets change, in their files or in the editor: new modules and secrets for new
//! calls, and every text is checked again.

use crate::folder::Folder;
use crate::home::{AppProblem, Home};
use crate::setting::CurrentSecrets;
use crate::starters::Starters;
use crate::vault::Records;
use engine::AlarmKind;
use modules::{Apps, Connections, Secrets, catalog};
use run::call::Module;
use run::data_store::DataStores;
use run::files::Files;
use run::mailbox::Mailboxes;
use run::setting::Setting;
use run::tables::Tables;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use store::Store;

/// What modules are made over, whatever the connections are.
#[derive(Debug)]
pub(super) struct Reach {
    pub(super) stores: DataStores,
    pub(super) files: Files,
    pub(super) options: modules::Options,
}

impl Reach {
    pub(super) fn over(store: &Store, setting: &Setting, options: modules::Options) -> Self {
        let stores = DataStores::new(Arc::clone(&store.tables));
        let files = Files::new(Arc::clone(&store.blobs), &setting.resume_key);
        Self { stores, files, options }
    }

    pub(super) fn modules(&self, connections: Arc<Connections>) -> Vec<Arc<dyn Module>> {
        catalog(connections, &self.stores, &self.files, self.options.clone())
    }

    /// What starts runs by itself.
    pub(super) fn starters(
        &self,
        handle: engine::Handle,
        tables: &Arc<dyn Tables>,
        connections: Arc<Connections>,
    ) -> Starters {
        Starters::new(handle, tables, &self.files, self.mailboxes(connections))
    }

    fn mailboxes(&self, connections: Arc<Connections>) -> Arc<dyn Mailboxes> {
        modules::mailboxes(connections, &self.files, self.options.clone())
    }
}

/// Whom changed connections and secrets concern.
#[derive(Debug)]
pub(super) struct Renewal {
    pub(super) folder: Arc<Folder>,
    pub(super) handle: engine::Handle,
    pub(super) secrets: Arc<CurrentSecrets>,
    pub(super) reach: Reach,
    pub(super) records: Arc<Records>,
}

/// The connections in use, and how others take their place.
#[derive(Debug)]
pub(super) struct Renewing {
    pub(super) of: Renewal,
    connections: RwLock<Arc<Connections>>,
    apps: RwLock<Arc<Apps>>,
    /// Held meanwhile, so that of two changes the later one stays.
    changing: Mutex<()>,
}

impl Renewing {
    pub(super) fn from(of: Renewal, home: &Home) -> Self {
        let (connections, apps) = (Arc::clone(&home.connections), Arc::clone(&home.apps));
        let (connections, apps) = (RwLock::new(connections), RwLock::new(apps));
        let renewing = Self { of, connections, apps, changing: Mutex::default() };
        renewing.tell_of_apps(&home.app_problems);
        renewing
    }

    /// The apps in use.
    pub(super) fn apps(&self) -> Arc<Apps> {
        Arc::clone(&self.apps.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The connections in use.
    pub(super) fn connections(&self) -> Arc<Connections> {
        Arc::clone(&self.connections.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The secrets in use.
    pub(super) fn secrets(&self) -> Arc<Secrets> {
        self.of.secrets.current()
    }

    /// Raises the alarms of apps that are broken, and ends those of apps that are broken no more.
    fn tell_of_apps(&self, problems: &[AppProblem]) {
        let handle = &self.of.handle;
        let mut broken: BTreeMap<String, String> = BTreeMap::new();
        for problem in problems {
            let (subject, message) = (problem.subject(), format!("{}:{}", problem.file, problem.finding));
            broken.entry(subject).or_insert_with(|| format!("an app cannot be used: {message}"));
        }
        let open = handle.alarms().into_iter().filter(|it| it.kind == AlarmKind::Trouble && it.cleared.is_none());
        for alarm in open.filter(|it| it.subject.starts_with(AppProblem::SUBJECT) && !broken.contains_key(&it.subject))
        {
            handle.mended(&alarm.subject);
        }
        broken.into_iter().for_each(|(subject, message)| handle.trouble(&subject, message));
    }

    /// Reads files and records anew, and puts what they say into use. A broken file leaves everything as it is, and the log
    /// tells why.
    pub(super) fn again(&self) {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let Renewal { folder, handle, secrets, reach, records } = &self.of;
        let home = Home::open_with(folder.path(), &records.kept());
        home.broken_apps().for_each(|problem| tracing::error!("{problem}"));
        self.tell_of_apps(&home.app_problems);
        let mistakes = home.mistakes();
        if !mistakes.is_empty() {
            mistakes.iter().for_each(|mistake| tracing::error!("{mistake}"));
            return;
        }
        secrets.replace(home.secrets);
        handle.use_rates(home.connections.rates());
        handle.use_modules(reach.modules(Arc::clone(&home.connections)));
        folder.use_mailboxes(reach.mailboxes(Arc::clone(&home.connections)));
        handle.use_catalog(Arc::clone(&home.catalog));
        *self.connections.write().unwrap_or_else(PoisonError::into_inner) = home.connections;
        *self.apps.write().unwrap_or_else(PoisonError::into_inner) = home.apps;
        if let Err(error) = folder.use_catalog(home.catalog) {
            tracing::error!(%error, "the scenarios were not checked against the new connections");
        }
    }
}
