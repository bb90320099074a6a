namespace Tailer.Blocks;

/// <summary>What a record of a bucket file holds; the values are on disk.</summary>
public enum RecordType : byte
{
    Packet = 1,
    Manifest = 2,
}
