using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;

namespace Tailer.Agent.Tests.Ship;

public sealed class DeliveryLedgerTests
{
    private const ulong Width = LogTime.PerMinute;
    private const int Bytes = RecordHeader.Bytes + 10;

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 50, TimeSpan.Zero));
    private readonly List<(DeliveryProgress Progress, long Bytes)> reports = [];

    private ulong Bucket => LogTime.Floor(LogTime.Now(clock), Width);

    [Fact]
    public void Lag_is_for_how_long_the_oldest_undelivered_record_waits_and_not_how_old_its_bucket_is()
    {
        DeliveryLedger ledger = Ledger();
        Assert.Equal(TimeSpan.Zero, ledger.Lag);
        DeliveryLedger.Entry first = Add(ledger, 0);
        Assert.Equal(TimeSpan.Zero, ledger.Lag);
        clock.Advance(TimeSpan.FromSeconds(3));
        DeliveryLedger.Entry second = Add(ledger, 1);
        clock.Advance(TimeSpan.FromSeconds(2));
        ledger.Complete(second);
        Assert.Equal(TimeSpan.FromSeconds(5), ledger.Lag);
        ledger.Complete(first);
        Assert.Equal(TimeSpan.Zero, ledger.Lag);
    }

    [Fact]
    public void What_an_earlier_process_left_in_the_spool_lags_since_its_bucket_ended()
    {
        DeliveryLedger ledger = Ledger();
        ledger.Add(Newest(ledger), new SpoolRecord(new SpoolMark(Bucket - (60 * Width), 0), RecordType.Packet, default, 10));
        Assert.Equal(TimeSpan.FromMinutes(59) + TimeSpan.FromSeconds(50), ledger.Lag);
    }

    [Fact]
    public void The_mark_moves_over_what_is_delivered_without_a_hole()
    {
        DeliveryLedger ledger = Ledger();
        DeliveryLedger.Entry[] entries = [.. Enumerable.Range(0, 3).Select(i => Add(ledger, i))];
        ledger.Complete(entries[1]);
        Assert.Empty(reports);
        ledger.Complete(entries[0]);
        Assert.Equal((At(2), 2L * Bytes), (reports[^1].Progress.Mark, reports[^1].Bytes));
        Assert.Equal(1, ledger.Count);
    }

    [Fact]
    public void What_overtook_is_delivered_ahead_of_the_mark_until_the_backlog_has_reached_it()
    {
        DeliveryLedger ledger = Ledger();
        DeliveryLedger.Entry old = Add(ledger, 0);
        Assert.True(ledger.Overtake(At(2)));
        DeliveryLedger.Entry fresh = Add(ledger, 2);
        ledger.Complete(fresh);
        Assert.Equal(At(0), reports[^1].Progress.Mark);
        Assert.Equal([new SpoolRange(At(2), At(3), Bytes)], reports[^1].Progress.Ahead);
        ledger.Complete(old);
        Assert.Equal(At(1), reports[^1].Progress.Mark);
        (DeliveryLedger.Lane lane, SpoolMark limit) = Assert.Single(Readable(ledger, At(3)));
        Assert.Equal(At(2), limit);
        DeliveryLedger.Entry between = ledger.Add(lane, Record(1));
        Assert.Equal(At(1), reports[^1].Progress.Mark);
        ledger.Complete(between);
        Assert.Equal((At(3), 2L * Bytes), (reports[^1].Progress.Mark, reports[^1].Bytes));
        Assert.Empty(reports[^1].Progress.Ahead);
        Assert.Equal(1, ledger.Lanes);
    }

    [Fact]
    public void Only_so_many_lanes_are_begun()
    {
        DeliveryLedger ledger = Ledger();
        for (int i = 1; i < DeliveryLedger.LanesMax; i++)
            Assert.True(ledger.Overtake(At(2 * i)));
        Assert.False(ledger.Overtake(At(1000)));
        Assert.Equal(DeliveryLedger.LanesMax, ledger.Lanes);
    }

    /// <summary>
    /// A spool of records, an agent that sends, is answered or not, overtakes, is killed and starts again from what it reported last:
    /// the mark never passes a record without an answer, nothing counts as delivered that is not, nothing is sent twice in one life,
    /// and in the end everything is delivered and every byte counted once.
    /// </summary>
    [Fact]
    public void Random_answers_failures_and_restarts_never_move_the_mark_past_an_undelivered_record()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("TAILER_SEED"), out int given) ? given : Environment.TickCount & 0xffffff;
        for (int i = 0; i < 100; i++)
        {
            try
            {
                new Model(seed + i, clock).Run();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"TAILER_SEED={seed + i} replays this: {e.Message}", e);
            }
        }
    }

    private DeliveryLedger Ledger() => new(new DeliveryProgress(At(0), []), clock, Width, (progress, bytes) => reports.Add((progress, bytes)));

    private SpoolMark At(int record) => new(Bucket, record * Bytes);

    private SpoolRecord Record(int i) => new(At(i), RecordType.Packet, default, 10);

    private DeliveryLedger.Entry Add(DeliveryLedger ledger, int record) => ledger.Add(Newest(ledger), Record(record));

    private static DeliveryLedger.Lane Newest(DeliveryLedger ledger) => Readable(ledger, new SpoolMark(ulong.MaxValue, 0))[0].Lane;

    private static List<(DeliveryLedger.Lane Lane, SpoolMark Limit)> Readable(DeliveryLedger ledger, SpoolMark end)
    {
        var into = new List<(DeliveryLedger.Lane, SpoolMark)>();
        ledger.ListReadable(end, into);
        return into;
    }

    private sealed class Model(int seed, TimeProvider clock)
    {
        private readonly Random random = new(seed);
        private readonly List<SpoolRecord> spool = [];
        private readonly HashSet<int> delivered = [];
        private readonly List<DeliveryLedger.Entry> open = [];
        private readonly HashSet<int> sentInThisLife = [];
        private DeliveryProgress progress = DeliveryProgress.None;
        private DeliveryProgress saved = DeliveryProgress.None;
        private long countedBytes;
        private long savedBytes;
        private DeliveryLedger ledger = null!;

        private SpoolMark End => spool.Count == 0 ? default : spool[^1].Next;

        public void Run()
        {
            Start();
            for (int i = 0; i < 300; i++)
                Act();
            for (int i = 0; i < 2000 && progress.Mark < End; i++)
            {
                Send();
                Answer(always: true);
            }
            Assert.Equal(End, progress.Mark);
            Assert.Empty(progress.Ahead);
            Assert.Equal(spool.Count, delivered.Count);
            Assert.Equal(spool.Sum(r => (long)r.BodyBytes + RecordHeader.Bytes), countedBytes);
        }

        private void Act()
        {
            switch (random.Next(20))
            {
                case < 7: Write(); break;
                case < 12: Send(); break;
                case < 17: Answer(always: false); break;
                case 17: ledger.Overtake(End); break;
                case 18: (saved, savedBytes) = (progress, countedBytes); break;
                default: Start(); break;
            }
        }

        private void Write()
        {
            ulong bucket = spool.Count == 0 ? Width : spool[^1].Mark.Bucket;
            bool isNewFile = random.Next(6) == 0;
            SpoolMark at = spool.Count == 0 || isNewFile ? new SpoolMark(bucket + (isNewFile ? Width : 0), 0) : spool[^1].Next;
            // Now and then some bytes are damaged, so that nothing can be read there.
            if (random.Next(15) == 0)
                at = at with { Position = at.Position + random.Next(1, 100) };
            spool.Add(new SpoolRecord(at, RecordType.Packet, default, random.Next(1, 500)));
        }

        private void Send()
        {
            List<(DeliveryLedger.Lane Lane, SpoolMark Limit)> lanes = Readable(ledger, End);
            if (lanes.Count == 0)
                return;
            (DeliveryLedger.Lane lane, SpoolMark limit) = lanes[random.Next(lanes.Count)];
            int next = spool.FindIndex(r => r.Mark >= lane.Next);
            if (next < 0 || spool[next].Mark >= limit)
            {
                ledger.Exhausted(lane, limit);
                Check();
                return;
            }
            Assert.True(sentInThisLife.Add(next), $"record {next} was sent twice");
            Assert.True(saved.IsUndelivered(spool[next].Mark), $"record {next} was delivered before the restart");
            open.Add(ledger.Add(lane, spool[next]));
        }

        private void Answer(bool always)
        {
            if (open.Count == 0 || (!always && random.Next(3) == 0))
                return;
            int i = random.Next(open.Count);
            delivered.Add(spool.IndexOf(open[i].Record));
            ledger.Complete(open[i]);
            open.RemoveAt(i);
            Check();
        }

        /// <summary>Killed, and started from the last checkpoint.</summary>
        private void Start()
        {
            open.Clear();
            sentInThisLife.Clear();
            (progress, countedBytes) = (saved, savedBytes);
            ledger = new DeliveryLedger(saved, clock, Width, Reported);
        }

        private void Reported(DeliveryProgress now, long bytes)
        {
            Assert.True(now.Mark >= progress.Mark, $"the mark went back from {progress.Mark} to {now.Mark}");
            progress = now;
            countedBytes += bytes;
        }

        private void Check()
        {
            Assert.True(progress.Ahead.Count <= DeliveryProgress.AheadMax);
            SpoolMark last = progress.Mark;
            foreach (SpoolRange range in progress.Ahead)
            {
                Assert.True(range.From > last && range.To > range.From, $"{range} after {last}");
                last = range.To;
            }
            for (int i = 0; i < spool.Count; i++)
            {
                if (!progress.IsUndelivered(spool[i].Mark))
                    Assert.True(delivered.Contains(i), $"record {i} at {spool[i].Mark} counts as delivered");
            }
            Assert.Equal(spool.Where(r => r.Next <= progress.Mark).Sum(r => (long)r.BodyBytes + RecordHeader.Bytes), countedBytes);
        }
    }
}
