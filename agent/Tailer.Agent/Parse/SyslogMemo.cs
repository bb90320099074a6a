using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tailer.Agent;

/// <summary>
/// Remembers headers <c> host app[pid]:</c>, of which a log has few, so that most are only compared. Gives what
/// <see cref="SyslogHeader.TryRead"/> gives. A newcomer takes the place of the one it collides with. Not thread-safe.
/// </summary>
internal sealed class SyslogMemo(NameCache names)
{
    /// <summary>A central log has some hundred processes that write at a time; this many entries are at most 150 KiB.</summary>
    private const int PlaceBits = 10;

    /// <summary>Bytes that choose the place.</summary>
    private const int KeyBytes = 24;

    private const int HeaderBytesMax = 128;

    private readonly Entry[] entries = new Entry[1 << PlaceBits];

    public bool TryRead(ReadOnlySpan<byte> rest, out string? app, out uint pid, out int length)
    {
        if (rest.Length < KeyBytes)
            return Read(rest, out app, out pid, out length);
        ref Entry entry = ref entries[PlaceOf(ref MemoryMarshal.GetReference(rest))];
        if (entry.Header is { } known && rest.StartsWith(known))
        {
            (app, pid, length) = (entry.App, entry.Pid, known.Length);
            return true;
        }
        bool found = Read(rest, out app, out pid, out length);
        // Only a colon shows that the header ends there whatever follows.
        if (found && length <= HeaderBytesMax && rest[length - 1] == ':')
            entry = new Entry(rest[..length].ToArray(), app, pid);
        return found;
    }

    private bool Read(ReadOnlySpan<byte> rest, out string? app, out uint pid, out int length)
    {
        bool found = SyslogHeader.TryRead(rest, out ReadOnlySpan<byte> name, out pid, out length);
        app = found && !name.IsEmpty ? names.Get(name) : null;
        return found;
    }

    private static uint PlaceOf(ref byte key)
    {
        uint h = BitOperations.Crc32C(0, Unsafe.ReadUnaligned<ulong>(ref key));
        h = BitOperations.Crc32C(h, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref key, 8)));
        h = BitOperations.Crc32C(h, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref key, 16)));
        return h >> (32 - PlaceBits);
    }

    private readonly record struct Entry(byte[]? Header, string? App, uint Pid);
}
