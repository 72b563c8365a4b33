//! Whether a mail comes from where it says: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489), asked of the DNS.
//!
//! What cannot be found out in time is a `temperror`, and hinders nobody unless a trigger asks for a proof.

use super::session::Envelope;
use bytes::Bytes;
use mail_auth::dkim::DkimError;
use mail_auth::dmarc::Policy;
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use mail_auth::hickory_resolver::system_conf::read_system_conf;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{AuthenticatedMessage, DkimOutput, DkimResult, DmarcOutput, DmarcResult, Error, MessageAuthenticator};
use mail_auth::{SpfOutput, SpfResult};
use scenario::plan::Proof;
use serde::Serialize;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

/// How long the DNS may take for one mail.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one question may take, and how often it is asked.
const QUESTION: Duration = Duration::from_secs(4);
const ATTEMPTS: usize = 2;
/// Mails with more signatures than this are not looked at: each may have the whole mail read once more.
const MOST_SIGNATURES: usize = 10;

/// Which server of names is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// Those that the system is set up with.
    BySystem,
    /// The one at this address, by UDP and TCP.
    At(SocketAddr),
}

/// What came of a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    Pass,
    Fail,
    Softfail,
    Neutral,
    /// Nothing is said about it.
    #[default]
    None,
    /// It could not be found out now.
    Temperror,
    /// What is said cannot be understood.
    Permerror,
}

/// What is known of a mail's origin. As JSON, it is what expressions read as `trigger.auth`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Origin {
    pub(super) spf: Verdict,
    /// Whose record was asked.
    pub(super) spf_domain: String,
    pub(super) dkim: Verdict,
    /// Who has signed it, validly.
    pub(super) dkim_domains: Vec<String>,
    pub(super) dmarc: Verdict,
    /// The domain of `From`.
    pub(super) dmarc_domain: String,
    /// What that domain wants done with mails that are not its own: `none`, `quarantine`, `reject`; empty where it says
    /// nothing.
    pub(super) dmarc_policy: &'static str,
}

impl Origin {
    /// What came of a check.
    pub(super) fn of(&self, proof: Proof) -> Verdict {
        match proof {
            Proof::Spf => self.spf,
            Proof::Dkim => self.dkim,
            Proof::Dmarc => self.dmarc,
        }
    }

    /// The same for the writer that scenarios are told of. A mail can be made so that one reader takes its writer for one and
    /// another for another: what proves the one says nothing of the other.
    pub(super) fn about(mut self, writer: Option<&str>) -> Self {
        let domain = |name: &str| url::Host::parse(name).ok().map(|host| host.to_string());
        let written = writer.and_then(|writer| writer.rsplit_once('@')).and_then(|(_, name)| domain(name));
        if self.dmarc == Verdict::Pass && (written.is_none() || written != domain(&self.dmarc_domain)) {
            self.dmarc = Verdict::Fail;
        }
        self
    }

    /// What is said where nothing could be found out.
    fn unknown() -> Self {
        let unknown = Verdict::Temperror;
        Self { spf: unknown, dkim: unknown, dmarc: unknown, ..Self::default() }
    }
}

/// Finds out where mails come from. Clones are the same.
#[derive(Clone)]
pub struct Examiner {
    /// Asks for names; none: there is nobody to ask.
    asker: Option<MessageAuthenticator>,
    patience: Duration,
}

impl fmt::Debug for Examiner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.asker.is_some() { "Examiner(…)" } else { "Examiner(nobody)" })
    }
}

impl Examiner {
    /// One that asks this server of names. Where there is none to ask, nothing can be found out, and the log says so.
    pub fn asking(named: Named) -> Self {
        let (config, mut options) = match named {
            Named::BySystem => match read_system_conf() {
                Ok(found) => found,
                Err(error) => {
                    tracing::warn!(%error, "there is no server of names to ask: where mails come from is not found out");
                    return Self { asker: None, patience: PATIENCE };
                }
            },
            Named::At(address) => (one(address), ResolverOpts::default()),
        };
        (options.timeout, options.attempts) = (QUESTION, ATTEMPTS);
        let made = MessageAuthenticator::new(config, options);
        let asker = made.inspect_err(|error| tracing::warn!(%error, "names cannot be asked for")).ok();
        Self { asker, patience: PATIENCE }
    }

