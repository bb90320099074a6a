using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Time.Testing;
using Tailer.Wire.Noise;

namespace Tailer.Wire.Tests.Channel;

public sealed class RecordWriterTests
{
    /// <summary>
    /// A write that was given up goes on below: were its buffer used for something else, that would go to the peer. All runs on one
    /// thread, for which the pool keeps what was returned last.
    /// </summary>
    [Fact]
    public async Task The_buffer_of_a_write_that_was_given_up_is_not_used_again() => await Task.Run(() =>
    {
        var clock = new FakeTimeProvider();
        var options = new ChannelOptions { Clock = clock };
        var reasons = new List<DisconnectReason>();
        using var stream = new StuckStream();
        using var cipher = new CipherState();
        cipher.InitializeKey(new byte[32]);
        using var writer = new RecordWriter(stream, cipher, options, reasons.Add);
        Assert.True(writer.AppendAsync(new byte[1000]).AsTask().IsCompletedSuccessfully);

        Task flush = writer.FlushAsync().AsTask();
        clock.Advance(options.SendTimeout);

        Assert.True(flush.IsCompletedSuccessfully);
        Assert.Equal([DisconnectReason.SendTimeout], reasons);
        Assert.NotSame(stream.Buffer, ArrayPool<byte>.Shared.Rent(stream.Buffer!.Length));
    });

    /// <summary>Takes a write and never ends it.</summary>
    private sealed class StuckStream : Stream
    {
        /// <summary>What is still being read from.</summary>
        public byte[]? Buffer { get; private set; }

        public override bool CanRead => false;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Assert.True(MemoryMarshal.TryGetArray(buffer, out ArraySegment<byte> segment));
            Buffer = segment.Array;
            return new ValueTask(new TaskCompletionSource().Task);
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
