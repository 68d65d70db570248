//! What executables tell, and whether they fit.

use super::elf::{Rewrite, rewritten};
use super::shops;
use heapwise_engine::format::go::Memory;
use heapwise_engine::format::go::exe::Exe;
use heapwise_engine::format::go::types::{Kind, Types};

fn layout(types: &Types, name: &str) -> Vec<(String, u64, String)> {
    let id = types.find(name, |ty| ty.kind == Kind::Struct).unwrap();
    let fields = types.get(id).fields.iter();
    fields.map(|field| (field.name.clone(), field.offset, types.get(field.ty).name.clone())).collect()
}

#[test]
fn debug_information_tells_types_and_globals() {
    for shop in shops() {
        let exe = shop.open();
        assert!(exe.has_debug() && exe.warnings.is_empty(), "{:?}: {:?}", shop.dump, exe.warnings);
        assert_eq!(exe.version, shop.heap.params().version);
        let fields = [
            ("Base", 0, "main.Base"),
            ("Home", 24, "main.Address"),
            ("Profile", 48, "*main.Profile"),
            ("Tags", 56, "[]string"),
            ("Active", 80, "bool"),
            ("Any", 88, "interface {}"),
            ("Next", 104, "*main.Session"),
        ];
        let expected = fields.map(|(name, offset, ty)| (name.to_owned(), offset, ty.to_owned()));
        assert_eq!(layout(&exe.types, "main.Session"), expected, "{:?}", shop.dump);
        let global = exe.globals.iter().find(|global| global.name == "main.sessions").unwrap();
        let map = exe.types.get(global.ty);
        assert_eq!((map.name.as_str(), map.kind, map.size), ("map[string]*main.Session", Kind::Map, 8));
        let header = exe.types.get(map.inner.unwrap());
        assert_eq!((header.name.as_str(), header.kind), ("map[string]*main.Session", Kind::MapHeader));
        assert!(header.inner.is_some() && exe.types.get(header.key.unwrap()).kind == Kind::String);
    }
}

#[test]
fn functions_and_their_variables_are_found_by_address() {
    for shop in shops() {
        let exe = shop.open();
        let mut workers = 0;
        for frame in &shop.heap.records.frames {
            assert_eq!(exe.function(frame.entry).as_ref(), Some(&frame.function), "{:?}", shop.dump);
            let locals = exe.locals(frame.entry, frame.pc - 1);
            if frame.function == "main.worker" {
                let local = locals.iter().find(|local| local.name == "local").unwrap();
                assert_eq!(exe.types.get(local.ty).name, "*main.Profile");
                let (file, line) = exe.calls(frame.entry, frame.pc - 1)[0].line.clone().unwrap();
                assert!(file.ends_with("shop.go"), "{file}");
                let mut source = include_str!("../../../testdata/programs/shop.go").lines();
                assert_eq!(source.nth(line as usize - 1).unwrap().trim(), "<-done");
                workers += 1;
            }
        }
        assert_eq!((workers, exe.function(1), exe.locals(1, 1)), (5, None, Vec::new()));
    }
}

#[test]
fn inlined_functions_are_told_stripped_or_not() {
    for shop in shops() {
        let stripped = Exe::read(rewritten(&shop.exe, Rewrite::Hidden, |size| size)).unwrap();
        for exe in [shop.open(), stripped] {
            assert!(exe.tells_inlined());
            let calls = |function: &str| {
                let frame = shop.heap.records.frames.iter().find(|frame| frame.function == function).unwrap();
                let names = exe.calls(frame.entry, frame.pc - 1).into_iter().map(|call| call.name);
                names.collect::<Vec<_>>()
            };
            let inlined = ["runtime.goparkunlock", "runtime.bgsweep"];
            assert_eq!(calls("runtime.bgsweep"), inlined, "{:?}", shop.dump);
            assert_eq!(calls("main.worker"), ["main.worker"]);
            assert_eq!(exe.calls(1, 1), []);
        }
    }
}

