using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Agent.Tests.Spool;

public sealed class SpoolStoreTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 9, 0, 1, TimeSpan.Zero);

    private readonly TempDirectory directory = new();
    private readonly FakeTimeProvider clock = new(Start);
    private readonly PacketBuilder builder = new();

    public void Dispose()
    {
        builder.Dispose();
        directory.Dispose();
    }

    [Fact]
    public void A_first_start_says_that_state_may_have_been_lost_and_a_second_knows_where_it_was()
    {
        using (SpoolStore spool = Open())
        {
            Assert.True(spool.StateWasLost);
            Write(spool, "first line\n", at: 0);
            Write(spool, "second\n", at: 11);
        }
        using SpoolStore again = Open();
        Assert.False(again.StateWasLost);
        SourcePosition position = Assert.Single(again.Recovered).Value;
        Assert.Equal(18UL, position.Position);
        Assert.Equal(Crc32C.Compute("second\n"u8), position.TailCrc);
        Assert.Equal(7, position.TailBytes);
        Assert.False(position.MidLine);
    }

    [Fact]
    public void Positions_come_from_the_checkpoint_and_from_what_was_spooled_after_it()
    {
        using (SpoolStore spool = Open())
        {
            Write(spool, "one\n", at: 0);
            clock.Advance(TimeSpan.FromSeconds(3));
            spool.Tick([new SourcePosition(Source(), 4, 4, Crc32C.Compute("one\n"u8), 1, MidLine: false)]);
            Write(spool, "two, not ended", at: 4, EventFlags.Partial);
        }
        Assert.NotNull(SystemDisk.Instance.ReadAll(directory["checkpoint"]));
        using SpoolStore again = Open();
        SourcePosition position = Assert.Single(again.Recovered).Value;
        Assert.Equal((18UL, true), (position.Position, position.MidLine));
    }

    [Fact]
    public void What_a_manifest_says_was_lost_the_state_knows_as_well()
    {
        var source = new SourcePosition(Source(), 4, 4, Crc32C.Compute("one\n"u8), 1, MidLine: false);
        using (SpoolStore spool = Open())
        {
            Write(spool, "one\n", at: 0);
            clock.Advance(TimeSpan.FromSeconds(8.9));
            spool.Tick([source]);
            // The bucket ends before a checkpoint would be due by itself.
            spool.NoteSkip(Source(), new Skip(4, 9, SkipReason.TruncatedUnread));
            clock.Advance(TimeSpan.FromSeconds(0.2));
            spool.Tick([source with { Finished = true }]);
        }
        using SpoolStore again = Open();
        Assert.True(Assert.Single(again.Recovered).Value.Finished);
    }

    [Fact]
    public void A_position_ahead_of_the_spool_is_never_written_down()
    {
        using SpoolStore spool = Open();
        Write(spool, "one\n", at: 0);
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Throws<InvalidOperationException>(() => spool.Tick([new SourcePosition(Source(), 5, 0, 0, 1, MidLine: false)]));
    }

    [Fact]
    public void A_torn_packet_is_cut_and_its_lines_are_not_counted_as_spooled()
    {
        using (SpoolStore spool = Open())
        {
            Write(spool, "whole\n", at: 0);
            Write(spool, "torn\n", at: 6);
        }
        string file = Assert.Single(Directory.GetFiles(directory.Path, "*.b", SearchOption.AllDirectories));
        using (FileStream stream = File.OpenWrite(file))
            stream.SetLength(stream.Length - 1);
        using SpoolStore again = Open();
        Assert.Equal(6UL, Assert.Single(again.Recovered).Value.Position);
    }

    [Fact]
    public void A_damaged_checkpoint_is_no_reason_not_to_start()
    {
        using (SpoolStore spool = Open())
        {
            Write(spool, "one\n", at: 0);
            clock.Advance(TimeSpan.FromSeconds(3));
            spool.Tick([]);
        }
        File.WriteAllBytes(directory["checkpoint"], [1, 2, 3]);
        using SpoolStore again = Open();
        Assert.Equal(4UL, Assert.Single(again.Recovered).Value.Position);
    }

    [Fact]
    public void Manifests_form_a_chain_over_kills_and_idle_buckets_and_name_every_packet()
    {
        var packets = new HashSet<PacketId>();
        ulong offset = 0;
        for (int life = 0; life < 4; life++)
        {
            using SpoolStore spool = Open();
            for (int i = 0; i < 5; i++)
            {
                packets.Add(Write(spool, "line\n", offset).Id);
                offset += 5;
                clock.Advance(TimeSpan.FromSeconds(4));
                spool.Tick([]);
            }
            // Idle for three buckets; then the process is killed: no Close.
            clock.Advance(TimeSpan.FromSeconds(30));
            spool.Tick([]);
            clock.Advance(TimeSpan.FromSeconds(7));
        }
        using (SpoolStore last = Open())
            last.Close([]);

        Manifest[] manifests = [.. Records().Where(r => r.Type == RecordType.Manifest).Select(r => Manifest.TryRead(r.Body)!)];
        Assert.True(manifests[^1].Flags.HasFlag(ManifestFlags.Goodbye));
        for (int i = 1; i < manifests.Length; i++)
        {
            Assert.Equal(manifests[i - 1].CoversTo, manifests[i].CoversFrom);
            Assert.Equal(Packet.IdOf(manifests[i - 1].ToArray()), manifests[i].Previous);
        }
        Assert.Equal(packets.Order(), manifests.SelectMany(m => m.Packets).Order());
        ManifestSource[] sources = [.. manifests.SelectMany(m => m.Sources).Where(s => s.Events > 0).OrderBy(s => s.From)];
        Assert.Equal(0UL, sources[0].From);
        Assert.Equal(offset, sources[^1].To);
        Assert.All(sources.Skip(1).Zip(sources), pair => Assert.Equal(pair.Second.To, pair.First.From));
        foreach (Manifest manifest in manifests)
        {
            foreach (FrameHeader header in Records().Where(r => manifest.Packets.Contains(r.Id)).Select(r => HeaderOf(r.Body)))
                Assert.InRange(header.Bucket, manifest.CoversFrom, manifest.CoversTo - 1);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_first_manifest_begins_with_the_bucket_in_which_the_agent_started_though_nothing_was_sealed_yet(bool hasFound)
    {
        ulong started = LogTime.Floor(LogTime.Now(clock), 10 * LogTime.PerSecond);
        using SpoolStore spool = Open();
        if (hasFound)
            spool.NoteFound(Source());
        spool.Tick([]);
        clock.Advance(TimeSpan.FromSeconds(25));
        spool.Tick([]);
        Manifest manifest = Manifest.TryRead(Records().First(r => r.Type == RecordType.Manifest).Body)!;
        Assert.Equal(started, manifest.CoversFrom);
    }

    [Fact]
    public void A_start_within_the_bucket_that_the_goodbye_closed_does_not_open_it_again()
    {
        ulong closed;
        using (SpoolStore spool = Open())
        {
            Write(spool, "one\n", at: 0);
            clock.Advance(TimeSpan.FromSeconds(1));
            spool.Close([]);
            closed = Records().Where(r => r.Type == RecordType.Manifest).Max(r => Manifest.TryRead(r.Body)!.CoversTo);
        }
        using SpoolStore again = Open();
        ulong sealedTime = Write(again, "two\n", at: 4).Header.SealedTime;
        Assert.True(sealedTime >= closed, $"{closed} {sealedTime}");
    }

    [Fact]
    public void A_skipped_range_survives_a_kill_and_stands_in_the_next_manifest()
    {
        using (SpoolStore spool = Open())
        {
            spool.NoteSkip(Source(), new Skip(10, 90, SkipReason.DeletedUnread));
            spool.Tick([]);
        }
        clock.Advance(TimeSpan.FromSeconds(30));
        using SpoolStore again = Open();
        again.Tick([]);
        Manifest manifest = Records().Where(r => r.Type == RecordType.Manifest).Select(r => Manifest.TryRead(r.Body)!).Last(m => m.Sources.Count > 0);
        Assert.Equal([new Skip(10, 90, SkipReason.DeletedUnread)], Assert.Single(manifest.Sources).Skips);
    }

    [Fact]
    public void A_source_is_known_after_a_kill_before_the_one_that_follows_it_is_spooled()
    {
        using (SpoolStore spool = Open())
        {
            clock.Advance(TimeSpan.FromSeconds(8));
            spool.Tick([]);
            spool.NoteFound(Source());
            Assert.False(spool.IsUrgent);
            spool.NoteFound(Source() with { Id = new SourceId(8), Predecessor = Source().Id });
            Assert.True(spool.IsUrgent);
            // A bucket ends here: that its manifest names both is not enough, a start does not learn of files from manifests.
            clock.Advance(TimeSpan.FromSeconds(1));
            spool.Tick([new SourcePosition(Source(), 0, 0, 0, 0, MidLine: false)]);
            Assert.False(spool.IsUrgent);
            spool.NoteFound(Source() with { Id = new SourceId(9), Predecessor = Source().Id });
            Assert.False(spool.IsUrgent);
        }
        using SpoolStore again = Open();
        Assert.Equal(Source().Id, Assert.Single(again.Recovered).Key);
    }

    [Fact]
    public void Only_what_is_delivered_checkpointed_and_old_is_pruned()
    {
        using SpoolStore spool = Open();
        Write(spool, "old\n", at: 0);
        clock.Advance(TimeSpan.FromHours(3));
        Write(spool, "new\n", at: 4);
        spool.Tick([]);
        Assert.Equal(3, Directory.GetFiles(directory.Path, "*.b", SearchOption.AllDirectories).Length);
        spool.Report(new DeliveryProgress(spool.End, []), spool.UndeliveredBytes);
        clock.Advance(TimeSpan.FromSeconds(3));
        spool.Tick([]);
        Assert.Equal(2, Directory.GetFiles(directory.Path, "*.b", SearchOption.AllDirectories).Length);
        Assert.Equal(0, spool.UndeliveredBytes);
    }

    [Fact]
    public void What_is_delivered_is_no_reason_to_stop_reading_however_much_one_bucket_holds()
    {
        using SpoolStore spool = SpoolStore.Open(Settings() with { BytesMax = 10_000 }, NullLogger.Instance);
        var random = new Random(1);
        byte[] noise = new byte[600];
        ulong offset = 0;
        void WriteNoise()
        {
            random.NextBytes(noise);
            string line = Convert.ToBase64String(noise) + "\n";
            Write(spool, line, offset);
            offset += (ulong)line.Length;
        }
        for (int i = 0; i < 100; i++)
        {
            WriteNoise();
            spool.Report(new DeliveryProgress(spool.End, []), spool.UndeliveredBytes);
            spool.Tick([]);
            Assert.False(spool.IsFull, $"after {i} packets, all delivered");
        }
        Assert.True(Directory.GetFiles(directory.Path, "*.b", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length) > 20_000, "the bucket's file holds more than twice the limit");
        for (int i = 0; i < 100 && !spool.IsFull; i++)
            WriteNoise();
        Assert.True(spool.IsFull && spool.UndeliveredBytes >= 10_000, "what is not delivered is one");
    }

    [Fact]
    public void A_packet_of_whose_source_rules_took_out_everything_is_no_reason_not_to_start()
    {
        SourceDescriptor other = Source() with { Id = new SourceId(9), Path = "/var/log/dropped.log" };
        using (SpoolStore spool = Open())
        {
            builder.Skip(builder.Source(other.Id, other), 0, 500);
            Write(spool, "one\n", at: 0);
        }
        using SpoolStore again = Open();
        Assert.Equal(4UL, again.Recovered[Source().Id].Position);
        Assert.Equal(500UL, again.Recovered[other.Id].Position);
    }

    private SpoolSettings Settings() => new()
    {
        Disk = SystemDisk.Instance,
        StateDirectory = directory.Path,
        Agent = "agent-1",
        Host = "web1",
        BucketSeconds = 10,
        Clock = clock,
        AgeMax = TimeSpan.FromHours(1),
    };

    private SpoolStore Open() => SpoolStore.Open(Settings(), NullLogger.Instance);

    private Packet Write(SpoolStore spool, string text, ulong at, EventFlags flags = EventFlags.None)
    {
        int source = builder.Source(Source().Id, Source());
        builder.Add(new Event { Source = source, Offset = at, Bytes = Encoding.UTF8.GetBytes(text), Time = LogTime.From(Start), Host = "web1", App = "", Flags = flags });
        return spool.TrySeal(builder, new DeliverySettings())!;
    }

    private static SourceDescriptor Source() => new() { Id = new SourceId(7), Agent = "agent-1", Host = "web1", Path = "/var/log/app.log" };

    private static FrameHeader HeaderOf(byte[] frame) => FrameHeader.TryRead(frame, out FrameHeader? header) == FrameError.None ? header! : throw new InvalidDataException();

    private List<(RecordType Type, PacketId Id, byte[] Body)> Records()
    {
        var records = new List<(RecordType, PacketId, byte[])>();
        foreach (string path in Directory.GetFiles(directory["spool"], "*.b", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using IDiskFile file = SystemDisk.Instance.OpenRead(path)!;
            using var reader = new BucketFileReader(file);
            while (reader.TryReadNext())
                records.Add((reader.Header.Type, reader.Header.Id, reader.Body.ToArray()));
        }
        return records;
    }
}
