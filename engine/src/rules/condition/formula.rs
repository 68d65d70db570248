//! How a class makes its hash from its fields, found out from keys with their hashes.

use super::hashes::Node;
use crate::format::hprof::Value;
use crate::id::{ClassId, ObjectId};
use crate::store::Snapshot;
use crate::value::{fields, text};
use std::collections::HashSet;

/// Fields of a key of which some are chosen; keys with more are given up.
const MOST_FIELDS: usize = 8;

/// Fields that a formula chooses.
const MOST_CHOSEN: usize = 4;

/// Keys that have to agree before a small hash proves a formula.
const ENOUGH: usize = 3;

/// A hash or a field below this may agree by accident.
const SMALL: i32 = 1 << 16;

/// `seed`, then for each chosen field `hash = hash * factor + hash of the field`: what `Objects.hash`, records, IDEs and
/// Lombok write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Formula {
    chosen: Vec<usize>,
    seed: i32,
    factor: i32,
}

/// All formulas over some of `fields` fields in any order: that of a dump is not that of the source.
pub(super) fn formulas(fields: usize) -> Vec<Formula> {
    let mut formulas = Vec::new();
    let mut shorter: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..MOST_CHOSEN {
        let longer = |chosen: &Vec<usize>| {
            let others = (0..fields).filter(|field| !chosen.contains(field)).collect::<Vec<_>>();
            let with = |field| [chosen.as_slice(), &[field]].concat();
            others.into_iter().map(with).collect::<Vec<_>>()
        };
        shorter = shorter.iter().flat_map(longer).collect();
        for (seed, factor) in [(1, 31), (0, 31), (17, 31), (1, 59), (17, 37)] {
            formulas.extend(shorter.iter().map(|chosen| Formula { chosen: chosen.clone(), seed, factor }));
        }
    }
    formulas
}

impl Formula {
    /// The hash of a key with these hashes of fields; `None` where one that is chosen is unknown.
    fn hash(&self, fields: &[Option<i32>]) -> Option<i32> {
        self.chosen.iter().try_fold(self.seed, |hash, &field| {
            Some(hash.wrapping_mul(self.factor).wrapping_add(fields[field]?))
        })
    }

    /// What the hash of the chosen field at `place` was, if the others have not changed.
    fn implied(&self, fields: &[Option<i32>], place: usize, hash: i32) -> Option<i32> {
        let mut without = fields.to_vec();
        without[self.chosen[place]] = Some(0);
        let behind = u32::try_from(self.chosen.len() - 1 - place).ok()?;
        let weight = inverse(self.factor.wrapping_pow(behind));
        Some(hash.wrapping_sub(self.hash(&without)?).wrapping_mul(weight))
    }
}

/// The inverse of an odd number modulo 2³², by Newton's iteration: each round doubles the bits that are right.
fn inverse(odd: i32) -> i32 {
    (0..5).fold(odd, |inverse, _| inverse.wrapping_mul(2i32.wrapping_sub(odd.wrapping_mul(inverse))))
}

/// The hashes of the fields of some keys of one class, and of the keys.
pub(super) struct Known {
    fields: usize,
    keys: Vec<Key>,
}

struct Key {
    fields: Vec<Option<i32>>,
    /// What its hash may have been.
    hashes: [i32; 2],
}

impl Key {
    /// Its hash, if it is what the formula gives.
    fn agrees(&self, formula: &Formula) -> Option<i32> {
        formula.hash(&self.fields).filter(|hash| self.hashes.contains(hash))
    }
}

impl Known {
    /// What is known of the keys of `nodes`; `None` for a class with no field, or too many.
    pub(super) fn of(snapshot: &Snapshot, class: ClassId, nodes: &[Node]) -> Option<Known> {
        let count = snapshot.classes().instance_fields(class, snapshot.info().id_size).count();
        let key = |node: &Node| Key { fields: field_hashes(snapshot, node.key), hashes: node.hashes };
        let known = Known { fields: count, keys: nodes.iter().map(key).collect() };
        (1..=MOST_FIELDS).contains(&count).then_some(known)
    }

    pub(super) fn fields(&self) -> usize {
        self.fields
    }

    /// Whether the first key has the hash that the formula gives.
    pub(super) fn fits(&self, formula: &Formula) -> bool {
        self.keys.first().is_some_and(|key| key.agrees(formula).is_some())
    }

    /// Whether keys agree with the formula that cannot do so by accident: one with a large hash, or some.
    pub(super) fn proves(&self, formula: &Formula) -> bool {
        let hashes: HashSet<i32> = self.keys.iter().filter_map(|key| key.agrees(formula)).collect();
        hashes.len() >= ENOUGH || hashes.iter().any(|hash| hash.unsigned_abs() > SMALL.unsigned_abs())
    }

    /// Whether, had one chosen field changed since, all keys would have had the same or a small number in it, which
    /// other formulas do not give: their numbers scatter over all 2³².
    pub(super) fn one_field_changed(&self, formula: &Formula) -> bool {
        let distinct: HashSet<i32> = self.keys.iter().map(|key| key.hashes[0]).collect();
        distinct.len() >= ENOUGH
            && formula.chosen.len() > 1
            && (0..formula.chosen.len()).any(|place| self.is_plausible(formula, place))
    }

