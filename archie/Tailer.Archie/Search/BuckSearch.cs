using System.Runtime.CompilerServices;
using Tailer.Blocks;
using Tailer.Stores;
using Tailer.Wire;

namespace Tailer.Archie;

/// <summary>Asks bucks for what the index does not have yet: matching events of buckets from the watermark on.</summary>
internal static class BuckSearch
{
    /// <summary>A buck that has not answered by then is left out, and the answer says so.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Asks one buck. Never throws but for cancellation: a buck that fails is a part missing of the answer.</summary>
    public static async Task<BuckEvents> AskAsync(BuckLink link, SearchRequest request, ulong bucketFrom, CancellationToken cancellation)
    {
        var events = new List<FoundEvent>();
        End end = new(0);
        long bytes = 0;
        AnswerSource source;
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timed.CancelAfter(Timeout);
        try
        {
            Search search = new(request.Query.ToString(), request.From, request.To, bucketFrom, ulong.MaxValue, request.Limit, request.Order == SearchOrder.Newest);
            await foreach (Packet packet in PacketsAsync(link, search, e => end = e, timed.Token))
            {
                bytes += Decode(packet, events);
                if (bytes > request.BytesMax)
                {
                    end = end with { Truncated = true };
                    break;
                }
            }

            source = end.Error.Length == 0
                ? new AnswerSource(link.Name, AnswerState.Ok, events.Count)
                : new AnswerSource(link.Name, AnswerState.Failed, events.Count, $"{link.Name}: {end.Error}");
        }
        catch (WireException e)
        {
            source = new AnswerSource(link.Name, StateOf(e.Code), events.Count, $"{link.Name} {WordOf(StateOf(e.Code))}: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            source = new AnswerSource(link.Name, AnswerState.Timeout, events.Count, $"{link.Name} did not answer within {Timeout.TotalSeconds} s");
        }

        events.Sort(FoundOrder.Of(request.Order));
        return new BuckEvents(source, events, end.Truncated, end.ScannedEvents, end.ScannedBytes);
    }

    /// <summary>The frames that answer a search; docs/formats/messages.md, RESULT.</summary>
    /// <exception cref="WireException">When the buck cannot be asked, or its answer cannot be read.</exception>
    public static async IAsyncEnumerable<Packet> PacketsAsync(
        BuckLink link, Search search, Action<End> ended, [EnumeratorCancellation] CancellationToken cancellation)
    {
        BuckConnection buck = await link.ConnectAsync(cancellation);
        await using ReplyBatches<SearchResult> batches = await buck.SearchAsync(search, cancellation);
        await foreach (SearchResult batch in batches.WithCancellation(cancellation))
        {
            foreach (ReadOnlyMemory<byte> frame in batch.Frames)
            {
                // The batch's memory is lent for a moment; a packet keeps its own.
                yield return Packet.TryRead(frame.ToArray(), out FrameError error)
                    ?? throw new WireException(WireErrorCode.BadReply, $"{link.Name} answered a search with something that is not a frame: {error}");
            }
        }

        ended(batches.End);
    }

    /// <summary>Adds the packet's events; returns their bytes.</summary>
    public static long Decode(Packet packet, List<FoundEvent> into)
    {
        using var block = new DecodedBlock();
        BlockError error = packet.TryDecode(block);
        if (error != BlockError.None)
            throw new WireException(WireErrorCode.BadReply, $"a block in the answer cannot be read: {error}");
        long bytes = 0;
        for (int i = 0; i < block.Count; i++)
        {
            Event e = block[i];
            SourceRange range = packet.Header.Sources[e.Source];
            bytes += e.Bytes.Length;
            into.Add(new FoundEvent
            {
                Source = range.Source,
                Offset = e.Offset,
                Bytes = e.Bytes.ToArray(),
                Time = e.Time,
                Host = e.Host,
                App = e.App ?? "",
                Agent = packet.Header.Agent,
                Path = range.Descriptor?.Path ?? "",
                Pid = e.Pid,
                Severity = e.Severity,
                Flags = e.Flags,
                View = range.Descriptor?.View ?? SourceView.Utf8,
            });
        }

        return bytes;
    }

    private static AnswerState StateOf(WireErrorCode code) => code switch
    {
        WireErrorCode.Disconnected or WireErrorCode.ShuttingDown => AnswerState.Unreachable,
        WireErrorCode.TimedOut => AnswerState.Timeout,
        _ => AnswerState.Failed,
    };

    private static string WordOf(AnswerState state) => state switch
    {
        AnswerState.Unreachable => "unreachable",
        AnswerState.Timeout => "too slow",
        _ => "failed",
    };
}