    /// The same, for which the names of one mail may take so long.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// What is known of a mail's origin. `host` is what this server is called.
    pub(super) async fn examine(&self, mail: Bytes, envelope: Envelope, host: String) -> Origin {
        let Some(asker) = self.asker.clone() else { return Origin::unknown() };
        let patience = self.patience;
        // Digests of long mails take their time, which others are not kept waiting for; and a mail that a reader stumbles
        // over ends that one alone.
        let runtime = tokio::runtime::Handle::current();
        let examined =
            tokio::task::spawn_blocking(move || runtime.block_on(examine(&asker, &mail, &envelope, &host, patience)));
        examined.await.unwrap_or_else(|error| {
            tracing::error!(%error, "it was not found out where a mail comes from");
            Origin::unknown()
        })
    }
}

fn one(address: SocketAddr) -> ResolverConfig {
    let [mut udp, mut tcp] = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
    (udp.port, tcp.port) = (address.port(), address.port());
    let server = NameServerConfig::new(address.ip(), true, vec![udp, tcp]);
    ResolverConfig::from_parts(None, Vec::new(), vec![server])
}

async fn examine(
    asker: &MessageAuthenticator,
    mail: &[u8],
    envelope: &Envelope,
    host: &str,
    patience: Duration,
) -> Origin {
    let deadline = tokio::time::Instant::now() + patience;
    let message = if signatures(mail) > MOST_SIGNATURES { None } else { AuthenticatedMessage::parse(mail) };
    let spf = tokio::time::timeout_at(deadline, asker.verify_spf(question(envelope, host)));
    let Some(message) = message else {
        let (spf, wrong) = (spf.await.ok(), Verdict::Permerror);
        let spf_domain = domain(spf.as_ref());
        let spf = spf.as_ref().map_or(Verdict::Temperror, of_spf);
        return Origin { spf, spf_domain, dkim: wrong, dmarc: wrong, ..Origin::default() };
    };
    let dkim = tokio::time::timeout_at(deadline, asker.verify_dkim(&message));
    let (spf, dkim) = tokio::join!(spf, dkim);
    let (spf, dkim) = (spf.ok(), dkim.ok());
    let mut origin = Origin {
        spf: spf.as_ref().map_or(Verdict::Temperror, of_spf),
        spf_domain: domain(spf.as_ref()),
        dkim: dkim.as_deref().map_or(Verdict::Temperror, of_dkim),
        dkim_domains: dkim.as_deref().map(signers).unwrap_or_default(),
        dmarc: Verdict::Temperror,
        ..Origin::default()
    };
    let none = SpfOutput::new(String::new()).with_result(SpfResult::TempError);
    let sender = envelope.from.rsplit_once('@').map_or(&*envelope.helo, |(_, domain)| domain);
    let question =
        DmarcParameters::new(&message, dkim.as_deref().unwrap_or_default(), sender, spf.as_ref().unwrap_or(&none));
    if let Ok(dmarc) = tokio::time::timeout_at(deadline, asker.verify_dmarc(question)).await {
        origin.dmarc = of_dmarc(&dmarc);
        // What could not be asked may have been the proof.
        if (spf.is_none() || dkim.is_none()) && origin.dmarc == Verdict::Fail {
            origin.dmarc = Verdict::Temperror;
        }
        origin.dmarc_policy = dmarc.dmarc_record().map_or("", |_| policy(dmarc.policy()));
        origin.dmarc_domain = dmarc.into_domain();
    }
    origin
}

