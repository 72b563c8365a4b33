//! Connections to servers that speak a protocol of their own: databases, brokers, mailboxes.

use super::settings::Settings;
use super::{Secret, decoded, delivery};
use run::call::Delivery;
use url::Url;

/// What a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Imap,
    Mqtt,
    Mysql,
    Postgres,
    Redis,
}

/// A connection to such a server.
#[derive(Debug)]
pub(crate) struct RemoteConnection {
    pub(crate) protocol: Protocol,
    /// None in a sandbox that was given no URL.
    pub(crate) remote: Option<Remote>,
    /// Whether calls leave the machine.
    pub(crate) delivery: Delivery,
}

/// A server and how to log in there.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) privacy: Privacy,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Secret>,
    /// The database, by name or number: what stands behind the host.
    pub(crate) database: Option<String>,
    /// A certificate (PEM) to trust besides the system's.
    pub(crate) ca: Option<String>,
    /// The connection whose token is shown in place of a password.
    pub(crate) oauth: Option<String>,
}

/// How a connection is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Privacy {
    /// TLS from the first byte.
    Tls,
    /// TLS, agreed on in the protocol's own words, or nothing.
    Upgraded,
    /// None.
    Plain,
}

/// How the URLs of a protocol begin.
struct Scheme {
    name: &'static str,
    port: u16,
    privacy: Privacy,
}

impl Protocol {
    fn schemes(self) -> &'static [Scheme] {
        match self {
            Self::Imap => &[
                Scheme { name: "imaps", port: 993, privacy: Privacy::Tls },
                Scheme { name: "imap+starttls", port: 143, privacy: Privacy::Upgraded },
                Scheme { name: "imap", port: 143, privacy: Privacy::Upgraded },
            ],
            Self::Mqtt => &[
                Scheme { name: "mqtt", port: 1883, privacy: Privacy::Plain },
                Scheme { name: "mqtts", port: 8883, privacy: Privacy::Tls },
            ],
            Self::Mysql => &[
                Scheme { name: "mysql", port: 3306, privacy: Privacy::Upgraded },
                Scheme { name: "mariadb", port: 3306, privacy: Privacy::Upgraded },
            ],
            Self::Postgres => &[
                Scheme { name: "postgres", port: 5432, privacy: Privacy::Upgraded },
                Scheme { name: "postgresql", port: 5432, privacy: Privacy::Upgraded },
            ],
            Self::Redis => &[
                Scheme { name: "redis", port: 6379, privacy: Privacy::Plain },
                Scheme { name: "rediss", port: 6379, privacy: Privacy::Tls },
            ],
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Imap => "imaps://mail.example.com, or imap+starttls://…",
            Self::Mqtt => "mqtts://broker.example.com, or mqtt://… without TLS",
            Self::Mysql => "mysql://user@db.example.com/shop, with `?ssl-mode=disabled` where there is no TLS",
            Self::Postgres => "postgres://user@db.example.com/shop, with `?sslmode=disable` where there is no TLS",
            Self::Redis => "redis://cache.internal/0, or rediss://… with TLS",
        }
    }
}

impl RemoteConnection {
    /// `{ type: redis, url, user?, password?, ca? }`, and so for every protocol; `imap` takes `oauth`, too.
    pub(super) fn read(protocol: Protocol, settings: &mut Settings<'_>) -> Self {
        let url = settings.required_text("url");
        let remote = url.and_then(|text| match remote(protocol, &text) {
            Ok(remote) => Some(remote),
            Err(reason) => {
                settings.reject("url", reason, Some(protocol.example()));
                None
            }
        });
        let (user, password, ca) = (settings.text("user"), settings.secret("password"), settings.text("ca"));
        let oauth = if protocol == Protocol::Imap { settings.text("oauth") } else { None };
        let remote = remote.map(|remote| Remote {
            oauth,
            user: user.or(remote.user),
            password: password.or(remote.password),
            ca: ca.map(|text| super::settings::pem_of(&text)),
            ..remote
        });
        Self { protocol, remote, delivery: delivery(settings.is_sandbox()) }
    }
}

