//! The columns of a batch as Arrow arrays that stand alone: ids are resolved to what they stand for.

use crate::failure::Result;
use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMillisecondType, UInt32Type};
use arrow_array::{
    Array, ArrayRef, ListArray, RecordBatch, StringArray, StructArray, UInt32Array, UInt64Array,
};
use arrow_schema::{DataType, Field, Fields, Schema};
use heapwise_engine::id::ObjectId;
use heapwise_engine::store::Snapshot;
use heapwise_engine::table::Kind;
use std::sync::Arc;

/// The batch under `names`: objects as `{class: Utf8, address: UInt64}`, classes as their names, times in UTC, all else as
/// it is. Fields keep their metadata, so that a reader finds the kind of each column.
pub(super) fn resolved<'a>(
    batch: &RecordBatch,
    names: &[String],
    dump_of: impl Fn(&Field) -> Option<&'a Snapshot>,
) -> Result<RecordBatch> {
    let schema = batch.schema();
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for ((field, array), name) in schema.fields().iter().zip(batch.columns()).zip(names) {
        let array = column(Kind::of(field), array, dump_of(field))?;
        let metadata = field.metadata().clone();
        fields.push(Field::new(name, array.data_type().clone(), true).with_metadata(metadata));
        arrays.push(array);
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

fn column(kind: Option<Kind>, array: &ArrayRef, snapshot: Option<&Snapshot>) -> Result<ArrayRef> {
    Ok(match (kind, array.data_type(), snapshot) {
        (Some(Kind::Object), DataType::UInt32, Some(snapshot)) => {
            Arc::new(objects(array.as_primitive::<UInt32Type>(), snapshot)?)
        }
        (Some(Kind::Class), DataType::UInt32, Some(snapshot)) => {
            let ranks = array.as_primitive::<UInt32Type>().iter();
            Arc::new(ranks.map(|rank| rank.and_then(|rank| snapshot.name_at(rank))).collect::<StringArray>())
        }
        (Some(Kind::Time), DataType::Timestamp(..), _) => {
            Arc::new(array.as_primitive::<TimestampMillisecondType>().clone().with_timezone("UTC"))
        }
        (Some(Kind::List(item)), DataType::List(_), _) => {
            let lists = array.as_list::<i32>();
            let items = column(Some(*item), lists.values(), snapshot)?;
            let field = Arc::new(Field::new_list_field(items.data_type().clone(), true));
            Arc::new(ListArray::try_new(field, lists.offsets().clone(), items, lists.nulls().cloned())?)
        }
        _ => Arc::clone(array),
    })
}

fn objects(ids: &UInt32Array, snapshot: &Snapshot) -> Result<StructArray> {
    let object = |id: Option<u32>| id.map(ObjectId);
    let class = |id| snapshot.class_name(snapshot.class_of(id));
    let classes: StringArray = ids.iter().map(|id| object(id).map(class)).collect();
    let addresses: UInt64Array = ids.iter().map(|id| object(id).map(|id| snapshot.address(id).0)).collect();
    let fields = Fields::from(vec![
        Field::new("class", DataType::Utf8, true),
        Field::new("address", DataType::UInt64, true),
    ]);
    let columns: Vec<ArrayRef> = vec![Arc::new(classes), Arc::new(addresses)];
    Ok(StructArray::try_new(fields, columns, ids.nulls().cloned())?)
}
