using System.IO.Pipelines;

namespace Tailer.Wire.Tests;

/// <summary>
/// One end of a connection in memory. What is written goes through <see cref="Change"/> first, which may alter, drop or
/// repeat it, and <see cref="ReadBoundary"/> says where the reads of this end are split.
/// </summary>
internal sealed class DuplexStream(PipeReader input, PipeWriter output) : Stream
{
    private static readonly PipeOptions Unlimited = new(pauseWriterThreshold: 0, useSynchronizationContext: false);

    /// <summary>Called with each write; what it returns is written instead.</summary>
    public Func<byte[], byte[]> Change { get; set; } = bytes => bytes;

    /// <summary>A read ends at this position in the stream of bytes, and the next one begins there. Negative: reads are of one byte.</summary>
    public long ReadBoundary { get; set; } = long.MaxValue;

    public long BytesRead { get; private set; }

    public long BytesWritten { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>A connected pair; with a threshold, writes wait while the other end has so many bytes unread.</summary>
    public static (DuplexStream Left, DuplexStream Right) Pair(int threshold = 0)
    {
        PipeOptions options = threshold == 0
            ? Unlimited
            : new PipeOptions(pauseWriterThreshold: threshold, resumeWriterThreshold: threshold / 2, useSynchronizationContext: false);
        var toRight = new Pipe(options);
        var toLeft = new Pipe(options);
        return (new DuplexStream(toLeft.Reader, toRight.Writer), new DuplexStream(toRight.Reader, toLeft.Writer));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadResult result = await input.ReadAsync(cancellationToken);
        long most = ReadBoundary < 0 ? 1 : BytesRead < ReadBoundary ? ReadBoundary - BytesRead : long.MaxValue;
        int count = (int)Math.Min(Math.Min(result.Buffer.Length, buffer.Length), most);
        System.Buffers.BuffersExtensions.CopyTo(result.Buffer.Slice(0, count), buffer.Span);
        input.AdvanceTo(result.Buffer.GetPosition(count));
        BytesRead += count;
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        byte[] bytes = Change(buffer.ToArray());
        BytesWritten += bytes.Length;
        FlushResult flushed = await output.WriteAsync(bytes, cancellationToken);
        if (flushed.IsCanceled)
            throw new IOException("the stream was closed");
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // Completing while the other side of the pipe waits is what a closed socket looks like.
        output.CancelPendingFlush();
        output.Complete();
        input.CancelPendingRead();
        base.Dispose(disposing);
    }
}
