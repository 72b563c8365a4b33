//! A session with a broker: MQTT 5, which says why it refuses, or 3.1.1 where the broker knows no better.

use super::packet::{
    CONNACK, CONNECT, DISCONNECT, PINGREQ, PINGRESP, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, Packet, packet, put,
};
use crate::connections::Remote;
use crate::wire::{self, Stream, dial, nonsense, refused_login};
use run::error::StepError;
use std::fmt::Write;

/// The broker closes a connection that is silent for one and a half times this, in seconds. Nobody keeps one so long.
const KEEP_ALIVE: u16 = 120;

/// Protocol levels.
const LEVEL_5: u8 = 5;
const LEVEL_3_1_1: u8 = 4;

/// A connection that is logged in.
pub(crate) struct Session {
    stream: Stream,
    level: u8,
    /// The number of the last message that asked for an answer.
    number: u16,
    /// A question was asked whose answer nobody read.
    is_broken_off: bool,
}

/// A message to publish.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) topic: String,
    pub(super) payload: Vec<u8>,
    pub(super) qos: u8,
    /// `RETAIN`, or 0.
    pub(super) retained: u8,
}

impl wire::Session for Session {
    fn stream(&mut self) -> Option<&mut Stream> {
        (!self.is_broken_off).then_some(&mut self.stream)
    }
}

impl Session {
    /// Connects and logs in.
    pub(super) async fn open(remote: &Remote) -> Result<Self, StepError> {
        match Self::at(LEVEL_5, remote).await? {
            Some(session) => Ok(session),
            None => {
                let session = Self::at(LEVEL_3_1_1, remote).await?;
                session.ok_or_else(|| nonsense(&remote.host, "it speaks neither MQTT 5 nor 3.1.1"))
            }
        }
    }

    /// None where the broker does not speak this version.
    async fn at(level: u8, remote: &Remote) -> Result<Option<Self>, StepError> {
        let mut stream = dial(remote).await?;
        stream.send(&hello(level, remote)).await?;
        let answer = Packet::next(&mut stream).await?;
        if answer.kind != CONNACK || answer.body.len() < 2 {
            return Err(nonsense(&remote.host, "no answer to a login"));
        }
        let reason = answer.reason(1);
        match reason {
            0x00 => Ok(Some(Self { stream, level, number: 0, is_broken_off: false })),
            0x01 | 0x84 => Ok(None),
            0x04 | 0x05 | 0x86 | 0x87 | 0x8a | 0x8c => Err(refused_login(&remote.host, &told(reason))),
            0x03 | 0x88 | 0x89 | 0x97 | 0x9f => Err(StepError::passing("server_refused", sentence(remote, reason))),
            _ => Err(StepError::permanent("server_refused", sentence(remote, reason))),
        }
    }

