using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;

namespace Tailer.Agent.Tests.Ship;

public sealed class DeliveryLedgerTests
{
    private const ulong Width = LogTime.PerMinute;

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 50, TimeSpan.Zero));
    private readonly DeliveryLedger ledger;

    public DeliveryLedgerTests() => ledger = new DeliveryLedger(clock, Width);

    private ulong Bucket => LogTime.Floor(LogTime.Now(clock), Width);

    [Fact]
    public void Lag_is_for_how_long_the_oldest_undelivered_record_waits_and_not_how_old_its_bucket_is()
    {
        Assert.Equal(TimeSpan.Zero, ledger.Lag);
        DeliveryLedger.Entry first = ledger.Add(Record(Bucket, 0));
        Assert.Equal(TimeSpan.Zero, ledger.Lag);
        clock.Advance(TimeSpan.FromSeconds(3));
        DeliveryLedger.Entry second = ledger.Add(Record(Bucket, 100));
        clock.Advance(TimeSpan.FromSeconds(2));
        ledger.Complete(second);
        Assert.Equal(TimeSpan.FromSeconds(5), ledger.Lag);
        ledger.Complete(first);
        Assert.Equal(TimeSpan.Zero, ledger.Lag);
    }

    [Fact]
    public void What_an_earlier_process_left_in_the_spool_lags_since_its_bucket_ended()
    {
        ledger.Add(Record(Bucket - (60 * Width), 0));
        Assert.Equal(TimeSpan.FromMinutes(59) + TimeSpan.FromSeconds(50), ledger.Lag);
    }

    [Fact]
    public void The_mark_moves_over_what_is_delivered_without_a_hole()
    {
        DeliveryLedger.Entry[] entries = [.. Enumerable.Range(0, 3).Select(i => ledger.Add(Record(Bucket, i * (RecordHeader.Bytes + 10))))];
        Assert.Null(ledger.Complete(entries[1]));
        Assert.Equal((new SpoolMark(Bucket, 2 * (RecordHeader.Bytes + 10)), 2L * (RecordHeader.Bytes + 10)), ledger.Complete(entries[0]));
        Assert.Equal(1, ledger.Count);
    }

    private static SpoolRecord Record(ulong bucket, long position) => new(new SpoolMark(bucket, position), RecordType.Packet, default, 10);
}
