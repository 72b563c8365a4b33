//! The corpus in `testdata/` and what is read of it; and bytes that nobody wrote by hand. `UPDATE_EXPECT=1` writes what is
//! read now beside each mail: look at the difference before it is committed.

#![expect(clippy::disallowed_methods, reason = "the cases are files")]

use crate::{Attachment, Mail, read, read_head};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut mails: Vec<_> = files.filter(|path| path.extension().is_some_and(|it| it == "eml")).collect();
    mails.sort();
    mails
}

/// What is read of a mail, with what is in its attachments.
fn told(mut mail: Mail) -> String {
    mail.attachments_mut(&mut |attachment: &mut Attachment| {
        attachment.file = match std::str::from_utf8(&attachment.content) {
            Ok(text) if text.len() <= 200 => text.into(),
            _ => format!("{:02x?}…", &attachment.content[..attachment.content.len().min(16)]).into(),
        };
    });
    serde_json::to_string_pretty(&mail).unwrap() + "\n"
}

#[test]
fn the_corpus_is_read_as_people_read_it() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mails = corpus();
    assert!(mails.len() >= 60, "the corpus has {} mails", mails.len());
    let mut wrong = Vec::new();
    for path in mails {
        let told = told(read(&std::fs::read(&path).unwrap()));
        let expected = path.with_extension("json");
        if update {
            std::fs::write(&expected, &told).unwrap();
        } else if std::fs::read_to_string(&expected).ok().as_deref() != Some(&told) {
            wrong.push(format!("{}:\n{told}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_head_alone_tells_what_it_can() {
    for path in corpus() {
        let bytes = std::fs::read(&path).unwrap();
        let begin = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let rest = &bytes[begin..];
        let end = rest.windows(2).position(|it| it == b"\n\n").or(rest.windows(4).position(|it| it == b"\r\n\r\n"));
        let head = read_head(&rest[..end.unwrap_or(rest.len())], bytes.len() as u64);
        let whole = read(&bytes);
        assert_eq!(head.size, whole.size, "{}", path.display());
        assert_eq!((head.message_id, head.date), (whole.message_id, whole.date), "{}", path.display());
    }
}

/// What a hostile mail is made of, so that more than one of its bytes matters.
fn scraps() -> impl Strategy<Value = Vec<u8>> {
    let scraps: Vec<&[u8]> = vec![
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"Content-Type: multipart/digest; boundary=\"b\"\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Type: text/html; charset=big5\r\n",
        b"Content-Type: text/plain; charset=iso-2022-jp; format=flowed\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"Content-Disposition: attachment; filename*0*=big5''%A7; filename*1=x\r\n",
        b"Subject: =?big5?B?p0Gm?= =?big5?B?bg==?=\r\n",
        b"From: \"a, b\" <a@b>, (c) d@e\r\n",
        b"From: g: a@b, c@d;\r\n",
        b"Date: 31 Feb 2026 25:61:61 +9999\r\n",
        b"References: <a@b> <c@d\r\n",
        b"\r\n",
        b"\n",
        b"--b\r\n",
        b"--b--\r\n",
        b" \t",
        b"=?",
        b"?=",
        b"=E4=",
        b"\x1b$B",
        b"\xa7A\xa6n",
        b"\xff\x00\xfe",
        b"<b>&#x1F600;</b><!-- ",
        b": ; , < > ( ) \" \\",
    ];
    let scrap = prop_oneof![
        8 => prop::sample::select(scraps).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ];
    prop::collection::vec(scrap, 0..60).prop_map(|scraps| scraps.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn no_scraps_are_too_odd(bytes in scraps()) {
        let mail = read(&bytes);
        prop_assert!(!mail.subject.contains(['\r', '\n']));
        read_head(&bytes, 0);
    }

    #[test]
    fn no_mail_of_the_corpus_panics_however_it_is_damaged(
        which in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20),
    ) {
        let mails = corpus();
        let mut bytes = std::fs::read(which.get(&mails)).unwrap();
        for (at, byte) in changes {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        bytes.truncate(cut.index(bytes.len() + 1));
        let mail = read(&bytes);
        // What is shown in one line is one line, whatever was put into it encoded.
        for text in [&mail.subject].into_iter().chain(mail.attachments.iter().map(|it| &it.name)) {
            prop_assert!(!text.chars().any(char::is_control), "{text:?}");
        }
    }
}

#[test]
fn bombs_take_no_more_than_their_own_size() {
    let many_parts =
        [&b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"[..], &b"--b\r\n\r\n".repeat(200_000)].concat();
    let deep = (0..20_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"));
    let mails = b"Content-Type: message/rfc822\r\n\r\n".repeat(50_000);
    let digests = b"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n".repeat(20_000);
    let fields = [&b"a: b\r\n".repeat(500_000)[..], b"\r\nx"].concat();
    let words = [&b"Subject: "[..], &b"=?utf-8?Q?a?= ".repeat(100_000), b"\r\n\r\nx"].concat();
    let quotes = [&b"From: "[..], &b"(".repeat(200_000), b"\r\n\r\nx"].concat();
    for bytes in [many_parts, deep.collect::<String>().into_bytes(), mails, digests, fields, words, quotes] {
        let mail = read(&bytes);
        assert_eq!(mail.size, bytes.len() as u64);
        assert!(mail.attachments.len() <= 1_000);
    }
    let mail = read(&b"Content-Type: message/rfc822\r\n\r\n".repeat(100));
    let mut depth = 0;
    let mut at = &mail;
    while let Some(inner) = at.attachments.first().and_then(|attachment| attachment.mail.as_deref()) {
        (depth, at) = (depth + 1, inner);
    }
    assert_eq!((depth, at.notes.len()), (5, 1));
}
