using System.Buffers.Binary;
using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Bench;

/// <summary>
/// Packets made once from a log and then stamped anew each time they are sent, so that a buck gets any number of them, all different,
/// and who sends hardly works. A stamp is the number, the sealed time, the checksum of the header and the id: docs/formats/frame.md.
/// </summary>
internal sealed class PacketStock
{
    private const int HeaderBytesAt = 8, EpochAt = 16, NumberAt = 32;

    private readonly byte[][] frames;
    private long number;

    private PacketStock(byte[][] frames) => this.frames = frames;

    /// <param name="path">The log.</param>
    /// <param name="agent">Whose packets they are.</param>
    /// <param name="count">How many different ones.</param>
    /// <param name="linesMax">Lines in a packet at most; it also ends where an agent ends it.</param>
    public static PacketStock Make(string path, string agent, int count, int linesMax = int.MaxValue)
    {
        using var maker = new PacketMaker(path, agent);
        var frames = new List<byte[]>();
        foreach (LineBatch batch in new LogLines(path, host: null).Batches())
        {
            for (int i = 0; i < batch.Lines.Count && frames.Count < count; i++)
            {
                maker.Add(batch[i]);
                if (maker.IsFull || maker.Count >= linesMax)
                    frames.Add(maker.Seal().Frame.ToArray());
            }
            if (frames.Count == count)
                break;
        }
        // An epoch of its own, as each start of an agent has: two stocks of the same log differ.
        byte[] epoch = Guid.NewGuid().ToByteArray();
        foreach (byte[] frame in frames)
            epoch.CopyTo(frame.AsSpan(EpochAt));
        return new PacketStock([.. frames]);
    }

    /// <summary>The next one. Its memory is valid until as many more were taken as there are; a frame is for one sender at a time.</summary>
    public Append Next()
    {
        long next = Interlocked.Increment(ref number);
        byte[] frame = frames[next % frames.Length];
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(NumberAt), next);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(FrameHeader.SealedTimeAt), LogTime.Now(TimeProvider.System));
        int header = BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(HeaderBytesAt));
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(header - sizeof(uint)), Crc32C.Compute(frame.AsSpan(0, header - sizeof(uint))));
        return new Append(Packet.IdOf(frame), 0, 2, AppendOptions.None, frame);
    }
}
