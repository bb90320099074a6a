using System.Buffers.Binary;
using Tailer.Blocks;
using Tailer.Blocks.Native;
using Tailer.Wire.Noise;

namespace Tailer.Wire;

/// <summary>
/// The sending half of a channel's transport: plaintext in, encrypted records out. Appending copies into the waiting
/// buffer; whoever finds no flush under way encrypts that buffer in place and writes it in one call, while others fill the
/// next one. So a lone message costs no thread switch, and many small ones share records and system calls.
/// </summary>
/// <remarks>
/// Backpressure: at most two buffers of <see cref="WireLimits.SendBufferBytesMax"/> exist. A sender that finds the waiting
/// one full waits until the flush under way has swapped them. The flusher waits only for the socket, never for a sender,
/// and a socket that takes nothing for the send timeout ends the channel; so every wait ends.
/// </remarks>
internal sealed class RecordWriter(Stream stream, CipherState cipher, ChannelOptions options, Action<DisconnectReason> abort) : IDisposable
{
    private const int LengthBytes = 2;
    private const int FirstBufferBytes = 4096;

    private readonly Lock gate = new();
    private byte[]? waiting;
    private int waitingBytes;
    private int openRecord = -1;
    private bool flushing;
    private bool closed;
    private bool finished;
    private bool disposed;
    private TaskCompletionSource? room;
    private TaskCompletionSource? idle;

    /// <summary>When the last write began, for keep-alives.</summary>
    public long LastWriteTimestamp { get; private set; } = options.Clock.GetTimestamp();

