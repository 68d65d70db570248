//! Types and values as they stand in the file.

/// A basic type by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names are Java's")]
pub enum Type {
    Object = 2,
    Boolean = 4,
    Char = 5,
    Float = 6,
    Double = 7,
    Byte = 8,
    Short = 9,
    Int = 10,
    Long = 11,
}

/// A value of a basic type.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names are Java's")]
pub enum Value {
    Object(u64),
    Boolean(bool),
    Char(u16),
    Float(f32),
    Double(f64),
    Byte(i8),
    Short(i16),
    Int(i32),
    Long(i64),
}

impl Type {
    /// Every type that an array without references can have.
    pub const PRIMITIVES: [Type; 8] = [
        Type::Boolean,
        Type::Char,
        Type::Float,
        Type::Double,
        Type::Byte,
        Type::Short,
        Type::Int,
        Type::Long,
    ];

    /// Its value of zeros.
    pub fn zero(self) -> Value {
        match self {
            Type::Object => Value::NULL,
            Type::Boolean => Value::Boolean(false),
            Type::Char => Value::Char(0),
            Type::Float => Value::Float(0.0),
            Type::Double => Value::Double(0.0),
            Type::Byte => Value::Byte(0),
            Type::Short => Value::Short(0),
            Type::Int => Value::Int(0),
            Type::Long => Value::Long(0),
        }
    }

    /// Bytes of a value in the file.
    pub fn size(self, id_size: u8) -> usize {
        match self {
            Type::Object => usize::from(id_size),
            Type::Boolean | Type::Byte => 1,
            Type::Char | Type::Short => 2,
            Type::Float | Type::Int => 4,
            Type::Double | Type::Long => 8,
        }
    }

    /// Java's name of an array of it, `Object[]` for references.
    pub(super) fn array_name(self) -> &'static str {
        match self {
            Type::Object => "java.lang.Object[]",
            Type::Boolean => "boolean[]",
            Type::Char => "char[]",
            Type::Float => "float[]",
            Type::Double => "double[]",
            Type::Byte => "byte[]",
            Type::Short => "short[]",
            Type::Int => "int[]",
            Type::Long => "long[]",
        }
    }
}

impl Value {
    /// No object.
    pub const NULL: Value = Value::Object(0);

    /// Its type.
    pub fn value_type(self) -> Type {
        match self {
            Value::Object(_) => Type::Object,
            Value::Boolean(_) => Type::Boolean,
            Value::Char(_) => Type::Char,
            Value::Float(_) => Type::Float,
            Value::Double(_) => Type::Double,
            Value::Byte(_) => Type::Byte,
            Value::Short(_) => Type::Short,
            Value::Int(_) => Type::Int,
            Value::Long(_) => Type::Long,
        }
    }
}