    fn is_plausible(&self, formula: &Formula, place: usize) -> bool {
        let implied = self.keys.iter().map(|key| {
            let [one, other] = key.hashes.map(|hash| formula.implied(&key.fields, place, hash));
            Some([one?, other?])
        });
        let Some(implied) = implied.collect::<Option<Vec<[i32; 2]>>>() else { return false };
        let is_small = |was: &i32| (0..SMALL).contains(was);
        implied.iter().all(|was| was.iter().any(is_small))
            || implied[0].iter().any(|first| implied.iter().all(|was| was.contains(first)))
    }
}

/// The hash of each field's value as `java.util.Objects.hash` takes it; `None` for objects other than texts and numbers.
fn field_hashes(snapshot: &Snapshot, key: ObjectId) -> Vec<Option<i32>> {
    fields(snapshot, key).into_iter().map(|(_, value)| hash_of(snapshot, key, value?)).collect()
}

fn hash_of(snapshot: &Snapshot, near: ObjectId, value: Value) -> Option<i32> {
    Some(match value {
        Value::Boolean(value) => {
            if value {
                1231
            } else {
                1237
            }
        }
        Value::Char(unit) => i32::from(unit),
        Value::Byte(value) => value.into(),
        Value::Short(value) => value.into(),
        Value::Int(value) => value,
        Value::Long(value) => folded(value.cast_unsigned()),
        Value::Float(value) => value.to_bits().cast_signed(),
        Value::Double(value) => folded(value.to_bits()),
        Value::Object(address) if address.0 == 0 => 0,
        Value::Object(address) => object_hash(snapshot, snapshot.find_near(near, address)?)?,
    })
}

#[expect(clippy::cast_possible_truncation, reason = "Long.hashCode keeps the lower half")]
fn folded(bits: u64) -> i32 {
    ((bits ^ bits >> 32) as u32).cast_signed()
}

/// `String.hashCode`, or that of what a boxed number holds.
fn object_hash(snapshot: &Snapshot, object: ObjectId) -> Option<i32> {
    let class = snapshot.class_name(snapshot.class_of(object));
    match class {
        "java.lang.String" => {
            let text = text(snapshot, object).filter(|text| !text.contains('\u{fffd}'))?;
            Some(
                text.encode_utf16()
                    .fold(0, |hash: i32, unit| hash.wrapping_mul(31).wrapping_add(unit.into())),
            )
        }
        "java.lang.Integer"
        | "java.lang.Long"
        | "java.lang.Short"
        | "java.lang.Byte"
        | "java.lang.Boolean"
        | "java.lang.Character"
        | "java.lang.Double"
        | "java.lang.Float" => {
            let value = fields(snapshot, object).into_iter().find(|(field, _)| field.name == "value")?.1?;
            (!matches!(value, Value::Object(_))).then(|| hash_of(snapshot, object, value))?
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Formula, Key, Known, formulas, inverse};

    const OBJECTS_HASH: (i32, i32) = (1, 31);

    /// Keys of a host (hash) and a port, put in when the port was `was`, now `is`.
    fn keys(hosts: &[i32], was: i32, is: i32) -> Known {
        let (seed, factor) = OBJECTS_HASH;
        let formula = Formula { chosen: vec![0, 1], seed, factor };
        let key = |&host: &i32| {
            let hash = formula.hash(&[Some(host), Some(was)]).unwrap();
            Key { fields: vec![Some(host), Some(is)], hashes: [hash, hash] }
        };
        Known { fields: 2, keys: hosts.iter().map(key).collect() }
    }

    #[test]
    fn odd_numbers_have_inverses() {
        for odd in [1, 3, 31, 59, 31 * 31, -7, i32::MAX] {
            assert_eq!(odd.wrapping_mul(inverse(odd)), 1, "{odd}");
        }
    }

    #[test]
    fn keys_as_they_were_prove_the_formula_and_changed_ones_do_not() {
        let hosts = [123_456_789, -987_654_321, 55_555_555];
        let sound = keys(&hosts, 5432, 5432);
        assert_eq!(formulas(2).iter().filter(|formula| sound.proves(formula)).count(), 1);
        let changed = keys(&hosts, 5432, 5433);
        assert!(!formulas(2).iter().any(|formula| changed.proves(formula)));
        assert!(formulas(2).iter().any(|formula| changed.one_field_changed(formula)));
    }

    #[test]
    fn hashes_that_follow_no_formula_prove_nothing() {
        let identity = |at: i32| {
            let hash = at.wrapping_mul(0x9E37_79B1_u32.cast_signed()) >> 1;
            Key { fields: vec![Some(at), Some(at * 3)], hashes: [hash, hash] }
        };
        let known = Known { fields: 2, keys: (1..50).map(identity).collect() };
        let found = |formula: &Formula| known.proves(formula) || known.one_field_changed(formula);
        assert_eq!(formulas(2).iter().find(|formula| found(formula)), None);
    }
}
