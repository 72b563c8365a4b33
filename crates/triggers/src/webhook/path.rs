//! Paths nobody can guess, for webhooks without one of their own.

/// RFC 4648 §6, in lower case.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// A path of 32 characters that says all of these 160 random bits, which come from the system's generator.
pub fn unguessable(random: [u8; 20]) -> String {
    let mut path = String::with_capacity(32);
    for five in random.chunks_exact(5) {
        let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        path.extend((0..8).rev().map(|place| char::from(ALPHABET[(bits >> (5 * place) & 31) as usize])));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::unguessable;

    #[test]
    fn w12_all_bits_are_in_the_path() {
        assert_eq!(unguessable([0; 20]), "a".repeat(32));
        assert_eq!(unguessable([0xff; 20]), "7".repeat(32));
        // RFC 4648 §10: "fooba" is MZXW6YTB.
        assert_eq!(unguessable(*b"foobafoobafoobafooba"), "mzxw6ytb".repeat(4));
    }

    #[test]
    fn one_bit_makes_another_path() {
        let mut seen = std::collections::HashSet::new();
        for bit in 0..160 {
            let mut random = [0; 20];
            random[bit / 8] = 1 << (bit % 8);
            assert!(seen.insert(unguessable(random)));
        }
    }
}
