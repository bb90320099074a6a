namespace Tailer.Blocks;

/// <summary>What kind of byte sequence a source is; the values are in frames.</summary>
public enum SourceKind : byte
{
    File = 1,
    Pipe = 2,
    Listener = 3,
    Stream = 4,
    Journal = 5,
}
