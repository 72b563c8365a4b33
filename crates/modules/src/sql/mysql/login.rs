//! From a socket to a session: TLS, and who we are.

use super::failure::{Refusal, refused};
use super::packets::{Packets, Reader, put_measured};
use crate::connections::{Privacy, Remote};
use crate::wire::{dial, nonsense, refused_login};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, PublicEncryptingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use run::error::StepError;

/// What we can do, as flags: long passwords, the database in the login, the protocol of 4.1, transactions, logins by
/// plug-ins of any length. Not: files of ours that the server asks for, or several statements in one.
const ABILITIES: u32 = 0x1 | 0x4 | 0x8 | 0x200 | 0x2000 | 0x8000 | 0x8_0000 | 0x20_0000;

/// The flag of TLS.
const TLS: u32 = 0x800;

/// utf8mb4_general_ci.
const UTF8: u8 = 45;

/// What the server says first.
struct Greeting {
    version: String,
    abilities: u32,
    challenge: Vec<u8>,
    plugin: String,
}

/// A session's packets, and which server it is.
pub(super) struct LoggedIn {
    pub(super) packets: Packets,
    pub(super) version: String,
}

/// Connects, and says who we are.
pub(super) async fn log_in(remote: &Remote) -> Result<LoggedIn, StepError> {
    let mut packets = Packets::new(dial(remote).await?);
    let first = packets.next().await?;
    if first.kind() == 0xff {
        return Err(refusal(remote, first));
    }
    let greeting = greeting(first).ok_or_else(|| nonsense(&remote.host, "a greeting of no known kind"))?;
    let mut abilities = ABILITIES;
    if remote.privacy == Privacy::Upgraded {
        if greeting.abilities & TLS == 0 {
            let error = StepError::permanent("connection_failed", format!("{} has no TLS", remote.host));
            return Err(error.hint(
                "in a network that you trust, write `?ssl-mode=disabled` behind the database in the connection's URL",
            ));
        }
        abilities |= TLS;
        packets.send(&head(abilities)).await?;
        packets.stream = packets.stream.upgraded(remote).await?;
    }
    let mut answer = head(abilities);
    answer.extend_from_slice(remote.user.as_deref().unwrap_or("root").as_bytes());
    answer.push(0);
    put_measured(&mut answer, &proof(remote, &greeting.plugin, &greeting.challenge).unwrap_or_default());
    // Without a database the name is empty, and none is chosen.
    answer.extend_from_slice(remote.database.as_deref().unwrap_or_default().as_bytes());
    answer.push(0);
    answer.extend_from_slice(greeting.plugin.as_bytes());
    answer.push(0);
    packets.send(&answer).await?;
    prove(&mut packets, remote, greeting.challenge).await?;
    Ok(LoggedIn { packets, version: greeting.version })
}

/// Answers what the server asks for until it is content.
async fn prove(packets: &mut Packets, remote: &Remote, mut challenge: Vec<u8>) -> Result<(), StepError> {
    loop {
        let mut packet = packets.next().await?;
        match packet.kind() {
            0x00 => return Ok(()),
            0xff => return Err(refusal(remote, packet)),
            // Another way to log in.
            0xfe => {
                packet.take(1);
                let plugin = packet.terminated().ok_or_else(|| packets.garbled())?;
                let plugin = String::from_utf8_lossy(&plugin).into_owned();
                challenge = without_zero(&packet.rest());
                let unknown =
                    || refused_login(&remote.host, &format!("it asks for the login `{plugin}`, not known here"));
                let answer = proof(remote, &plugin, &challenge).ok_or_else(unknown)?;
                packets.send(&answer).await?;
            }
            0x01 => {
                packet.take(1);
                match packet.kind() {
                    // It knew the proof, and OK follows.
                    0x03 if packet.length() == 1 => {}
                    // It wants the password itself.
                    0x04 if packet.length() == 1 => whole_password(packets, remote, &challenge).await?,
                    _ => return Err(packets.garbled()),
                }
            }
            _ => return Err(packets.garbled()),
        }
    }
}

/// The password itself: within TLS as it is, else for the eyes of whom the server's key belongs to.
async fn whole_password(packets: &mut Packets, remote: &Remote, challenge: &[u8]) -> Result<(), StepError> {
    let mut password = password(remote).as_bytes().to_vec();
    password.push(0);
    if remote.privacy != Privacy::Plain {
        return packets.send(&password).await;
    }
    packets.send(&[0x02]).await?;
    let mut packet = packets.next().await?;
    packet.take(1);
    let pem = packet.rest();
    let hidden = hidden(&password, challenge, &String::from_utf8_lossy(&pem));
    packets.send(&hidden.ok_or_else(|| nonsense(&remote.host, "a key that is none"))?).await
}

fn hidden(password: &[u8], challenge: &[u8], pem: &str) -> Option<Vec<u8>> {
    let masked: Vec<u8> = password.iter().zip(challenge.iter().cycle()).map(|(a, b)| a ^ b).collect();
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(body.trim_end_matches('\0')).ok()?;
    let key = OaepPublicEncryptingKey::new(PublicEncryptingKey::from_der(&der).ok()?).ok()?;
    let mut sealed = vec![0; key.ciphertext_size()];
    let sealed = key.encrypt(&OAEP_SHA1_MGF1SHA1, &masked, &mut sealed, None).ok()?;
    Some(sealed.to_vec())
}

fn password(remote: &Remote) -> &str {
    remote.password.as_ref().map_or("", |password| password.reveal())
}