#[test]
fn wrappers_of_go_statements_name_what_they_call() {
    for shop in shops() {
        let exe = shop.open();
        let is_wrapped = |pair: &[heapwise_engine::format::go::Frame]| pair[0].function == "main.worker";
        let pairs = shop.heap.records.frames.windows(2).filter(|pair| is_wrapped(pair));
        let worker = shop.heap.records.frames.iter().find(|frame| frame.function == "main.worker").unwrap();
        let mut wrappers = 0;
        for wrapper in pairs.map(|pair| &pair[1]) {
            let calls = exe.calls(wrapper.entry, wrapper.pc - 1);
            assert!(calls.len() == 1 && calls[0].is_wrapper, "{:?}: {calls:?}", shop.dump);
            // Before it begins, its code alone tells; the shipped executables have none, but for a call that is put there.
            assert_eq!(exe.wrapped(wrapper.entry), None, "{:?}", shop.dump);
            let with_call = Exe::read(calling(&shop.exe, wrapper.entry, worker.entry)).unwrap();
            assert_eq!(with_call.wrapped(wrapper.entry).as_deref(), Some("main.worker"), "{:?}", shop.dump);
            wrappers += 1;
        }
        assert_eq!(wrappers, 5, "{:?}", shop.dump);
        let own = shop.heap.records.frames.iter().find(|frame| frame.function == "main.main").unwrap();
        assert!(!exe.calls(own.entry, own.pc - 1)[0].is_wrapper && exe.wrapped(1).is_none());
    }
}

/// The executable with a call from one function to another, behind an instruction of 3 bytes; its file begins at 4 MiB.
fn calling(exe: &[u8], from: u64, to: u64) -> Vec<u8> {
    let mut exe = exe.to_vec();
    let place = usize::try_from(from - 0x40_0000).unwrap() + 3;
    let distance = i32::try_from(to.cast_signed() - from.cast_signed() - 8).unwrap();
    exe[place] = 0xe8;
    exe[place + 1..place + 5].copy_from_slice(&distance.to_le_bytes());
    exe
}

#[test]
fn an_executable_fits_its_own_dump_only() {
    let (old, new) = (&shops()[0], &shops()[1]);
    assert_eq!(old.open().check(&old.heap.records).unwrap(), 0);
    assert_eq!(new.open().check(&new.heap.records).unwrap(), 0);
    let error = new.open().check(&old.heap.records).unwrap_err().to_string();
    for part in
        ["Go release is go1.21.13, the executable's go1.27.3", "data segment", "types", "functions differ"]
    {
        assert!(error.contains(part), "{part:?} in {error}");
    }
}

#[test]
fn a_process_may_have_it_elsewhere() {
    const SLIDE: u64 = 0x5555_0000_0000;
    for shop in shops() {
        let mut records = shop.heap.records.clone();
        records.segments.iter_mut().for_each(|segment| segment.memory.address += SLIDE);
        records.types.iter_mut().for_each(|ty| ty.address += SLIDE);
        records.frames.iter_mut().for_each(|frame| frame.entry += SLIDE);
        assert_eq!(shop.open().check(&records).unwrap(), SLIDE);
        records.frames[3].entry += 1;
        let error = shop.open().check(&records).unwrap_err().to_string();
        assert!(error.contains("1 of ") && error.contains("no function begins there"), "{error}");
    }
}

#[test]
fn compressed_sections_say_the_same() {
    for shop in shops() {
        let plain = shop.open();
        for rewrite in [Rewrite::Flagged, Rewrite::Named] {
            let exe = Exe::read(rewritten(&shop.exe, rewrite, |size| size)).unwrap();
            assert!(exe.types == plain.types && exe.globals == plain.globals, "{:?}", shop.dump);
        }
    }
}

#[test]
fn sections_that_lie_of_their_size_are_not_read() {
    let shop = &shops()[1];
    for lie in [|_| 1 << 50, |size| size + 1, |size| size - 1] {
        let exe = Exe::read(rewritten(&shop.exe, Rewrite::Flagged, lie)).unwrap();
        assert!(!exe.has_debug() && exe.warnings[0].contains(".debug_"), "{:?}", exe.warnings);
    }
}

#[test]
fn what_is_no_go_executable_is_refused() {
    let check = |bytes: &[u8], expected: &str| {
        let error = Exe::read(bytes.to_vec()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(b"", "not an executable");
    check(b"#!/bin/sh\nexec true\n", "not an executable");
    let mut other = vec![0; 64];
    other[..20].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 62, 0]);
    other[52] = 64;
    check(&other, "not linked by Go");
}
