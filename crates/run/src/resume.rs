//! One-time links to steps that wait for an answer. A link names its run and step and carries a seal over both, so
//! that nothing need be kept to recognise it, and no one can make one.

use crate::id::{RunId, Spot};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt;

/// The secret of one installation.
#[derive(Clone)]
pub struct ResumeKey(pub [u8; 32]);

/// How much of the HMAC stands in a link, in bytes: 128 bits cannot be guessed.
const SEAL: usize = 16;
/// How long a run's name is, in bytes.
const RUN: usize = 16;
/// No link is longer: runs have few loops within loops.
const LONGEST: usize = 1_000;

impl ResumeKey {
    /// The token of a link to this step of this run.
    pub fn token(&self, run: RunId, spot: &Spot) -> String {
        let mut bytes = run.0.as_bytes().to_vec();
        bytes = postcard::to_extend(spot, bytes).expect("a position is numbers, which postcard writes to memory");
        let seal = self.seal(&bytes);
        bytes.extend_from_slice(&seal);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The run and the step that a token names; none where it was not made with this key. The seal is compared in
    /// constant time.
    pub fn open(&self, token: &str) -> Option<(RunId, Spot)> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token.get(..LONGEST.min(token.len()))?).ok()?;
        let (named, seal) = bytes.split_at_checked(bytes.len().checked_sub(SEAL)?)?;
        self.mac(named).verify_truncated_left(seal).ok()?;
        let (run, spot) = named.split_at_checked(RUN)?;
        let spot = postcard::from_bytes(spot).ok()?;
        Some((RunId(uuid::Uuid::from_slice(run).ok()?), spot))
    }

    /// From what the random values of a run are drawn: a number that follows from its name, and that no one can tell
    /// who has not the key.
    pub(crate) fn chance(&self, run: RunId) -> u64 {
        // With the padding this is one block of SHA-256: it is done once for every run.
        let digest =
            Sha256::new().chain_update(b"chance").chain_update(self.0).chain_update(run.0.as_bytes()).finalize();
        digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }

    fn seal(&self, bytes: &[u8]) -> [u8; SEAL] {
        let whole = self.mac(bytes).finalize().into_bytes();
        let mut seal = [0; SEAL];
        seal.copy_from_slice(&whole[..SEAL]);
        seal
    }

    fn mac(&self, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(bytes);
        mac
    }
}

impl fmt::Debug for ResumeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResumeKey(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::plan::StepNo;

    #[test]
    fn a_token_leads_to_its_step_and_no_other_does() {
        let key = ResumeKey([7; 32]);
        let run = RunId(uuid::Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001));
        for turns in [vec![], vec![0], vec![3, 70_000]] {
            let spot = Spot { step: StepNo(12), turns: turns.into_iter().collect() };
            let token = key.token(run, &spot);
            assert_eq!(key.open(&token), Some((run, spot)));
            assert_eq!(ResumeKey([8; 32]).open(&token), None);
            for at in 0..token.len() {
                let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
                let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
                assert_eq!(key.open(&changed), None, "{changed}");
                assert_eq!(key.open(&token[..at]), None);
            }
        }
        for odd in ["", "A", "äöü", &"A".repeat(5_000)] {
            assert_eq!(key.open(odd), None);
        }
    }
}
