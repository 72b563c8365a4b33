//! Addresses, as parameters give them and as they go to a server.

use super::Addresses;
use lettre::Address;
use lettre::message::{Mailbox, Mailboxes};
use run::error::StepError;
use url::Host;

/// The mailboxes of a parameter, in their order.
pub(super) fn mailboxes(parameter: &str, addresses: &Addresses) -> Result<Vec<Mailbox>, StepError> {
    let texts = match addresses {
        Addresses::One(text) => std::slice::from_ref(text),
        Addresses::Many(texts) => texts.as_slice(),
    };
    let mut all = Vec::new();
    for text in texts.iter().filter(|text| !text.trim().is_empty()) {
        check(parameter, text)?;
        let some = text.parse::<Mailboxes>().map_err(|_| no_address(parameter, text))?;
        for mailbox in some {
            all.push(wired(mailbox).ok_or_else(|| no_address(parameter, text))?);
        }
    }
    Ok(all)
}

/// The one mailbox of a parameter.
pub(super) fn mailbox(parameter: &str, text: &str) -> Result<Mailbox, StepError> {
    check(parameter, text)?;
    let mailbox = text.trim().parse().map_err(|_| no_address(parameter, text))?;
    wired(mailbox).ok_or_else(|| no_address(parameter, text))
}

/// A name and an address that came apart. A name is nothing to be strict about: what steers becomes a blank.
pub(super) fn named(parameter: &str, name: &str, address: &str) -> Result<Mailbox, StepError> {
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    Ok(Mailbox { name, ..mailbox(parameter, address)? })
}

/// With its domain in the letters that every server knows (RFC 5891); none where something in it could be taken for
/// more than an address.
fn wired(mailbox: Mailbox) -> Option<Mailbox> {
    let (user, domain) = (mailbox.email.user(), mailbox.email.domain());
    let is_safe = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"".contains(c);
    if !user.chars().all(is_safe) {
        return None;
    }
    let domain = if domain.is_ascii() {
        domain.to_owned()
    } else {
        // What becomes plain letters altogether is not what it looked like.
        let Ok(Host::Domain(ascii)) = Host::parse(domain) else { return None };
        Some(ascii).filter(|ascii| ascii.split('.').any(|label| label.starts_with("xn--")))?
    };
    let literal = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    let email = Address::new(user, &domain).ok().filter(|_| domain.chars().all(literal))?;
    Some(Mailbox { email, ..mailbox })
}

/// A line break in an address would begin a header or an SMTP command of its own (CWE-93).
fn check(parameter: &str, text: &str) -> Result<(), StepError> {
    if text.contains(char::is_control) { Err(no_address(parameter, text)) } else { Ok(()) }
}

fn no_address(parameter: &str, text: &str) -> StepError {
    let shown = crate::mask::preview(text, 200);
    StepError::permanent("invalid_address", format!("`{parameter}`: {shown:?} is no mail address"))
        .hint("write `ann@example.com` or `Ann <ann@example.com>`")
}
