//! Which stretches of four bytes occur in a block, roughly: a set of bits, one for the hash of each stretch. It never says
//! no to what is there, so a search skips a block without reading it, for parts of words as well as for whole ones.
//! ASCII letters count as lower case.

/// How many bytes are looked at together.
const GRAM: usize = 4;
/// A filter is halved as long as at most this share of its bits (one in so many) is set. A needle of 8 bytes is five
/// stretches, so even a filter that is 40 % full lets 1 % of foreign blocks through.
const SPARSE: usize = 5;
/// A filter has at least this many bits.
const LEAST: usize = 1 << 9;
/// And at most this many: 2 MiB, for a run of 16 MiB and more.
const MOST: usize = 1 << 24;

/// The filter of a block, in lower case already: a power of two of bits, in bytes.
pub(super) fn filter(block: &[u8]) -> Vec<u8> {
    let mut bits = block.len().next_power_of_two().clamp(LEAST, MOST);
    let mut words = vec![0_u64; bits / 64];
    for gram in grams(block) {
        let bit = gram as usize & (bits - 1);
        words[bit / 64] |= 1 << (bit % 64);
    }
    let mut set: usize = words.iter().map(|word| word.count_ones() as usize).sum();
    while bits > LEAST && set * SPARSE <= bits {
        bits /= 2;
        let upper = words.split_off(bits / 64);
        words.iter_mut().zip(upper).for_each(|(lower, upper)| *lower |= upper);
        set = words.iter().map(|word| word.count_ones() as usize).sum();
    }
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The hashes of all stretches of a text, in lower case already.
pub(super) fn grams(text: &[u8]) -> impl Iterator<Item = u32> {
    text.windows(GRAM).map(|gram| mix(u32::from_le_bytes([gram[0], gram[1], gram[2], gram[3]])))
}

/// Whether the block of this filter may hold all these stretches.
pub(super) fn may_hold(filter: &[u8], grams: &[u32]) -> bool {
    let bits = filter.len() * 8;
    if !bits.is_power_of_two() {
        return true;
    }
    grams.iter().all(|gram| {
        let bit = *gram as usize & (bits - 1);
        filter[bit / 8] & (1 << (bit % 8)) != 0
    })
}

/// Spreads a stretch over all bits: multiplication moves what differs up (the factor is 2^32 divided by the golden ratio,
/// made odd; Knuth, volume 3, 6.4), the shift brings it down to the bits that are looked at.
fn mix(gram: u32) -> u32 {
    let hash = gram.wrapping_mul(0x9E37_79B1);
    hash ^ (hash >> 15)
}
