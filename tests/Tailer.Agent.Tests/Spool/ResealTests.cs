using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Agent.Tests.Spool;

/// <summary>A clock that is ahead by a month for a while: what it sealed reaches bucks when it is right again, whatever else happens.</summary>
public sealed class ResealTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 9, 0, 1, TimeSpan.Zero);
    private static readonly TimeSpan Wrong = TimeSpan.FromDays(30);
    private const ulong Width = 10 * LogTime.PerSecond;

    private readonly FakeTimeProvider clock = new(Start);
    private readonly MemoryDisk memory = new();
    private readonly ClockedBucks bucks;

    /// <summary>How far the agent's clock is ahead.</summary>
    private TimeSpan ahead;

    public ResealTests()
    {
        memory.CreateDirectory(SpoolScript.State);
        memory.SyncDirectory("/");
        bucks = new ClockedBucks(() => LogTime.From(clock.GetUtcNow() - ahead));
    }

    [Fact]
    public void Everything_reaches_bucks_once_and_is_named_once()
    {
        using SpoolScript script = NewLife(memory);
        Live(script);
        Finish(script);
        Check(script, isKilled: false, isPowerLost: false);
        Assert.True(script.Spool.SealedAgain > 10, $"{script.Spool.SealedAgain} sealed again");
        Assert.Equal(2, script.Spool.ClockSteps);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(true, 1)]
    public void A_kill_or_a_power_loss_at_any_operation_loses_nothing_and_repeats_nothing(bool isPowerLost, int? torn)
    {
        int operations = Operations();
        Assert.True(operations > 400, $"{operations} operations are not much of a life");
        for (int at = 1; at <= operations; at++)
        {
            var test = new ResealTests();
            var disk = new FaultyDisk(test.memory) { FailAt = at, StaysBroken = true };
            try
            {
                test.LiveAndDie(disk, isPowerLost, torn is { } seed ? (seed * 10_000) + at : null);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"dead at operation {at}, {disk.Operations[^1]}: {e.Message}", e);
            }
        }
    }

    /// <summary>The host is started again and again while its clock is wrong, and when it is right again.</summary>
    [Fact]
    public void Restarts_change_nothing()
    {
        for (int kills = 0; kills < 40; kills++)
        {
            var test = new ResealTests();
            SpoolScript script = test.NewLife(test.memory);
            for (int step = 0; step < Steps; step++)
            {
                test.Step(script, step);
                if (step % 3 == kills % 3 || step == kills)
                {
                    script.Kill();
                    script = test.NewLife(test.memory);
                }
            }
            test.Finish(script);
            test.Check(script, isKilled: true, isPowerLost: false);
            script.Dispose();
        }
    }

    /// <summary>Killed at any of the steps after the clock was set right, and never.</summary>
    [Fact]
    public void What_manifests_ahead_said_is_said_again()
    {
        for (int killedAt = 0; killedAt < 12; killedAt++)
        {
            var test = new ResealTests();
            test.Jump(Wrong);
            SpoolScript script = test.NewLife(test.memory);
            script.Write(0);
            script.Spool.NoteSkip(SpoolScript.Source(1), new Skip(0, 17, SkipReason.DeletedUnread));
            script.WriteWithHole(0, 100);
            test.clock.Advance(TimeSpan.FromSeconds(25));
            script.Tick();
            test.bucks.Step();
            test.Jump(-Wrong);
            ulong hole = script.Position(0);
            for (int step = 0; step < 10; step++)
            {
                if (step == 0)
                    script.WriteWithHole(0, 50);
                script.Tick();
                test.bucks.Step();
                if (step == killedAt)
                {
                    script.Kill();
                    script = test.NewLife(test.memory);
                }
                test.clock.Advance(TimeSpan.FromSeconds(3));
            }
            test.Finish(script);
            test.Check(script, isKilled: true, isPowerLost: false);
            Assert.Contains(test.bucks.Manifests, m => m.Flags.HasFlag(ManifestFlags.StateLost));
            Skip[] skips = [.. test.bucks.Manifests.SelectMany(m => m.Sources).SelectMany(s => s.Skips)];
            Assert.Contains(new Skip(0, 17, SkipReason.DeletedUnread), skips);
            Assert.Contains(new Skip(hole - 100, hole, SkipReason.DroppedByRule), skips);
            Assert.Contains(new Skip(hole + 5, hole + 55, SkipReason.DroppedByRule), skips);
            script.Dispose();
        }
    }

    [Fact]
    public void Files_that_a_wrong_clock_named_go_when_their_content_is_old()
    {
        using SpoolScript script = NewLife(memory);
        Live(script);
        Finish(script);
        for (int i = 0; i < 20; i++)
        {
            script.Write(0);
            clock.Advance(TimeSpan.FromSeconds(10));
            script.Tick();
            bucks.Step();
        }
        FrameHeader[] left = [.. SpoolScript.Records(memory).Where(r => r.Type == RecordType.Packet).Select(r => Packet.TryRead(r.Body, out _)!.Header)];
        Assert.InRange(left.Length, 2, 8);
        Assert.All(left, header => Assert.InRange(header.SealedTime, LogTime.Now(clock) - LogTime.PerMinute, LogTime.Now(clock)));
    }

    private const int Steps = 36;

    private void LiveAndDie(FaultyDisk disk, bool isPowerLost, int? seed)
    {
        SpoolScript? first = null;
        disk.OnFailure = () =>
        {
            if (first is { IsDead: true })
                return;
            first?.IsDead = true;
            if (isPowerLost)
                memory.LosePower(seed);
        };
        try
        {
            first = new SpoolScript(disk, memory, clock, syncPackets: false);
            first.Open();
            bucks.Connect(first.Spool, clock);
            Live(first);
        }
        catch (IOException)
        {
            // A dead disk is read: so does the process end.
        }
        first!.Dispose();
        if (ahead != default)
            Jump(-ahead);
        using SpoolScript again = NewLife(memory);
        foreach ((SourceId id, ulong safe) in first.Safe)
            Assert.True(again.Spool.Recovered.TryGetValue(id, out SourcePosition? found) && found.Position >= safe, $"source {id} was at {safe}, and is at {found?.Position}");
        again.Write(0);
        again.Write(1);
        Finish(again);
        Check(again, isKilled: true, isPowerLost);
    }

    private static int Operations()
    {
        var test = new ResealTests();
        var disk = new FaultyDisk(test.memory);
        using SpoolScript script = test.NewLife(disk);
        test.Live(script);
        return disk.Count;
    }

    private SpoolScript NewLife(Tailer.Disk.IDisk disk)
    {
        var life = new SpoolScript(disk, memory, clock, syncPackets: false);
        life.Open();
        bucks.Connect(life.Spool, clock);
        return life;
    }

    private void Live(SpoolScript script)
    {
        for (int step = 0; step < Steps && !script.IsDead; step++)
            Step(script, step);
    }

    private void Step(SpoolScript script, int step)
    {
        if (step is 5 or 22)
            Jump(Wrong);
        if (step is 16 or 28)
            Jump(-Wrong);
        script.Write(step % 3 == 0 ? 1 : 0);
        if (step == 9)
            script.Spool.NoteSkip(SpoolScript.Source(1), new Skip(1 << 20, (1 << 20) + 5, SkipReason.Unreadable));
        clock.Advance(TimeSpan.FromSeconds(step % 5 == 4 ? 12 : 2));
        script.Tick();
        if (!script.IsDead && step % 2 == 0)
            bucks.Step();
    }

    /// <summary>Until bucks have everything and the last manifest too.</summary>
    private void Finish(SpoolScript script)
    {
        for (int i = 0; i < 8; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(4));
            script.Tick();
            bucks.Step();
        }
        script.Spool.Close(script.Positions());
        bucks.Step();
        Assert.Equal(script.Spool.End, script.Spool.Delivered);
        Assert.Equal(0, script.Spool.UndeliveredBytes);
    }

    private void Jump(TimeSpan by)
    {
        clock.AdjustTime(clock.GetUtcNow() + by);
        ahead += by;
    }

    /// <summary>What a porter and audit would make of what bucks have.</summary>
    private void Check(SpoolScript script, bool isKilled, bool isPowerLost)
    {
        Packet[] packets = [.. bucks.Packets.OrderBy(p => p.Header.Bucket)];
        var held = new Dictionary<SourceId, Coverage>();
        foreach (Packet packet in packets)
        {
            Assert.True(packet.Header.SealedTime <= LogTime.Now(clock) + Width);
            foreach (SourceRange range in packet.Header.Sources)
            {
                if (!held.TryGetValue(range.Source, out Coverage? coverage))
                    held.Add(range.Source, coverage = new Coverage());
                bool isRepeat = !coverage.Within(new ByteRange(range.From, range.To)).IsEmpty;
                Assert.True(!isRepeat || isKilled, $"{range.From}..{range.To} was sent twice");
                // A porter looks for what an earlier span has only where it is told to.
                Assert.True(!isRepeat || isPowerLost || range.MayRepeat, $"{range.From}..{range.To} repeats and does not say so");
                coverage.Add(new ByteRange(range.From, range.To));
            }
        }
        for (int i = 0; i < 2; i++)
        {
            SourceId id = SpoolScript.Source(i).Id;
            ulong end = script.Position(i);
            Assert.True(end == 0 || (held.TryGetValue(id, out Coverage? coverage) && coverage.Gaps(new ByteRange(0, end)).IsEmpty), $"of source {i}, {end} bytes long, bucks have {string.Join(", ", held.GetValueOrDefault(id)?.Select(r => $"{r.From}..{r.To}") ?? [])}");
        }
        HashSet<PacketId> taken = [.. packets.Select(p => p.Id)];
        HashSet<PacketId> named = [.. bucks.Manifests.SelectMany(m => m.Packets)];
        Assert.All(named, id => Assert.Contains(id, taken));
        if (!isPowerLost)
            Assert.All(taken, id => Assert.Contains(id, named));
        ulong said = 0;
        foreach (Manifest manifest in bucks.Manifests.OrderBy(m => (m.CoversFrom, m.CoversTo)))
        {
            Assert.True(said == 0 || manifest.CoversFrom <= said, $"nothing is said of {LogTime.Format(said)} to {LogTime.Format(manifest.CoversFrom)}");
            said = Math.Max(said, manifest.CoversTo);
        }
        // Not even a first start says anything of 1970.
        Assert.All(bucks.Manifests, manifest => Assert.True(manifest.CoversFrom >= LogTime.From(Start) - LogTime.PerHour));
        Assert.InRange(said, LogTime.Now(clock) - Width, LogTime.Now(clock) + Width);
    }
}
