using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tailer.Agent;

/// <summary>
/// Remembers headers <c> host app[pid]:</c>, of which a log has few, so that most are only compared. Gives what
/// <see cref="SyslogHeader.TryRead"/> gives. A newcomer takes the place of the one it collides with. Not thread-safe.
/// </summary>
/// <param name="names">Of applications.</param>
/// <param name="hosts">Of hosts that may be claimed; null: the host is not asked.</param>
internal sealed class SyslogMemo(NameCache names, NameCache? hosts)
{
    /// <summary>A central log has some hundred processes that write at a time; this many entries are at most 150 KiB.</summary>
    private const int PlaceBits = 10;

    /// <summary>Bytes that choose the place.</summary>
    private const int KeyBytes = 24;

    private const int HeaderBytesMax = 128;

    private readonly Entry[] entries = new Entry[1 << PlaceBits];

    public bool TryRead(ReadOnlySpan<byte> rest, out SyslogFacts facts, out int length)
    {
        if (rest.Length < KeyBytes)
            return Read(rest, out facts, out length);
        ref Entry entry = ref entries[PlaceOf(ref MemoryMarshal.GetReference(rest))];
        if (entry.Header is { } known && IsAt(rest, known, entry.Length))
        {
            (facts, length) = (entry.Facts, entry.Length);
            return true;
        }
        bool found = Read(rest, out facts, out length);
        // Only a colon shows that the header ends there whatever follows.
        if (found && length <= HeaderBytesMax && rest[length - 1] == ':')
            entry = new Entry(Kept(rest[..length]), length, facts);
        return found;
    }

    /// <summary>With zeros behind it, so that it can be compared as a vector.</summary>
    private static byte[] Kept(ReadOnlySpan<byte> header)
    {
        byte[] kept = new byte[Math.Max(header.Length, Vector256<byte>.Count)];
        header.CopyTo(kept);
        return kept;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAt(ReadOnlySpan<byte> rest, byte[] known, int length)
    {
        if (length > Vector256<byte>.Count || rest.Length < Vector256<byte>.Count)
            return rest.StartsWith(known.AsSpan(0, length));
        uint same = Vector256.Equals(Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(rest)), Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(known))).ExtractMostSignificantBits();
        return (~same & ((1UL << length) - 1)) == 0;
    }

    /// <summary>The header of RFC 5424, not remembered: a message id follows.</summary>
    public bool TryReadNew(ReadOnlySpan<byte> rest, out SyslogFacts facts, out int length)
    {
        bool found = SyslogHeader.TryReadNew(rest, out ReadOnlySpan<byte> host, out ReadOnlySpan<byte> app, out uint pid, out length);
        facts = found ? FactsOf(host, app, pid) : default;
        return found;
    }

    private bool Read(ReadOnlySpan<byte> rest, out SyslogFacts facts, out int length)
    {
        bool found = SyslogHeader.TryRead(rest, out ReadOnlySpan<byte> host, out ReadOnlySpan<byte> app, out uint pid, out length);
        facts = found ? FactsOf(host, app, pid) : default;
        return found;
    }

    private SyslogFacts FactsOf(ReadOnlySpan<byte> host, ReadOnlySpan<byte> app, uint pid)
    {
        bool isAsked = hosts is not null && !host.IsEmpty;
        string? claimed = isAsked ? hosts!.Get(host) : null;
        return new SyslogFacts(claimed, isAsked && claimed is null, app.IsEmpty ? null : names.Get(app), pid);
    }

    private static uint PlaceOf(ref byte key)
    {
        uint h = BitOperations.Crc32C(0, Unsafe.ReadUnaligned<ulong>(ref key));
        h = BitOperations.Crc32C(h, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref key, 8)));
        h = BitOperations.Crc32C(h, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref key, 16)));
        return h >> (32 - PlaceBits);
    }

    private readonly record struct Entry(byte[]? Header, int Length, SyslogFacts Facts);
}
