using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>Decides, while a packet is stored, whether it is to be counted, and notes it in the journal before anybody acknowledges it. Thread-safe.</summary>
internal sealed class CounterIntake(CounterBook book, CounterJournal journal)
{
    /// <summary>Such a packet may have to be counted.</summary>
    public bool Wants(Counting counting) => counting != Counting.No && !book.IsEmpty;

    /// <summary>
    /// Says in the offer what the feed is to do with the packet, and where it is to be noted. Called under the lock under which packets get their
    /// numbers, as is <see cref="Part"/>: so each packet is in the journal of its number.
    /// </summary>
    public void Judge(LiveOffer offer, bool isRepeat)
    {
        offer.Counted = book.Judge(offer.Id, offer.Counting, isRepeat);
        if (offer.Counted is not null)
            offer.Journal = journal.Enter();
    }

    /// <summary>Writes a packet that was judged to be counted to its journal. Waits for the disk.</summary>
    public void Note(LiveOffer offer)
    {
        if (offer.Counted is not { } judged)
            return;
        if (offer.Journal?.Add(new JournalEntry(offer.Bucket, offer.Id, offer.Header.Events, judged.Counts, judged.IsUncertain), offer.Hangs) != true)
            book.Missed(offer.Header.Events);
    }

    public void Missed(long events) => book.Missed(events);

    public void Count(PacketView packet, bool counts, bool isUncertain) => book.Take(packet, counts, isUncertain);

    /// <summary>The journal that comes next. One caller at a time. Throws <see cref="IOException"/>.</summary>
    public JournalFile Begin() => journal.Open();

    /// <summary>What is judged from now on is noted in this one.</summary>
    public void Part(JournalFile next) => journal.Turn(next);

    /// <summary>The counts at the moment of the call; feed's thread.</summary>
    public SavedCounters Save(long number) => book.Save(number);
}
