using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Agent.Tests.Spool;

/// <summary>Clocks that jump, both ways.</summary>
public sealed class SpoolClockTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 9, 0, 1, TimeSpan.Zero);
    private const ulong Width = 10 * LogTime.PerSecond;

    private readonly FakeTimeProvider clock = new(Start);
    private readonly MemoryDisk memory = new();
    private SpoolScript script;

    public SpoolClockTests()
    {
        memory.CreateDirectory(SpoolScript.State);
        script = NewLife();
    }

    public void Dispose() => script.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void A_small_correction_makes_time_stand_still_and_opens_no_closed_bucket(int seconds)
    {
        Write(seconds: 12);
        Jump(TimeSpan.FromSeconds(-seconds));
        Write(seconds: 1);
        Assert.Equal(0, script.Spool.ClockSteps);
        FrameHeader[] headers = Headers();
        Assert.True(headers[^1].SealedTime >= headers[^2].SealedTime);
        Write(seconds: 30);
        Check();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60 * 24)]
    public void A_clock_set_back_holds_up_neither_buckets_nor_manifests(int minutes)
    {
        Write(seconds: 12);
        Write(seconds: 3);
        Jump(TimeSpan.FromMinutes(-minutes));
        Write(seconds: 0);
        Assert.Equal(1, script.Spool.ClockSteps);
        FrameHeader[] headers = Headers();
        Assert.Equal(LogTime.Now(clock), headers[^1].SealedTime);
        Assert.NotEqual(headers[^2].Epoch, headers[^1].Epoch);
        // What was sealed before the jump has its manifest at once, what comes after it within a bucket.
        Assert.Contains(Manifests(), m => m.Packets.Contains(Ids()[^2]));
        clock.Advance(TimeSpan.FromSeconds(10));
        script.Tick();
        Assert.Contains(Manifests(), m => m.Packets.Contains(Ids()[^1]) && m.CoversTo <= LogTime.Now(clock));
        Write(seconds: 25);
        Check();
    }

    [Fact]
    public void A_clock_set_back_while_the_agent_was_down_is_followed_and_the_order_of_writing_kept()
    {
        Write(seconds: 12);
        Write(seconds: 3);
        script.Kill();
        Jump(TimeSpan.FromHours(-2));
        script = NewLife();
        for (int i = 0; i < 6; i++)
            Write(seconds: 7);
        script.Kill();
        // Killed before the first manifest of the time after the jump, too.
        Jump(TimeSpan.FromHours(-1));
        script = NewLife();
        Write(seconds: 1);
        script.Kill();
        script = NewLife();
        Write(seconds: 1);
        clock.Advance(TimeSpan.FromSeconds(10));
        script.Tick();
        Assert.True(Manifests()[^1].CoversTo <= LogTime.Now(clock));
        Check();
    }

    [Fact]
    public void A_jump_forward_is_covered_by_one_manifest_and_a_return_from_it_by_those_that_follow()
    {
        Write(seconds: 12);
        ulong before = Manifests()[^1].CoversTo;
        Jump(TimeSpan.FromDays(1));
        Write(seconds: 1);
        Manifest over = Manifests()[^1];
        Assert.Equal((before, LogTime.Floor(LogTime.Now(clock), Width)), (over.CoversFrom, over.CoversTo));
        Jump(TimeSpan.FromDays(-1));
        Write(seconds: 12);
        Assert.InRange(Manifests()[^1].CoversTo, before, LogTime.Now(clock));
        Check();
    }

    private SpoolScript NewLife()
    {
        var life = new SpoolScript(memory, memory, clock, syncPackets: false);
        life.Open();
        return life;
    }

    private void Write(int seconds)
    {
        script.Write(0);
        clock.Advance(TimeSpan.FromSeconds(seconds));
        script.Tick();
    }

    private void Jump(TimeSpan by) => clock.AdjustTime(clock.GetUtcNow() + by);

    /// <summary>Every packet is in a manifest, and a shipper reads them in the order in which they were written, from anywhere on.</summary>
    private void Check()
    {
        script.Spool.Close(script.Positions());
        HashSet<PacketId> named = [.. Manifests().SelectMany(m => m.Packets)];
        Assert.All(Ids(), id => Assert.Contains(id, named));
        ulong offset = 0;
        foreach (FrameHeader header in Headers())
        {
            Assert.Equal(offset, header.Sources[0].From);
            offset = header.Sources[0].To;
        }
        Assert.Equal(script.Position(0), offset);
        foreach (Manifest manifest in Manifests())
            Assert.True(manifest.CoversFrom <= manifest.CoversTo && manifest.CoversTo % Width == 0);
        script.Kill();
        script = NewLife();
        Assert.Equal(offset, script.Position(0));
    }

    private List<SpoolRecord> Read(RecordType type)
    {
        using var cursor = new SpoolCursor(script.Spool.Files, default, NullLogger.Instance);
        var records = new List<SpoolRecord>();
        while (cursor.TryNext(script.Spool.End) is { } record)
        {
            if (record.Type == type)
                records.Add(record);
        }
        return records;
    }

    private PacketId[] Ids() => [.. Read(RecordType.Packet).Select(r => r.Id)];

    private FrameHeader[] Headers()
    {
        var headers = new List<FrameHeader>();
        foreach ((_, RecordType type, _, byte[] body) in SpoolScript.Records(memory))
        {
            if (type == RecordType.Packet && FrameHeader.TryReadFrame(body, out FrameHeader? header) == FrameError.None)
                headers.Add(header!);
        }
        return [.. headers];
    }

    private List<Manifest> Manifests() => [.. SpoolScript.Records(memory).Where(r => r.Type == RecordType.Manifest).Select(r => Manifest.TryRead(r.Body)!)];
}
