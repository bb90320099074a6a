using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>Decides, while a packet is stored, whether it is to be counted, and notes it in the journal before anybody acknowledges it. Thread-safe.</summary>
internal sealed class CounterIntake(CounterBook book, CounterJournal journal)
{
    /// <summary>What the feed is to do with the packet; null for nothing.</summary>
    public (bool Counts, bool IsUncertain)? Take(BucketKey bucket, PacketId id, FrameHeader header, Counting counting, bool isRepeat)
    {
        if (book.Judge(id, counting, isRepeat) is not { } judged)
            return null;
        if (!journal.Add(new JournalEntry(bucket, id, header.Events, judged.Counts, judged.IsUncertain)))
            book.Missed(header.Events);
        return judged;
    }

    public void Missed(long events) => book.Missed(events);

    public void Count(PacketView packet, bool counts, bool isUncertain) => book.Take(packet, counts, isUncertain);

    /// <summary>What is taken from now on is in a new journal, whose number is returned. Throws <see cref="IOException"/>.</summary>
    public long Part() => journal.Turn();

    /// <summary>The counts at the moment of the call; feed's thread.</summary>
    public SavedCounters Save(long number) => book.Save(number);
}
