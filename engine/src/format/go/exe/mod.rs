//! A Go program's executable: its types, global variables and functions, as far as it tells.
//!
//! Debug information (DWARF 4 and 5) tells all. Without it the type descriptors that the runtime needs tell types, and
//! the table of functions names. Executables are untrusted input: every read is checked, and what cannot be read is left out.

mod bytes;
mod image;
mod version;
mod module;
mod lines;
mod functions;
mod calls;
mod abi_name;
mod headers;
mod abi;
mod structs;
mod sections;
mod dies;
mod dwarf_types;
mod location;
mod locals;
mod debug;
mod check;
mod linked;

pub(super) use abi::Decoder;
pub use calls::{Call, is_wrapper_name};
pub use linked::Linked;
pub use locals::Local;
pub use location::Piece;

use crate::error::{Error, Result};
use crate::format::go::types::{Field, Kind, Type, TypeId, Types};
use bytes::Bytes;
use calls::Inlines;
use debug::Debug;
use functions::Functions;
use image::Image;
use module::Module;
use std::path::Path;
use std::sync::OnceLock;

/// A global variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Global {
    /// Its name with the path of its package: `main.sessions`.
    pub name: String,
    /// Where it is, as linked: without the slide of a position-independent executable.
    pub address: u64,
    /// Its type.
    pub ty: TypeId,
}

/// An executable and what was read of it.
#[derive(Debug)]
pub struct Exe {
    image: Image,
    /// The release of Go that linked it, `go1.27.3`; empty where it does not tell.
    pub version: String,
    module: Option<Module>,
    functions: Option<Functions>,
    inlines: OnceLock<Option<Inlines>>,
    debug: Option<Debug>,
    /// What it has of debug information that could not be read.
    pub warnings: Vec<String>,
    /// Types of the debug information.
    pub types: Types,
    /// Global variables by address; none without debug information.
    pub globals: Vec<Global>,
}

impl Exe {
    /// Reads the executable at `path`, compressed or not; a stripped one gives types on demand only.
    ///
    /// Errors: no executable, or one that Go did not link.
    pub fn open(path: &Path) -> Result<Exe> {
        let in_file = |error| match error {
            Error::Input(why) => Error::Input(format!("{}: {why}", path.display())),
            other => other,
        };
        Exe::parse(Bytes::open(path)?).map_err(in_file)
    }

    /// Reads an executable that is in memory.
    pub fn read(bytes: Vec<u8>) -> Result<Exe> {
        Exe::parse(Bytes::Owned(bytes))
    }

    fn parse(bytes: Bytes) -> Result<Exe> {
        let image = Image::parse(bytes)?;
        let version = version::version(&image).unwrap_or_default();
        let module = Module::find(&image);
        if module.is_none() && version.is_empty() {
            return Err(Error::Input(
                "not linked by Go: it has neither build information nor a table of functions".into(),
            ));
        }
        let functions = module.as_ref().and_then(|module| Functions::find(&image, module));
        let mut exe = Exe {
            image,
            version,
            module,
            functions,
            inlines: OnceLock::new(),
            debug: None,
            warnings: Vec::new(),
            types: Types::default(),
            globals: Vec::new(),
        };
        exe.read_debug();
        Ok(exe)
    }

    /// Fills types and globals from the debug information, if there is any.
    fn read_debug(&mut self) {
        match Debug::load(&self.image, self.module.as_ref()) {
            Ok(Some(loaded)) => {
                self.warnings.extend(loaded.warnings);
                (self.types, self.globals, self.debug) = (loaded.types, loaded.globals, Some(loaded.debug));
            }
            Ok(None) => {}
            Err(error) => self.warnings.push(error.to_string()),
        }
        headers::name_headers(&mut self.types, 0);
    }

    /// Whether it has debug information; without it there are no globals, no locals, no captured variables.
    pub fn has_debug(&self) -> bool {
        self.debug.is_some()
    }

    /// The name of the function that begins at `entry` (as linked); of closures too.
    pub fn function(&self, entry: u64) -> Option<String> {
        let name = self.functions.as_ref()?.name(&self.image, entry)?;
        Some(dwarf_types::unescaped(name))
    }