    /// <summary>
    /// Appends all of the bytes, waiting for room as needed. Only one call at a time; the caller holds the send lock. False
    /// when the channel is closed.
    /// </summary>
    public async ValueTask<bool> AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            Task? wait = null;
            bool mustFlush = false;
            lock (gate)
            {
                if (closed || finished)
                    return false;
                bytes = bytes[Copy(bytes.Span)..];
                if (bytes.IsEmpty)
                    return true;
                if (flushing)
                    wait = (room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                else
                    mustFlush = flushing = true;
            }
            if (mustFlush)
                await FlushOnceAsync();
            else
                await wait!;
        }
    }

    /// <summary>Sends what is waiting, unless somebody else is already at it.</summary>
    public async ValueTask FlushAsync()
    {
        lock (gate)
        {
            if (flushing || closed || waitingBytes == 0)
                return;
            flushing = true;
        }
        await FlushOnceAsync();
    }

    /// <summary>Returns when everything appended so far is written, or the channel has ended.</summary>
    public async ValueTask DrainAsync()
    {
        while (true)
        {
            Task? wait = null;
            lock (gate)
            {
                if (closed || (!flushing && waitingBytes == 0))
                    return;
                if (flushing)
                    wait = (idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                else
                    flushing = true;
            }
            if (wait is null)
                await FlushOnceAsync();
            else
                await wait;
        }
    }

    /// <summary>
    /// Appends the empty record that tells the peer that nothing is missing; after it nothing more is taken. The caller holds
    /// the send lock, so that it is not in the middle of a message.
    /// </summary>
    public void AppendEndOfStream()
    {
        lock (gate)
        {
            if (closed || finished)
                return;
            finished = true;
            CloseRecord();
            Grow(LengthBytes + Sodium.TagBytes, int.MaxValue);
            openRecord = waitingBytes;
            waitingBytes += LengthBytes;
            CloseRecord();
        }
    }

    /// <summary>Ends all waits; nothing more is sent.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            Wake(ref room);
            Wake(ref idle);
        }
    }

    public void Dispose()
    {
        Close();
        lock (gate)
        {
            if (waiting is not null)
                BufferPool.Return(waiting);
            waiting = null;
            waitingBytes = 0;
            disposed = true;
            // A flush under way still encrypts with the key, and wipes it when it ends.
            if (!flushing)
                cipher.Dispose();
        }
    }

    /// <summary>Copies what fits into the waiting buffer, as plaintext with room for lengths and tags. Under the gate.</summary>
    private int Copy(ReadOnlySpan<byte> bytes)
    {
        int copied = 0;
        while (copied < bytes.Length)
        {
            int frame = openRecord < 0 ? LengthBytes + Sodium.TagBytes : Sodium.TagBytes;
            Grow(frame + Math.Min(bytes.Length - copied, WireLimits.RecordPlaintextBytesMax), WireLimits.SendBufferBytesMax);
            int room = Math.Min(waiting!.Length, WireLimits.SendBufferBytesMax) - waitingBytes;
            if (room <= frame)
                break;
            if (openRecord < 0)
            {
                openRecord = waitingBytes;
                waitingBytes += LengthBytes;
            }
            int plaintext = waitingBytes - openRecord - LengthBytes;
            int count = Math.Min(bytes.Length - copied,
                Math.Min(WireLimits.RecordPlaintextBytesMax - plaintext, room - frame));
            bytes.Slice(copied, count).CopyTo(waiting.AsSpan(waitingBytes));
            waitingBytes += count;
            copied += count;
            if (plaintext + count == WireLimits.RecordPlaintextBytesMax)
                CloseRecord();
        }
        return copied;
    }

    private void CloseRecord()
    {
        if (openRecord < 0)
            return;
        int plaintext = waitingBytes - openRecord - LengthBytes;
        BinaryPrimitives.WriteUInt16LittleEndian(waiting.AsSpan(openRecord), (ushort)(plaintext + Sodium.TagBytes));
        waitingBytes += Sodium.TagBytes;
        openRecord = -1;
    }

    private void Grow(int bytes, int bytesMax)
    {
        int needed = (int)Math.Min((long)waitingBytes + bytes, bytesMax);
        if (waiting is not null && waiting.Length >= needed)
            return;
        byte[] larger = BufferPool.Rent(Math.Max(FirstBufferBytes, needed));
        if (waiting is not null)
        {
            waiting.AsSpan(0, waitingBytes).CopyTo(larger);
            BufferPool.Return(waiting);
        }
        waiting = larger;
    }

    /// <summary>One buffer out. If more came meanwhile, a pool thread goes on, so that this sender need not work for all.</summary>
    private async ValueTask FlushOnceAsync()
    {
        if (await WriteWaitingAsync())
            _ = Task.Run(FlushRestAsync);
    }

    private async Task FlushRestAsync()
    {
        while (await WriteWaitingAsync())
        {
        }
    }

    /// <summary>Takes the waiting buffer, encrypts and writes it; true when another is waiting and this caller still is the flusher.</summary>
    private async ValueTask<bool> WriteWaitingAsync()
    {
        byte[]? buffer;
        int count;
        lock (gate)
        {
            CloseRecord();
            (buffer, count) = (waiting, waitingBytes);
            (waiting, waitingBytes) = (null, 0);
            Wake(ref room);
        }
        bool written = buffer is null || await WriteAsync(buffer, count);
        // A write that was given up may still read its buffer; that one is left to the garbage collector.
        if (buffer is not null && written)
            BufferPool.Return(buffer);
        lock (gate)
        {
            flushing = written && !closed && waitingBytes > 0;
            if (flushing)
                return true;
            Wake(ref idle);
            if (disposed)
                cipher.Dispose();
            return false;
        }
    }

    private async ValueTask<bool> WriteAsync(byte[] buffer, int count)
    {
        try
        {
            SealRecords(buffer.AsSpan(0, count));
            LastWriteTimestamp = options.Clock.GetTimestamp();
            ValueTask write = stream.WriteAsync(buffer.AsMemory(0, count));
            if (write.IsCompletedSuccessfully)
                write.GetAwaiter().GetResult();
            else
            {
                await write.AsTask().WaitAsync(options.SendTimeout, options.Clock);
                // Whoever sent this goes on here.
                if (SocketThreads.AreWatching)
                    await Task.Yield();
            }
            WireMetrics.Sent(count);
            return true;
        }
        catch (TimeoutException)
        {
            abort(DisconnectReason.SendTimeout);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // The peer is gone, or this side aborted; the channel's reason says which.
            abort(DisconnectReason.Lost);
        }
        return false;
    }

    /// <summary>Continuations run elsewhere, so this is safe under the gate.</summary>
    private static void Wake(ref TaskCompletionSource? waiter)
    {
        waiter?.TrySetResult();
        waiter = null;
    }

    private void SealRecords(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int ciphertext = BinaryPrimitives.ReadUInt16LittleEndian(buffer);
            Span<byte> record = buffer.Slice(LengthBytes, ciphertext);
            cipher.Encrypt(default, record[..^Sodium.TagBytes], record);
            cipher.RekeyWhenDue(options.RecordsPerKey);
            buffer = buffer[(LengthBytes + ciphertext)..];
        }
    }
}
