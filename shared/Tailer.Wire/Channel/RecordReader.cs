using System.Buffers.Binary;
using System.Net.Sockets;
using Tailer.Blocks;
using Tailer.Blocks.Native;
using Tailer.Wire.Noise;

namespace Tailer.Wire;

/// <summary>
/// The receiving half of a channel's transport: encrypted records in, plaintext out. One reader at a time. A small buffer
/// while little comes, a large one while much does, and none while nothing does, because there may be ten thousand idle peers.
/// </summary>
internal sealed class RecordReader(Stream stream, CipherState cipher, ChannelOptions options) : IDisposable
{
    private const int LengthBytes = 2;
    private const int SmallBufferBytes = 4096;
    private const int LargeBufferBytes = 256 << 10;

    /// <summary>Who let this side wait for so long will do it again; to wait without a buffer costs one more system call.</summary>
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(1);

    private byte[]? buffer;
    private bool isIdle;
    private int start;
    private int end;
    private int plaintextStart;
    private int plaintextEnd;

    /// <summary>Called when nothing more is there to be read and the wait for the peer begins.</summary>
    public Func<ValueTask>? BeforeWait { get; set; }

    /// <summary>When the wait for the peer began; 0 while nobody waits for it. Read by the idle timer.</summary>
    public long WaitingSince { get; private set; }

    /// <summary>
    /// Fills the destination with the next plaintext bytes. None when done; ClosedByPeer only if the peer's end came at the
    /// first byte, so that nothing is cut; otherwise what ended it.
    /// </summary>
    public async ValueTask<DisconnectReason> ReadExactAsync(Memory<byte> destination)
    {
        bool first = true;
        while (!destination.IsEmpty)
        {
            if (plaintextStart == plaintextEnd)
            {
                (DisconnectReason reason, int written) = await NextRecordAsync(destination);
                if (reason != DisconnectReason.None)
                    return reason == DisconnectReason.ClosedByPeer && !first ? DisconnectReason.ProtocolBroken : reason;
                destination = destination[written..];
                first = false;
                continue;
            }
            int count = Math.Min(destination.Length, plaintextEnd - plaintextStart);
            buffer.AsMemory(plaintextStart, count).CopyTo(destination);
            plaintextStart += count;
            destination = destination[count..];
            first = false;
        }
        return DisconnectReason.None;
    }

    /// <summary>The whole next record, for the handshake's verdict; at most <paramref name="bytesMax"/> bytes.</summary>
    public async ValueTask<(DisconnectReason Reason, byte[] Plaintext)> ReadRecordAsync(int bytesMax)
    {
        (DisconnectReason reason, _) = await NextRecordAsync(default, bytesMax);
        if (reason != DisconnectReason.None)
            return (reason, []);
        byte[] plaintext = buffer.AsSpan(plaintextStart, plaintextEnd - plaintextStart).ToArray();
        plaintextStart = plaintextEnd;
        return (DisconnectReason.None, plaintext);
    }

    /// <summary>The next plaintext bytes, if they have come already and are in one record; they stay to be read.</summary>
    public bool TryPeek(Span<byte> destination)
    {
        if (plaintextStart == plaintextEnd && RecordAt(start) is > 0 and var plaintext && !TryOpen(plaintext, default))
            return false;
        if (plaintextEnd - plaintextStart < destination.Length)
            return false;
        buffer.AsSpan(plaintextStart, destination.Length).CopyTo(destination);
        return true;
    }

    /// <summary>Whether so many plaintext bytes have come already.</summary>
    public bool Holds(int bytes)
    {
        int held = plaintextEnd - plaintextStart;
        for (int at = start; held < bytes; at += LengthBytes + Sodium.TagBytes)
        {
            int plaintext = RecordAt(at);
            if (plaintext <= 0)
                return false;
            held += plaintext;
            at += plaintext;
        }
        return true;
    }

    public void Dispose()
    {
        if (buffer is not null)
            BufferPool.Return(buffer);
        buffer = null;
        start = end = plaintextStart = plaintextEnd = 0;
        cipher.Dispose();
    }

