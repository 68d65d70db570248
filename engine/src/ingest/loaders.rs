//! Class loaders: which there are, whose classes each object is of, and which of them never go.

use crate::graph::Labels;
use crate::id::{ClassId, ObjectId};
use crate::store::Classes;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// The class loaders of a snapshot; row 0 is the boot loader, which is no object.
#[derive(Clone, Debug)]
pub struct Loaders {
    /// The loader objects by row, ascending; `None` for the boot loader.
    pub objects: Vec<Option<ObjectId>>,
    /// The loader of each class, as a row.
    pub of_class: Vec<u32>,
}

/// Loaders of the runtime and the application, which live as long as the process.
const PERMANENT: [&str; 8] = [
    "jdk.internal.loader.ClassLoaders$AppClassLoader",
    "jdk.internal.loader.ClassLoaders$PlatformClassLoader",
    "jdk.internal.loader.ClassLoaders$BootClassLoader",
    "sun.misc.Launcher$AppClassLoader",
    "sun.misc.Launcher$ExtClassLoader",
    "java.lang.BootClassLoader",
    "dalvik.system.PathClassLoader",
    "dalvik.system.DexClassLoader",
];

/// Objects that one thread looks at in one go.
const CHUNK: usize = 1 << 16;

impl Loaders {
    /// The loaders of `classes`: every instance of a class loader and every loader of a class. `class` is the class column.
    pub fn new(classes: &Classes, class: &[u32]) -> Loaders {
        let named = |class: ClassId| classes.get(class).name == "java.lang.ClassLoader";
        let is_loader: Vec<bool> = classes.ids().map(|class| classes.chain(class).any(named)).collect();
        let id = |(object, _)| ObjectId(u32::try_from(object).unwrap_or(u32::MAX));
        let instances = class.par_chunks(CHUNK).enumerate().flat_map_iter(|(chunk, classes)| {
            (chunk * CHUNK..).zip(classes).filter(|&(_, &class)| is_loader[class as usize]).map(id)
        });
        let mut objects: Vec<ObjectId> = instances.collect();
        objects.extend(classes.rows().iter().filter_map(|row| row.loader_object));
        objects.sort_unstable();
        objects.dedup();
        let row = |loader: Option<ObjectId>| {
            let position = loader.and_then(|loader| objects.binary_search(&loader).ok());
            position.map_or(0, |position| u32::try_from(position + 1).unwrap_or(u32::MAX))
        };
        let of_class = classes.rows().iter().map(|class| row(class.loader_object)).collect();
        let objects = std::iter::once(None).chain(objects.iter().copied().map(Some)).collect();
        Loaders { objects, of_class }
    }

    /// Two groups of each object: its class, and behind all classes its loader's row. That is its own of a loader, that of the
    /// class it stands for of a class object, that of its class of any other object.
    pub fn labels<'a>(
        &'a self,
        classes: &Classes,
        class: &'a [u32],
    ) -> Labels<impl Fn(u32, u32) -> u32 + Sync + use<'a>> {
        let first = self.first_group();
        let mut groups: Vec<_> =
            (0..).zip(&self.of_class).map(|(class, &loader)| vec![class, first + loader]).collect();
        let mut exceptions = HashMap::new();
        let mut has_exceptions = vec![false; self.of_class.len()];
        for (label, (object, loader)) in (first..).zip(self.exceptions(classes)) {
            let class = class[object as usize];
            has_exceptions[class as usize] = true;
            exceptions.insert(object, label);
            groups.push(vec![class, first + loader]);
        }
        let of = move |object, class| {
            let exception = has_exceptions[class as usize].then(|| exceptions.get(&object)).flatten();
            exception.copied().unwrap_or(class)
        };
        Labels { of, groups, count: self.of_class.len() + self.objects.len() }
    }

    /// The function to the loader's row of an object, see [`Loaders::labels`].
    pub fn of_objects<'a>(
        &'a self,
        classes: &Classes,
        class: &'a [u32],
    ) -> impl Fn(u32, u32) -> u32 + Sync + use<'a> {
        let (labels, first) = (self.labels(classes, class), self.first_group());
        move |object, class| labels.groups[(labels.of)(object, class) as usize][1] - first
    }

    /// The group of the first loader.
    fn first_group(&self) -> u32 {
        u32::try_from(self.of_class.len()).unwrap_or(u32::MAX)
    }

    /// The loader's row of each object that does not have that of its class.
    fn exceptions(&self, classes: &Classes) -> BTreeMap<u32, u32> {
        let of_class_objects = classes.objects().iter();
        let mut exceptions: BTreeMap<u32, u32> =
            of_class_objects.map(|(object, class)| (object.0, self.of_class[class.index()])).collect();
        let loaders = (0..).zip(&self.objects);
        exceptions.extend(loaders.filter_map(|(row, object)| Some(((*object)?.0, row))));
        exceptions
    }
}

/// The class objects of loaders that live as long as the process, ascending: what static fields hang on.
///
/// A class whose loader the dump does not have counts as one of them.
pub fn permanent_classes(classes: &Classes, class: &[u32]) -> Vec<ObjectId> {
    let permanent = |loader: Option<ObjectId>| {
        let name = loader.map(|loader| classes.get(ClassId(class[loader.index()])).name.as_str());
        name.is_none_or(|name| PERMANENT.contains(&name))
    };
    let mut objects: Vec<ObjectId> = classes
        .rows()
        .iter()
        .filter(|row| permanent(row.loader_object))
        .filter_map(|row| row.object)
        .collect();
    objects.sort_unstable();
    objects
}
