using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace Tailer.Agent.Tests.Ship;

public sealed class LinkPaceTests
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(2);

    private readonly FakeTimeProvider clock = new();
    private readonly LinkPace pace;

    public LinkPaceTests() => pace = new LinkPace(clock);

    [Fact]
    public void A_slow_buck_is_set_aside_for_a_while_tried_with_one_record_and_taken_back_when_it_is_quick()
    {
        long sent = pace.Begin();
        clock.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(pace.Judge(Quick));
        clock.Advance(TimeSpan.FromMilliseconds(2));
        Assert.False(pace.Judge(TimeSpan.Zero));
        Assert.False(pace.Judge(TimeSpan.FromMilliseconds(100)));
        Assert.True(pace.Judge(Quick));
        Assert.True(pace.IsSetAside);
        pace.End(sent, isAnswered: true);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False(pace.IsSetAside);
        long trial = pace.Begin();
        Assert.False(pace.HasRoom);
        clock.Advance(Quick);
        pace.End(trial, isAnswered: true);
        for (int i = 0; i < LinkPace.InFlightMax; i++)
        {
            Assert.True(pace.HasRoom);
            pace.Begin();
        }
        Assert.False(pace.HasRoom);
    }

    [Fact]
    public void Slow_again_it_is_set_aside_for_twice_as_long_up_to_a_minute()
    {
        foreach (int seconds in (int[])[2, 4, 8, 16, 32, 60, 60])
        {
            long sent = pace.Begin();
            clock.Advance(TimeSpan.FromSeconds(1));
            pace.Judge(Quick);
            Assert.True(pace.IsSetAside);
            pace.End(sent, isAnswered: true);
            clock.Advance(TimeSpan.FromSeconds(seconds) - Quick);
            Assert.True(pace.IsSetAside);
            clock.Advance(Quick);
            Assert.False(pace.IsSetAside);
        }
    }

    [Property]
    public Property Never_more_are_unanswered_than_allowed_whatever_is_sent_answered_or_given_up(int seed) => Prop.ToProperty(Run(seed));

    private static bool Run(int seed)
    {
        var random = new Random(seed);
        var clock = new FakeTimeProvider();
        var pace = new LinkPace(clock);
        var open = new List<long>();
        for (int i = 0; i < 500; i++)
        {
            switch (random.Next(4))
            {
                case 0 or 1 when pace.HasRoom:
                    open.Add(pace.Begin());
                    break;
                case 2 when open.Count > 0:
                    int at = random.Next(open.Count);
                    pace.End(open[at], random.Next(2) == 0);
                    open.RemoveAt(at);
                    break;
                default:
                    clock.Advance(TimeSpan.FromMilliseconds(random.Next(1500)));
                    pace.Judge(random.Next(3) == 0 ? TimeSpan.Zero : Quick);
                    break;
            }
            if (pace.InFlight != open.Count || open.Count > LinkPace.InFlightMax)
                return false;
        }
        return true;
    }
}
