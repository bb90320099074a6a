using System.Text;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Turns the bytes of a short name into one string per name, without allocating for names seen before. Holds at most
/// <see cref="Slots"/> names: a newcomer takes the slot of the one it collides with. Not thread-safe.
/// </summary>
/// <param name="accepts">Names that are refused come out as null; null: all are accepted.</param>
internal sealed class NameCache(Func<string, bool>? accepts = null)
{
    /// <summary>A host runs a few hundred programs; 1,024 slots collide seldom and cost 16 KiB.</summary>
    private const int Slots = 1024;

    private readonly byte[]?[] bytes = new byte[]?[Slots];
    private readonly string?[] names = new string?[Slots];

    public string? Get(ReadOnlySpan<byte> name)
    {
        uint slot = Crc32C.Compute(name) % Slots;
        if (bytes[slot] is { } known && name.SequenceEqual(known))
            return names[slot];
        bytes[slot] = name.ToArray();
        string text = Encoding.UTF8.GetString(name);
        return names[slot] = accepts is null || accepts(text) ? text : null;
    }
}
