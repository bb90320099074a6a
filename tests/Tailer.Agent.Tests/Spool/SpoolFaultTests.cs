using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Agent.Tests.Spool;

/// <summary>Disks that fail, fill up or lose their power, at every single operation of a scripted life of the spool.</summary>
public sealed class SpoolFaultTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 9, 0, 1, TimeSpan.Zero);

    /// <summary>
    /// Of what was written since the last sync nothing may be left, or any part of it (two seeds). Where each packet is synced,
    /// nothing that was shipped is forgotten, so that it is never sent with another identity; else that holds for what a checkpoint
    /// had made safe.
    /// </summary>
    [Theory]
    [InlineData(false, null)]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, null)]
    [InlineData(true, 3)]
    public void Power_lost_at_any_operation_leaves_positions_behind_the_spool_and_what_was_safe_in_it(bool syncPackets, int? torn)
    {
        int operations = Operations(syncPackets);
        Assert.True(operations > 300, $"{operations} operations are not much of a life");
        for (int at = 1; at <= operations; at++)
        {
            var memory = new MemoryDisk();
            memory.CreateDirectory(SpoolScript.State);
            memory.SyncDirectory("/");
            var clock = new FakeTimeProvider(Start);
            var disk = new FaultyDisk(memory) { FailAt = at, StaysBroken = true };
            using var first = new SpoolScript(disk, memory, clock, syncPackets);
            disk.OnFailure = () => Die(first, memory, torn is { } seed ? (seed * 10_000) + at : null);
            try
            {
                OpenOrDie(first);
                first.Run(endsCleanly: true);
                Check(first, memory, clock, syncPackets);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"power lost at operation {at}, {disk.Operations[^1]}: {e.Message}", e);
            }
        }
    }

    /// <summary>One operation fails, or all from one on until the disk is mended: nothing is lost, nothing is in the spool twice, no exception.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_write_that_fails_at_any_operation_is_made_good_later(bool syncPackets, bool stays)
    {
        int operations = Operations(syncPackets, IsWrite);
        for (int at = 1; at <= operations; at++)
        {
            var memory = new MemoryDisk();
            memory.CreateDirectory(SpoolScript.State);
            var clock = new FakeTimeProvider(Start);
            var disk = new FaultyDisk(memory) { FailAt = at, StaysBroken = stays, Counts = IsWrite };
            using var script = new SpoolScript(disk, memory, clock, syncPackets);
            string failed = "";
            disk.OnFailure = () => failed = disk.Operations[^1];
            try
            {
                script.Open();
                script.Run(endsCleanly: false);
                disk.Repair();
                clock.Advance(TimeSpan.FromSeconds(3));
                script.Tick();
                Assert.False(script.Spool.IsFull);
                script.Write(0);
                script.Write(1);
                script.Spool.Close(script.Positions());
                CheckWhole(script, memory);
                CheckClaims(memory);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"failing at write {at}, {failed}: {e.Message}", e);
            }
        }
    }

    [Fact]
    public void A_disk_that_fills_up_stops_reading_and_not_shipping_and_room_made_by_delivery_is_used_by_itself()
    {
        var memory = new MemoryDisk();
        memory.CreateDirectory(SpoolScript.State);
        var clock = new FakeTimeProvider(Start);
        using var script = new SpoolScript(memory, memory, clock, syncPackets: false);
        script.Open();
        for (int i = 0; i < 10; i++)
        {
            script.Write(0);
            clock.Advance(TimeSpan.FromSeconds(4));
            script.Tick();
        }
        Assert.NotNull(memory.ReadAll(SpoolScript.State + "/reserve"));
        memory.CapacityBytes = memory.UsedBytes + 1000;
        for (int i = 0; i < 10; i++)
        {
            script.Write(0);
            clock.Advance(TimeSpan.FromSeconds(1));
            script.Tick();
        }
        Assert.True(script.Spool.IsFull);
        Assert.True(script.Spool.Delivered < script.Spool.End);
        ulong stoppedAt = script.Position(0);
        memory.CapacityBytes = memory.UsedBytes;
        // Everything is delivered now. The checkpoint behind which files may be pruned has no room: the reserve makes it.
        script.Deliver();
        for (int i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            script.Tick();
        }
        Assert.False(script.Spool.IsFull);
        script.Write(0);
        Assert.True(script.Position(0) > stoppedAt);
        script.Kill();
        using var again = new SpoolScript(memory, memory, clock, syncPackets: false);
        again.Open();
        Assert.Equal(script.Position(0), again.Position(0));
    }

    [Fact]
    public void A_start_on_a_full_disk_succeeds_and_ships_what_is_spooled()
    {
        var memory = new MemoryDisk();
        memory.CreateDirectory(SpoolScript.State);
        var clock = new FakeTimeProvider(Start);
        using (var script = new SpoolScript(memory, memory, clock, syncPackets: false))
        {
            script.Open();
            script.Write(0);
            script.Write(1);
        }
        memory.CapacityBytes = memory.UsedBytes;
        using var again = new SpoolScript(memory, memory, clock, syncPackets: false);
        again.Open();
        Assert.True(again.Spool.UndeliveredBytes > 0);
        using var cursor = new SpoolCursor(again.Spool.Files, again.Spool.Delivered, NullLogger.Instance);
        Assert.NotNull(cursor.TryNext(again.Spool.End));
        again.Write(0);
        again.Tick();
        Assert.True(again.Spool.IsFull);
        memory.CapacityBytes = 1 << 30;
        clock.Advance(TimeSpan.FromSeconds(3));
        again.Tick();
        Assert.False(again.Spool.IsFull);
    }

    [Fact]
    public void A_directory_that_becomes_read_only_stops_reading_ships_on_and_goes_on_by_itself()
    {
        var memory = new MemoryDisk();
        var clock = new FakeTimeProvider(Start);
        var disk = new FaultyDisk(memory) { Counts = IsWrite };
        using SpoolScript script = OpenThenBreak(disk, memory, clock);
        script.Write(0);
        Assert.True(script.Spool.IsFull);
        SpoolMark end = script.Spool.End;
        using (var cursor = new SpoolCursor(script.Spool.Files, script.Spool.Delivered, NullLogger.Instance))
            Assert.NotNull(cursor.TryNext(end));
        script.Deliver();
        clock.Advance(TimeSpan.FromSeconds(20));
        script.Tick();
        Assert.Equal(end, script.Spool.End);
        disk.Repair();
        clock.Advance(TimeSpan.FromSeconds(2));
        script.Tick();
        Assert.False(script.Spool.IsFull);
        Assert.True(script.Spool.End > end);
        CheckWhole(script, memory);
    }

    [Fact]
    public void A_packet_sealed_on_a_full_disk_when_a_bucket_had_just_ended_comes_behind_the_manifest_of_that_bucket()
    {
        var memory = new MemoryDisk();
        var clock = new FakeTimeProvider(Start);
        var disk = new FaultyDisk(memory) { Counts = IsWrite };
        using SpoolScript script = OpenThenBreak(disk, memory, clock);
        clock.Advance(TimeSpan.FromSeconds(10));
        script.Write(0);
        Assert.True(script.Spool.IsFull);
        disk.Repair();
        script.Tick();
        Assert.False(script.Spool.IsFull);
        script.Spool.Close(script.Positions());
        CheckWhole(script, memory);
        CheckClaims(memory);
    }

    /// <summary>A life that has begun, on a disk that takes no writes any more.</summary>
    private static SpoolScript OpenThenBreak(FaultyDisk disk, MemoryDisk memory, FakeTimeProvider clock)
    {
        memory.CreateDirectory(SpoolScript.State);
        var script = new SpoolScript(disk, memory, clock, syncPackets: false);
        script.Open();
        script.Write(0);
        script.Write(1);
        script.Tick();
        disk.Break();
        return script;
    }

    private static bool IsWrite(DiskOperation operation, string path) => operation
        is not (DiskOperation.Exists or DiskOperation.List or DiskOperation.OpenRead or DiskOperation.Read or DiskOperation.ReadAll);

    private static int Operations(bool syncPackets, Func<DiskOperation, string, bool>? counts = null)
    {
        var memory = new MemoryDisk();
        memory.CreateDirectory(SpoolScript.State);
        var disk = new FaultyDisk(memory) { Counts = counts };
        using var script = new SpoolScript(disk, memory, new FakeTimeProvider(Start), syncPackets);
        script.Open();
        script.Run(endsCleanly: counts is null);
        CheckWhole(script, memory);
        return disk.Count;
    }

    private static void Die(SpoolScript script, MemoryDisk memory, int? seed)
    {
        if (script.IsDead)
            return;
        script.IsDead = true;
        memory.LosePower(seed);
    }

    private static void OpenOrDie(SpoolScript script)
    {
        try
        {
            script.Open();
        }
        catch (IOException) when (script.IsDead)
        {
        }
    }

    private static void Check(SpoolScript first, MemoryDisk memory, FakeTimeProvider clock, bool syncPackets)
    {
        using var again = new SpoolScript(memory, memory, clock, syncPackets);
        again.Open();
        var records = SpoolScript.Records(memory);
        Dictionary<SourceId, ulong> spooled = [];
        foreach ((SpoolMark mark, RecordType type, _, byte[] body) in records.Where(r => r.Type == RecordType.Packet))
        {
            if (FrameHeader.TryReadFrame(body, out FrameHeader? header) != FrameError.None)
                continue;
            foreach (SourceRange range in header!.Sources)
                spooled[range.Source] = Math.Max(range.To, spooled.GetValueOrDefault(range.Source));
        }
        foreach (SourcePosition position in again.Spool.Recovered.Values)
        {
            // What was pruned was delivered, and safe in a checkpoint before.
            ulong most = Math.Max(spooled.GetValueOrDefault(position.Descriptor.Id), first.Safe.GetValueOrDefault(position.Descriptor.Id));
            Assert.True(position.Position <= most, $"{position.Descriptor.Path} is at {position.Position}, its spool ends at {most}");
        }
        foreach ((SourceId id, ulong safe) in syncPackets ? first.Shipped : first.Safe)
            Assert.True(again.Spool.Recovered.TryGetValue(id, out SourcePosition? found) && found.Position >= safe, $"source {id} was at {safe} and is at {found?.Position}");
        HashSet<PacketId> left = [.. records.Select(r => r.Id)];
        ulong oldest = records.Count > 0 ? records[0].Mark.Bucket : 0;
        foreach ((PacketId id, SpoolMark mark) in first.SafePackets)
            Assert.True(left.Contains(id) || mark.Bucket < oldest, $"the record at {mark} was synced and is gone, and not because it was pruned");
        // And the life goes on: every packet gets into a manifest, each source has no hole.
        again.Run(endsCleanly: true);
        CheckWhole(again, memory);
        CheckClaims(memory);
    }

    /// <summary>Packets of a source follow each other without hole or repeat, and reach to its position.</summary>
    private static void CheckWhole(SpoolScript script, MemoryDisk memory)
    {
        Dictionary<SourceId, ulong> ends = [];
        foreach ((SpoolMark mark, RecordType type, _, byte[] body) in SpoolScript.Records(memory))
        {
            if (type != RecordType.Packet)
                continue;
            Assert.Equal(FrameError.None, FrameHeader.TryReadFrame(body, out FrameHeader? header));
            foreach (SourceRange range in header!.Sources)
            {
                if (ends.TryGetValue(range.Source, out ulong end))
                    Assert.True(range.From == end, $"{range.From} follows {end} at {mark}");
                ends[range.Source] = range.To;
            }
        }
        for (int i = 0; i < 2; i++)
            Assert.Equal(script.Position(i), ends[SpoolScript.Source(i).Id]);
    }

    /// <summary>After a clean end every packet is named by a manifest behind it, and that covers its bucket: a porter looks for it nowhere else.</summary>
    private static void CheckClaims(MemoryDisk memory)
    {
        var unclaimed = new Dictionary<PacketId, ulong>();
        foreach ((SpoolMark mark, RecordType type, PacketId id, byte[] body) in SpoolScript.Records(memory))
        {
            if (type == RecordType.Packet)
            {
                Assert.Equal(FrameError.None, FrameHeader.TryReadFrame(body, out FrameHeader? header));
                unclaimed.Add(id, header!.Bucket);
                continue;
            }
            Manifest manifest = Manifest.TryRead(body)!;
            foreach (PacketId packet in manifest.Packets)
            {
                if (unclaimed.Remove(packet, out ulong bucket))
                    Assert.True(bucket >= manifest.CoversFrom && bucket < manifest.CoversTo, $"the manifest at {mark} covers [{manifest.CoversFrom}, {manifest.CoversTo}) and names a packet of {bucket}");
            }
        }
        Assert.Empty(unclaimed);
    }
}
