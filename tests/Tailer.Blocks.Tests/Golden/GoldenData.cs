using System.Text;

namespace Tailer.Blocks.Tests.Golden;

/// <summary>What <c>make.py</c> writes, as values.</summary>
internal static class GoldenData
{
    /// <summary>2026-03-12T00:00:00Z.</summary>
    public const ulong T0 = 1_773_273_600 * LogTime.PerSecond;

    private const ulong BirthTimeNs = 1_760_000_000_000_000_001;

    public static EpochId Epoch { get; } = EpochId.Read(Ascending(0, 16));

    public static PacketId Previous { get; } = PacketId.Read(Ascending(100, 16));

    public static SourceDescriptor FileSource { get; } = new()
    {
        Id = SourceDescriptor.DeriveId(SourceKind.File, "agent-1", 2049, 131, BirthTimeNs, 0, ""),
        Agent = "agent-1",
        Host = "web-1",
        Path = "/var/log/app.log",
        Device = 2049,
        Inode = 131,
        BirthTimeNs = BirthTimeNs,
        PrefixBytes = 11,
        PrefixHash = SourceDescriptor.HashPrefix("first line\n"u8),
    };

    /// <summary>Its tags are not in order; they are on disk.</summary>
    public static SourceDescriptor StreamSource { get; } = new()
    {
        Id = SourceDescriptor.DeriveId(SourceKind.Stream, "agent-1", 0, 0, 0, 2, "jobs/nightly-7"),
        Kind = SourceKind.Stream,
        View = SourceView.Opaque,
        Agent = "agent-1",
        Host = "web-1",
        Path = "jobs/nightly-7",
        App = "nightly",
        Incarnation = 2,
        Predecessor = FileSource.Id,
        Tags = [new("zone", "eu"), new("team", "köln")],
        Cursor = Encoding.Latin1.GetBytes("\0\u00ffcursor"),
        FirstOffset = 300,
        FinalLength = 70_000,
    };

    /// <summary>Sources 0 and 1 are <see cref="FileSource"/> and <see cref="StreamSource"/>; the bytes do not compress.</summary>
    public static EventRow[] Events { get; } =
    [
        new(0, 1000, Line("one", 60, "\n"), T0 + 5, EventFlags.None, Severity.Info, 300, "web-1", "app"),
        new(0, 1061, Line("two", 70, "\r\n"), T0 + 9, EventFlags.Continues, Severity.Info, 300, "web-1", "app"),
        new(1, 300, Line("three", 50, ""), T0 + (3 * LogTime.PerSecond), EventFlags.Partial | EventFlags.TimeInherited, Severity.Error, 0, "db-1", ""),
        new(0, 2000, Line("four", 40, "\n"), T0 - 1, EventFlags.Altered, Severity.Unknown, uint.MaxValue, "web-1", "app"),
    ];

    /// <summary>Fifty lines of one source that compress well.</summary>
    public static EventRow[] PlainEvents { get; } =
        [.. Enumerable.Range(0, 50).Select(i => new EventRow(0, 10 * (ulong)i, Encoding.ASCII.GetBytes($"line {i:0000}\n"), T0 + (ulong)i, EventFlags.None, Severity.Info, 1, "web-1", "app"))];

    public static PacketStamp Stamp { get; } = new()
    {
        Agent = "agent-1",
        Epoch = Epoch,
        Number = 7,
        SealedTime = T0 + (61 * LogTime.PerSecond),
        BucketSeconds = 60,
        Flags = FrameFlags.FsyncBeforeAck,
        BoundaryCopy = BoundaryCopy.Whole,
        Copies = 2,
    };

    public static Manifest Manifest(PacketId packet) => new()
    {
        Agent = "agent-1",
        Host = "web-1",
        Epoch = Epoch,
        Number = 3,
        SealedTime = T0 + (125 * LogTime.PerSecond),
        BucketSeconds = 60,
        CoversFrom = T0,
        CoversTo = T0 + (120 * LogTime.PerSecond),
        Previous = Previous,
        Flags = ManifestFlags.Goodbye | ManifestFlags.WasDown,
        Packets = [packet, default],
        Sources =
        [
            new ManifestSource
            {
                Descriptor = FileSource,
                From = 1000,
                To = 2041,
                Events = 3,
                Skips = [new Skip(1133, 2000, SkipReason.DroppedByRule), new Skip(0, 1000, SkipReason.DeletedUnread)],
            },
            new ManifestSource { Descriptor = StreamSource, From = 300, To = 350, Events = 1 },
        ],
    };

    public static Packet Packet(EventRow[] events)
    {
        using var builder = new PacketBuilder();
        builder.Source(FileSource.Id, events == Events ? FileSource : null);
        if (events == Events)
            builder.Source(StreamSource.Id, null, mayRepeat: true);
        foreach (EventRow row in events)
            row.AddTo(builder);
        return builder.Seal(Stamp);
    }

    private static byte[] Line(string name, int bytes, string end) =>
        [.. System.Security.Cryptography.Shake128.HashData(Encoding.ASCII.GetBytes(name), bytes), .. Encoding.ASCII.GetBytes(end)];

    private static byte[] Ascending(int from, int count) => [.. Enumerable.Range(from, count).Select(i => (byte)i)];
}
