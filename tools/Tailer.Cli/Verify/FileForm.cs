namespace Tailer.Cli.Verify;

/// <summary>What a file is, by its first bytes, and where these are damaged by its name.</summary>
internal enum FileForm
{
    Unknown,
    Segment,

    /// <summary>Of a buck or of an agent's spool.</summary>
    Bucket,

    /// <summary>A single packet.</summary>
    Frame,
    Manifest,
    Block,

    /// <summary>The catalog of a recent index.</summary>
    Catalog,
}
