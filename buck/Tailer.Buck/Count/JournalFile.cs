using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// One file of the journal. Who is to add to it enters it and leaves it; it is closed when it is no longer the one that is written to and all have left.
/// Thread-safe.
/// </summary>
internal sealed class JournalFile(IDiskFile file, long number, DiskCalls calls)
{
    /// <summary>Who waits for so long for others that write their 32 bytes waits for a disk that hangs, and goes on without.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly object writing = new();
    private readonly Lock gate = new();
    private long length = file.Length / JournalEntry.Bytes * JournalEntry.Bytes;
    private int inside;
    private bool retired;
    private volatile bool isStuck;

    public long Number => number;

    public void Enter()
    {
        lock (gate)
            inside++;
    }

    public void Leave()
    {
        lock (gate)
        {
            inside--;
            CloseWhenLeft();
        }
    }

    /// <summary>
    /// False when it could not be written: then a crash would lose sight of the packet. <paramref name="hangs"/> is called when the disk neither writes it
    /// nor fails.
    /// </summary>
    public bool Add(JournalEntry entry, Action<string>? hangs = null)
    {
        Span<byte> bytes = stackalloc byte[JournalEntry.Bytes];
        entry.WriteTo(bytes);
        if (!Monitor.TryEnter(writing, isStuck ? TimeSpan.Zero : Patience))
        {
            isStuck = true;
            return false;
        }
        DiskCall call = calls.Begin("writing", file.Path, hangs);
        try
        {
            file.Write(bytes, length);
            length += bytes.Length;
            isStuck = false;
            return true;
        }
        catch (IOException)
        {
            // What of it was written is overwritten by the next.
            return false;
        }
        finally
        {
            calls.End(call);
            Monitor.Exit(writing);
        }
    }

    /// <summary>Nobody enters any more.</summary>
    public void Retire()
    {
        lock (gate)
        {
            retired = true;
            CloseWhenLeft();
        }
    }

    private void CloseWhenLeft()
    {
        if (retired && inside == 0)
            file.Dispose();
    }
}
