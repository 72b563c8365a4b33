//! The postman on an engine, with mailboxes that fail where the test has them fail.

use super::{Armed, Postman};
use engine::{Engine, Filter, Handle, Options};
use run::call::BoxFuture;
use run::error::StepError;
use run::files::Files;
use run::id::Millis;
use run::mailbox::{Act, Envelope, Folder, Mailbox, Mailboxes};
use run::resume::ResumeKey;
use scenario::catalog::Catalog;
use scenario::plan::Trigger;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use store::Store;
use tokio::sync::Notify;

/// A folder of somebody's, and what has been done to its mails.
#[derive(Debug, Default)]
struct World {
    mails: BTreeMap<u32, (Vec<u8>, Millis)>,
    validity: u32,
    next: u32,
    acts: Vec<(u32, Act)>,
    /// After so many questions the connection breaks, once.
    breaks_after: Option<usize>,
    /// Acts are refused for good.
    is_read_only: bool,
    /// How full it is, in percent.
    taken: Option<u64>,
    /// How often somebody logged in.
    logins: usize,
}

#[derive(Clone, Debug, Default)]
struct Post(Arc<(Mutex<World>, Notify)>);

impl Post {
    fn new() -> Self {
        let post = Self::default();
        (post.world().validity, post.world().next) = (7, 1);
        post
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.0.lock().unwrap()
    }

    fn deliver(&self, subject: &str) {
        let text = format!("From: ann@example.com\r\nSubject: {subject}\r\nMessage-ID: <{subject}@x>\r\n\r\ntext");
        self.deliver_bytes(text.into_bytes());
    }

    fn deliver_bytes(&self, mail: Vec<u8>) {
        let mut world = self.world();
        let uid = world.next;
        world.next += 1;
        world.mails.insert(uid, (mail, now()));
        drop(world);
        self.0.1.notify_waiters();
    }

    /// One question, unless the connection breaks with it.
    fn asked(&self) -> Result<MutexGuard<'_, World>, StepError> {
        let mut world = self.world();
        match world.breaks_after {
            Some(0) => {
                world.breaks_after = None;
                Err(StepError::passing("connection_failed", "the connection broke"))
            }
            Some(left) => {
                world.breaks_after = Some(left - 1);
                Ok(world)
            }
            None => Ok(world),
        }
    }
}

fn now() -> Millis {
    jiff::Timestamp::now().as_millisecond()
}

impl Mailboxes for Post {
    fn open<'a>(&'a self, _: &'a str, _: Millis) -> BoxFuture<'a, Result<Option<Box<dyn Mailbox>>, StepError>> {
        Box::pin(async move {
            self.asked()?.logins += 1;
            Ok(Some(Box::new(self.clone()) as Box<dyn Mailbox>))
        })
    }
}

impl Mailbox for Post {
    fn account(&self) -> &str {
        "ann@mail"
    }

    fn select<'a>(&'a mut self, _: &'a str) -> BoxFuture<'a, Result<Folder, StepError>> {
        Box::pin(async {
            let world = self.asked()?;
            Ok(Folder { validity: world.validity, next: Some(world.next) })
        })
    }

