using Tailer.Testing;

namespace Tailer.Buck.Tests;

public sealed class TurnsTests
{
    [Fact]
    public async Task So_many_at_a_time_and_each_who_leaves_lets_one_in()
    {
        var turns = new Turns(2);
        Assert.True(turns.TryTake());
        Assert.True(await turns.TakeAsync());
        Assert.False(turns.TryTake());
        Task<bool>[] waiting = [.. Enumerable.Range(0, 3).Select(_ => turns.TakeAsync().AsTask())];
        Assert.Equal(3, turns.Waiting);

        turns.Leave();
        Assert.True(await await Task.WhenAny(waiting).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(2, waiting.Count(task => !task.IsCompleted));
        turns.Leave();
        turns.Leave();
        Assert.All(await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30)), Assert.True);
    }

    [Fact]
    public async Task Who_waits_is_told_to_go_and_so_is_who_comes_later_but_not_who_need_not_wait()
    {
        var turns = new Turns(1);
        Assert.True(turns.TryTake());
        Task<bool> waiting = turns.TakeAsync().AsTask();
        turns.Refuse();

        Assert.False(await waiting.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.False(await turns.TakeAsync());
        turns.Leave();
        Assert.True(await turns.TakeAsync());
        turns.Allow();
        Task<bool> next = turns.TakeAsync().AsTask();
        turns.Leave();
        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Never_more_than_the_maximum_are_inside_and_nobody_is_forgotten()
    {
        var turns = new Turns(3);
        int inside = 0, most = 0, done = 0;
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Task.Run(async () =>
        {
            Assert.True(await turns.TakeAsync());
            Visit();
            if (i % 2 == 0)
                await Task.Yield();
            turns.Leave();
        }))).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(2000, done);
        Assert.InRange(most, 1, 3);
        Assert.Equal(0, turns.Waiting);

        void Visit()
        {
            InterlockedMax(ref most, Interlocked.Increment(ref inside));
            Thread.SpinWait(100);
            Interlocked.Increment(ref done);
            Interlocked.Decrement(ref inside);
        }
    }

    private static void InterlockedMax(ref int most, int now)
    {
        for (int seen = Volatile.Read(ref most); now > seen;)
        {
            int before = Interlocked.CompareExchange(ref most, now, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
