using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>A file as a stream that is read once, and then other bytes, which come in a read of their own.</summary>
internal sealed class PackedInput(IFileHandle file, ReadOnlyMemory<byte> mark) : Stream
{
    private long position;

    /// <summary>The file was read to its end, and the other bytes were given out.</summary>
    public bool IsAtMark { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int count = IsAtMark ? 0 : file.Read(buffer, position);
        position += count;
        if (count > 0 || IsAtMark || mark.IsEmpty)
            return count;
        IsAtMark = true;
        mark.Span.CopyTo(buffer);
        return mark.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
