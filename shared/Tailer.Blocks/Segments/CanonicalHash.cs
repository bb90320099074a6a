using Tailer.Blocks.Native;

namespace Tailer.Blocks;

/// <summary>
/// The content hash of a segment: over its events in order in their canonical uncompressed form (docs/formats/segment.md), so
/// independent of block sizes, levels and codec.
/// </summary>
public sealed class CanonicalHash(IReadOnlyList<SegmentSource> sources) : IDisposable
{
    private const int FlushBytes = 32 * 1024;

    /// <summary>Names kept encoded; a log in which every line names another host must not fill the memory.</summary>
    private const int TextsMax = 65_536;

    private readonly ByteWriter canonical = new(2 * FlushBytes);
    private readonly Blake2bHasher hasher = new();
    private readonly Dictionary<string, byte[]> texts = new(StringComparer.Ordinal);

    public void Add(scoped in Event e)
    {
        canonical.Id(sources[e.Source].Descriptor.Id);
        canonical.U64(e.Offset);
        canonical.U32((uint)e.Bytes.Length);
        canonical.U64(e.Time);
        canonical.U8((byte)e.Flags);
        canonical.U8((byte)e.Severity);
        canonical.U32(e.Pid);
        canonical.Raw(Encoded(e.Host));
        canonical.Raw(Encoded(e.App ?? ""));
        canonical.Raw(e.Bytes);
        if (canonical.Length >= FlushBytes)
            Flush();
    }

    /// <summary>The hash of everything added; nothing may be added afterwards.</summary>
    public ContentHash Finish()
    {
        Flush();
        return hasher.Finish();
    }

    /// <summary>
    /// The hash of a segment without events: over the packets and manifests it records, so that two such segments of a span have
    /// different names.
    /// </summary>
    public static ContentHash OfRecords(IReadOnlyList<PacketId> packets, IReadOnlyList<byte[]> manifests)
    {
        using var w = new ByteWriter();
        foreach (PacketId id in packets)
            w.Id(id);
        foreach (byte[] manifest in manifests)
            w.Id(Packet.IdOf(manifest));
        using var hasher = new Blake2bHasher();
        hasher.Add(w.Written);
        return hasher.Finish();
    }

    public void Dispose()
    {
        canonical.Dispose();
        hasher.Dispose();
    }

    private void Flush()
    {
        hasher.Add(canonical.Written);
        canonical.Reset();
    }

    private byte[] Encoded(string text)
    {
        if (texts.TryGetValue(text, out byte[]? bytes))
            return bytes;
        if (texts.Count == TextsMax)
            texts.Clear();
        using var w = new ByteWriter();
        w.Text(text);
        return texts[text] = w.Written.ToArray();
    }
}