    /// The calls at the instruction `pc` of the function that begins at `entry` (both as linked; one before a return
    /// address), the innermost first: functions that were inlined there, and last the function itself. None where no
    /// function begins at `entry`; only the last before Go 1.18, and without a line before Go 1.16.
    pub fn calls(&self, entry: u64, pc: u64) -> Vec<Call> {
        let Some(functions) = &self.functions else { return Vec::new() };
        let mut calls = functions.calls(&self.image, self.inlines(functions), entry, pc);
        calls.iter_mut().for_each(|call| call.name = dwarf_types::unescaped(&call.name));
        calls
    }

    /// What the function that begins at `entry`, which the compiler wrapped around a call, calls; `None` where that is
    /// not to be found.
    pub fn wrapped(&self, entry: u64) -> Option<String> {
        let functions = self.functions.as_ref()?;
        let name = functions.wrapped(&self.image, self.inlines(functions)?, entry)?;
        Some(dwarf_types::unescaped(&name))
    }

    /// Whether [`Exe::calls`] has functions that were inlined; not before Go 1.18.
    pub fn tells_inlined(&self) -> bool {
        self.functions.as_ref().is_some_and(|functions| self.inlines(functions).is_some())
    }

    fn inlines(&self, functions: &Functions) -> Option<&Inlines> {
        let find = || Inlines::find(&self.image, self.module.as_ref()?, functions);
        self.inlines.get_or_init(find).as_ref()
    }

    /// The variables that are in memory while the function that begins at `entry` stands at `pc`, inlined functions'
    /// included. `pc` is the instruction itself, one before a return address.
    pub fn locals(&self, entry: u64, pc: u64) -> Vec<Local> {
        self.debug.as_ref().map_or_else(Vec::new, |debug| debug.locals(&self.image, entry, pc))
    }

    /// Whether a type descriptor may stand at `address` (as linked): most words are told apart by that alone.
    pub(super) fn may_describe(&self, address: u64) -> bool {
        let types = self.module.as_ref().map_or((0, 0), |module| module.types);
        (types.0..types.1).contains(&address) && address.is_multiple_of(4)
    }

    /// What adds types to a table from the runtime's descriptors; `types` is this executable's table, or a copy of it.
    pub(super) fn decoder(&self, types: &mut Types) -> Option<Decoder<'_>> {
        let decoder = Decoder::new(types, &self.image, self.module.as_ref()?, &self.version);
        self.tie_groups(types, &decoder);
        Some(decoder)
    }

    /// Ties the descriptors of map groups, which debug information does not name, to its types.
    fn tie_groups(&self, types: &mut Types, decoder: &Decoder<'_>) {
        let maps = types.descriptors().filter(|(_, id)| types.get(*id).kind == Kind::Map);
        let maps: Vec<(u64, TypeId)> = maps.collect();
        for (address, map) in maps {
            let inner = types.get(map).inner.and_then(|header| types.get(header).inner);
            if let (Some(group), Some(inner)) = (decoder.group(address), inner) {
                types.tie(group, inner);
            }
        }
    }

    /// The type of the closures of the function that begins at `entry`: its code and what debug information says
    /// that it captured, in `size` bytes.
    pub(super) fn closure(&self, types: &mut Types, entry: u64, size: u64) -> Option<TypeId> {
        let name = self.function(entry)?;
        let captures = self.debug.as_ref().map_or_else(Vec::new, |debug| debug.captures(&self.image, entry));
        let fits =
            |field: &Field| field.offset.checked_add(types.get(field.ty).size).is_some_and(|end| end <= size);
        let fields = captures.into_iter().map(|capture| Field {
            name: capture.name,
            offset: capture.offset,
            ty: capture.ty,
            embedded: false,
        });
        let fields = fields.filter(fits).collect();
        Some(types.push(Type {
            name: format!("func {name}"),
            kind: Kind::Closure,
            size,
            fields,
            ..Type::default()
        }))
    }
}
