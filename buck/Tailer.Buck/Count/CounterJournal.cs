using System.Globalization;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// The packets that are to be counted since the counts were saved, written before they are acknowledged: after kill -9 they are
/// counted from the bucket files. Files <c>N.journal</c> of 32-byte entries. <see cref="Add"/> and <see cref="Turn"/> are called by any
/// thread, the rest by one.
/// </summary>
internal sealed class CounterJournal(IDisk disk, string directory) : IDisposable
{
    private const string Suffix = ".journal";

    private readonly Lock gate = new();
    private IDiskFile? file;
    private long length;

    /// <summary>Number of the file that is written.</summary>
    public long Number { get; private set; }

    /// <summary>False when it could not be written: then a crash would lose sight of the packet.</summary>
    public bool Add(JournalEntry entry)
    {
        Span<byte> bytes = stackalloc byte[JournalEntry.Bytes];
        entry.WriteTo(bytes);
        lock (gate)
        {
            try
            {
                if (file is null)
                    return false;
                file.Write(bytes, length);
                length += bytes.Length;
                return true;
            }
            catch (IOException)
            {
                // What of it was written is overwritten by the next.
                return false;
            }
        }
    }

    /// <summary>Begins the next file; what is added from then on is in it. Throws <see cref="IOException"/>.</summary>
    public long Turn(long atLeast = 0)
    {
        lock (gate)
        {
            long next = Math.Max(Number + 1, atLeast);
            IDiskFile opened = disk.OpenAppend(PathOf(next));
            file?.Dispose();
            file = opened;
            length = opened.Length / JournalEntry.Bytes * JournalEntry.Bytes;
            return Number = next;
        }
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

    public void Dispose() => file?.Dispose();

    private string PathOf(long number) => Path.Combine(directory, number.ToString(CultureInfo.InvariantCulture) + Suffix);
}