    fn above(&mut self, uid: u32, _: Option<Millis>) -> BoxFuture<'_, Result<Vec<u32>, StepError>> {
        Box::pin(async move { Ok(self.asked()?.mails.range(uid + 1..).map(|(uid, _)| *uid).collect()) })
    }

    fn envelopes<'a>(&'a mut self, uids: &'a [u32]) -> BoxFuture<'a, Result<Vec<Envelope>, StepError>> {
        Box::pin(async move {
            let world = self.asked()?;
            let envelope = |uid: &u32| {
                let (mail, arrived) = world.mails.get(uid)?;
                Some(Envelope { uid: *uid, size: mail.len() as u64, arrived: *arrived })
            };
            Ok(uids.iter().filter_map(envelope).collect())
        })
    }

    fn head(&mut self, uid: u32) -> BoxFuture<'_, Result<Option<Vec<u8>>, StepError>> {
        self.whole(uid)
    }

    fn whole(&mut self, uid: u32) -> BoxFuture<'_, Result<Option<Vec<u8>>, StepError>> {
        Box::pin(async move { Ok(self.asked()?.mails.get(&uid).map(|(mail, _)| mail.clone())) })
    }

    fn act<'a>(&'a mut self, uid: u32, act: &'a Act) -> BoxFuture<'a, Result<(), StepError>> {
        Box::pin(async move {
            let mut world = self.asked()?;
            if world.is_read_only {
                return Err(StepError::permanent("server_refused", "the folder is read-only"));
            }
            world.acts.push((uid, act.clone()));
            if matches!(act, Act::Move(_) | Act::Delete) {
                world.mails.remove(&uid);
            }
            Ok(())
        })
    }

    fn taken(&mut self) -> BoxFuture<'_, Result<Option<u64>, StepError>> {
        Box::pin(async { Ok(self.asked()?.taken) })
    }

    fn wait(&mut self, _: Duration) -> BoxFuture<'_, Result<(), StepError>> {
        Box::pin(async {
            let _ = tokio::time::timeout(Duration::from_millis(20), self.0.1.notified()).await;
            self.asked().map(drop)
        })
    }
}

