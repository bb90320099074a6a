using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace Tailer.Agent.Tests.Ship;

public sealed class BackoffTests
{
    [Property]
    public Property Waits_double_between_their_bounds_with_jitter_of_half_and_begin_anew_after_a_connection_that_held(int seed) => Prop.ToProperty(Run(seed));

    private static bool Run(int seed)
    {
        var random = new Random(seed);
        var clock = new FakeTimeProvider();
        var backoff = new Backoff(random, clock);
        TimeSpan expected = Backoff.Least;
        for (int i = 0; i < 200; i++)
        {
            TimeSpan wait = backoff.Next();
            if (wait < expected / 2 || wait > expected)
                return false;
            expected = expected * 2 < Backoff.Greatest ? expected * 2 : Backoff.Greatest;
            clock.Advance(wait);
            if (random.Next(6) > 0)
                continue;
            backoff.Connected();
            TimeSpan held = TimeSpan.FromSeconds(random.Next(20));
            clock.Advance(held);
            if (held >= Backoff.GoodAfter)
                expected = Backoff.Least;
        }
        return true;
    }
}
