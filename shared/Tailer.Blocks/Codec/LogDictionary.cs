using Tailer.Blocks.Native;

namespace Tailer.Blocks;

/// <summary>
/// The dictionaries short blocks are packed with, by number. A dictionary's bytes are part of the format: a published one never changes
/// and is never taken away; a better one gets the next number (docs/formats/block.md).
/// </summary>
internal static class LogDictionary
{
    /// <summary>The one that is written with.</summary>
    public const byte Newest = 1;

    /// <summary>zstd level it is used at, whatever the block's: level 5 doubles the time of a small packet for 5 % (docs/performance.md).</summary>
    private const int Level = 3;

    private static readonly Lazy<ZstdDictionary> First = new(() => new ZstdDictionary(Bytes(1), Level));

    /// <summary>Null when there is none of that number.</summary>
    public static ZstdDictionary? TryGet(byte number) => number == 1 ? First.Value : null;

    /// <summary>A dictionary as it was published.</summary>
    internal static byte[] Bytes(byte number)
    {
        using Stream stream = typeof(LogDictionary).Assembly.GetManifestResourceStream($"log-{number}.zdict")
            ?? throw new InvalidOperationException($"the program was built without dictionary {number}");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
