namespace Tailer.Agent;

/// <summary>How a file's bytes are packed; the values are in the checkpoint.</summary>
internal enum Packing : byte
{
    None = 0,
    Gzip = 1,
    Zstd = 2,
}
