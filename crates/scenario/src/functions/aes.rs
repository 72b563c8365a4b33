//! AES (FIPS 197) as payment gateways and partners use it: CBC with PKCS#7 or zero padding, ECB, GCM.

use super::notation::Notation;
use super::options::Options;
use super::{Call, Function};
use crate::expression::fault::Fault;
use aes::cipher::array::Array;
use aes::cipher::consts::{U12, U16};
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use aes_gcm::AesGcm;
use aes_gcm::aead::{Aead, Payload};
use rhai::Dynamic;

type Result<T = Dynamic> = std::result::Result<T, Fault>;

/// How many bytes a block has.
const BLOCK: usize = 16;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "aes_encrypt",
        group: "crypto",
        signature: "aes_encrypt(text, key, iv?, options?) -> text",
        doc: "The text encrypted with AES, in base64. The key has 16, 24 or 32 bytes, the initialization vector 16, or 12 \
              with GCM. Options: `mode` (`cbc`, `gcm`, which appends its tag of 16 bytes, `ecb`, which has no vector), \
              `padding` (`pkcs7`, `zero`, `none`), `aad` (text that GCM protects, too), and how things are written: \
              `input` (`text`), `output` (`base64`), `key` (`text`), `iv` (as the key).",
        errors: "A key or vector of another length; what is not written as the options say; without padding, a text whose \
                 length is no multiple of 16 bytes.",
        example: r#""Amt=40".aes_encrypt("Fs5cX1TGqYM2PpdbE14a9H83YQSQF5jn", "C6AcmfqJILwgnhIP", "hex")"#,
        result: r#""694202c070da847be963687c18ca1472""#,
        run: encrypt,
    },
    Function {
        name: "aes_decrypt",
        group: "crypto",
        signature: "aes_decrypt(text, key, iv?, options?) -> text",
        doc: "The text that was encrypted with AES. Options as with `aes_encrypt`; here `input` is `base64` and `output` \
              is `text` unless told otherwise, and a text in place of the options is `input`.",
        errors: "A wrong key, a text that was changed, or a padding that is not there; what `aes_encrypt` refuses.",
        example: r#""694202c070da847be963687c18ca1472".aes_decrypt("Fs5cX1TGqYM2PpdbE14a9H83YQSQF5jn", "C6AcmfqJILwgnhIP", "hex")"#,
        result: r#""Amt=40""#,
        run: decrypt,
    },
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Cbc,
    Gcm,
    Ecb,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Filling {
    Pkcs7,
    Zero,
    Nothing,
}

/// What a call works with.
struct Work {
    input: Vec<u8>,
    key: Vec<u8>,
    iv: Vec<u8>,
    aad: Vec<u8>,
    mode: Mode,
    filling: Filling,
}

fn encrypt(call: &mut Call) -> Result {
    let options = Options::of(call, 3, &["output", "mode", "padding", "input", "key", "iv", "aad"])?;
    let work = Work::of(call, &options, Notation::Text)?;
    let written = Notation::of(&options, "output", Notation::Base64)?;
    let encrypted = match work.key.len() {
        16 => work.encrypt::<Aes128>(),
        24 => work.encrypt::<Aes192>(),
        _ => work.encrypt::<Aes256>(),
    };
    encrypted.and_then(|bytes| written.write(bytes)).map(Dynamic::from).map_err(|why| call.fail(&why))
}

fn decrypt(call: &mut Call) -> Result {
    let options = Options::of(call, 3, &["input", "mode", "padding", "output", "key", "iv", "aad"])?;
    let work = Work::of(call, &options, Notation::Base64)?;
    let written = Notation::of(&options, "output", Notation::Text)?;
    let decrypted = match work.key.len() {
        16 => work.decrypt::<Aes128>(),
        24 => work.decrypt::<Aes192>(),
        _ => work.decrypt::<Aes256>(),
    };
    decrypted.and_then(|bytes| written.write(bytes)).map(Dynamic::from).map_err(|why| call.fail(&why))
}

/// The block ciphers that the modes are made of.
trait Cipher: BlockCipherEncrypt<BlockSize = U16> + BlockCipherDecrypt<BlockSize = U16> + KeyInit {}
impl<C: BlockCipherEncrypt<BlockSize = U16> + BlockCipherDecrypt<BlockSize = U16> + KeyInit> Cipher for C {}

type Bytes = std::result::Result<Vec<u8>, String>;

