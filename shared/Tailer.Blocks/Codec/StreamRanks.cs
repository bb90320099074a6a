namespace Tailer.Blocks;

/// <summary>
/// Streams by how recently they were used. A few streams are busy at any time, so a recency rank takes fewer bits than a
/// stream's number. A stream not used before has the rank behind all others.
/// </summary>
internal sealed class StreamRanks(int streamsMax)
{
    /// <summary>A rank from here on is written as this and two more bytes.</summary>
    public const byte Far = 255;

    /// <summary>Up to here moving one by one is faster than a call.</summary>
    private const int NearRank = 16;

    private readonly ushort[] recent = new ushort[streamsMax];
    private int count;

    public void Reset() => count = 0;

    /// <summary>The stream's rank; streams must be first used in the order of their numbers.</summary>
    public int Use(int stream)
    {
        int rank = stream == count ? count++ : recent.AsSpan(0, count).IndexOf((ushort)stream);
        MoveToFront(rank, (ushort)stream);
        return rank;
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

    private void MoveToFront(int rank, ushort stream)
    {
        if (rank > NearRank)
            recent.AsSpan(0, rank).CopyTo(recent.AsSpan(1));
        else
        {
            for (int r = rank; r > 0; r--)
                recent[r] = recent[r - 1];
        }
        recent[0] = stream;
    }
}