    /// Which version is spoken.
    pub(super) fn version(&self) -> &'static str {
        if self.level == LEVEL_5 { "5" } else { "3.1.1" }
    }

    /// Sends the message and waits until the broker has it.
    pub(super) async fn publish(&mut self, message: &Message) -> Result<(), StepError> {
        self.is_broken_off = true;
        self.number = self.number.checked_add(1).unwrap_or(1);
        let mut body = Vec::with_capacity(message.topic.len() + message.payload.len() + 5);
        put(&mut body, message.topic.as_bytes());
        if message.qos > 0 {
            body.extend_from_slice(&self.number.to_be_bytes());
        }
        if self.level == LEVEL_5 {
            body.push(0);
        }
        body.extend_from_slice(&message.payload);
        self.stream.send(&packet(PUBLISH | message.qos << 1 | message.retained, &body)).await?;
        match message.qos {
            0 => self.answered_ping().await?,
            1 => self.answer(PUBACK).await?,
            _ => {
                self.answer(PUBREC).await?;
                // The lower half is fixed (§3.6.1).
                self.stream.send(&packet(PUBREL | 0x02, &self.number.to_be_bytes())).await?;
                self.answer(PUBCOMP).await?;
            }
        }
        self.is_broken_off = false;
        Ok(())
    }

    /// Asks whether the broker is there.
    pub(super) async fn ping(&mut self) -> Result<(), StepError> {
        self.is_broken_off = true;
        self.answered_ping().await?;
        self.is_broken_off = false;
        Ok(())
    }

    async fn answered_ping(&mut self) -> Result<(), StepError> {
        self.stream.send(&packet(PINGREQ, &[])).await?;
        let answer = self.next().await?;
        if answer.kind == PINGRESP { Ok(()) } else { Err(nonsense(self.stream.host(), "no answer to a ping")) }
    }

    async fn answer(&mut self, kind: u8) -> Result<(), StepError> {
        let answer = self.next().await?;
        if answer.kind != kind || answer.number() != Some(self.number) {
            return Err(nonsense(self.stream.host(), "an answer to another question"));
        }
        match answer.reason(2) {
            reason if reason < 0x80 => Ok(()),
            reason => Err(self.refused(reason)),
        }
    }

    async fn next(&mut self) -> Result<Packet, StepError> {
        let answer = Packet::next(&mut self.stream).await?;
        if answer.kind == DISCONNECT { Err(self.refused(answer.reason(0))) } else { Ok(answer) }
    }

    fn refused(&self, reason: u8) -> StepError {
        let text = format!("{}: {}", self.stream.host(), told(reason));
        match reason {
            // Too busy, shutting down, over a quota, too fast.
            0x89 | 0x8b | 0x96 | 0x97 => StepError::passing("server_refused", text),
            _ => StepError::permanent("server_refused", text),
        }
    }
}

fn hello(level: u8, remote: &Remote) -> Vec<u8> {
    let mut body = Vec::new();
    put(&mut body, b"MQTT");
    let user = if remote.user.is_some() { 0x80 } else { 0 };
    let password = if remote.password.is_some() { 0x40 } else { 0 };
    // Nothing of an earlier session is wanted.
    let clean = 0x02;
    // Before version 5, a password without a user says nothing; an empty user stands for none.
    let user = if level == LEVEL_3_1_1 && password != 0 { 0x80 } else { user };
    body.extend_from_slice(&[level, user | password | clean]);
    body.extend_from_slice(&KEEP_ALIVE.to_be_bytes());
    if level == LEVEL_5 {
        body.push(0);
    }
    put(&mut body, name().as_bytes());
    if user != 0 {
        put(&mut body, remote.user.as_deref().unwrap_or_default().as_bytes());
    }
    if let Some(password) = &remote.password {
        put(&mut body, password.reveal().as_bytes());
    }
    packet(CONNECT, &body)
}

/// A name that no other client has: of two with the same, a broker sends the older one away.
fn name() -> String {
    let mut bytes = [0_u8; 6];
    let drawn = aws_lc_rs::rand::fill(&mut bytes);
    drawn.expect("the operating system gives random bytes, or nothing that is secret works");
    bytes.iter().fold("hookmill".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn sentence(remote: &Remote, reason: u8) -> String {
    format!("{}: {}", remote.host, told(reason))
}

/// A reason in words (MQTT 5 §2.4, 3.1.1 §3.2.2.3).
fn told(reason: u8) -> String {
    let words = match reason {
        0x02 | 0x85 => "the client's name is refused",
        0x03 | 0x88 => "the broker is not available",
        0x04 | 0x86 => "user or password is wrong",
        0x05 | 0x87 => "not authorized",
        0x89 => "the broker is busy",
        0x8a => "banned",
        0x8b => "the broker is shutting down",
        0x8c => "the broker wants another way to log in",
        0x90 => "the topic's name is refused",
        0x95 => "the message is too large",
        0x96 => "messages come too fast",
        0x97 => "a quota is used up",
        0x9a => "retained messages are not supported",
        0x9b => "this `qos` is not supported",
        0x9f => "connections come too fast",
        _ => return format!("refused with reason {reason:#04x}"),
    };
    words.to_owned()
}