impl Work {
    fn of(call: &mut Call, options: &Options, input: Notation) -> Result<Self> {
        let mode = options.choice("mode", &[("cbc", Mode::Cbc), ("gcm", Mode::Gcm), ("ecb", Mode::Ecb)])?;
        let paddings = [("pkcs7", Filling::Pkcs7), ("zero", Filling::Zero), ("none", Filling::Nothing)];
        let filling = options.choice("padding", &paddings)?;
        let key_notation = Notation::of(options, "key", Notation::Text)?;
        let iv_notation = Notation::of(options, "iv", key_notation)?;
        let text = call.text(0)?;
        call.spend_bytes(text.len().saturating_mul(2))?;
        let read = |what: &str, notation: Notation, text: &str| {
            notation.read(text).map_err(|why| call.fail(&format!("{what}{why}")))
        };
        let input = read("", Notation::of(options, "input", input)?, &text)?;
        let key = read("the key: ", key_notation, &call.text(1)?)?;
        if ![16, 24, 32].contains(&key.len()) {
            return Err(call.fail(&format!("a key has 16, 24 or 32 bytes, not {}", key.len())));
        }
        let given = call.given(2).filter(|iv| !iv.is_unit()).map(|_| call.text(2)).transpose()?;
        let iv = read("the initialization vector: ", iv_notation, &given.unwrap_or_default())?;
        let (wanted, name) = match mode {
            Mode::Cbc => (16, "cbc"),
            Mode::Gcm => (12, "gcm"),
            Mode::Ecb => (0, "ecb"),
        };
        if iv.len() != wanted {
            let message =
                format!("in the mode `{name}` the initialization vector has {wanted} bytes, not {}", iv.len());
            return Err(call.fail(&message));
        }
        let aad = options.text("aad")?.unwrap_or_default().as_bytes().to_vec();
        Ok(Self { input, key, iv, aad, mode, filling })
    }

    fn encrypt<C: Cipher>(&self) -> Bytes {
        let cipher = self.cipher::<C>()?;
        if self.mode == Mode::Gcm {
            let message = Payload { msg: &self.input, aad: &self.aad };
            let sealed = AesGcm::<C, U12>::from(cipher).encrypt(&self.nonce()?, message);
            return sealed.map_err(|_| "the text is too long".into());
        }
        let mut bytes = self.filled()?;
        let mut before = self.iv.clone();
        for block in bytes.chunks_exact_mut(BLOCK) {
            // Only CBC has a vector: in ECB there is nothing to mix in.
            block.iter_mut().zip(&before).for_each(|(byte, other)| *byte ^= other);
            let mut encrypted = block_of(block)?;
            cipher.encrypt_block(&mut encrypted);
            block.copy_from_slice(&encrypted);
            if self.mode == Mode::Cbc {
                before.copy_from_slice(block);
            }
        }
        Ok(bytes)
    }

    fn decrypt<C: Cipher>(&self) -> Bytes {
        let cipher = self.cipher::<C>()?;
        if self.mode == Mode::Gcm {
            let message = Payload { msg: &self.input, aad: &self.aad };
            let opened = AesGcm::<C, U12>::from(cipher).decrypt(&self.nonce()?, message);
            return opened.map_err(|_| "the key is wrong, or the text was changed".into());
        }
        if !self.input.len().is_multiple_of(BLOCK) {
            return Err("an encrypted text's length is a multiple of 16 bytes".into());
        }
        let mut bytes = self.input.clone();
        let mut before = self.iv.clone();
        for (block, written) in bytes.chunks_exact_mut(BLOCK).zip(self.input.chunks_exact(BLOCK)) {
            let mut decrypted = block_of(block)?;
            cipher.decrypt_block(&mut decrypted);
            block.copy_from_slice(&decrypted);
            block.iter_mut().zip(&before).for_each(|(byte, other)| *byte ^= other);
            if self.mode == Mode::Cbc {
                before.copy_from_slice(written);
            }
        }
        self.emptied(bytes)
    }

    fn cipher<C: Cipher>(&self) -> std::result::Result<C, String> {
        C::new_from_slice(&self.key).map_err(|_| "the key has a length that AES does not know".into())
    }

    fn nonce(&self) -> std::result::Result<Array<u8, U12>, String> {
        Array::try_from(self.iv.as_slice()).map_err(|_| "the initialization vector has not 12 bytes".into())
    }

    /// The input, filled to whole blocks. PKCS#7 (RFC 5652 §6.3) always adds something, zeros are added where needed.
    fn filled(&self) -> Bytes {
        let mut bytes = self.input.clone();
        let missing = BLOCK - bytes.len() % BLOCK;
        match self.filling {
            Filling::Pkcs7 => bytes.resize(bytes.len() + missing, missing as u8),
            Filling::Zero if missing < BLOCK => bytes.resize(bytes.len() + missing, 0),
            Filling::Nothing if missing < BLOCK => {
                return Err("without padding, the text's length is a multiple of 16 bytes".into());
            }
            Filling::Zero | Filling::Nothing => {}
        }
        Ok(bytes)
    }

    /// The bytes without what filled the last block.
    fn emptied(&self, mut bytes: Vec<u8>) -> Bytes {
        let added = match self.filling {
            Filling::Nothing => 0,
            Filling::Zero => bytes.iter().rev().take(BLOCK).take_while(|byte| **byte == 0).count(),
            Filling::Pkcs7 => {
                let added = bytes.last().map_or(0, |last| usize::from(*last));
                let filled = bytes.iter().rev().take(added).filter(|byte| usize::from(**byte) == added).count();
                if !(1..=BLOCK).contains(&added) || filled != added {
                    return Err("the key is wrong, or the text was changed or filled in another way".into());
                }
                added
            }
        };
        bytes.truncate(bytes.len() - added);
        Ok(bytes)
    }
}

fn block_of(bytes: &[u8]) -> std::result::Result<Array<u8, U16>, String> {
    Array::try_from(bytes).map_err(|_| "a block has not 16 bytes".into())
}
