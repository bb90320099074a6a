using System.Buffers.Binary;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Cli.Verify;

/// <summary>Finds packets that lie whole in bytes that are no record: where only the record's header was hit, nothing is lost yet.</summary>
internal static class FrameSalvage
{
    /// <summary>So many places where the magic stands are looked at: bytes made to look like frames must not take hours.</summary>
    private const int CandidatesMax = 1000;

    /// <summary>In the order of the file, end of the range exclusive.</summary>
    public static IEnumerable<(long Position, FrameHeader Header)> Find(IDiskFile file, long from, long to)
    {
        byte[] magic = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, FrameHeader.Magic);
        int candidates = 0;
        while (from < to && candidates < CandidatesMax)
        {
            byte[] window = FileBytes.Read(file, from, (int)Math.Min(2 * Limits.FrameBytesMax, to - from));
            int at = window.AsSpan().IndexOf(magic);
            if (at < 0 && window.Length == to - from)
                yield break;
            if (at < 0 || (at > Limits.FrameBytesMax && window.Length < to - from))
            {
                // Begin a window in which a whole frame fits.
                from += at < 0 ? Math.Max(1, window.Length - magic.Length + 1) : at;
                continue;
            }
            candidates++;
            FrameError error = FrameHeader.TryRead(window.AsSpan(at), out FrameHeader? header);
            bool isWhole = error == FrameError.None && header!.FrameBytes <= window.Length - at
                && FrameHeader.TryReadFrame(window.AsSpan(at, header.FrameBytes), out _) == FrameError.None;
            if (isWhole)
                yield return (from + at, header!);
            from += at + (isWhole ? header!.FrameBytes : magic.Length);
        }
    }
}
