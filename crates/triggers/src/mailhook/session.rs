//! What is said on a connection: each command and the state so far give an answer and what comes next. Pure: who may send,
//! and which addresses there are, is asked at a [`Door`].

use super::addresses::{Admission, key};
use super::reply::Reply;
use smtp_proto::{Error, MAIL_BODY_BINARYMIME, MAIL_REQUIRETLS, MAIL_SMTPUTF8, MailFrom, RcptTo, Request};
use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

/// The most commands between two mails: whoever says more is not here to send any.
const MOST_IDLE: u32 = 500;
/// The longest address (RFC 5321 §4.5.3.1.3, with its brackets).
const MOST_ADDRESS: usize = 254;
/// What programs say that take this for a server of another kind, which pages can make browsers do.
const STRANGERS: [&[u8]; 5] = [b"GET ", b"POST ", b"PUT ", b"CONNECT ", b"OPTIONS "];

/// What every session of a server has in common.
#[derive(Clone, Debug)]
pub(super) struct House {
    /// The domains whose mails are taken, in lower case; the server calls itself by the first.
    pub(super) domains: Vec<String>,
    /// The longest mail, in bytes.
    pub(super) size: usize,
    pub(super) recipients: usize,
    pub(super) errors: u32,
    pub(super) tls: Offer,
}

/// Whether a connection can be made a secret one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// There is a certificate.
    StartTls,
    /// There is none.
    Nothing,
}

/// Whether a connection is a secret one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Secrecy {
    /// Anybody on the way can read it.
    Plain,
    /// It is by TLS.
    Tls,
}

/// Who may send, and to whom.
pub(super) trait Door {
    /// Whether another mail is taken of this sender now; counts it.
    fn takes_another(&self) -> bool;
    /// Whether mails to this address are taken: what stands before the `@`.
    fn admits(&self, local: &str) -> Admission;
}

/// What is to be done after a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The answer, and on with the next command.
    Say(Reply),
    /// The answer, and then the mail comes.
    Mail(Reply),
    /// The answer, and then TLS begins.
    Tls(Reply),
    /// The answer, and then the connection ends.
    End(Reply),
}

/// Who sends a mail to whom, as the connection tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Envelope {
    /// To whom a report of failure would go; empty: to nobody.
    pub(super) from: String,
    /// To whom, each once.
    pub(super) to: Vec<Recipient>,
    /// What the sending machine calls itself.
    pub(super) helo: String,
    /// Its address.
    pub(super) ip: IpAddr,
    pub(super) secrecy: Secrecy,
}

/// An address of this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recipient {
    /// As the sender writes it.
    pub(super) address: String,
    /// The name under which it is known.
    pub(super) name: String,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Session {
    house: Arc<House>,
    ip: IpAddr,
    secrecy: Secrecy,
    helo: Option<String>,
    mail: Option<(String, Vec<Recipient>)>,
    errors: u32,
    idle: u32,
}

impl Session {
    /// A connection from this address, on which nothing was said yet.
    pub(super) fn new(house: Arc<House>, ip: IpAddr, secrecy: Secrecy) -> Self {
        Self { house, ip: ip.to_canonical(), secrecy, helo: None, mail: None, errors: 0, idle: 0 }
    }

    /// What the server says first.
    pub(super) fn greeting(&self) -> Reply {
        Reply::new(220, format!("{} ESMTP Hookmill", self.name()))
    }

    /// The answer to a line, without its end.
    pub(super) fn step(&mut self, line: &[u8], door: &dyn Door) -> Step {
        self.idle += 1;
        if self.idle > MOST_IDLE {
            return Step::End(Reply::new(421, "4.7.0 Too many commands"));
        }
        if STRANGERS
            .iter()
            .any(|stranger| line.len() >= stranger.len() && line[..stranger.len()].eq_ignore_ascii_case(stranger))
        {
            return Step::End(Reply::new(421, "4.7.0 This is a mail server"));
        }
        let mut whole = line.to_vec();
        whole.push(b'\n');
        let step = match Request::parse(&mut whole.iter()) {
            Ok(request) => self.asked(request, door),
            Err(error) => Step::Say(misunderstood(&error)),
        };
        self.counted(step)
    }

