namespace Tailer.Buck;

/// <summary>What became of a record handed to the store.</summary>
internal enum StoreOutcome
{
    /// <summary>It is in the file (in the page cache: safe from kill -9, not yet from a power loss).</summary>
    Stored,

    /// <summary>The same bytes were there already.</summary>
    Repeat,

    /// <summary>The disk is at its reserve or full. Nothing was written; the sender keeps what it has.</summary>
    DiskFull,

    /// <summary>The disk failed, now or before. Nothing may be acknowledged until the buck is started again.</summary>
    DiskFailed,

    /// <summary>The bucket is further in the future than the clocks of a well-run environment differ.</summary>
    FarFuture,
}
