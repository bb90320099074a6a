using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>
/// Which disk a packet goes to: weighted rendezvous hashing. Each disk draws a number for the packet, from its own seed and the packet's id,
/// exponentially distributed with the disk's weight as rate; the least wins. So a disk's share is its weight by the sum of the weights, and a
/// disk that leaves or comes moves the packets that were or will be its own, and no other.
/// </summary>
internal static class DiskChoice
{
    /// <summary>What the disk draws for the packet. The same on every machine and in every version: see docs/decisions/0021.</summary>
    public static double Draw(PacketId id, ulong seed, int weight)
    {
        // 53 bits, and never 0: of an id that is a hash, mixed with the seed (the finalizer of SplitMix64).
        ulong mixed = (ulong)id.Value ^ seed;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        mixed ^= mixed >> 31;
        double uniform = ((mixed >> 11) + 0.5) / (1UL << 53);
        return -Math.Log(uniform) / weight;
    }

    /// <summary>
    /// The index of the disk with the least draw, of those that have room for so many bytes now and are not in <paramref name="passed"/> (bit i
    /// for index i); -1 when there is none.
    /// </summary>
    public static int Next(StoreDisk[] disks, PacketId id, int bytes, ulong passed)
    {
        int best = -1;
        double least = double.PositiveInfinity;
        for (int i = 0; i < disks.Length; i++)
        {
            StoreDisk disk = disks[i];
            if ((passed >> i & 1) != 0 || !disk.Takes(bytes))
                continue;
            double drawn = Draw(id, disk.Seed, disk.Weight);
            if (drawn >= least)
                continue;
            (best, least) = (i, drawn);
        }
        return best;
    }
}