/// What shows that we know the password; none where the way to show it is not known here. The password itself is given
/// to nobody but a server whose certificate is good.
fn proof(remote: &Remote, plugin: &str, challenge: &[u8]) -> Option<Vec<u8>> {
    let password = password(remote).as_bytes();
    let mixed = |a: &[u8], b: &[u8]| a.iter().zip(b).map(|(a, b)| a ^ b).collect::<Vec<u8>>();
    match plugin {
        "mysql_native_password" | "caching_sha2_password" if password.is_empty() => Some(Vec::new()),
        "mysql_native_password" => {
            let hash = |bytes: &[u8]| digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes);
            let once = hash(password);
            let twice = hash(once.as_ref());
            Some(mixed(once.as_ref(), hash(&[challenge, twice.as_ref()].concat()).as_ref()))
        }
        "caching_sha2_password" => {
            let hash = |bytes: &[u8]| digest(&SHA256, bytes);
            let once = hash(password);
            let twice = hash(once.as_ref());
            Some(mixed(once.as_ref(), hash(&[twice.as_ref(), challenge].concat()).as_ref()))
        }
        "mysql_clear_password" if remote.privacy != Privacy::Plain => Some([password, b"\0"].concat()),
        _ => None,
    }
}

fn greeting(mut packet: Reader) -> Option<Greeting> {
    if packet.number(1)? != 10 {
        return None;
    }
    let version = String::from_utf8_lossy(&packet.terminated()?).into_owned();
    packet.take(4)?;
    let mut challenge = packet.take(8)?.to_vec();
    packet.take(1)?;
    let low = packet.number(2)?;
    packet.take(3)?;
    let abilities = u32::try_from(low | packet.number(2)? << 16).ok()?;
    let length = usize::try_from(packet.number(1)?).ok()?;
    packet.take(10)?;
    let rest = packet.take(length.saturating_sub(8).max(13))?;
    challenge.extend(without_zero(&rest));
    let plugin = packet.terminated().unwrap_or_else(|| packet.rest());
    Some(Greeting { version, abilities, challenge, plugin: String::from_utf8_lossy(&plugin).into_owned() })
}

fn without_zero(bytes: &[u8]) -> Vec<u8> {
    bytes.strip_suffix(b"\0").unwrap_or(bytes).to_vec()
}

fn head(abilities: u32) -> Vec<u8> {
    let mut head = abilities.to_le_bytes().to_vec();
    head.extend_from_slice(&u32::try_from(crate::wire::MOST).unwrap_or(u32::MAX).to_le_bytes());
    head.push(UTF8);
    head.extend_from_slice(&[0; 23]);
    head
}

fn refusal(remote: &Remote, packet: Reader) -> StepError {
    match Refusal::read(packet) {
        Some(refusal) => refused(&remote.host, &refusal),
        None => nonsense(&remote.host, "a refusal of no known kind"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_is_read_or_refused() {
        let mut bytes = b"\x0a8.0.36\0\x01\0\0\0abcdefgh\0\xff\xff\x2d\x02\0\xff\xdf\x15".to_vec();
        bytes.extend_from_slice(&[0; 10]);
        bytes.extend_from_slice(b"ijklmnopqrst\0caching_sha2_password\0");
        let greeting = greeting(Reader::of(&bytes)).unwrap();
        assert_eq!((greeting.version.as_str(), greeting.plugin.as_str()), ("8.0.36", "caching_sha2_password"));
        assert_eq!(greeting.challenge, b"abcdefghijklmnopqrst");
        assert_ne!(greeting.abilities & TLS, 0);
        for end in 0..bytes.len() - 40 {
            assert!(super::greeting(Reader::of(&bytes[..end])).is_none(), "{end}");
        }
    }

    #[test]
    fn an_ability_to_send_files_is_never_told() {
        let local_files = 0x80;
        let several_statements = 0x1_0000;
        assert_eq!(ABILITIES & (local_files | several_statements), 0);
    }

    #[test]
    fn a_password_without_tls_is_for_the_servers_key_alone() {
        use aws_lc_rs::encoding::AsDer;
        use aws_lc_rs::rsa::{KeySize, OaepPrivateDecryptingKey, PrivateDecryptingKey};
        let key = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap();
        let der = key.public_key().as_der().unwrap();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der.as_ref()));
        let sealed = hidden(b"geheim\0", b"abc", &pem).unwrap();
        let key = OaepPrivateDecryptingKey::new(key).unwrap();
        let mut opened = vec![0; key.min_output_size()];
        let opened = key.decrypt(&OAEP_SHA1_MGF1SHA1, &sealed, &mut opened, None).unwrap();
        let password: Vec<u8> = opened.iter().zip(b"abc".iter().cycle()).map(|(a, b)| a ^ b).collect();
        assert_eq!(password, b"geheim\0");
        assert!(hidden(b"geheim\0", b"abc", "no key").is_none());
    }

    /// The proofs were computed apart from this code.
    #[test]
    fn a_password_is_shown_and_not_told() {
        let remote = |password: &str| Remote {
            host: "db".to_owned(),
            port: 3306,
            privacy: Privacy::Plain,
            user: None,
            password: Some(crate::connections::Secret::new(password)),
            database: None,
            ca: None,
            oauth: None,
        };
        let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let challenge = b"abcdefghijklmnopqrst";
        let shown = |plugin| proof(&remote("geheim"), plugin, challenge).map(hex);
        assert_eq!(shown("mysql_native_password").as_deref(), Some("bbcdd98c2cc26e66e1163072def02efa6672b012"));
        assert_eq!(
            shown("caching_sha2_password").as_deref(),
            Some("9d5463db7402d7b2a6024117cc0517debae53b09d2425fb4d80386ef286c8beb")
        );
        assert_eq!(shown("mysql_clear_password"), None, "not without TLS");
        assert_eq!(shown("dialog"), None);
        assert_eq!(proof(&remote(""), "caching_sha2_password", challenge), Some(Vec::new()));
    }
}
