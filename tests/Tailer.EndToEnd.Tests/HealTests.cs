using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.EndToEnd.Tests;

public sealed class HealTests
{
    [Theory]
    [InlineData(RecordType.Packet)]
    [InlineData(RecordType.Manifest)]
    public async Task A_flipped_bit_in_a_bucks_file_is_found_by_its_scrub_and_healed_from_the_other_buck(RecordType type)
    {
        await using Cluster cluster = Cluster.Create(new ClusterOptions
        {
            Paths = ["/nowhere"],
            Bucks = 2,
            BuckSettings = "scrub_pause: 200ms",
            ArchiveAfter = "1h",
        });
        foreach (ClusterPart part in new[] { cluster.Bucks[0], cluster.Bucks[1], cluster.Porter })
            part.Start();
        foreach (ClusterPart buck in cluster.Bucks)
            await buck.Ready();
        Packet packet = Make();
        byte[] manifest = ManifestOf(packet);
        PacketId id = type == RecordType.Packet ? packet.Id : Packet.IdOf(manifest);
        for (int i = 0; i < 2; i++)
            await Append(cluster, i, packet, type == RecordType.Manifest ? manifest : null);
        string path = Directory.GetFiles(cluster.BuckData(0), "*.b", SearchOption.AllDirectories).Single();
        byte[] file = await File.ReadAllBytesAsync(path);
        file[^9] ^= 4;
        await File.WriteAllBytesAsync(path, file);
        Assert.DoesNotContain(id, Whole(path));

        await cluster.Bucks[0].Process.Line("is damaged; a porter brings the other copy");
        await Wait.For(() => Whole(path).Contains(id), "the record is whole again");
        await cluster.Bucks[0].Process.Line("is healed");
    }

    private static async Task Append(Cluster cluster, int buck, Packet packet, byte[]? manifest)
    {
        ConnectResult connected = await BuckConnection.ConnectAsync(cluster.BuckAddress(buck), CredentialFile.Load(cluster.CredentialPath("agent")));
        await using BuckConnection agent = connected.Connection ?? throw new InvalidOperationException(connected.Text);
        Assert.Equal(AppendOutcome.Stored, (await agent.AppendAsync(new Append(packet.Id, (byte)buck, 2, AppendOptions.None, packet.Frame))).Outcome);
        if (manifest is not null)
            Assert.Equal(AppendOutcome.Stored, (await agent.SendManifestAsync(new Wire.Manifest(Packet.IdOf(manifest), manifest))).Outcome);
    }

    /// <summary>Of the packet's own bucket.</summary>
    private static byte[] ManifestOf(Packet packet) => new Blocks.Manifest
    {
        Agent = "agent",
        Host = "agent",
        Epoch = EpochId.Read(Guid.NewGuid().ToByteArray()),
        Number = 0,
        SealedTime = packet.Header.SealedTime,
        BucketSeconds = 2,
        CoversFrom = packet.Header.Bucket,
        CoversTo = packet.Header.Bucket + (2 * LogTime.PerSecond),
        Previous = default,
        Packets = [packet.Id],
        Sources = [new ManifestSource { Descriptor = packet.Header.Sources[0].Descriptor!, From = 0, To = packet.Header.Sources[0].To, Events = 1, Skips = [] }],
    }.ToArray();

    private static HashSet<PacketId> Whole(string path)
    {
        using IDiskFile file = SystemDisk.Instance.OpenRead(path)!;
        using var reader = new BucketFileReader(file);
        var ids = new HashSet<PacketId>();
        while (reader.TryReadNext())
        {
            if (Packet.IdOf(reader.Body.Span) == reader.Header.Id)
                ids.Add(reader.Header.Id);
        }
        return ids;
    }

    private static Packet Make()
    {
        using var builder = new PacketBuilder();
        var descriptor = new SourceDescriptor
        {
            Id = SourceDescriptor.DeriveId(SourceKind.File, "agent", 1, 2, 3, 0, "/var/log/app.log"),
            Agent = "agent",
            Host = "agent",
            Path = "/var/log/app.log",
        };
        ulong now = LogTime.Now(TimeProvider.System);
        builder.Add(new Event { Source = builder.Source(descriptor.Id, descriptor), Offset = 0, Bytes = "a line that is to stay as it is\n"u8, Time = now, Host = "agent" });
        return builder.Seal(new PacketStamp { Agent = "agent", Epoch = EpochId.Read(Guid.NewGuid().ToByteArray()), Number = 0, SealedTime = now, BucketSeconds = 2 });
    }
}
