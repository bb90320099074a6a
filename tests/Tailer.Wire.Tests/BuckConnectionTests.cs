using System.Collections.Concurrent;
using Tailer.Blocks;

namespace Tailer.Wire.Tests;

public sealed class BuckConnectionTests : IDisposable
{
    private readonly TestEnvironment environment = new();

    public void Dispose() => environment.Dispose();

    [Fact]
    public async Task Packets_of_every_size_arrive_whole_and_each_ack_completes_its_own_append()
    {
        var stored = new ConcurrentDictionary<PacketId, byte[]>();
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
            {
                Assert.True(message.TryRead(out Append? append));
                stored[append.Id] = append.Frame.ToArray();
                await peer.SendAsync(message.Correlation, new Ack(append.Id, append.Copy == 1));
            }
        });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Agent);
        int[] sizes = [0, 1, 65_490, 65_519, 65_520, 200_000, WireLimits.FrameBytesMax, 7];
        byte[][] frames = sizes.Select((size, i) => Enumerable.Repeat((byte)i, size).ToArray()).ToArray();
        Task<AppendResult>[] results = frames.Select((frame, i) =>
            buck.AppendAsync(new Append(new PacketId((UInt128)i), (byte)(i % 2), 2, AppendOptions.None, frame))).ToArray();
        AppendResult[] outcomes = await Task.WhenAll(results).WaitAsync(TestEnvironment.Patience);
        for (int i = 0; i < frames.Length; i++)
        {
            Assert.Equal(i % 2 == 1 ? AppendOutcome.HadIt : AppendOutcome.Stored, outcomes[i].Outcome);
            Assert.Equal(frames[i], stored[new PacketId((UInt128)i)]);
        }
    }

    [Fact]
    public async Task A_search_streams_batches_and_its_end()
    {
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
            {
                Assert.True(message.TryRead(out Search? search));
                BatchSender batches = peer.BeginBatches(message);
                for (int i = 0; i < 50; i++)
                    await batches.SendAsync(new SearchResult([new byte[] { (byte)i }]));
                await batches.EndAsync(new End(50, 100, 1000, true, search.Query));
            }
        });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Archie);
        await using ReplyBatches<SearchResult> found = await buck.SearchAsync(new Search("error", 0, 1, 2, 3, 50, true));
        var seen = new List<byte>();
        await foreach (SearchResult batch in found)
            seen.Add(batch.Frames[0].Span[0]);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (byte)i), seen);
        Assert.Equal(new End(50, 100, 1000, true, "error"), found.End);
    }
}
