using Tailer.Blocks;

namespace Tailer.Porter.Tests;

public sealed class AgentBookTests
{
    private readonly AgentBook book = new();
    private readonly TestAgent agent = new("web-1");

    [Fact]
    public void An_agent_is_silent_from_where_its_manifests_end()
    {
        book.Add(agent.State(30));
        Assert.Empty(book.SilentIn(TestTimes.At(0), TestTimes.At(30)));
        Assert.Equal([new SilentAgent("web-1", TestTimes.At(30))], book.SilentIn(TestTimes.At(0), TestTimes.At(60)));
        Assert.Equal([new SilentAgent("web-1", TestTimes.At(30))], book.SilentIn(TestTimes.At(600), TestTimes.At(660)));
    }

    [Fact]
    public void A_hole_in_the_chain_is_silence_and_ends_where_manifests_go_on()
    {
        book.Add(agent.State(30));
        agent.CoveredUntil = TestTimes.At(50);
        book.Add(agent.State(120));
        Assert.Equal([new SilentAgent("web-1", TestTimes.At(30))], book.SilentIn(TestTimes.At(0), TestTimes.At(60)));
        Assert.Empty(book.SilentIn(TestTimes.At(60), TestTimes.At(120)));
    }

    [Fact]
    public void After_a_goodbye_nothing_is_expected_until_the_agent_is_back()
    {
        book.Add(agent.State(30, ManifestFlags.Goodbye));
        Assert.Empty(book.SilentIn(TestTimes.At(0), TestTimes.At(600)));
        agent.CoveredUntil = TestTimes.At(100);
        book.Add(agent.State(120));
        Assert.Empty(book.SilentIn(TestTimes.At(60), TestTimes.At(120)));
        Assert.Single(book.SilentIn(TestTimes.At(120), TestTimes.At(180)));
    }

    [Fact]
    public void An_agent_that_came_later_is_not_missed_before()
    {
        agent.CoveredUntil = TestTimes.At(70);
        book.Add(agent.State(120));
        Assert.Empty(book.SilentIn(TestTimes.At(0), TestTimes.At(120)));
    }
}
