using Tailer.Blocks;
using Xunit.Abstractions;

namespace Tailer.Buck.Tests.Count;

/// <summary>
/// An agent and three bucks, without the network between: packets, copies and resends as the agent does them, bucks that die at any
/// moment. The sum over bucks is never further from the truth than what they say is uncertain.
/// </summary>
public sealed class CounterModelTests(ITestOutputHelper output)
{
    private const int Bucks = 3;

    private readonly Packets packets = new();

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 4)]
    [InlineData(4, 12)]
    [InlineData(5, 30)]
    [InlineData(6, 60)]
    public async Task Sums_are_exact_without_a_failure_and_with_failures_within_what_is_said_to_be_uncertain(int seed, int failurePercent)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        CountingBuck[] bucks = [.. Enumerable.Range(0, Bucks).Select(_ => new CountingBuck(CountingBuck.Counter("errors", "error", CounterLabel.Host)))];
        foreach (CountingBuck buck in bucks)
            await buck.StartAsync();
        long truth = 0, delivered = 0;
        for (int i = 0; i < 150; i++)
        {
            Packet packet = packets.Make(Enumerable.Range(0, random.Next(1, 5)).Select(n => random.Next(2) == 0 ? $"error {i} {n}" : $"fine {i} {n}"));
            truth += LinesOf(packet);
            await DeliverAsync(packet, random, bucks, failurePercent);
            delivered++;
            if (random.Next(10) == 0)
                await bucks[random.Next(Bucks)].SaveAsync();
        }
        long sum = 0, uncertain = 0;
        foreach (CountingBuck buck in bucks)
        {
            sum += await buck.SumAsync();
            uncertain += buck.Uncertain;
            await buck.DisposeAsync();
        }
        output.WriteLine($"{delivered} packets, {truth} true, {sum} counted, {uncertain} uncertain");
        Assert.True(Math.Abs(sum - truth) <= uncertain, $"{truth} true, {sum} counted, {uncertain} uncertain");
        Assert.Equal(failurePercent > 0, uncertain > 0);
    }

    /// <summary>The rules of Ship/Delivery.cs: the least copy number that nobody has, said where it was asked for before.</summary>
    private static async Task DeliverAsync(Packet packet, Random random, CountingBuck[] bucks, int failurePercent)
    {
        var having = new Dictionary<int, int>();
        int asked = 0;
        while (having.Count < 2)
        {
            int buck = random.Next(Bucks);
            if (having.ContainsValue(buck))
                continue;
            int copy = having.ContainsKey(0) ? 1 : 0;
            bool askedBefore = (asked & (1 << copy)) != 0;
            asked |= 1 << copy;
            Counting counting = copy > 0 ? Counting.No : askedBefore ? Counting.Perhaps : Counting.Yes;
            int fate = random.Next(100) < failurePercent ? random.Next(4) : 4;
            if (fate > 0)
                bucks[buck].Append(packet, counting);
            // 0: it did not arrive. 1: the answer is lost. 2, 3: the buck dies with the answer, with what was counted before saved or not.
            if (fate == 3)
                await bucks[buck].SaveAsync();
            if (fate is 2 or 3)
            {
                await bucks[buck].KillAsync();
                await bucks[buck].StartAsync();
            }
            if (fate == 4)
                having.Add(copy, buck);
        }
    }

    private static long LinesOf(Packet packet)
    {
        using var view = new PacketView(new SourceCatalog());
        Assert.Equal(BlockError.None, view.TryDecode(packet.Id, packet.Header, packet.Frame.Span));
        return view.Match(CountingBuck.Counter("x", "error").Query).Count;
    }
}
