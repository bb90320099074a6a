namespace Tailer.Buck;

/// <summary>Lets readers in, as many as this buck takes.</summary>
internal sealed class LiveSession(LiveFeed feed, Backlog backlog)
{
    /// <summary>More than this are refused: each may hold a queue of some megabytes when it stalls.</summary>
    public const int ViewersMax = 2000;

    public bool IsFull => feed.Viewers >= ViewersMax;

    /// <summary>From here on nothing passes the reader by. The caller disposes the watch.</summary>
    public LiveWatch Begin(LiveRequest request) => new(feed, backlog, request);
}
