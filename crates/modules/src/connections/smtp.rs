//! Connections to mail servers.

use super::Secret;
use super::delivery;
use super::dkim::Dkim;
use super::settings::Settings;
use lettre::message::Mailbox;
use run::call::Delivery;
use url::Url;

/// A connection of the type `smtp`.
#[derive(Debug)]
pub(crate) struct Smtp {
    /// Where mail is handed in; none in a sandbox that was given no URL.
    pub(crate) server: Option<Server>,
    /// The sender of mails that name none.
    pub(crate) from: Option<Mailbox>,
    /// What signs them.
    pub(crate) dkim: Option<Dkim>,
    /// Whether mails leave the machine.
    pub(crate) delivery: Delivery,
}

/// A mail server and how to log in there.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) encryption: Encryption,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Secret>,
    /// A certificate (PEM) to trust besides the system's.
    pub(crate) ca: Option<String>,
    /// The connection whose token is shown in place of a password.
    pub(crate) oauth: Option<String>,
}

/// How a connection is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// TLS by STARTTLS (RFC 3207), or no mail.
    StartTls,
    /// STARTTLS where the server offers it.
    Opportunistic,
    /// None.
    Plain,
}

impl Smtp {
    /// `{ type: smtp, url, user?, password? or oauth?, from?, ca?, dkim_domain?, dkim_selector?, dkim_key? }`.
    pub(super) fn read(settings: &mut Settings<'_>) -> Self {
        let url = settings.required_text("url");
        let server = url.and_then(|text| match server(&text) {
            Ok(server) => Some(server),
            Err(reason) => {
                let hint = "smtps://user@mail.example.com, smtp+starttls://… or smtp://…";
                settings.reject("url", reason, Some(hint));
                None
            }
        });
        let (user, password, ca) = (settings.text("user"), settings.secret("password"), settings.text("ca"));
        let (oauth, dkim) = (settings.text("oauth"), Dkim::read(settings));
        let server = server.map(|server| Server {
            oauth,
            user: user.or(server.user),
            password: password.or(server.password),
            ca,
            ..server
        });
        let from = match settings.text("from").map(|text| text.parse::<Mailbox>()) {
            Some(Ok(from)) => Some(from),
            Some(Err(_)) => {
                settings.reject("from", "is no address", Some("Shop <shop@example.com>"));
                None
            }
            None => None,
        };
        let user = server.as_ref().and_then(|server| server.user.as_ref());
        let from = from.or_else(|| user.and_then(|user| user.parse().ok()));
        Self { server, from, dkim, delivery: delivery(settings.is_sandbox()) }
    }
}

/// `smtps://` is TLS from the first byte (port 465), `smtp+starttls://` STARTTLS (587), `smtp://` plain (25), except
/// on 587, where everyone expects STARTTLS. `?tls=required|opportunistic|none` says otherwise for `smtp://`.
fn server(text: &str) -> Result<Server, &'static str> {
    let url = Url::parse(text).map_err(|_| "is no URL")?;
    let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
    let encryption = match (url.scheme(), tls.as_deref()) {
        ("smtps", None) => Encryption::Tls,
        ("smtp+starttls", None) | ("smtp", Some("required")) => Encryption::StartTls,
        ("smtp", Some("opportunistic")) => Encryption::Opportunistic,
        ("smtp", None) if url.port() == Some(587) => Encryption::StartTls,
        ("smtp", None | Some("none")) => Encryption::Plain,
        ("smtp", Some(_)) => return Err("has a `tls` other than required, opportunistic or none"),
        ("smtps" | "smtp+starttls", Some(_)) => return Err("says `tls` twice"),
        _ => return Err("does not begin with smtps://, smtp+starttls:// or smtp://"),
    };
    let port = match encryption {
        Encryption::Tls => 465,
        Encryption::StartTls | Encryption::Opportunistic => 587,
        Encryption::Plain => 25,
    };
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or("names no host")?;
    Ok(Server {
        host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
        port: url.port().unwrap_or(port),
        encryption,
        user: Some(decoded(url.username())).filter(|user| !user.is_empty()),
        password: url.password().map(|password| Secret::new(decoded(password))),
        ca: None,
        oauth: None,
    })
}

/// A percent-encoded part of a URL, decoded.
pub(crate) fn decoded(text: &str) -> String {
    // `x=` and the text form one pair whose value is decoded; in a URL, unlike in a form, a plus sign is itself.
    let pair = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_says_how_mail_is_handed_in() {
        let check = |text: &str, expected: Result<(&str, u16, Encryption), ()>| {
            let server = server(text).map(|server| (server.host, server.port, server.encryption)).map_err(drop);
            assert_eq!(server, expected.map(|(host, port, how)| (host.to_owned(), port, how)), "{text}");
        };
        check("smtps://mail.example.com", Ok(("mail.example.com", 465, Encryption::Tls)));
        check("smtps://mail.example.com:2465", Ok(("mail.example.com", 2465, Encryption::Tls)));
        check("smtp+starttls://mail.example.com", Ok(("mail.example.com", 587, Encryption::StartTls)));
        check("smtp://mail.example.com:587", Ok(("mail.example.com", 587, Encryption::StartTls)));
        check("smtp://mail.example.com:587?tls=none", Ok(("mail.example.com", 587, Encryption::Plain)));
        check("smtp://mail.example.com?tls=required", Ok(("mail.example.com", 587, Encryption::StartTls)));
        check("smtp://localhost", Ok(("localhost", 25, Encryption::Plain)));
        check("smtp://[::1]:2525", Ok(("::1", 2525, Encryption::Plain)));
        check("smtp://localhost?tls=maybe", Err(()));
        check("smtps://localhost?tls=none", Err(()));
        check("https://localhost", Err(()));
        check("mail.example.com", Err(()));
    }

    #[test]
    fn the_url_may_hold_the_login() {
        let server = server("smtps://shop%40example.com:a%2Bb+c@mail.example.com").unwrap();
        assert_eq!(server.user.as_deref(), Some("shop@example.com"));
        assert_eq!(server.password.unwrap().reveal(), "a+b+c");
    }
}
