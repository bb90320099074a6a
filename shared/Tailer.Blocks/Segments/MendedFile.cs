using Tailer.Disk;

namespace Tailer.Blocks;

/// <summary>A segment's file read as if its magic and trailer were whole, and nothing followed the trailer. Nothing is written.</summary>
internal sealed class MendedFile(IDiskFile file, long length, byte[] trailer) : IDiskFile
{
    public string Path => file.Path;

    public long Length => length;

    public int Read(Span<byte> buffer, long offset)
    {
        if (offset >= length)
            return 0;
        int read = file.Read(buffer[..(int)Math.Min(buffer.Length, length - offset)], offset);
        Lay(SegmentTrailer.FileMagic, 0, buffer[..read], offset);
        Lay(trailer, length - trailer.Length, buffer[..read], offset);
        return read;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => throw ReadOnly();

    public void SetLength(long length) => throw ReadOnly();

    public void Sync() => throw ReadOnly();

    public void Dispose() => file.Dispose();

    private UnauthorizedAccessException ReadOnly() => new($"{Path} was opened for reading");

    /// <summary>Puts over what was read the part of <paramref name="patch"/> that lies there.</summary>
    private static void Lay(ReadOnlySpan<byte> patch, long patchAt, Span<byte> read, long readAt)
    {
        long from = Math.Max(patchAt, readAt);
        long to = Math.Min(patchAt + patch.Length, readAt + read.Length);
        if (from < to)
            patch[(int)(from - patchAt)..(int)(to - patchAt)].CopyTo(read[(int)(from - readAt)..]);
    }
}
