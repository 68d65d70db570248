//! Whole dumps, opened as a user opens them: real ones with known answers, damaged ones, and their indexes.

#![expect(clippy::unwrap_used, reason = "a test that meets a surprise fails")]

mod table;
mod shipped;
mod small;
mod histogram;
mod roots;
mod values;
mod collections;
mod texts;
mod contents;
mod shapes;
mod sets;
mod trees;
mod routes;
mod growth;
mod leaks;
mod loaders;
mod damage;
mod compressed;
mod index;
mod referrers;
mod spoilt;
mod interrupted;
mod certificate;
