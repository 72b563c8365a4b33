//! What a mail says: the bytes of a message (RFC 5322, MIME) become fields, texts and attachments, and rules tell which
//! mails are meant.
//!
//! The walk through a message's parts is our own: it has bounds, and keeps the bytes of attachments as they came. What
//! stands in single header fields is read by `mail-parser`. Nothing here panics on input, and nothing is lost in silence:
//! what is cut short is said in [`Mail::notes`].

mod charset;
mod encoded_word;
mod flowed;
mod head;
mod html;
mod letter;
mod normal;
mod parameter;
mod part;
mod rule;
mod transfer;

pub use letter::{Address, Attachment, Mail, read, read_head};
pub use rule::{BadPattern, Has, Misfit, Pattern, Rule};

#[cfg(test)]
mod tests;
