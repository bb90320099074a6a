namespace Tailer.Buck;

/// <summary>
/// Memory that the queues of all viewers may take together. Bytes that several viewers wait for are counted for each of them, so it is
/// more than they really take. Thread-safe.
/// </summary>
internal sealed class QueueBudget(long bytesMax = QueueBudget.BytesMax)
{
    /// <summary>64 queues full to their own limit; a page that is that far behind is stalled.</summary>
    public const long BytesMax = 256L * 1024 * 1024;

    private long taken;

    public long TakenBytes => Interlocked.Read(ref taken);

    /// <summary>False, and nothing is taken, when there is no room.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref taken, bytes) <= bytesMax)
            return true;
        Interlocked.Add(ref taken, -bytes);
        return false;
    }

    public void Return(int bytes) => Interlocked.Add(ref taken, -bytes);
}
