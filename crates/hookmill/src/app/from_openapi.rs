//! `hookmill app from-openapi`: an app made of a description of an API.

use super::{new, test};
use crate::terminal::{self, DOUBTFUL, Done, QUIET, paint};
use anyhow::Context;
use clap::Args;
use modules::app::openapi::{self, Imported, Wanted};
use modules::{Apps, Options};
use run::files::Files;
use run::resume::ResumeKey;
use std::path::{Path, PathBuf};
use url::Url;

/// How much is told of what was left out.
const TOLD: usize = 10;

/// Make an app of a description of an API
///
/// Reads OpenAPI 3.0 or 3.1, as JSON or YAML, and writes the file of an app and its cases, which are run at once. Read both
/// before you use them: a description rarely says everything, and what it leaves open is left out.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct FromOpenApi {
    /// The description: a URL or a file
    source: String,
    /// What its modules' names begin with [default: made of the description's title]
    #[arg(long)]
    name: Option<String>,
    /// A tag, a path or the id of an operation; `/orders*` is every path that begins so; may be given several times
    #[arg(long, value_name = "WHAT")]
    only: Vec<String>,
    /// The file to write; its cases go beside it [default: scenarios/apps/NAME.yaml]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl FromOpenApi {
    pub(super) fn run(self) -> Done {
        let at = Url::parse(&self.source).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let text = match &at {
            Some(url) => fetched(url)?,
            None => read(Path::new(&self.source))?,
        };
        let wanted = Wanted { name: self.wanted_name()?, only: self.only.clone(), source: self.told(), at };
        let mut imported = openapi::import(&text, &wanted).with_context(|| format!("no app of {}", self.source))?;
        if Apps::shipped().has_app(&imported.name) {
            let name = &imported.name;
            anyhow::ensure!(wanted.name.is_none(), "Hookmill ships an app `{name}`; choose another name");
            let name = Some(format!("my_{name}"));
            imported = openapi::import(&text, &Wanted { name, ..wanted })?;
        }
        let file = self.output.unwrap_or_else(|| PathBuf::from(format!("scenarios/apps/{}.yaml", imported.name)));
        keep(&file, &imported)?;
        tell(&file, &imported);
        test::Test::of(&file).run()
    }

    /// The name that the app is to have: where the file is named, that is the file's.
    fn wanted_name(&self) -> anyhow::Result<Option<String>> {
        let Some(file) = &self.output else { return Ok(self.name.clone()) };
        let name = file.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".yaml"));
        let name = name.with_context(|| format!("{} is no name of an app's file, as my_shop.yaml", file.display()))?;
        if let Some(other) = self.name.as_deref().filter(|other| *other != name) {
            anyhow::bail!("an app is called as its file: `{name}`, not `{other}`");
        }
        Ok(Some(name.to_owned()))
    }

    /// The source as the files tell it: not where a file lies on this machine.
    fn told(&self) -> String {
        match Url::parse(&self.source) {
            Ok(url) => format!("{}{}", url.origin().ascii_serialization(), url.path()),
            Err(_) => Path::new(&self.source).file_name().unwrap_or_default().to_string_lossy().into_owned(),
        }
    }
}

fn fetched(url: &Url) -> anyhow::Result<String> {
    let files = Files::new(store::open("memory:")?.blobs, &ResumeKey([0; 32]));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let fetched = runtime.block_on(openapi::fetch(url, &files, Options::default()));
    fetched.map_err(|error| anyhow::anyhow!("cannot read {url}: {}", error.message))
}

fn read(path: &Path) -> anyhow::Result<String> {
    let file = std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    anyhow::ensure!(file.len() <= openapi::MOST as u64, "{} is too large", path.display());
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Writes the app and its cases, where neither is there.
fn keep(file: &Path, imported: &Imported) -> anyhow::Result<()> {
    let cases = file.with_file_name(format!("{}.cases.yaml", imported.name));
    anyhow::ensure!(!cases.exists(), "{} is there already", cases.display());
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    new::write(file, &imported.app)?;
    new::write(&cases, &imported.cases)
}

fn tell(file: &Path, imported: &Imported) {
    let Imported { name, actions, left_out, .. } = imported;
    terminal::say(format_args!("{}: the app `{name}` with {}", file.display(), terminal::count(*actions, "action")));
    for one in left_out.iter().take(TOLD) {
        terminal::say(format_args!("{} {}", paint(DOUBTFUL, "left out:"), terminal::printable(one)));
    }
    if let Some(more) = left_out.len().checked_sub(TOLD).filter(|more| *more > 0) {
        terminal::say(paint(QUIET, format_args!("and {more} more")));
    }
}