/// One process: an engine and its postman on a store that outlives it.
struct Process {
    _engine: Engine,
    handle: Handle,
    postman: Postman,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Process {
    fn start(store: &Store, post: &Post, trigger: &str) -> Self {
        let engine = Engine::start(store.clone(), Arc::new(Catalog::default()), [], Options::default());
        let handle = engine.handle();
        let text = format!("trigger:\n{trigger}\nsteps:\n  - set: {{ subject: \"{{{{ trigger.subject }}}}\" }}\n");
        let (plan, diagnostics) = scenario::check(&text, &Catalog::default());
        let plan = plan.unwrap_or_else(|| panic!("{diagnostics:?}"));
        handle.deploy("mails".parse().unwrap(), &text, Arc::new(plan)).unwrap();
        engine.resume().unwrap();
        let files = Files::new(Arc::clone(&store.blobs), &ResumeKey([7; 32]));
        let postman = Postman::new(handle.clone(), Arc::clone(&store.tables), files, Arc::new(post.clone()));
        postman.arm(armed(&handle));
        let running = postman.clone();
        let task = tokio::spawn(async move { running.run().await });
        Self { _engine: engine, handle, postman, task }
    }

    /// How many runs there are.
    fn runs(&self) -> usize {
        self.handle.runs(&Filter::default(), 10_000).unwrap().len()
    }

    async fn has(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(30);
        while !is_so(self) {
            assert!(Instant::now() < end, "{what}: there are {} runs", self.runs());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn has_trouble(&self, subject: &str) -> bool {
        self.handle.alarms().iter().any(|alarm| alarm.subject == subject && alarm.cleared.is_none())
    }
}

fn armed(handle: &Handle) -> Vec<Armed> {
    let deployment = handle.deployment(&"mails".parse().unwrap()).unwrap();
    let mails = deployment.plan.triggers.iter().map(|trigger| match trigger {
        Trigger::Mail(mail) => mail.clone(),
        other => panic!("{other:?}"),
    });
    let number = |(number, trigger)| Armed { deployment: Arc::clone(&deployment), number, trigger };
    mails.enumerate().map(number).collect()
}

/// Waits until the folder has been looked into with what is there now.
async fn settled(post: &Post) {
    post.0.1.notify_waiters();
    tokio::time::sleep(Duration::from_millis(100)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_starts_one_run_and_what_was_there_none() {
    let (store, post) = (store::open("memory:").unwrap(), Post::new());
    post.deliver("old");
    let process = Process::start(&store, &post, "  mail: { connection: box, where: { subject: order }, after: seen }");
    process.has("logged in", |_| post.world().logins == 1).await;
    settled(&post).await;
    post.deliver("order-1");
    post.deliver("other");
    post.deliver("order-2");
    process.has("two runs", |process| process.runs() == 2).await;
    process.has("acts", |_| post.world().acts == [(2, Act::Seen), (4, Act::Seen)]).await;
    // Put in force again, nothing begins anew.
    process.postman.arm(armed(&process.handle));
    post.deliver("order-3");
    process.has("three runs", |process| process.runs() == 3).await;
    assert_eq!(post.world().logins, 1);
    drop(process);
    // While nobody looked.
    post.deliver("order-4");
    let process = Process::start(&store, &post, "  mail: { connection: box, where: { subject: order } }");
    process.has("four runs", |process| process.runs() == 4).await;
    settled(&post).await;
    assert_eq!(process.runs(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_is_full_is_told_until_there_is_room() {
    let (store, post) = (store::open("memory:").unwrap(), Post::new());
    post.world().taken = Some(94);
    let process = Process::start(&store, &post, "  mail: { connection: box }");
    process.has("logged in", |_| post.world().logins == 1).await;
    settled(&post).await;
    assert!(!process.has_trouble("mail:box/INBOX:room"));
    post.world().taken = Some(100);
    process.has("an alarm", |process| process.has_trouble("mail:box/INBOX:room")).await;
    post.world().taken = Some(50);
    process.has("no alarm", |process| !process.has_trouble("mail:box/INBOX:room")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_it_breaks_each_mail_starts_one_run() {
    let tries: Vec<_> = (0..40).map(|breaks_after| tokio::spawn(breaks(breaks_after))).collect();
    for tried in tries {
        tried.await.unwrap();
    }
}

async fn breaks(breaks_after: usize) {
    let (store, post) = (store::open("memory:").unwrap(), Post::new());
    for number in 0..5 {
        post.deliver(&format!("m{number}"));
    }
    post.world().breaks_after = Some(breaks_after);
    let trigger =
        "  - mail: { connection: box, after: { move: Done }, since: all }\n  - mail: { connection: box, since: all }";
    let first = Process::start(&store, &post, trigger);
    // As if it were killed somewhere on its way, too.
    first.has("something", |_| post.world().logins > 0).await;
    tokio::time::sleep(Duration::from_millis(breaks_after as u64 % 7)).await;
    drop(first);
    let process = Process::start(&store, &post, trigger);
    process.has("all moved", |_| post.world().mails.is_empty()).await;
    settled(&post).await;
    assert_eq!(process.runs(), 10, "broken after {breaks_after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_counts_anew_is_told_and_repeats_nothing() {
    let (store, post) = (store::open("memory:").unwrap(), Post::new());
    let process = Process::start(&store, &post, "  mail: { connection: box, since: all }");
    post.deliver("one");
    post.deliver("two");
    process.has("two runs", |process| process.runs() == 2).await;
    {
        let mut world = post.world();
        let mails: Vec<_> = std::mem::take(&mut world.mails).into_values().collect();
        world.mails = mails.into_iter().enumerate().map(|(at, mail)| (at as u32 + 1, mail)).collect();
        (world.validity, world.next, world.breaks_after) = (8, 3, Some(0));
    }
    post.deliver("three");
    process.has("three runs", |process| process.runs() == 3).await;
    assert!(process.has_trouble("mail:box/INBOX:numbers"));
    settled(&post).await;
    assert_eq!(process.runs(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_afterwards_is_told_and_made_good() {
    let (store, post) = (store::open("memory:").unwrap(), Post::new());
    post.world().is_read_only = true;
    let process = Process::start(&store, &post, "  mail: { connection: box, since: all, after: delete }");
    post.deliver("one");
    process.has("an alarm", |process| process.has_trouble("mail:box/INBOX:after")).await;
    assert_eq!(process.runs(), 1);
    post.world().is_read_only = false;
    process.has("deleted", |_| post.world().mails.is_empty()).await;
    process.has("no alarm", |process| !process.has_trouble("mail:box/INBOX:after")).await;
    assert_eq!(process.runs(), 1);
}
