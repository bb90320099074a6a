using System.Runtime.CompilerServices;
using Tailer.Queries;

namespace Tailer.Buck;

/// <summary>What one reader watches: backlog, then live, until it goes.</summary>
internal sealed class LiveSession(LiveFeed feed, Backlog backlog)
{
    /// <summary>More than this are refused: each may hold a queue of some megabytes when it stalls.</summary>
    public const int ViewersMax = 2000;

    public bool IsFull => feed.Viewers >= ViewersMax;

    /// <summary>
    /// <see cref="LiveUnit"/>s and <see cref="DropNotice"/>s, in order. Throws <see cref="OperationCanceledException"/> when cancelled.
    /// </summary>
    public async IAsyncEnumerable<LiveItem> RunAsync(LiveRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Viewer viewer = feed.Join(request.Query, request.Format, out StoreMark mark);
        try
        {
            if (request.BacklogLines > 0)
            {
                await foreach (LiveUnit unit in backlog.ReadAsync(mark, request, cancellation).ConfigureAwait(false))
                    yield return new LiveItem(unit, null);
            }
            while (await viewer.ReadAsync(cancellation).ConfigureAwait(false) is { } item)
                yield return item;
        }
        finally
        {
            feed.Leave(viewer);
        }
    }
}
