//! What slots without a type may be: the one type of the program with their size and pointers.

use super::claims::{Claim, Confidence, Shape, Source};
use super::program::pointer_places;
use super::walk::Walk;
use crate::format::go::Memory;
use crate::format::go::types::{Kind, TypeId};
use std::collections::HashMap;

/// Sizes of small objects, in bytes (`runtime/sizeclasses.go`; Go 1.15 has no 24).
const CLASSES: [u64; 67] = [
    8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416,
    448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200,
    3456, 4096, 4864, 5120, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568,
    14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672,
];

/// The largest object that gets a smaller slot than one of `room` bytes; large ones get whole pages.
pub(super) fn class_before(room: u64) -> u64 {
    let classes = CLASSES.partition_point(|class| *class < room);
    if room > 32768 {
        room.saturating_sub(8192)
    } else {
        classes.checked_sub(1).map_or(0, |class| CLASSES[class])
    }
}

/// A slot's size and the places of its pointers; `None` as the type: several have them.
type Layouts = HashMap<(u64, Vec<u32>), Option<TypeId>>;

impl<M: Memory> Walk<'_, M> {
    /// Gives slots with pointers the type whose values, and no other's, fill such a slot.
    pub(super) fn guess(&mut self) {
        self.add_structs();
        let layouts = self.layouts();
        let mut key = (0, Vec::new());
        for slot in 0..self.memory.slots() {
            if !self.claims.is_free(slot) || self.memory.start(slot) != 0 {
                continue;
            }
            key.0 = u64::from(self.memory.seat(slot).size);
            self.memory.pointers(slot, &mut key.1);
            let Some(Some(ty)) = layouts.get(&key).filter(|_| key.1.len() > 1) else { continue };
            let claim = Claim {
                ty: *ty,
                count: 1,
                filled: 1,
                shape: Shape::Value,
                source: Source::Layout,
                confidence: Confidence::Guess,
            };
            self.take(slot, claim);
        }
    }

    /// Structs with pointers by the slots that their values get.
    fn layouts(&self) -> Layouts {
        let width = u64::from(self.memory.params().pointer_bytes);
        let mut layouts = Layouts::new();
        let structs = self.types.iter().filter(|(_, ty)| {
            let named = ty.kind == Kind::Struct && !ty.name.contains("go.shape.");
            named || ty.kind == Kind::MapHeader || ty.kind == Kind::ChanHeader
        });
        for (id, ty) in structs {
            let Some(class) = CLASSES.into_iter().find(|class| *class >= ty.size) else { continue };
            let Some(places) = pointer_places(&self.types, id, width).filter(|places| places.len() > 1)
            else {
                continue;
            };
            let other = layouts.entry((class, places)).or_insert(Some(id));
            if other.is_some_and(|other| self.types.get(other).name != ty.name) {
                *other = None;
            }
        }
        layouts
    }
}