    /// The answer to a line that is none.
    pub(super) fn bad_line(&mut self, what: &'static str) -> Step {
        self.counted(Step::Say(Reply::new(500, what)))
    }

    /// Ends a connection on which too much was refused.
    fn counted(&mut self, step: Step) -> Step {
        let Step::Say(reply) = &step else { return step };
        self.errors += u32::from(reply.is_refusal());
        if self.errors > self.house.errors {
            return Step::End(Reply::new(421, "4.7.0 Too many errors"));
        }
        step
    }

    /// Takes the envelope of the mail that comes now: the next one begins anew.
    pub(super) fn envelope(&mut self) -> Option<Envelope> {
        let ((from, to), helo) = (self.mail.take()?, self.helo.clone()?);
        self.idle = 0;
        Some(Envelope { from, to, helo, ip: self.ip, secrecy: self.secrecy })
    }

    fn asked(&mut self, request: Request<Cow<'_, str>>, door: &dyn Door) -> Step {
        Step::Say(match request {
            Request::Ehlo { host } => self.hello(&host, Self::extensions),
            Request::Helo { host } => self.hello(&host, |_| Vec::new()),
            Request::Mail { from } => self.mail(&from, door),
            Request::Rcpt { to } => self.recipient(&to, door),
            Request::Data => match &self.mail {
                Some((_, to)) if !to.is_empty() => {
                    return Step::Mail(Reply::new(354, "End the mail with a line that is a dot"));
                }
                Some(_) => Reply::new(554, "5.5.1 There is no recipient"),
                None => out_of_order("MAIL"),
            },
            Request::Rset => {
                self.mail = None;
                Reply::new(250, "2.0.0 Forgotten")
            }
            Request::Noop { .. } => Reply::new(250, "2.0.0 Still here"),
            // Whether an address is there is told to nobody who does not send to it (RFC 5321 §7.3).
            Request::Vrfy { .. } => Reply::new(252, "2.5.0 Send a mail and see"),
            Request::Help { .. } => Reply::new(214, "2.0.0 RFC 5321 has all of it"),
            Request::Quit => return Step::End(Reply::new(221, "2.0.0 Bye")),
            Request::StartTls => match (self.house.tls, self.secrecy) {
                (Offer::StartTls, Secrecy::Plain) => return Step::Tls(Reply::new(220, "2.0.0 Go ahead")),
                (Offer::StartTls, Secrecy::Tls) => Reply::new(503, "5.5.1 It is TLS already"),
                (Offer::Nothing, _) => not_done("STARTTLS"),
            },
            // What follows would be taken for commands.
            Request::Bdat { .. } | Request::Burl { .. } => return Step::End(not_done("CHUNKING")),
            Request::Auth { .. } => not_done("AUTH"),
            Request::Lhlo { .. } => not_done("LHLO"),
            Request::Expn { .. } => not_done("EXPN"),
            Request::Etrn { .. } | Request::Atrn { .. } => not_done("ETRN"),
        })
    }

    fn name(&self) -> &str {
        self.house.domains.first().map_or("localhost", String::as_str)
    }

    fn hello(&mut self, host: &str, extensions: impl Fn(&Self) -> Vec<Cow<'static, str>>) -> Reply {
        self.mail = None;
        self.helo = Some(host.trim().to_owned());
        Reply::lines(250, self.name().to_owned(), extensions(self))
    }

