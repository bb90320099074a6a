using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// Keeps the counters over restarts: saves them every few seconds and at the end, and at the start counts what came after the last
/// save, from the journal and the bucket files. docs/formats/counters.md.
/// </summary>
internal sealed class CounterKeeper(
    CounterBook book, CounterJournal journal, LiveFeed feed, BucketStore store, IDisk disk, string dataDirectory, SourceCatalog catalog, TimeProvider clock, ILogger<CounterKeeper> logger)
    : BackgroundService
{
    public const string DirectoryName = "counters";
    private const string StateName = "state.json";

    /// <summary>A start looks at the packets of this long at most.</summary>
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(10);

    private readonly string directory = Path.Combine(dataDirectory, DirectoryName);

    /// <summary>Before the door is opened: what was is counted before what comes.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!book.IsEmpty)
            Load();
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>After the door was closed.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (!book.IsEmpty)
            await SaveAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (book.IsEmpty)
            return;
        using var timer = new PeriodicTimer(SaveInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
                await SaveAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // StopAsync saves once more.
        }
    }

    /// <summary>Counts and journal are parted at one packet: what is before it is in the counts, what is after it in the new journal.</summary>
    internal async Task SaveAsync(CancellationToken cancellation)
    {
        try
        {
            SavedCounters saved = await feed.SaveCountersAsync(cancellation).ConfigureAwait(false);
            AtomicFile.Write(disk, Path.Combine(directory, StateName), JsonSerializer.SerializeToUtf8Bytes(saved, BuckJson.Default.SavedCounters));
            journal.Forget(saved.Journal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            // The journals stay and are counted at the next start instead.
            BuckLog.CountersNotSaved(logger, directory, e.Message);
        }
    }

    private void Load()
    {
        try
        {
            disk.CreateDirectory(directory);
            long from = Restore();
            IReadOnlyList<long> files = journal.Files();
            foreach (long number in files.Where(n => n >= from))
                CountAgain(journal.Read(number));
            journal.Turn(journal.Open(Math.Max(from, files.Count == 0 ? 0 : files[^1] + 1)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            BuckLog.CountersNotSaved(logger, directory, e.Message);
        }
    }

    /// <summary>Returns the first journal that is not in the counts.</summary>
    private long Restore()
    {
        string path = Path.Combine(directory, StateName);
        if (disk.ReadAll(path) is not { } bytes)
            return 0;
        try
        {
            SavedCounters? saved = JsonSerializer.Deserialize(bytes, BuckJson.Default.SavedCounters);
            if (saved is { Version: SavedCounters.CurrentVersion })
            {
                foreach (string name in book.Restore(saved))
                    BuckLog.CounterForgotten(logger, name);
                return saved.Journal;
            }
            BuckLog.CountersUnreadable(logger, path, $"it has version {saved?.Version}");
        }
        catch (JsonException e)
        {
            BuckLog.CountersUnreadable(logger, path, e.Message);
        }
        return 0;
    }

    private void CountAgain(IReadOnlyList<JournalEntry> entries)
    {
        using var view = new PacketView(catalog);
        using var buffer = new RecordBuffer();
        foreach (IGrouping<BucketKey, JournalEntry> bucket in entries.GroupBy(e => e.Bucket))
        {
            var places = new Dictionary<PacketId, (BucketFile File, RecordPlace Place)>();
            foreach (BucketFile file in store.FilesOf(bucket.Key))
            {
                foreach (RecordPlace place in Records(file))
                    places.TryAdd(place.Id, (file, place));
            }
            foreach (JournalEntry entry in bucket)
            {
                if (!book.Note(entry.Id))
                    continue;
                if (places.TryGetValue(entry.Id, out (BucketFile File, RecordPlace Place) at) && ReadPacket(at.File, at.Place, buffer) is { } header
                    && view.TryDecode(entry.Id, header, buffer.Body.Span) == BlockError.None)
                    book.Take(view, entry.Counts, entry.IsUncertain);
                else
                    book.Missed(entry.Events);
            }
        }
    }

    /// <summary>None of a file that cannot be read: its packets add to what is uncertain, and those of other disks are counted.</summary>
    private IReadOnlyList<RecordPlace> Records(BucketFile file)
    {
        try
        {
            return store.Facts(file)?.Records ?? [];
        }
        catch (IOException e)
        {
            BuckLog.CountersNotSaved(logger, file.ToString(), e.Message);
            return [];
        }
    }

    private static FrameHeader? ReadPacket(BucketFile bucket, RecordPlace place, RecordBuffer buffer)
    {
        try
        {
            using IDiskFile? file = bucket.OpenRead();
            return file is null ? null : buffer.ReadPacket(file, place);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
