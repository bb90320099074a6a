using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tailer.Blocks;

/// <summary>
/// Streams by how recently they were used. A few streams are busy at any time, so a recency rank takes fewer bits than a
/// stream's number. A stream not used before has the rank behind all others.
/// </summary>
internal sealed class StreamRanks(int streamsMax)
{
    /// <summary>A rank from here on is written as this and two more bytes.</summary>
    public const byte Far = 255;

    private static readonly Vector256<ushort> Lanes = Vector256.CreateSequence<ushort>(0, 1);

    // One more, and one vector behind that which begins with the last of them.
    private readonly ushort[] recent = new ushort[streamsMax + 1 + 2 * Vector256<ushort>.Count];
    private int count;

    public void Reset() => count = 0;

    /// <summary>The stream's rank; streams must be first used in the order of their numbers.</summary>
    public int Use(int stream)
    {
        if (stream != count)
            return FindAndMove((ushort)stream);
        MoveToFront(count, (ushort)stream);
        return count++;
    }

    /// <summary>The stream with the rank; -1 when there is none.</summary>
    public int StreamAt(int rank, int streams)
    {
        if (rank > count || (rank == count && count == streams))
            return -1;
        int stream = rank == count ? count++ : recent[rank];
        MoveToFront(rank, (ushort)stream);
        return stream;
    }

    /// <summary>
    /// The place of a stream that is among the recent ones (behind these only old ones may be found); what is before it moves up by one on the
    /// way.
    /// </summary>
    private int FindAndMove(ushort stream)
    {
        ref ushort first = ref MemoryMarshal.GetArrayDataReference(recent);
        Vector256<ushort> here = Vector256.LoadUnsafe(ref first);
        for (int at = 0; at < count; at += Vector256<ushort>.Count)
        {
            uint found = Vector256.Equals(here, Vector256.Create(stream)).ExtractMostSignificantBits();
            if (found != 0)
            {
                int lane = BitOperations.TrailingZeroCount(found);
                Vector256<ushort> kept = Vector256.LoadUnsafe(ref first, (nuint)at + 1), moves = Vector256.LessThan(Lanes, Vector256.Create((ushort)lane));
                Vector256.ConditionalSelect(moves, here, kept).StoreUnsafe(ref first, (nuint)at + 1);
                first = stream;
                return at + lane;
            }
            // Read before it is written over.
            Vector256<ushort> next = Vector256.LoadUnsafe(ref first, (nuint)(at + Vector256<ushort>.Count));
            here.StoreUnsafe(ref first, (nuint)at + 1);
            here = next;
        }
        throw new InvalidOperationException($"stream {stream} is not among the {count} used before");
    }

    /// <summary>Moves what is before the rank up by one; from the last vector to the first, since they overlap.</summary>
    private void MoveToFront(int rank, ushort stream)
    {
        ref ushort first = ref MemoryMarshal.GetArrayDataReference(recent);
        for (int at = rank / Vector256<ushort>.Count * Vector256<ushort>.Count; at >= 0; at -= Vector256<ushort>.Count)
        {
            Vector256<ushort> moves = Vector256.LessThan(Lanes, Vector256.Create((ushort)Math.Min(rank - at, ushort.MaxValue)));
            Vector256<ushort> moved = Vector256.LoadUnsafe(ref first, (nuint)at), kept = Vector256.LoadUnsafe(ref first, (nuint)at + 1);
            Vector256.ConditionalSelect(moves, moved, kept).StoreUnsafe(ref first, (nuint)at + 1);
        }
        first = stream;
    }
}
