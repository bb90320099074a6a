using Tailer.Blocks;

namespace Tailer.Stores.Tests.Export;

public sealed class SourceChainTests
{
    [Fact]
    public void Successors_follow_their_predecessors_whatever_their_birth_times_say()
    {
        SourceDescriptor a = Source(1, birth: 50), b = Source(2, birth: 10, predecessor: 1), c = Source(3, birth: 30, predecessor: 2);
        Assert.Equal([a, b, c], SourceChain.Order([c, a, b]));
    }

    [Fact]
    public void Chains_without_a_known_beginning_are_ordered_by_birth()
    {
        SourceDescriptor old = Source(9, birth: 1, predecessor: 1234), next = Source(8, birth: 2, predecessor: 9), other = Source(7, birth: 3);
        Assert.Equal([old, next, other], SourceChain.Order([other, next, old]));
    }

    [Fact]
    public void A_cycle_or_two_successors_lose_no_source()
    {
        SourceDescriptor a = Source(1, birth: 1, predecessor: 2), b = Source(2, birth: 2, predecessor: 1);
        Assert.Equal(2, SourceChain.Order([a, b]).Count);
        SourceDescriptor c = Source(3, birth: 3), d = Source(4, birth: 4, predecessor: 3), e = Source(5, birth: 5, predecessor: 3);
        Assert.Equal([c, d, e], SourceChain.Order([e, d, c]));
    }

    private static SourceDescriptor Source(int id, ulong birth, int predecessor = 0) => new()
    {
        Id = new SourceId((UInt128)id),
        Agent = "a",
        Host = "h",
        Path = "/p",
        BirthTimeNs = birth,
        Predecessor = new SourceId((UInt128)predecessor),
    };
}
