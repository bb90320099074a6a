using System.Runtime.CompilerServices;

namespace Tailer.Buck;

/// <summary>What one reader watches: backlog, then live, until it goes. The feed knows it from its making to its disposal.</summary>
internal sealed class LiveWatch : IDisposable
{
    private readonly LiveFeed feed;
    private readonly Backlog backlog;
    private readonly LiveRequest request;
    private readonly Viewer viewer;
    private readonly StoreMark mark;

    public LiveWatch(LiveFeed feed, Backlog backlog, LiveRequest request)
    {
        this.feed = feed;
        this.backlog = backlog;
        this.request = request;
        viewer = feed.Join(request.Query, request.Format, out mark);
        if (request.BacklogLines == 0)
            mark.Dispose();
    }

    /// <summary>Items in order, to be read once. Throws <see cref="OperationCanceledException"/> when cancelled.</summary>
    public async IAsyncEnumerable<LiveItem> ItemsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (request.BacklogLines > 0)
        {
            await foreach (LiveItem item in backlog.ReadAsync(mark, request, cancellation).ConfigureAwait(false))
                yield return item;
        }
        while (await viewer.ReadAsync(cancellation).ConfigureAwait(false) is { } next)
            yield return next;
    }

    public void Dispose()
    {
        mark.Dispose();
        feed.Leave(viewer);
    }
}
