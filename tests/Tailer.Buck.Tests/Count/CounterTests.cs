using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Buck.Tests.Count;

public sealed class CounterTests
{
    private readonly Packets packets = new();

    [Fact]
    public async Task Lines_that_match_are_counted_by_their_labels_and_by_no_viewer()
    {
        await using CountingBuck buck = await CountingBuck.StartAsync(
            CountingBuck.Counter("errors", "level:error", CounterLabel.Host, CounterLabel.Level), CountingBuck.Counter("all", "", CounterLabel.Path, CounterLabel.App));

        buck.Append(packets.Make(["fine", "an error", "fine again"]));
        buck.Append(packets.Make(["another error"], path: "/var/log/other.log"));
        buck.Append(new Packets("db-1").Make(["error", "error"]));

        Assert.Equal(new() { ["web-1 error"] = 2, ["db-1 error"] = 2 }, await buck.ValuesAsync());
        Assert.Equal(new() { ["/var/log/app.log app"] = 5, ["/var/log/other.log app"] = 1 }, await buck.ValuesAsync(1));
        Assert.Equal(0, buck.Uncertain);
    }

    [Fact]
    public async Task Only_copy_0_counts_and_only_once()
    {
        await using CountingBuck buck = await CountingBuck.StartAsync(CountingBuck.Counter("all", ""));
        Packet first = packets.Make(["1", "2"]), second = packets.Make(["3"]), third = packets.Make(["4", "5", "6"]);

        buck.Append(first);
        buck.Append(first);
        buck.Append(first, Counting.Perhaps);
        buck.Append(second, Counting.No);
        Assert.Equal(2, await buck.SumAsync());
        Assert.Equal(0, buck.Uncertain);

        // Here as another copy, and now asked for the first time as the one that counts.
        buck.Append(second);
        Assert.Equal(3, await buck.SumAsync());
        Assert.Equal(0, buck.Uncertain);

        // Somebody else was asked and may have counted it.
        buck.Append(third, Counting.Perhaps);
        Assert.Equal(6, await buck.SumAsync());
        Assert.Equal(3, buck.Uncertain);
    }

    [Fact]
    public async Task Counts_go_on_after_a_clean_restart_and_a_changed_counter_begins_anew()
    {
        await using CountingBuck buck = await CountingBuck.StartAsync(CountingBuck.Counter("errors", "level:error", CounterLabel.Host), CountingBuck.Counter("all", ""));
        buck.Append(packets.Make(["an error", "2"]), Counting.Perhaps);
        await buck.Counted();
        await buck.StopAsync();

        buck.Counters = [CountingBuck.Counter("all", ""), CountingBuck.Counter("errors", "level:>=error", CounterLabel.Host)];
        await buck.StartAsync();
        buck.Append(packets.Make(["one more error"]));

        Assert.Equal(3, await buck.SumAsync());
        Assert.Equal(new() { ["web-1"] = 1 }, await buck.ValuesAsync(1));
        Assert.Equal(2, buck.Book.Counters[0].Uncertain);
        Assert.Equal(0, buck.Book.Counters[1].Uncertain);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_kill_what_was_acknowledged_is_counted_exactly_once(bool savedBetween)
    {
        await using CountingBuck buck = await CountingBuck.StartAsync(CountingBuck.Counter("errors", "error", CounterLabel.Host));
        buck.Append(packets.Make(["error 1", "fine"]));
        if (savedBetween)
            await buck.SaveAsync();
        Packet last = packets.Make(["error 2", "error 3", "fine"]);
        buck.Append(last);
        buck.Append(packets.Make(["error 4"]), Counting.No);
        await buck.KillAsync();

        await buck.StartAsync();
        Assert.Equal(3, await buck.SumAsync());
        Assert.Equal(0, buck.Uncertain);

        // The acknowledgement did not arrive: it comes again, and is known.
        buck.Append(last, Counting.Perhaps);
        Assert.Equal(3, await buck.SumAsync());
        Assert.Equal(0, buck.Uncertain);
        await buck.KillAsync();
        await buck.StartAsync();
        Assert.Equal(3, await buck.SumAsync());
    }

    [Fact]
    public async Task A_packet_that_was_counted_long_before_a_restart_and_comes_again_is_uncertain_and_not_counted()
    {
        await using CountingBuck buck = await CountingBuck.StartAsync(CountingBuck.Counter("all", ""));
        Packet packet = packets.Make(["1", "2"]);
        buck.Append(packet);
        await buck.Counted();
        await buck.StopAsync();

        await buck.StartAsync();
        buck.Append(packet, Counting.Perhaps);

        Assert.Equal(2, await buck.SumAsync());
        Assert.Equal(2, buck.Uncertain);
    }

    [Fact]
    public async Task A_packet_of_the_journal_that_is_gone_from_its_bucket_is_uncertain()
    {
        await using CountingBuck buck = await CountingBuck.StartAsync(CountingBuck.Counter("errors", "error"));
        Packet packet = packets.Make(["error", "fine", "fine"]);
        buck.Append(packet);
        await buck.KillAsync();
        File.Delete(Path.Combine(buck.Store.Disks[0].Directory, TestStore.KeyOf(packet).RelativePath));

        await buck.StartAsync();

        Assert.Equal(0, await buck.SumAsync());
        Assert.Equal(3, buck.Uncertain);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"version\":9,\"journal\":1,\"counters\":[]}")]
    public async Task Counts_that_cannot_be_read_begin_at_0_and_what_the_journals_have_is_counted(string state)
    {
        await using CountingBuck buck = await CountingBuck.StartAsync(CountingBuck.Counter("all", ""));
        buck.Append(packets.Make(["1"]));
        await buck.SaveAsync();
        buck.Append(packets.Make(["2", "3"]));
        await buck.KillAsync();
        await File.WriteAllTextAsync(Path.Combine(buck.JournalDirectory, "state.json"), state);

        await buck.StartAsync();

        Assert.Equal(2, await buck.SumAsync());
    }

