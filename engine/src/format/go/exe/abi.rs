//! Type descriptors of the runtime (`internal/abi/type.go`): types without debug information.

use super::abi_name::{Name, compose, qualified};
use super::headers::{Parts, name_headers};
use super::image::Image;
use super::module::Module;
use crate::format::go::Params;
use crate::format::go::types::{Field, Kind, Type, TypeId, Types};

/// Types that are decoded at the most; the largest programs have a tenth of it.
const MOST_TYPES: usize = 1 << 21;
/// Fields of all decoded structs together; descriptors that overlap could have more than the file has bytes.
const MOST_FIELDS: usize = 1 << 23;

/// Adds types to a table from their descriptors.
#[derive(Debug)]
pub(in crate::format::go) struct Decoder<'a> {
    pub(super) image: &'a Image,
    pub(super) module: &'a Module,
    /// The minor release of Go, for what changed.
    minor: u32,
    parts: Parts,
    /// Rows of descriptors that are not read yet.
    open: Vec<(u64, TypeId)>,
    /// Rows without a name of their own, and the runtime's text for them.
    unnamed: Vec<(TypeId, String)>,
    fields: usize,
}

/// What every descriptor begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) size: u64,
    pub(super) pointer_bytes: u64,
    pub(super) flags: u8,
    pub(super) kind: u8,
    /// The offset of its text from the first type.
    pub(super) text: u32,
}

const HAS_UNCOMMON: u8 = 1;
const EXTRA_STAR: u8 = 1 << 1;
const NAMED: u8 = 1 << 2;
/// The value of an interface is the word itself: a bit of the flags since Go 1.26, of the kind before.
const DIRECT: u8 = 1 << 5;
const KIND_MASK: u8 = (1 << 5) - 1;