    fn extensions(&self) -> Vec<Cow<'static, str>> {
        let mut known: Vec<Cow<'static, str>> = vec!["PIPELINING".into(), format!("SIZE {}", self.house.size).into()];
        known.extend(["8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"].map(Cow::from));
        if self.house.tls == Offer::StartTls && self.secrecy == Secrecy::Plain {
            known.push("STARTTLS".into());
        }
        known
    }

    fn mail(&mut self, from: &MailFrom<Cow<'_, str>>, door: &dyn Door) -> Reply {
        if self.helo.is_none() {
            return out_of_order("EHLO");
        }
        if self.mail.is_some() {
            return Reply::new(503, "5.5.1 There is a mail already");
        }
        if from.flags & (MAIL_BODY_BINARYMIME | MAIL_REQUIRETLS) != 0 {
            return Reply::new(555, "5.5.4 A parameter of MAIL is not known here");
        }
        let address = &*from.address;
        let is_sender = address.is_empty()
            || address.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        if !is_sender || !is_address(address) {
            return Reply::new(553, "5.1.7 This is no address of a sender");
        }
        if !address.is_ascii() && from.flags & MAIL_SMTPUTF8 == 0 {
            return Reply::new(553, "5.6.7 This address needs SMTPUTF8");
        }
        if from.size > self.house.size {
            return Reply::new(552, format!("5.3.4 Mails have at most {} bytes here", self.house.size));
        }
        if !door.takes_another() {
            return Reply::new(450, "4.7.1 Too many mails in a short time; try again later");
        }
        self.mail = Some((address.to_owned(), Vec::new()));
        Reply::new(250, "2.1.0 Sender ok")
    }

    fn recipient(&mut self, to: &RcptTo<Cow<'_, str>>, door: &dyn Door) -> Reply {
        let Some((_, recipients)) = &mut self.mail else { return out_of_order("MAIL") };
        // `postmaster` may stand alone (RFC 5321 §4.5.1), and is read as nothing.
        let (address, is_bare) = match &*to.address {
            "" => ("postmaster", true),
            address => (address, false),
        };
        if !is_address(address) {
            return Reply::new(553, "5.1.3 This is no address");
        }
        let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
        let is_ours = is_bare || self.house.domains.iter().any(|ours| domain.eq_ignore_ascii_case(ours));
        // What has signs of routes in it means another server (RFC 5321 §3.6.1, and what came before it).
        if !is_ours || local.contains(['@', '%', '!']) {
            return Reply::new(550, "5.7.1 Mails are not sent on from here");
        }
        let name = key(local);
        if recipients.iter().any(|recipient| recipient.name == name) {
            return Reply::new(250, "2.1.5 Recipient ok");
        }
        if recipients.len() >= self.house.recipients {
            return Reply::new(452, "4.5.3 Too many recipients");
        }
        match door.admits(local) {
            Admission::Taken => {
                recipients.push(Recipient { address: address.to_owned(), name });
                Reply::new(250, "2.1.5 Recipient ok")
            }
            Admission::Unknown => Reply::new(550, "5.1.1 Nobody has this address here"),
            Admission::Asleep => Reply::new(450, "4.2.1 This address takes no mails at the moment; try again later"),
            Admission::TooMany => Reply::new(450, "4.2.1 This address has had too many mails; try again later"),
        }
    }
}

/// Whether a text can be an address: what is no letter to a person is none in an address, and ends up in no log.
fn is_address(address: &str) -> bool {
    address.len() <= MOST_ADDRESS && !address.chars().any(|c| c.is_control() || c.is_whitespace() || "<>".contains(c))
}

fn out_of_order(first: &str) -> Reply {
    Reply::new(503, format!("5.5.1 {first} comes first"))
}

fn not_done(what: &str) -> Reply {
    Reply::new(502, format!("5.5.1 {what} is not done here"))
}

fn misunderstood(error: &Error) -> Reply {
    match error {
        Error::UnknownCommand => Reply::new(500, "5.5.2 This command is not known"),
        Error::InvalidSenderAddress => Reply::new(553, "5.1.7 This is no address of a sender"),
        Error::InvalidRecipientAddress => Reply::new(553, "5.1.3 This is no address"),
        Error::SyntaxError { syntax } => Reply::new(501, format!("5.5.4 It is {syntax}")),
        Error::InvalidParameter { param } => Reply::new(501, format!("5.5.4 {param} has no such value")),
        Error::UnsupportedParameter { .. } => Reply::new(555, "5.5.4 A parameter is not known here"),
        Error::NeedsMoreData { .. } | Error::ResponseTooLong | Error::InvalidResponse { .. } => {
            Reply::new(500, "5.5.2 This command is not understood")
        }
    }
}
