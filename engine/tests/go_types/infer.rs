//! Types of slots, against what the program made.

use super::elf::{Rewrite, rewritten};
use super::{Shop, shops};
use heapwise_engine::format::go::Memory;
use heapwise_engine::format::go::exe::Exe;
use heapwise_engine::format::go::infer::{self, Claim, Confidence, Shape, Typing};
use heapwise_engine::memory::Room;
use heapwise_engine::progress::Progress;
use std::collections::BTreeMap;

fn infer(shop: &Shop, exe: &Exe) -> Typing {
    infer::infer(&shop.heap, exe, 0, (&Room::unbounded(), &Progress::default())).unwrap()
}

fn claims<'t>(shop: &'t Shop, typing: &'t Typing) -> impl Iterator<Item = Option<Claim>> + 't {
    (0..shop.heap.slots()).map(|slot| typing.claims.get(slot))
}

fn counts(shop: &Shop, typing: &Typing) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for class in (0..shop.heap.slots()).filter_map(|slot| typing.class(slot)) {
        *counts.entry(class).or_default() += 1;
    }
    counts
}

fn check(counts: &BTreeMap<String, usize>, expected: &[(&str, usize)]) {
    for (class, count) in expected {
        assert_eq!(counts.get(*class).copied().unwrap_or_default(), *count, "{class} of {counts:?}");
    }
}

#[test]
fn objects_of_all_kinds_are_counted_exactly() {
    for shop in shops() {
        let typing = infer(shop, &shop.open());
        let counts = counts(shop, &typing);
        check(
            &counts,
            &[
                ("main.Session", 300),
                ("main.Profile", 313),
                ("main.Square", 600),
                ("main.Resource", 2),
                ("func main.fill.func1", 3),
                ("map[string]*main.Session", 1),
                ("map[float64]main.Address", 1),
                ("chan *main.Profile", 1),
                ("[]main.Shape", 1),
                ("chan int", 5),
            ],
        );
        let untyped = (0..shop.heap.slots()).filter(|slot| typing.type_of(*slot).is_none()).count();
        assert!(untyped < 10, "{untyped} of {}", shop.heap.slots());
        let (slots, sure) = (shop.heap.slots() as usize, claims(shop, &typing).flatten());
        let sure = sure.filter(|claim| claim.confidence >= Confidence::Sure).count();
        assert!(sure * 100 > slots * 95, "{sure} of {slots}");
    }
}

#[test]
fn every_type_fits_its_slot() {
    for shop in shops() {
        let typing = infer(shop, &shop.open());
        for (slot, claim) in (0..).zip(claims(shop, &typing)) {
            let Some(claim) = claim else { continue };
            let room = shop.heap.bytes(slot).len() as u64 - u64::from(shop.heap.start(slot));
            assert!(typing.types.get(claim.ty).size * u64::from(claim.count) <= room);
            assert!(claim.shape != Shape::Value || claim.count == 1);
        }
    }
}

#[test]
fn headers_alone_type_what_a_stripped_program_has() {
    let (old, new) = (&shops()[0], &shops()[1]);
    let stripped = |shop: &Shop| Exe::read(rewritten(&shop.exe, Rewrite::Hidden, |size| size)).unwrap();
    let exe = stripped(new);
    assert!(!exe.has_debug() && exe.globals.is_empty());
    assert_eq!(exe.check(&new.heap.records).unwrap(), 0);
    let typing = infer(new, &exe);
    let counts = counts(new, &typing);
    check(
        &counts,
        &[
            ("main.Session", 300),
            ("[]group<string,*main.Session>", 1),
            ("main.Square", 600),
            ("[]main.Shape", 1),
        ],
    );
    assert!(counts["main.Profile"] >= 300, "{counts:?}");
    // Before Go 1.22 the allocator leaves nothing.
    let typing = infer(old, &stripped(old));
    // Sizes and pointers tell of structs that no other one is like; what these lead to is known by them.
    let counts = self::counts(old, &typing);
    check(&counts, &[("main.Profile", 300 + 5 + 3 + 5), ("main.Resource", 2)]);
    let guessed = claims(old, &typing).flatten().filter(|claim| claim.confidence == Confidence::Guess);
    assert!(guessed.count() >= 300, "{counts:?}");
}

#[test]
fn a_view_of_sixteen_bytes_leaves_the_rest_unseen() {
    for shop in shops() {
        let typing = infer(shop, &shop.open());
        let of = |bytes: usize| move |slot: u32| shop.heap.bytes(slot).len() == bytes;
        let large = typing.unseen.iter().find(|unseen| of(65536)(unseen.slot)).unwrap();
        assert_eq!((large.outside, large.spare), (1000, 65536 - 1000 - 16), "{:?}", shop.dump);
        // Avatars: 100 bytes of 160.
        let avatars = typing.unseen.iter().filter(|unseen| of(160)(unseen.slot) && unseen.outside == 0);
        assert_eq!(avatars.map(|unseen| unseen.spare).sum::<u64>(), 300 * 60, "{:?}", shop.dump);
    }
}

#[test]
fn the_same_comes_twice() {
    for shop in shops() {
        let (a, b) = (infer(shop, &shop.open()), infer(shop, &shop.open()));
        assert!(a.types == b.types && claims(shop, &a).eq(claims(shop, &b)) && a.unseen == b.unseen);
    }
}