    /// <summary>
    /// Reads and decrypts the next record: straight into the destination when all of it belongs there (returning how much),
    /// else in place, to be taken from the buffer.
    /// </summary>
    private async ValueTask<(DisconnectReason Reason, int Written)> NextRecordAsync(
        Memory<byte> destination, int bytesMax = WireLimits.RecordPlaintextBytesMax)
    {
        DisconnectReason reason = await FillAsync(LengthBytes);
        if (reason != DisconnectReason.None)
            return (reason, 0);
        int ciphertext = BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(start));
        int plaintext = ciphertext - Sodium.TagBytes;
        if (plaintext < 0 || plaintext > bytesMax)
            return (DisconnectReason.ProtocolBroken, 0);
        reason = await FillAsync(LengthBytes + ciphertext);
        if (reason != DisconnectReason.None)
            return (reason, 0);
        bool direct = plaintext > 0 && plaintext <= destination.Length;
        if (!TryOpen(plaintext, direct ? destination.Span : default))
            return (DisconnectReason.Tampered, 0);
        return (plaintext == 0 ? DisconnectReason.ClosedByPeer : DisconnectReason.None, direct ? plaintext : 0);
    }

    /// <summary>Decrypts the record at <see cref="start"/>, all of which is there: to the destination, or in place where that is empty. False when it was altered.</summary>
    private bool TryOpen(int plaintext, Span<byte> destination)
    {
        Span<byte> record = buffer.AsSpan(start + LengthBytes, plaintext + Sodium.TagBytes);
        if (!cipher.TryDecrypt(default, record, destination.IsEmpty ? record : destination))
            return false;
        cipher.RekeyWhenDue(options.RecordsPerKey);
        plaintextStart = start + LengthBytes;
        plaintextEnd = destination.IsEmpty ? plaintextStart + plaintext : plaintextStart;
        start += LengthBytes + record.Length;
        return true;
    }

    /// <summary>Plaintext bytes of the record at this place of the buffer: 0 of the peer's end, -1 when it has not come as a whole or is none.</summary>
    private int RecordAt(int at)
    {
        if (end - at < LengthBytes)
            return -1;
        int ciphertext = BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at));
        return end - at - LengthBytes < ciphertext ? -1 : Math.Max(ciphertext - Sodium.TagBytes, -1);
    }

    /// <summary>Makes at least this many bytes available from <see cref="start"/>. All plaintext has been taken by then.</summary>
    private async ValueTask<DisconnectReason> FillAsync(int bytes)
    {
        while (end - start < bytes)
        {
            int read;
            try
            {
                WaitingSince = options.Clock.GetTimestamp();
                if (isIdle && start == end && stream is NetworkStream)
                    await WaitWithoutBufferAsync();
                MakeRoom(bytes);
                ValueTask<int> reading = stream.ReadAsync(buffer.AsMemory(end));
                bool waits = !reading.IsCompleted;
                if (waits && BeforeWait is { } wait)
                    await wait();
                read = await reading;
                isIdle = options.Clock.GetElapsedTime(WaitingSince) >= IdleAfter;
                WaitingSince = 0;
                // What is read is stored here, which may take long.
                if (waits && SocketThreads.AreWatching)
                    await Task.Yield();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
            {
                // The stream is gone, broken or aborted by this side; the abort has its own reason, which comes first.
                return DisconnectReason.Lost;
            }
            if (read == 0)
                return DisconnectReason.Lost;
            WireMetrics.Received(read);
            end += read;
        }
        return DisconnectReason.None;
    }

    /// <summary>Until there is something to be read, or the peer has ended.</summary>
    private async ValueTask WaitWithoutBufferAsync()
    {
        if (buffer is not null)
            BufferPool.Return(buffer);
        buffer = null;
        start = end = plaintextStart = plaintextEnd = 0;
        cipher.Rest();
        ValueTask<int> waiting = stream.ReadAsync(Memory<byte>.Empty);
        bool waits = !waiting.IsCompleted;
        if (waits && BeforeWait is { } wait)
            await wait();
        await waiting;
        if (waits && SocketThreads.AreWatching)
            await Task.Yield();
    }

    /// <summary>A caught-up reader waits with a small buffer; one in the middle of a record takes a large one.</summary>
    private void MakeRoom(int bytes)
    {
        if (start == end)
        {
            start = end = 0;
            plaintextStart = plaintextEnd = 0;
            if (bytes <= SmallBufferBytes && buffer?.Length == SmallBufferBytes)
                return;
            Replace(bytes <= SmallBufferBytes ? SmallBufferBytes : LargeBufferBytes);
        }
        else if (buffer!.Length - start < bytes)
        {
            if (buffer.Length >= bytes)
                Compact(buffer);
            else
                Replace(LargeBufferBytes);
        }
    }

    private void Replace(int bytes)
    {
        byte[] other = BufferPool.Rent(bytes);
        if (buffer is null)
        {
            buffer = other;
            return;
        }
        byte[] old = buffer;
        Compact(other);
        buffer = other;
        BufferPool.Return(old);
    }

    private void Compact(byte[] to)
    {
        buffer.AsSpan(start, end - start).CopyTo(to);
        end -= start;
        start = 0;
        plaintextStart = plaintextEnd = 0;
    }
}
