using Tailer.Blocks;

namespace Tailer.Stores.Tests.Audit;

public sealed class AuditLedgerTests
{
    private const ulong Width = 10 * LogTime.PerSecond;
    private static readonly ulong Start = LogTime.From(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero));

    [Fact]
    public void What_is_claimed_and_held_is_complete()
    {
        AuditLedger ledger = Ledger(held: [(0, 100), (100, 250)], claims: [(0, 250)]);
        AuditReport report = ledger.Report(Start + Width);
        Assert.True(report.Complete);
        FileAudit file = Assert.Single(report.Files);
        Assert.Equal(("web1", "/var/log/app.log", 250UL), (file.Host, file.Path, file.HeldBytes));
    }

    [Fact]
    public void A_hole_between_packets_is_named_exactly_even_without_a_manifest()
    {
        AuditReport report = Ledger(held: [(0, 100), (150, 250)], claims: []).Report(Start);
        Assert.Equal([new FileGap(Source.Id, 100, 150, SkipReason.Missing)], Assert.Single(report.Files).Gaps);
        Assert.False(report.Complete);
    }

    [Fact]
    public void What_only_the_manifest_knows_of_is_missing_at_the_end_and_at_the_beginning()
    {
        AuditReport report = Ledger(held: [(20, 100)], claims: [(0, 300)]).Report(Start + Width);
        Assert.Equal([new FileGap(Source.Id, 0, 20, SkipReason.Missing), new FileGap(Source.Id, 100, 300, SkipReason.Missing)], Assert.Single(report.Files).Gaps);
    }

    [Fact]
    public void A_skipped_range_keeps_its_reason_and_does_not_hide_what_else_is_missing()
    {
        AuditLedger ledger = Ledger(held: [(0, 100)], claims: [(0, 300)], skip: new Skip(150, 200, SkipReason.DeletedUnread));
        Assert.Equal(
            [
                new FileGap(Source.Id, 100, 150, SkipReason.Missing),
                new FileGap(Source.Id, 150, 200, SkipReason.DeletedUnread),
                new FileGap(Source.Id, 200, 300, SkipReason.Missing),
            ],
            Assert.Single(ledger.Report(Start + Width).Files).Gaps);
    }

    [Fact]
    public void What_a_rule_dropped_is_named_exactly_and_is_no_loss_in_buckets_and_in_segments()
    {
        AuditLedger ledger = Ledger(held: [(0, 100)], claims: [(0, 300)], skip: new Skip(120, 200, SkipReason.DroppedByRule));
        ledger.AddPacket(PacketOf(100, 120, 200, 300));
        AuditReport report = ledger.Report(Start + Width);
        FileAudit file = Assert.Single(report.Files);
        Assert.Empty(file.Gaps);
        Assert.Equal([new FileGap(Source.Id, 120, 200, SkipReason.DroppedByRule)], file.Dropped);
        Assert.Equal(220UL, file.HeldBytes);
        Assert.True(report.Complete);

        // In segments coverage is exact; of a joined skip only what is not there was dropped.
        AuditLedger sealed_ = Ledger(held: [(0, 120), (150, 160), (200, 300)], claims: [(0, 300)], skip: new Skip(120, 200, SkipReason.DroppedByRule));
        file = Assert.Single(sealed_.Report(Start + Width).Files);
        Assert.Equal([new FileGap(Source.Id, 120, 150, SkipReason.DroppedByRule), new FileGap(Source.Id, 160, 200, SkipReason.DroppedByRule)], file.Dropped);
        Assert.Empty(file.Gaps);
    }

    [Fact]
    public void A_lost_packet_beside_dropped_lines_is_still_a_gap()
    {
        AuditLedger ledger = Ledger(held: [(0, 100)], claims: [(0, 300)], skip: new Skip(120, 200, SkipReason.DroppedByRule));
        FileAudit file = Assert.Single(ledger.Report(Start + Width).Files);
        Assert.Equal([new FileGap(Source.Id, 100, 120, SkipReason.Missing), new FileGap(Source.Id, 200, 300, SkipReason.Missing)], file.Gaps);
    }

    [Fact]
    public void An_agent_that_stops_talking_is_silent_since_its_last_manifest_unless_it_said_goodbye()
    {
        AuditLedger silent = Ledger(held: [(0, 10)], claims: [(0, 10)]);
        AgentAudit agent = Assert.Single(silent.Report(Start + (100 * Width)).Agents);
        Assert.Equal((AgentState.Silent, Start + Width), (agent.State, agent.HeardUntil));
        Assert.Equal(AgentState.Current, Assert.Single(silent.Report(Start + (2 * Width)).Agents).State);

        AuditLedger stopped = Ledger(held: [(0, 10)], claims: [(0, 10)], flags: ManifestFlags.Goodbye);
        Assert.Equal(AgentState.Stopped, Assert.Single(stopped.Report(Start + (100 * Width)).Agents).State);
        Assert.True(stopped.Report(Start + (100 * Width)).Complete);
    }

    [Fact]
    public void A_missing_manifest_shows_as_a_hole_in_time_unless_state_was_lost()
    {
        AuditLedger ledger = Ledger(held: [(0, 10)], claims: [(0, 10)]);
        ledger.AddManifest(Claim(10, 10, Start + (5 * Width), Start + (6 * Width), ManifestFlags.None));
        AgentAudit agent = Assert.Single(ledger.Report(Start + (6 * Width)).Agents);
        Assert.Equal([new ManifestHole(Start + Width, Start + (5 * Width))], agent.Holes);

        AuditLedger lost = Ledger(held: [(0, 10)], claims: [(0, 10)]);
        lost.AddManifest(Claim(10, 10, Start + (5 * Width), Start + (6 * Width), ManifestFlags.StateLost));
        Assert.Empty(Assert.Single(lost.Report(Start + (6 * Width)).Agents).Holes);
    }

    [Theory]
    [InlineData(false, 0, 0, false)]
    [InlineData(true, 0, 0, false)]
    [InlineData(true, 2, 0, true)]
    [InlineData(false, 2, 0, false)]
    public void A_file_that_was_truncated_before_the_state_was_lost_may_be_held_twice(bool isLost, uint before, uint after, bool expected)
    {
        var ledger = new AuditLedger();
        for (uint i = 0; i <= before; i++)
            ledger.AddManifest(Claim(FileOf(7, i), Start, ManifestFlags.None));
        ledger.AddManifest(Claim(FileOf(7, after), Start + Width, isLost ? ManifestFlags.StateLost : ManifestFlags.None));

        AuditReport report = ledger.Report(Start + (2 * Width));

        Assert.Equal(expected, Assert.Single(report.Files).MayRepeat);
    }

    /// <summary>Both lives of the agent cover that bucket, and both say so at its end.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void A_state_that_was_lost_within_a_bucket_hides_nothing_of_what_was_said_of_it(int epochBefore)
    {
        Manifest before = Claim(0, 0, Start, Start + Width, ManifestFlags.Goodbye) with { Epoch = new EpochId((UInt128)epochBefore) };
        before = before with { Sources = [.. ((uint[])[0, 2]).Select(i => new ManifestSource { Descriptor = FileOf(7, i), From = 0, To = 0 })] };
        Manifest after = before with { Epoch = new EpochId(5), Flags = ManifestFlags.StateLost, Sources = [before.Sources[0]] };
        var ledger = new AuditLedger();
        ledger.AddManifest(before);
        ledger.AddManifest(after);
        ledger.AddManifest(after);

        AuditReport report = ledger.Report(Start + Width);
        Assert.True(Assert.Single(report.Files).MayRepeat);
        Assert.Equal(AgentState.Current, Assert.Single(report.Agents).State);
    }

    [Theory]
    [InlineData(-100, true)]
    [InlineData(100, false)]
    public void What_is_new_after_the_state_was_lost_may_repeat_if_it_was_there_before(int bornAfterSeconds, bool expected)
    {
        var ledger = new AuditLedger();
        ledger.AddManifest(Claim(FileOf(7, 0), Start, ManifestFlags.None));
        ledger.AddManifest(Claim(FileOf(7, 0), Start + Width, ManifestFlags.StateLost));
        ulong born = (Start + (2 * Width)) / LogTime.PerSecond * 1_000_000_000;
        ledger.AddManifest(Claim(FileOf(8, 0, (ulong)((long)born + (bornAfterSeconds * 1_000_000_000L))), Start + (2 * Width), ManifestFlags.None));

        Assert.Equal(expected, Assert.Single(ledger.Report(Start + (3 * Width)).Files).MayRepeat);
    }

    [Fact]
    public void A_first_start_has_lost_nothing()
    {
        var ledger = new AuditLedger();
        ledger.AddManifest(Claim(FileOf(7, 0), Start, ManifestFlags.StateLost));
        ledger.AddManifest(Claim(FileOf(8, 0), Start + Width, ManifestFlags.None));

        Assert.False(Assert.Single(ledger.Report(Start + (2 * Width)).Files).MayRepeat);
    }

    private static SourceDescriptor FileOf(ulong inode, uint incarnation, ulong bornNs = 5) => Source with
    {
        Id = SourceDescriptor.DeriveId(SourceKind.File, "agent-1", 1, inode, bornNs, incarnation, ""),
        Device = 1,
        Inode = inode,
        BirthTimeNs = bornNs,
        Incarnation = incarnation,
    };

    private static Manifest Claim(SourceDescriptor source, ulong coversFrom, ManifestFlags flags)
    {
        Manifest manifest = Claim(0, 0, coversFrom, coversFrom + Width, flags);
        return manifest with { Sources = [new ManifestSource { Descriptor = source, From = 0, To = 0 }], SealedTime = manifest.SealedTime + source.Incarnation };
    }

    private static SourceDescriptor Source { get; } = new()
    {
        Id = new SourceId(42),
        Agent = "agent-1",
        Host = "web1",
        Path = "/var/log/app.log",
    };

    private static AuditLedger Ledger((ulong From, ulong To)[] held, (ulong From, ulong To)[] claims, Skip? skip = null, ManifestFlags flags = ManifestFlags.None)
    {
        var ledger = new AuditLedger();
        foreach ((ulong from, ulong to) in held)
            ledger.AddPacket(PacketOf(from, to));
        foreach ((ulong from, ulong to) in claims)
            ledger.AddManifest(Claim(from, to, Start, Start + Width, flags, skip));
        return ledger;
    }

    private static FrameHeader PacketOf(ulong from, ulong to)
    {
        using var builder = new PacketBuilder();
        int source = builder.Source(Source.Id, Source);
        builder.Add(new Event { Source = source, Offset = from, Bytes = new byte[to - from], Time = Start, Host = "web1", App = "" });
        return builder.Seal(new PacketStamp { Agent = "agent-1", Epoch = default, Number = from, SealedTime = Start, BucketSeconds = 10 }).Header;
    }

    /// <summary>A packet with a hole.</summary>
    private static FrameHeader PacketOf(ulong from, ulong holeFrom, ulong holeTo, ulong to)
    {
        using var builder = new PacketBuilder();
        int source = builder.Source(Source.Id, Source);
        builder.Add(new Event { Source = source, Offset = from, Bytes = new byte[holeFrom - from], Time = Start, Host = "web1", App = "" });
        builder.Skip(source, holeFrom, holeTo);
        builder.Add(new Event { Source = source, Offset = holeTo, Bytes = new byte[to - holeTo], Time = Start, Host = "web1", App = "" });
        return builder.Seal(new PacketStamp { Agent = "agent-1", Epoch = default, Number = from, SealedTime = Start, BucketSeconds = 10 }).Header;
    }

    private static Manifest Claim(ulong from, ulong to, ulong coversFrom, ulong coversTo, ManifestFlags flags, Skip? skip = null) => new()
    {
        Agent = "agent-1",
        Host = "web1",
        Epoch = default,
        Number = 0,
        SealedTime = coversTo,
        BucketSeconds = 10,
        CoversFrom = coversFrom,
        CoversTo = coversTo,
        Flags = flags,
        Packets = [],
        Sources = [new ManifestSource { Descriptor = Source, From = from, To = to, Skips = skip is { } s ? [s] : [] }],
    };
}