/// How many fields of the header are signatures.
fn signatures(mail: &[u8]) -> usize {
    let lines = mail.split(|byte| *byte == b'\n').take_while(|line| !matches!(*line, b"" | b"\r"));
    let name = b"dkim-signature";
    lines.filter(|line| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))).count()
}

/// Whose record tells who may send: the envelope's sender, or, where there is none, the machine by its own name (RFC 7208
/// §2.4).
fn question<'e>(envelope: &'e Envelope, host: &'e str) -> SpfParameters<'e> {
    if envelope.from.is_empty() {
        return SpfParameters::verify_ehlo(envelope.ip, &envelope.helo, host);
    }
    SpfParameters::verify_mail_from(envelope.ip, &envelope.helo, host, &envelope.from)
}

fn domain(spf: Option<&SpfOutput>) -> String {
    spf.map(|spf| spf.domain().to_owned()).unwrap_or_default()
}

fn of_spf(spf: &SpfOutput) -> Verdict {
    match spf.result() {
        SpfResult::Pass => Verdict::Pass,
        SpfResult::Fail => Verdict::Fail,
        SpfResult::SoftFail => Verdict::Softfail,
        SpfResult::Neutral => Verdict::Neutral,
        SpfResult::TempError => Verdict::Temperror,
        SpfResult::PermError => Verdict::Permerror,
        SpfResult::None => Verdict::None,
    }
}

/// The best of what came of its signatures (RFC 6376 §6.1): one that is valid is enough.
fn of_dkim(signatures: &[DkimOutput<'_>]) -> Verdict {
    let one = |signature: &DkimOutput<'_>| match signature.result() {
        DkimResult::Pass => Verdict::Pass,
        DkimResult::TempError(_) => Verdict::Temperror,
        DkimResult::Fail(_) => Verdict::Fail,
        // It was signed, and has been changed since or is too old.
        DkimResult::Neutral(Error::Dkim(DkimError::FailedBodyHashMatch | DkimError::SignatureExpired)) => Verdict::Fail,
        DkimResult::PermError(_) => Verdict::Permerror,
        DkimResult::Neutral(_) => Verdict::Neutral,
        DkimResult::None => Verdict::None,
    };
    let found: Vec<Verdict> = signatures.iter().map(one).collect();
    let order = [Verdict::Pass, Verdict::Temperror, Verdict::Fail, Verdict::Permerror, Verdict::Neutral];
    order.into_iter().find(|verdict| found.contains(verdict)).unwrap_or_default()
}

fn signers(signatures: &[DkimOutput<'_>]) -> Vec<String> {
    let valid = signatures.iter().filter(|signature| *signature.result() == DkimResult::Pass);
    let mut domains: Vec<String> = valid.filter_map(|one| Some(one.signature()?.d.to_lowercase())).collect();
    domains.sort_unstable();
    domains.dedup();
    domains
}

/// One of both is enough (RFC 7489 §4.2).
fn of_dmarc(dmarc: &DmarcOutput) -> Verdict {
    let one = |result: &DmarcResult| match result {
        DmarcResult::Pass => Verdict::Pass,
        DmarcResult::TempError(_) => Verdict::Temperror,
        DmarcResult::Fail(_) => Verdict::Fail,
        DmarcResult::PermError(_) => Verdict::Permerror,
        DmarcResult::None => Verdict::None,
    };
    let found = [one(dmarc.spf_result()), one(dmarc.dkim_result())];
    let order = [Verdict::Pass, Verdict::Temperror, Verdict::Fail, Verdict::Permerror];
    let verdict = order.into_iter().find(|verdict| found.contains(verdict)).unwrap_or_default();
    // A domain that says what is to be done with others' mails, and has proved none of this one.
    let is_unproven = verdict == Verdict::None && dmarc.dmarc_record().is_some();
    if is_unproven { Verdict::Fail } else { verdict }
}

fn policy(policy: Policy) -> &'static str {
    match policy {
        Policy::None => "none",
        Policy::Quarantine => "quarantine",
        Policy::Reject => "reject",
        Policy::Unspecified => "",
    }
}
