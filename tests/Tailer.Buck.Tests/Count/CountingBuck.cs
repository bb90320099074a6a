using Microsoft.Extensions.Logging.Abstractions;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Queries;
using Tailer.Testing;

namespace Tailer.Buck.Tests.Count;

/// <summary>Store, feed and counters of one buck over a real directory, without the network; it can die and start again.</summary>
internal sealed class CountingBuck : IAsyncDisposable
{
    private readonly TempDirectory directory = new();
    private CounterJournal journal = null!;
    private CounterKeeper keeper = null!;

    public CountingBuck(params CounterOptions[] counters)
    {
        Counters = counters;
    }

    public CounterOptions[] Counters { get; set; }

    public CounterBook Book { get; private set; } = null!;

    public LiveFeed Feed { get; private set; } = null!;

    public BucketStore Store { get; private set; } = null!;

    public string JournalDirectory => Path.Combine(directory.Path, CounterKeeper.DirectoryName);

    public long Uncertain => Book.Counters.Sum(c => c.Uncertain);

    public static CounterOptions Counter(string name, string query, params CounterLabel[] by) =>
        new(name, Query.Parse(query).TryGet(out Query? parsed, out QueryError? error) ? parsed : throw new ArgumentException(error!.Caret), by);

    public static async Task<CountingBuck> StartAsync(params CounterOptions[] counters)
    {
        var buck = new CountingBuck(counters);
        await buck.StartAsync();
        return buck;
    }

    public async Task StartAsync()
    {
        var catalog = new SourceCatalog();
        Store = new BucketStore([StoreDisk.Only(SystemDisk.Instance, directory.Path, 0)], new StoreOptions(), catalog, TimeProvider.System, NullLogger<BucketStore>.Instance);
        Book = new CounterBook(Counters);
        journal = new CounterJournal(SystemDisk.Instance, JournalDirectory);
        Feed = new LiveFeed(Store, catalog, new CounterIntake(Book, journal), TimeProvider.System, NullLogger<LiveFeed>.Instance);
        keeper = new CounterKeeper(Book, journal, Feed, Store, SystemDisk.Instance, directory.Path, catalog, TimeProvider.System, NullLogger<CounterKeeper>.Instance);
        await Feed.StartAsync(CancellationToken.None);
        await keeper.StartAsync(CancellationToken.None);
    }

    public StoreOutcome Append(Packet packet, Counting counting = Counting.Yes) =>
        Feed.AppendAndShowAsync(TestStore.KeyOf(packet), packet.Id, packet.Header, packet.Frame, show: true, counting).AsTask().GetAwaiter().GetResult().Outcome;

    public Task Counted() => Wait.For(() => Feed.IsIdle, "everything that was stored has been counted");

    public async Task<Dictionary<string, long>> ValuesAsync(int counter = 0)
    {
        await Counted();
        EventCounter one = Book.Counters[counter];
        return one.Series().ToDictionary(s => string.Join(' ', s.Key.First(one.Options.Labels.Count)), s => s.Value);
    }

    public async Task<long> SumAsync(int counter = 0) => (await ValuesAsync(counter)).Values.Sum();

    /// <summary>Saves as it does every few seconds.</summary>
    public Task SaveAsync() => keeper.SaveAsync(CancellationToken.None);

    /// <summary>As kill -9: nothing is saved or closed; what is in memory is gone.</summary>
    public async Task KillAsync()
    {
        await Feed.StopAsync(CancellationToken.None);
        Feed.Dispose();
        journal.Dispose();
    }

    public async Task StopAsync()
    {
        await keeper.StopAsync(CancellationToken.None);
        await KillAsync();
        Store.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        keeper.Dispose();
        directory.Dispose();
    }
}
