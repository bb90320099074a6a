using System.Globalization;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// The packets that are to be counted since the counts were saved, written before they are acknowledged: after kill -9 they are
/// counted from the bucket files. Files <c>N.journal</c> of 32-byte entries. <see cref="Enter"/> and <see cref="Turn"/> are called by any
/// thread, but one at a time; the rest by one.
/// </summary>
internal sealed class CounterJournal(IDisk disk, string directory, TimeSpan? limit = null) : IDisposable
{
    private const string Suffix = ".journal";

    private JournalFile? now;

    /// <summary>What is being written to it: watched as the calls of a disk.</summary>
    public DiskCalls Calls { get; } = new(limit ?? Timeout.InfiniteTimeSpan);

    /// <summary>The file that is written to now, entered; null while there is none. The caller leaves it.</summary>
    public JournalFile? Enter()
    {
        now?.Enter();
        return now;
    }

    /// <summary>The next file; it is written to after <see cref="Turn"/>. Throws <see cref="IOException"/>.</summary>
    public JournalFile Open(long atLeast = 0)
    {
        long next = Math.Max((now?.Number ?? 0) + 1, atLeast);
        return new JournalFile(disk.OpenAppend(PathOf(next)), next, Calls);
    }

    /// <summary>Who enters from now on enters this one.</summary>
    public void Turn(JournalFile next)
    {
        JournalFile? before = now;
        now = next;
        before?.Retire();
    }

    /// <summary>Numbers of all files, ascending.</summary>
    public IReadOnlyList<long> Files()
    {
        var numbers = new List<long>();
        foreach (string name in disk.List(directory))
        {
            if (name.EndsWith(Suffix, StringComparison.Ordinal) && long.TryParse(name.AsSpan(0, name.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                numbers.Add(number);
        }
        numbers.Sort();
        return numbers;
    }

    /// <summary>Whole entries of a file; a torn end is left out.</summary>
    public IReadOnlyList<JournalEntry> Read(long number)
    {
        var entries = new List<JournalEntry>();
        ReadOnlySpan<byte> bytes = disk.ReadAll(PathOf(number));
        while (JournalEntry.TryRead(bytes, out JournalEntry entry))
        {
            entries.Add(entry);
            bytes = bytes[JournalEntry.Bytes..];
        }
        return entries;
    }

    /// <summary>Deletes the files before one.</summary>
    public void Forget(long before)
    {
        foreach (long number in Files().Where(n => n < before))
            disk.Delete(PathOf(number));
    }

    public void Dispose() => now?.Retire();

    private string PathOf(long number) => Path.Combine(directory, number.ToString(CultureInfo.InvariantCulture) + Suffix);
}
