using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>Names one bucket file of one buck: which bucket, and on which of its disks.</summary>
/// <param name="Start">Start of the bucket, 10^-8 s since 1970.</param>
/// <param name="WidthSeconds">The bucket's width.</param>
/// <param name="Disk">Index of the disk in this buck's configuration; meaningful only to that buck.</param>
public readonly record struct BucketFileName(ulong Start, int WidthSeconds, int Disk)
{
    internal const int Bytes = 12;

    internal void WriteTo(ByteWriter writer)
    {
        writer.U64(Start);
        writer.U16((ushort)WidthSeconds);
        writer.U16((ushort)Disk);
    }

    internal static BucketFileName Read(ref SpanReader reader) => new(reader.U64(), reader.U16(), reader.U16());

    public override string ToString() => $"{LogTime.Format(Start)}+{WidthSeconds}s on disk {Disk}";
}
