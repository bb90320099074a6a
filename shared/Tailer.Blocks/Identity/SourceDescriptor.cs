using Tailer.Blocks.Native;

namespace Tailer.Blocks;

/// <summary>
/// What is known of a source beside its bytes. Byte table: docs/formats/descriptor.md; keep both in step.
/// </summary>
public sealed record SourceDescriptor
{
    public const byte Version = 1;

    public required SourceId Id { get; init; }
    public required string Agent { get; init; }
    public required string Host { get; init; }
    public required string Path { get; init; }
    public SourceKind Kind { get; init; } = SourceKind.File;
    public SourceView View { get; init; }
    public string App { get; init; } = "";
    public ulong Device { get; init; }
    public ulong Inode { get; init; }

    /// <summary>Nanoseconds since the Unix epoch, 0 when the file system does not say.</summary>
    public ulong BirthTimeNs { get; init; }
    public uint Incarnation { get; init; }
    public int PrefixBytes { get; init; }
    public ulong PrefixHash { get; init; }

    /// <summary>The source this one was rotated or truncated from; empty when none is known.</summary>
    public SourceId Predecessor { get; init; }
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];
    public ReadOnlyMemory<byte> Cursor { get; init; }

    /// <summary>Where reading began, when on purpose not at 0.</summary>
    public ulong? FirstOffset { get; init; }

    /// <summary>The terminal mark: the source ends here, for good.</summary>
    public ulong? FinalLength { get; init; }

    /// <summary>The id of a source from its identity; see the page for what goes in.</summary>
    public static SourceId DeriveId(SourceKind kind, string agent, ulong device, ulong inode, ulong birthTimeNs, uint incarnation, string name)
    {
        using var w = new ByteWriter();
        w.Raw("tailer source 1\0"u8);
        w.U8((byte)kind);
        w.Text(agent);
        w.U64(device);
        w.U64(inode);
        w.U64(birthTimeNs);
        w.U32(incarnation);
        w.Text(name);
        Span<byte> hash = stackalloc byte[SourceId.Bytes];
        Sodium.Blake2b(hash, w.Written);
        return SourceId.Read(hash);
    }

    /// <summary>The prefix hash of a source whose first bytes are these, at most <see cref="Limits.PrefixBytesMax"/>.</summary>
    public static ulong HashPrefix(ReadOnlySpan<byte> prefix)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefix.Length, Limits.PrefixBytesMax);
        Span<byte> hash = stackalloc byte[16];
        Sodium.Blake2b(hash, prefix);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>At least the length of its encoding; cheaper than encoding it.</summary>
    public int BytesMax
    {
        get
        {
            // Fields of fixed length, numbers and the lengths of texts.
            const int Rest = 128;
            int bytes = Rest + Cursor.Length + Utf8(Agent) + Utf8(Host) + Utf8(Path) + Utf8(App);
            foreach ((string key, string value) in Tags)
                bytes += 4 + Utf8(key) + Utf8(value);
            return bytes;

            static int Utf8(string text) => System.Text.Encoding.UTF8.GetByteCount(text);
        }
    }

    /// <summary>Throws, when a field or the whole is over its limit and no reader would take it.</summary>
    public void WriteTo(ByteWriter w)
    {
        int start = w.Length;
        WriteFields(w);
        if (w.Length - start > Limits.DescriptorBytesMax)
            throw new InvalidOperationException($"the descriptor of {Path} takes {w.Length - start} bytes, at most {Limits.DescriptorBytesMax} are allowed; use fewer or shorter tags");
    }

    private void WriteFields(ByteWriter w)
    {
        w.U8(Version);
        w.U8((byte)Kind);
        w.U8((byte)((FinalLength is null ? 0 : 1) | (Predecessor.IsEmpty ? 0 : 2) | (FirstOffset is null ? 0 : 4)));
        w.U8((byte)View);
        w.Id(Id);
        WriteText(w, Agent, Limits.NameBytesMax);
        WriteText(w, Host, Limits.NameBytesMax);
        WriteText(w, Path, Limits.PathBytesMax);
        WriteText(w, App, Limits.NameBytesMax);
        w.Varint(Device);
        w.Varint(Inode);
        w.U64(BirthTimeNs);
        w.Varint(Incarnation);
        w.Varint((ulong)PrefixBytes);
        w.U64(PrefixHash);
        if (!Predecessor.IsEmpty)
            w.Id(Predecessor);
        Need("tags", Tags.Count, Limits.TagsMax);
        w.Varint((ulong)Tags.Count);
        // Most sources have none, and a checkpoint writes every source: nothing is made to put them in order.
        IEnumerable<KeyValuePair<string, string>> inOrder = Tags.Count < 2 ? Tags : Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).ThenBy(tag => tag.Value, StringComparer.Ordinal);
        foreach ((string key, string value) in inOrder)
        {
            WriteText(w, key, Limits.NameBytesMax);
            WriteText(w, value, Limits.NameBytesMax);
        }
        Need("cursor bytes", Cursor.Length, Limits.CursorBytesMax);
        w.LengthPrefixed(Cursor.Span);
        if (FirstOffset is { } first)
            w.Varint(first);
        if (FinalLength is { } final)
            w.Varint(final);
    }

    /// <summary>Reads one descriptor that fills the bytes; null when it is damaged or of another version.</summary>
    public static SourceDescriptor? TryRead(ReadOnlySpan<byte> bytes)
    {
        var r = new SpanReader(bytes);
        if (r.U8() != Version)
            return null;
        var kind = (SourceKind)r.U8();
        byte flags = r.U8();
        var view = (SourceView)r.U8();
        var descriptor = new SourceDescriptor
        {
            Kind = kind,
            View = view,
            Id = r.SourceId(),
            Agent = r.Text(Limits.NameBytesMax),
            Host = r.Text(Limits.NameBytesMax),
            Path = r.Text(Limits.PathBytesMax),
            App = r.Text(Limits.NameBytesMax),
            Device = r.Varint(),
            Inode = r.Varint(),
            BirthTimeNs = r.U64(),
            Incarnation = ReadUInt32(ref r),
            PrefixBytes = r.Count(Limits.PrefixBytesMax),
            PrefixHash = r.U64(),
            Predecessor = (flags & 2) != 0 ? r.SourceId() : default,
            Tags = ReadTags(ref r),
            Cursor = r.LengthPrefixed(Limits.CursorBytesMax).ToArray(),
            FirstOffset = (flags & 4) != 0 ? r.Varint() : null,
            FinalLength = (flags & 1) != 0 ? r.Varint() : null,
        };
        return r.Failed || !r.AtEnd ? null : descriptor;
    }

    public byte[] ToArray()
    {
        using var w = new ByteWriter();
        WriteTo(w);
        return w.Written.ToArray();
    }

    /// <summary>Of two descriptors of one source the one that says more; the same whichever comes first.</summary>
    public static SourceDescriptor Better(SourceDescriptor a, SourceDescriptor b)
    {
        if (ReferenceEquals(a, b))
            return a;
        int order = (a.FinalLength is null ? 0 : 1).CompareTo(b.FinalLength is null ? 0 : 1);
        if (order == 0)
            order = a.PrefixBytes.CompareTo(b.PrefixBytes);
        if (order == 0)
            order = a.ToArray().AsSpan().SequenceCompareTo(b.ToArray());
        return order >= 0 ? a : b;
    }

    private void WriteText(ByteWriter w, string text, int maxBytes)
    {
        int lengthAt = w.Length;
        w.Text(text);
        int bytes = w.Length - lengthAt;
        if (bytes > maxBytes)
            Need($"bytes in '{text[..Math.Min(text.Length, 40)]}...'", System.Text.Encoding.UTF8.GetByteCount(text), maxBytes);
    }

    private void Need(string what, int count, int max)
    {
        if (count > max)
            throw new InvalidOperationException($"the descriptor of {Path} has {count} {what}, at most {max} are allowed");
    }

    private static uint ReadUInt32(ref SpanReader r)
    {
        ulong value = r.Varint();
        if (value <= uint.MaxValue)
            return (uint)value;
        r.Fail();
        return 0;
    }

    private static KeyValuePair<string, string>[] ReadTags(ref SpanReader r)
    {
        int count = r.Count(Limits.TagsMax);
        var tags = new KeyValuePair<string, string>[count];
        for (int i = 0; i < count; i++)
            tags[i] = new(r.Text(Limits.NameBytesMax), r.Text(Limits.NameBytesMax));
        return tags;
    }
}