    [Fact]
    public async Task A_journal_cut_anywhere_gives_its_whole_entries()
    {
        await using CountingBuck buck = await CountingBuck.StartAsync(CountingBuck.Counter("all", ""));
        for (int i = 0; i < 3; i++)
            buck.Append(packets.Make([$"{i}"]));
        await buck.KillAsync();
        string journal = Assert.Single(Directory.GetFiles(buck.JournalDirectory, "*.journal"));
        byte[] bytes = await File.ReadAllBytesAsync(journal);
        Assert.Equal(3 * JournalEntry.Bytes, bytes.Length);
        for (int cut = 0; cut <= bytes.Length; cut += 7)
        {
            foreach (string file in Directory.GetFiles(buck.JournalDirectory))
                File.Delete(file);
            await File.WriteAllBytesAsync(journal, bytes[..cut]);
            await buck.StartAsync();
            Assert.Equal(cut / JournalEntry.Bytes, await buck.SumAsync());
            await buck.KillAsync();
        }
        await buck.StartAsync();
    }

    [Fact]
    public async Task Label_values_without_end_are_counted_together()
    {
        await using CountingBuck buck = await CountingBuck.StartAsync(CountingBuck.Counter("all", "", CounterLabel.Path));
        for (int i = 0; i < EventCounter.SeriesMax + 5; i++)
            buck.Append(packets.Make(["x"], path: $"/var/log/{i}.log"));

        Dictionary<string, long> values = await buck.ValuesAsync();

        Assert.Equal(EventCounter.SeriesMax + 1, values.Count);
        Assert.Equal(5, values[EventCounter.OtherValue]);
    }

    [Fact]
    public void The_journal_entry_is_as_described()
    {
        Span<byte> bytes = stackalloc byte[JournalEntry.Bytes];
        var entry = new JournalEntry(new BucketKey(0x0102030405060708, true), new PacketId(UInt128.Parse("1")), 3, Counts: true, IsUncertain: true);
        entry.WriteTo(bytes);
        Assert.Equal("5443310703000000080706050403020100000000000000000000000000000001", Convert.ToHexStringLower(bytes));
        Assert.True(JournalEntry.TryRead(bytes, out JournalEntry read));
        Assert.Equal(entry, read);
    }

    [Fact]
    public async Task No_uncertainty_is_lost_when_two_threads_add_to_it()
    {
        const int Restored = 1_000_000;
        var counter = new EventCounter(CountingBuck.Counter("all", ""));
        SavedCounter one = counter.Save() with { Uncertain = 1 };
        int missed = 0;

        var restoring = Task.Run(() =>
        {
            for (int i = 0; i < Restored; i++)
                counter.Restore(one);
        });
        while (!restoring.IsCompleted)
        {
            counter.Missed(1);
            missed++;
        }
        await restoring;

        Assert.Equal(Restored + missed, counter.Uncertain);
    }
}
