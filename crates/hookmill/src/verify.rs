//! `hookmill verify`: whether a request that was kept passes the check of a provider, and if not, why.

mod report;
mod request;
mod vectors;

use crate::terminal::{self, Done};
use anyhow::{Context, bail, ensure};
use clap::Args;
use engine::{Clock, SystemClock};
use request::RawRequest;
use run::id::Millis;
use std::io::Read;
use triggers::webhook::providers::{self, Provider};
use triggers::webhook::verify::Settings;

/// Say whether a webhook's request is signed as it must be, and if not, why
///
/// Takes a raw HTTP request (request line, headers, an empty line, the body) and checks it as `verify` in a scenario
/// does. Nothing is sent anywhere. Where the request does not pass, the signature doctor says what was signed and which
/// of the usual mistakes it is.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 the request is valid · 1 it is not · 2 wrong arguments, or a file that cannot be read"
)]
pub(crate) struct Verify {
    /// The preset, as under `verify`: `github`
    #[arg(required_unless_present = "vector")]
    provider: Option<String>,
    /// The request: a file, or - for stdin
    #[arg(required_unless_present = "vector")]
    file: Option<String>,
    /// The secret, as the short form of `verify` has it; several are all accepted
    #[arg(
        long,
        visible_alias = "secret2",
        value_name = "SECRET",
        allow_hyphen_values = true,
        conflicts_with = "vector"
    )]
    secret: Vec<String>,
    /// Another setting of the preset; @FILE reads its value from a file
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting, conflicts_with = "vector")]
    set: Vec<(String, String)>,
    /// When the request came: 2026-12-31T09:00:00Z, or seconds since 1970 [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Millis>,
    /// The public URL that the sender called [default: as the request's line and `Host` say]
    #[arg(long, conflicts_with = "vector")]
    url: Option<String>,
    /// Check test vectors in JSON instead: one entry, a list, or a file with several; - for stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["provider", "file"])]
    vector: Option<String>,
    /// Print the verdict as JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(crate) fn run(self) -> Done {
        let now = self.at.unwrap_or_else(|| SystemClock.now());
        if let Some(file) = &self.vector {
            return vectors::check(&read(file)?, now, self.format());
        }
        let (name, file) = self.provider.as_deref().zip(self.file.as_deref()).context("name a preset and a file")?;
        let provider = find(name)?;
        let settings = self.settings(provider)?;
        let request = RawRequest::read(&read(file)?, self.url.as_deref())?;
        request.with_incoming(now, |incoming| {
            if let Some(wanted) = provider.keys_wanted(&settings, incoming) {
                bail!(
                    "{} is checked with a public key from {}: fetch it, and give it with `--set public_key=@FILE`",
                    provider.title,
                    wanted.url
                );
            }
            report::print(provider, &settings, incoming, self.format())
        })
    }

    fn settings(&self, provider: &Provider) -> anyhow::Result<Settings> {
        let mut settings = Settings::default();
        for (name, value) in &self.set {
            let names: Vec<_> = provider.settings.iter().map(|setting| setting.name).collect();
            if !names.contains(&name.as_str()) {
                let meant = terminal::did_you_mean(name, names.iter().copied());
                bail!("`{}` has no setting `{name}`{meant}; it has {}", provider.name, names.join(", "));
            }
            settings.add(name, &value_of(value)?);
        }
        for secret in &self.secret {
            let main = provider.settings.first();
            let main = main.with_context(|| format!("`{}` checks nothing, so it has no secret", provider.name))?;
            settings.add(main.name, secret.as_bytes());
        }
        ensure!(provider.proves(), "{} signs nothing: there is nothing to verify", provider.title);
        Ok(settings)
    }

    fn format(&self) -> Format {
        if self.json { Format::Json } else { Format::Text }
    }
}

/// How to print a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

fn find(name: &str) -> anyhow::Result<&'static Provider> {
    providers::find(name).with_context(|| {
        let meant = terminal::did_you_mean(name, providers::all().map(|provider| provider.name));
        format!("there is no preset `{name}`{meant}")
    })
}

/// The bytes of a file, or of stdin.
fn read(file: &str) -> anyhow::Result<Vec<u8>> {
    if file != "-" {
        return std::fs::read(file).with_context(|| format!("cannot read {file}"));
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).context("cannot read stdin")?;
    Ok(bytes)
}

fn value_of(value: &str) -> anyhow::Result<Vec<u8>> {
    match value.strip_prefix('@') {
        Some(file) => std::fs::read(file).with_context(|| format!("cannot read {file}")),
        None => Ok(value.as_bytes().to_vec()),
    }
}

/// `name=value`.
fn setting(argument: &str) -> Result<(String, String), String> {
    let (name, value) = argument.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// RFC 3339, or seconds since 1970.
fn time(argument: &str) -> Result<Millis, String> {
    if let Ok(seconds) = argument.parse::<f64>()
        && seconds.is_finite()
    {
        return Ok((seconds * 1_000.0) as Millis);
    }
    let time: jiff::Timestamp =
        argument.parse().map_err(|_| "write it as 2026-12-31T09:00:00Z, or in seconds".to_owned())?;
    Ok(time.as_millisecond())
}
