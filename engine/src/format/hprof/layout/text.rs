//! A layout as text: what `info` prints, and what a user writes to override it.

use super::{ArrayStart, Layout, Packing, Source};
use crate::error::{Error, Result};
use std::fmt;

const SPELLING: &str = "refs=4|8, header=8|12|16, align=8…256, packing=jdk15|classic|android, \
     arrays=word|element, jdk=N, compact, 32-bit";

impl Layout {
    /// This layout with what `text` says otherwise; [`Source::Given`].
    ///
    /// `text` is a list like `refs=8, align=16`, or words as they are printed: `64-bit, compressed references`.
    ///
    /// # Errors
    /// [`Error::Input`] names the part that is not understood, and what would be.
    pub fn overridden(self, text: &str) -> Result<Layout> {
        let mut layout = Layout { source: Source::Given, ..self };
        for part in
            text.split(',').map(|part| part.trim().to_ascii_lowercase()).filter(|part| !part.is_empty())
        {
            let known = layout.set_words(&part) || layout.set_number(&part);
            if !known {
                return Err(Error::Input(format!("layout: {part:?} is not one of {SPELLING}")));
            }
        }
        Ok(layout)
    }

    /// Sets what a part in words says; `false` if it says nothing known.
    fn set_words(&mut self, part: &str) -> bool {
        match part {
            "64-bit" => self.set_64_bit(),
            "32-bit" => (self.word_bytes, self.reference_bytes, self.header_bytes) = (4, 4, 8),
            "compressed references" => self.reference_bytes = 4,
            "uncompressed references" => self.reference_bytes = 8,
            "compact" | "compact headers" => self.header_bytes = 8,
            "compressed class pointers" => self.header_bytes = 12,
            "uncompressed class pointers" => self.header_bytes = 16,
            "packing=jdk15" | "jdk 15+ field packing" => self.packing = Packing::Builder,
            "packing=classic" | "field packing to jdk 14" => self.packing = Packing::Classic,
            "packing=android" | "android field packing" => self.packing = Packing::Android,
            "arrays=word" | "arrays to jdk 22" => self.arrays = ArrayStart::Word,
            "arrays=element" | "jdk 23+ arrays" => self.arrays = ArrayStart::Element,
            _ => return false,
        }
        true
    }

    /// Sets what a part with a number says; `false` if it says nothing known.
    fn set_number(&mut self, part: &str) -> bool {
        let printed = |suffix| part.strip_suffix(suffix).map(|number| ("align", number));
        let release = || part.strip_prefix("hidden fields of jdk ").map(|number| ("jdk", number));
        let pair = part.split_once('=').or_else(|| printed("-byte alignment")).or_else(release);
        let Some((key, Ok(number))) = pair.map(|(key, number)| (key.trim(), number.trim().parse::<u16>()))
        else {
            return false;
        };
        match (key, number) {
            ("refs", 4) => self.reference_bytes = 4,
            ("refs", 8) => self.reference_bytes = 8,
            ("header", 8) => self.header_bytes = 8,
            ("header", 12) => self.header_bytes = 12,
            ("header", 16) => self.header_bytes = 16,
            ("align", 8 | 16 | 32 | 64 | 128 | 256) => self.alignment = number,
            ("jdk", 6..=99) => self.release = u32::from(number),
            _ => return false,
        }
        true
    }

    fn set_64_bit(&mut self) {
        if self.word_bytes != 8 {
            (self.word_bytes, self.header_bytes) = (8, 12);
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.packing, self.word_bytes) {
            (Packing::Android, _) => {
                return write!(f, "32-bit, 8-byte alignment, Android field packing, JDK 23+ arrays");
            }
            (_, 4) => write!(f, "32-bit")?,
            _ => write!(f, "64-bit, {}, {}", self.references(), self.class_pointers())?,
        }
        write!(f, ", {}-byte alignment, {}, ", self.alignment, self.packing)?;
        f.write_str(match self.arrays {
            ArrayStart::Word => "arrays to JDK 22",
            ArrayStart::Element => "JDK 23+ arrays",
        })?;
        write!(f, ", hidden fields of JDK {}", self.release)
    }
}

impl Layout {
    fn references(&self) -> &'static str {
        if self.reference_bytes == 4 { "compressed references" } else { "uncompressed references" }
    }

    fn class_pointers(&self) -> &'static str {
        match self.header_bytes {
            8 => "compact headers",
            12 => "compressed class pointers",
            _ => "uncompressed class pointers",
        }
    }
}

impl fmt::Display for Packing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Packing::Classic => "field packing to JDK 14",
            Packing::Builder => "JDK 15+ field packing",
            Packing::Android => "Android field packing",
        })
    }
}
