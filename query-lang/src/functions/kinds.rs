//! What there is to compute; each is documented in the table that names it.

/// Functions of one row.
#[expect(missing_docs, reason = "each is documented in the table of functions")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    ToText,
    ToHex,
    ClassOf,
    DominatorOf,
    Dominated,
    Outbounds,
    Inbounds,
    RetainedSize,
    CommonDominator,
    Field,
    ContentHash,
    SameContent,
    Package,
    SimpleName,
    Size,
    Capacity,
    FillRatio,
    Collisions,
    Get,
    InList,
    Item,
    ListLength,
    Only,
    Length,
    Lower,
    Upper,
    InitCap,
    Substring,
    Trim,
    TrimLeft,
    TrimRight,
    PadLeft,
    PadRight,
    Repeat,
    Reverse,
    Replace,
    Contains,
    StartsWith,
    EndsWith,
    Concat,
    Left,
    Right,
    SplitPart,
    Position,
    RegexpReplace,
    RegexpExtract,
    RegexpLike,
    RegexpCount,
    FormatBytes,
    Abs,
    Sign,
    Round,
    Floor,
    Ceil,
    Trunc,
    Sqrt,
    Power,
    Exp,
    Ln,
    Log10,
    Log2,
    Modulo,
    Coalesce,
    NullIf,
    Greatest,
    Least,
    If,
    ToTime,
    Now,
    DatePart,
    DateTrunc,
    Millis,
}

/// Functions of a group.
#[expect(missing_docs, reason = "each is documented in the table of functions")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aggregate {
    Count,
    Sum,
    Avg,
    Min,
    Max,
    Median,
    Percentile,
    ApproxPercentile,
    ApproxDistinct,
    StdDev,
    Variance,
    Collect,
    Join,
    All,
    Any,
    AnyValue,
}

/// Functions of a row's place in a window.
#[expect(missing_docs, reason = "each is documented in the table of functions")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ranking {
    RowNumber,
    Rank,
    DenseRank,
    PercentRank,
    CumeDist,
    Ntile,
    Lag,
    Lead,
    First,
    Last,
    Nth,
}

/// Functions that give rows.
#[expect(missing_docs, reason = "each is documented in the table of functions")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TableFunction {
    Paths,
    MergedPaths,
    Dominated,
    Dominators,
    DominatorTree,
    BigDrops,
    RetainedSet,
    WhatIf,
    Reachable,
    Outbound,
    Inbound,
    Entries,
    Elements,
    Fields,
    Statics,
    Diff,
    LoaderDiff,
    Growth,
    Edges,
    PathTree,
    Suspects,
}

impl TableFunction {
    /// Whether it answers for all open dumps where none is named.
    pub(crate) fn takes_all_dumps(self) -> bool {
        matches!(self, TableFunction::Growth | TableFunction::PathTree)
    }
}