impl<'a> Decoder<'a> {
    /// A decoder for the executable that the release `version` linked; it puts a few rows of its own into `types`.
    pub(super) fn new(types: &mut Types, image: &'a Image, module: &'a Module, version: &str) -> Decoder<'a> {
        let minor = minor_of(version);
        let has_groups = minor >= 24 && !version.contains("noswissmap");
        let parts = Parts::new(types, u64::from(image.pointer_bytes), minor, has_groups);
        Decoder { image, module, minor, parts, open: Vec::new(), unnamed: Vec::new(), fields: 0 }
    }

    /// The type with the descriptor at `address`, and all that it is made of; `None` where no descriptor is there.
    pub(in crate::format::go) fn add(&mut self, types: &mut Types, address: u64) -> Option<TypeId> {
        if let Some(known) = types.by_descriptor(address) {
            return Some(known);
        }
        self.head(address).filter(Head::is_sound)?;
        let first = types.len();
        let id = self.row(types, address)?;
        while let Some((address, id)) = self.open.pop() {
            self.complete(types, address, id);
        }
        for (id, text) in compose(types, std::mem::take(&mut self.unnamed)) {
            if let Some(row) = types.row(id) {
                row.name = text;
            }
        }
        name_headers(types, first);
        Some(id)
    }

    /// Whether the data word of an interface with this type is the value itself.
    pub(in crate::format::go) fn is_direct(&self, address: u64) -> Option<bool> {
        let head = self.head(address).filter(Head::is_sound)?;
        let bits = if self.minor >= 26 { head.flags } else { head.kind };
        Some(bits & DIRECT != 0)
    }

    /// Bytes of a value of the type with the descriptor at `address`.
    pub(super) fn size(&self, address: u64) -> Option<u64> {
        self.head(address).filter(Head::is_sound).map(|head| head.size)
    }

    /// The group or bucket of the map type with this descriptor, as the address of its descriptor.
    pub(super) fn group(&self, address: u64) -> Option<u64> {
        let head = self.head(address).filter(Head::is_sound)?;
        (Kind::of_abi(head.kind & KIND_MASK) == Kind::Map).then(|| self.tail(address, 2)).flatten()
    }

    /// The row of a descriptor, to be read later if it is new.
    fn row(&mut self, types: &mut Types, address: u64) -> Option<TypeId> {
        if let Some(known) = types.by_descriptor(address) {
            return Some(known);
        }
        if types.len() >= MOST_TYPES || !self.is_inside(address) {
            return None;
        }
        let id = types.push(Type::default());
        types.tie(address, id);
        self.open.push((address, id));
        Some(id)
    }

    fn complete(&mut self, types: &mut Types, address: u64, id: TypeId) {
        let Some(head) = self.head(address).filter(Head::is_sound) else { return };
        let kind = self.kind(address, head);
        let mut ty = Type { kind, size: head.size, ..Type::default() };
        let mut related = |index: u64, types: &mut Types| {
            self.tail(address, index).and_then(|address| self.row(types, address))
        };
        match kind {
            Kind::Pointer | Kind::Slice | Kind::Array | Kind::Chan => ty.elem = related(0, types),
            Kind::Map => {
                (ty.key, ty.elem, ty.inner) = (related(0, types), related(1, types), related(2, types))
            }
            _ => {}
        }
        match kind {
            Kind::Array => ty.count = self.tail(address, 2).unwrap_or(0),
            Kind::Struct => ty.fields = self.fields(types, address),
            Kind::Map => ty.inner = Some(self.parts.map_header(types, &ty)),
            Kind::Chan => ty.inner = Some(self.parts.chan_header(types, &ty)),
            _ => {}
        }
        self.name(address, head, id, &mut ty);
        if let Some(row) = types.row(id) {
            *row = ty;
        }
    }

    /// The kind; interfaces without methods are told from others.
    fn kind(&self, address: u64, head: Head) -> Kind {
        match Kind::of_abi(head.kind & KIND_MASK) {
            Kind::Interface if self.tail(address, 2) == Some(0) => Kind::Eface,
            kind => kind,
        }
    }

    fn fields(&mut self, types: &mut Types, address: u64) -> Vec<Field> {
        let width = u64::from(self.image.pointer_bytes);
        let (Some(first), Some(count)) = (self.tail(address, 1), self.tail(address, 2)) else {
            return Vec::new();
        };
        let room = self.image.from(first).map_or(0, |bytes| bytes.len() as u64 / (3 * width));
        let mut fields = Vec::new();
        for row in 0..count.min(room) {
            if self.fields >= MOST_FIELDS {
                break;
            }
            self.fields += 1;
            let at = |index: u64| self.image.word(first + (3 * row + index) * width);
            let (Some(name), Some(ty), Some(offset)) = (at(0), at(1), at(2)) else { break };
            let Some(ty) = self.row(types, ty) else { continue };
            let Some(name) = Name::read(self.image, name) else { continue };
            fields.push(Field { name: name.text.to_owned(), offset, ty, embedded: name.is_embedded() });
        }
        fields
    }

    /// The name of a named type now, of another one when its parts have theirs.
    fn name(&mut self, address: u64, head: Head, id: TypeId, ty: &mut Type) {
        let at = self.module.types.0.checked_add(u64::from(head.text));
        let text = at.and_then(|at| Name::read(self.image, at)).map_or("", |name| name.text);
        let text = text.strip_prefix('*').filter(|_| head.flags & EXTRA_STAR != 0).unwrap_or(text);
        if head.flags & NAMED == 0 {
            self.unnamed.push((id, text.to_owned()));
        }
        let package = self.package(address, head).unwrap_or("");
        ty.name = qualified(text, package);
    }

    /// The path of a named type's package.
    fn package(&self, address: u64, head: Head) -> Option<&'a str> {
        if head.flags & HAS_UNCOMMON == 0 {
            return None;
        }
        let words = match Kind::of_abi(head.kind & KIND_MASK) {
            Kind::Struct | Kind::Interface => 4,
            Kind::Array => 3,
            Kind::Chan => 2,
            Kind::Pointer | Kind::Slice => 1,
            Kind::Map => return self.map_package(address),
            // Two numbers of 2 bytes, padded to a word.
            Kind::Func => 1,
            _ => 0,
        };
        self.package_at(self.tail_address(address, words)?)
    }

    /// Map types end differently in each release: their tail is tried at each of the lengths that were.
    fn map_package(&self, address: u64) -> Option<&'a str> {
        let width = u64::from(self.image.pointer_bytes);
        // Key, value, group, hasher; then sizes and flags: 8 bytes until Go 1.23; three words and flags until 1.26;
        // five words and flags since 1.27.
        let lengths = match self.minor {
            ..=23 => 4 * width + 8,
            24..=26 => 8 * width,
            _ => 10 * width,
        };
        self.package_at(self.tail_address(address, 0)? + lengths)
    }

    fn package_at(&self, uncommon: u64) -> Option<&'a str> {
        let offset = self.image.u32(uncommon)?;
        (offset != 0)
            .then(|| Name::read(self.image, self.module.types.0.checked_add(u64::from(offset))?))?
            .map(|name| name.text)
    }

    pub(super) fn head(&self, address: u64) -> Option<Head> {
        let width = u64::from(self.image.pointer_bytes);
        if !self.is_inside(address) {
            return None;
        }
        Some(Head {
            size: self.image.word(address)?,
            pointer_bytes: self.image.word(address + width)?,
            flags: self.image.u8(address + 2 * width + 4)?,
            kind: self.image.u8(address + 2 * width + 7)?,
            text: self.image.u32(address + 4 * width + 8)?,
        })
    }

    fn is_inside(&self, address: u64) -> bool {
        let (start, end) = self.module.types;
        (start..end).contains(&address) && address.is_multiple_of(4)
    }

    /// The word at `index` of what follows a descriptor's common part.
    pub(super) fn tail(&self, address: u64, index: u64) -> Option<u64> {
        self.image.word(self.tail_address(address, index)?)
    }

    fn tail_address(&self, address: u64, index: u64) -> Option<u64> {
        let width = u64::from(self.image.pointer_bytes);
        address.checked_add(4 * width + 16 + index * width)
    }
}

/// The minor release of a version; a version without one is taken for the latest.
fn minor_of(version: &str) -> u32 {
    Params { version: version.to_owned(), ..Params::default() }.minor().unwrap_or(u32::MAX)
}

impl Head {
    /// Whether this can be a descriptor: a kind that there is, and no more pointers than bytes.
    pub(super) fn is_sound(&self) -> bool {
        let kind = self.kind & KIND_MASK;
        (1..=26).contains(&kind) && self.pointer_bytes <= self.size && self.size < 1 << 48
    }
}
