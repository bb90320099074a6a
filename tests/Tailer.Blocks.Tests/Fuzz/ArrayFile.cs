using Tailer.Disk;

namespace Tailer.Blocks.Tests.Fuzz;

/// <summary>A file over an array, so that what is measured is the decoder's.</summary>
internal sealed class ArrayFile(byte[] bytes) : IDiskFile
{
    public string Path => "array";

    public long Length => bytes.Length;

    public int Read(Span<byte> buffer, long offset)
    {
        if (offset >= bytes.Length)
            return 0;
        int count = (int)Math.Min(buffer.Length, bytes.Length - offset);
        bytes.AsSpan((int)offset, count).CopyTo(buffer);
        return count;
    }

    public void Write(ReadOnlySpan<byte> from, long offset) => throw new NotSupportedException("the array is only read");

    public void SetLength(long length) => throw new NotSupportedException("the array is only read");

    public void Sync() => throw new NotSupportedException("the array is only read");

    public void Dispose()
    {
    }
}
