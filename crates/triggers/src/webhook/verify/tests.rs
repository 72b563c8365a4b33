//! Vectors of our own and, where they are, those that are shared; what holds for every preset.

mod corpus;
mod facts;
mod handshakes;
mod hostile;
mod keys;
mod registry;
