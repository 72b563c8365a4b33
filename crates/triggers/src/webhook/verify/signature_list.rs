//! How signatures stand in their header: alone, or several with what version they are.

use super::Fault;

/// How a header holds its signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureList<'a> {
    /// One, behind a prefix that may be empty: `sha256=…`.
    One(&'a str),
    /// Fields with commas between: `t=1700000000,v1=…,v1=…`. Named are the field of the time and that of signatures.
    Fields(&'a str, &'a str),
    /// Versions with blanks between: `v1,… v1,… v1a,…` (Standard Webhooks). Named is the version.
    Versions(&'a str),
}

/// No header has more signatures of one version: senders that change their key send two.
const MOST: usize = 16;

/// What a header holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found<'h> {
    /// The time, where it stands beside the signatures.
    pub(super) time: Option<&'h str>,
    /// The signatures as they are written. There is at least one.
    pub(super) signatures: Vec<&'h str>,
}

impl SignatureList<'_> {
    /// The signatures in a header's value.
    pub(super) fn read<'h>(self, header: &str, value: &'h str) -> Result<Found<'h>, Fault> {
        match self {
            Self::One(prefix) => match value.strip_prefix(prefix) {
                Some(signature) => Ok(Found { time: None, signatures: vec![signature] }),
                None => Err(Fault::wrong_scheme(format!("`{header}` does not begin with `{prefix}`"))),
            },
            Self::Fields(time, signature) => fields(header, value, time, signature),
            Self::Versions(version) => versions(header, value, version),
        }
    }

    /// Whether a signature that is not written as it should be is passed over, because another may be right.
    pub(super) fn is_lenient(self) -> bool {
        !matches!(self, Self::One(_))
    }
}

fn fields<'h>(header: &str, value: &'h str, time: &str, signature: &str) -> Result<Found<'h>, Fault> {
    let mut found = Found::default();
    for field in value.split(',') {
        let Some((name, value)) = field.trim().split_once('=') else {
            return Err(Fault::malformed_header(header, "has a field without `=`"));
        };
        if name == time && found.time.replace(value).is_some_and(|other| other != value) {
            return Err(Fault::malformed_header(header, "has two different times"));
        }
        if name == signature {
            found.signatures.push(value);
        }
    }
    if found.time.is_none() {
        return Err(Fault::malformed_header(header, &format!("has no `{time}=`")));
    }
    some(found, header, signature)
}

fn versions<'h>(header: &str, value: &'h str, version: &str) -> Result<Found<'h>, Fault> {
    let parts = value.split(' ').filter_map(|part| match part.split_once(',') {
        Some((name, signature)) => (name == version).then_some(signature),
        None => (part == version).then_some(""),
    });
    some(Found { time: None, signatures: parts.collect() }, header, version)
}

fn some<'h>(found: Found<'h>, header: &str, version: &str) -> Result<Found<'h>, Fault> {
    if found.signatures.is_empty() {
        return Err(Fault::wrong_scheme(format!("`{header}` has no signature of the version `{version}`")));
    }
    if found.signatures.len() > MOST {
        return Err(Fault::malformed_header(header, &format!("has more than {MOST} signatures")));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_with_very_many_signatures_is_not_looked_into() {
        for count in [1, MOST, MOST + 1, 1_000] {
            let stripe = format!("t=1{}", ",v1=ab".repeat(count));
            let standard = vec!["v1,ab"; count].join(" ");
            for read in [
                SignatureList::Fields("t", "v1").read("h", &stripe),
                SignatureList::Versions("v1").read("h", &standard),
            ] {
                match read {
                    Ok(found) => assert!(count <= MOST && found.signatures.len() == count, "{count}"),
                    Err(fault) => assert!(count > MOST && fault.code == "malformed_header", "{count}: {fault}"),
                }
            }
        }
    }
}