fn remote(protocol: Protocol, text: &str) -> Result<Remote, &'static str> {
    let url = Url::parse(text).map_err(|_| "is no URL")?;
    let scheme = protocol.schemes().iter().find(|scheme| scheme.name == url.scheme());
    let scheme = scheme.ok_or("does not begin as the URLs of this type do")?;
    let privacy = privacy(&url, scheme)?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or("names no host")?;
    let database = decoded(url.path().trim_matches('/'));
    Ok(Remote {
        host: decoded(host.trim_start_matches('[').trim_end_matches(']')),
        port: url.port().unwrap_or(scheme.port),
        privacy,
        user: Some(decoded(url.username())).filter(|user| !user.is_empty()),
        password: url.password().map(|password| Secret::new(decoded(password))),
        database: Some(database).filter(|database| !database.is_empty()),
        ca: None,
        oauth: None,
    })
}

/// Databases have TLS unless the URL says otherwise, as their own clients write it. What those call "prefer" would give
/// way to whoever stands in between.
fn privacy(url: &Url, scheme: &Scheme) -> Result<Privacy, &'static str> {
    let said = url.query_pairs().find(|(name, _)| matches!(&**name, "sslmode" | "ssl-mode" | "ssl_mode" | "tls"));
    let Some((_, said)) = said.filter(|_| scheme.privacy == Privacy::Upgraded) else { return Ok(scheme.privacy) };
    match said.to_ascii_lowercase().as_str() {
        "disable" | "disabled" | "none" => Ok(Privacy::Plain),
        "require" | "required" | "verify-ca" | "verify_ca" | "verify-full" | "verify_identity" => Ok(Privacy::Upgraded),
        _ => Err("says of TLS what cannot be held to: require it, or disable it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_says_where_and_how() {
        let check = |protocol, text: &str, expected: Result<(&str, u16, Privacy, Option<&str>), ()>| {
            let told = remote(protocol, text).map_err(drop);
            let told = told.map(|it| (it.host, it.port, it.privacy, it.database));
            let expected = expected
                .map(|(host, port, privacy, database)| (host.to_owned(), port, privacy, database.map(Into::into)));
            assert_eq!(told, expected, "{text}");
        };
        check(Protocol::Redis, "redis://cache", Ok(("cache", 6379, Privacy::Plain, None)));
        check(Protocol::Redis, "rediss://cache:6380/3", Ok(("cache", 6380, Privacy::Tls, Some("3"))));
        check(Protocol::Redis, "redis://[::1]:7000", Ok(("::1", 7000, Privacy::Plain, None)));
        check(Protocol::Imap, "imaps://mail", Ok(("mail", 993, Privacy::Tls, None)));
        check(Protocol::Imap, "imap+starttls://mail", Ok(("mail", 143, Privacy::Upgraded, None)));
        check(Protocol::Imap, "imap://mail?tls=none", Ok(("mail", 143, Privacy::Plain, None)));
        check(Protocol::Mqtt, "mqtt://broker", Ok(("broker", 1883, Privacy::Plain, None)));
        check(Protocol::Mqtt, "mqtts://broker", Ok(("broker", 8883, Privacy::Tls, None)));
        check(Protocol::Postgres, "postgres://a@db/shop", Ok(("db", 5432, Privacy::Upgraded, Some("shop"))));
        check(
            Protocol::Postgres,
            "postgresql://db/a%20b?sslmode=verify-full",
            Ok(("db", 5432, Privacy::Upgraded, Some("a b"))),
        );
        check(
            Protocol::Postgres,
            "postgres://db:6543/shop?sslmode=disable",
            Ok(("db", 6543, Privacy::Plain, Some("shop"))),
        );
        check(Protocol::Postgres, "postgres://db/shop?sslmode=prefer", Err(()));
        check(Protocol::Mysql, "mysql://db/shop", Ok(("db", 3306, Privacy::Upgraded, Some("shop"))));
        check(Protocol::Mysql, "mysql://db/shop?ssl-mode=DISABLED", Ok(("db", 3306, Privacy::Plain, Some("shop"))));
        check(Protocol::Redis, "http://cache", Err(()));
        check(Protocol::Redis, "redis:///0", Err(()));
        check(Protocol::Redis, "cache:6379", Err(()));
    }

    #[test]
    fn the_url_may_hold_the_login() {
        let told = remote(Protocol::Redis, "redis://shop%40a:p%2Fw+d@cache").unwrap();
        assert_eq!((told.user.as_deref(), told.password.unwrap().reveal()), (Some("shop@a"), "p/w+d"));
    }
}
