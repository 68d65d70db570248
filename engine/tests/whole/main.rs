//! Whole dumps, opened as a user opens them: real ones with known answers, damaged ones, and their indexes.

mod table;
mod shipped;
mod small;
mod histogram;
mod roots;
mod values;
mod shapes;
mod damage;
mod compressed;
mod certificate;
