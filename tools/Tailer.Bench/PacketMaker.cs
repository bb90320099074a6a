using Tailer.Blocks;

namespace Tailer.Bench;

/// <summary>Makes the packets an agent would make of a file: one source, described in each of them.</summary>
internal sealed class PacketMaker : IDisposable
{
    /// <summary>Not the file's own: it is in every packet, and what is measured must not depend on where a file happens to lie.</summary>
    private const string FollowedPath = "/var/log/application.log";

    private readonly PacketBuilder builder = new();
    private readonly SourceDescriptor descriptor;
    private readonly string agent;
    private ulong number;

    public PacketMaker(string path, string agent = "bench")
    {
        this.agent = agent;
        // Numbers as a file system gives them: they are in every packet, so they must be neither shorter nor more regular.
        const ulong Device = 0xFE01, Inode = 5_243_017, BirthTimeNs = 1_763_800_000_123_456_789;
        byte[] prefix = new byte[Limits.PrefixBytesMax];
        using FileStream file = File.OpenRead(path);
        int prefixBytes = file.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        descriptor = new SourceDescriptor
        {
            Id = SourceDescriptor.DeriveId(SourceKind.File, agent, Device, Inode, BirthTimeNs, 0, FollowedPath),
            Agent = agent,
            Host = agent,
            Path = FollowedPath,
            Device = Device,
            Inode = Inode,
            BirthTimeNs = BirthTimeNs,
            PrefixBytes = prefixBytes,
            PrefixHash = SourceDescriptor.HashPrefix(prefix.AsSpan(0, prefixBytes)),
        };
    }

    /// <summary>As much as an agent sends at once is together.</summary>
    public bool IsFull => builder.IsFull(Limits.PacketRawBytesTarget);

    public bool IsEmpty => builder.IsEmpty;

    public int Count => builder.Count;

    public int RawBytes => builder.RawBytes;

    public void Add(scoped in Event e)
    {
        builder.Source(descriptor.Id, descriptor);
        builder.Add(e);
    }

    public Packet Seal() => builder.Seal(new PacketStamp
    {
        Agent = agent,
        Epoch = new EpochId(((UInt128)0x7D3A_91C4_5E20_B86F << 64) | 0x1B9E_46D2_A073_C58F),
        Number = number++,
        SealedTime = LogTime.From(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero)) + (number * LogTime.PerMillisecond),
        BucketSeconds = 60,
    });

    public void Dispose() => builder.Dispose();
}
