using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tailer.Testing;

namespace Tailer.Porter.Tests;

public sealed class PorterLeaseTests : IDisposable
{
    private readonly TempDirectory folder = new();
    private readonly FakeTimeProvider clock = new(TestTimes.Start);
    private readonly DirectoryBuck[] bucks;

    public PorterLeaseTests() => bucks = [.. Enumerable.Range(1, 2).Select(i => new DirectoryBuck($"buck-{i}", folder[$"buck-{i}"]))];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Of_two_porters_one_works_and_the_other_takes_over_when_it_gives_the_lease_back()
    {
        (BuckFleet fleet, PorterLease first) = NewLease("a");
        (_, PorterLease second) = NewLease("b");
        await first.RenewAsync(CancellationToken.None);
        await second.RenewAsync(CancellationToken.None);
        Assert.True(first.IsHeld);
        Assert.False(second.IsHeld);

        await fleet.ListAsync(CancellationToken.None);
        await first.ReleaseAsync(CancellationToken.None);
        await second.RenewAsync(CancellationToken.None);
        Assert.False(first.IsHeld);
        Assert.True(second.IsHeld);
    }

    [Fact]
    public async Task A_restarted_porter_goes_on_with_its_lease()
    {
        await NewLease("a").Lease.RenewAsync(CancellationToken.None);
        (_, PorterLease restarted) = NewLease("a");
        await restarted.RenewAsync(CancellationToken.None);
        Assert.True(restarted.IsHeld);
    }

    [Fact]
    public async Task The_next_buck_is_asked_when_the_first_is_down()
    {
        bucks[0].IsDown = true;
        (_, PorterLease lease) = NewLease("a");
        await lease.RenewAsync(CancellationToken.None);
        Assert.True(lease.IsHeld);
    }

    [Fact]
    public async Task A_lease_that_is_not_renewed_ends()
    {
        (_, PorterLease lease) = NewLease("a");
        await lease.RenewAsync(CancellationToken.None);
        foreach (DirectoryBuck buck in bucks)
            buck.IsDown = true;
        clock.Advance(PorterLease.Lifetime);
        await lease.RenewAsync(CancellationToken.None);
        Assert.False(lease.IsHeld);
    }

    private (BuckFleet Fleet, PorterLease Lease) NewLease(string holder)
    {
        var fleet = new BuckFleet(bucks, NullLogger<BuckFleet>.Instance);
        return (fleet, new PorterLease(fleet, holder, clock, NullLogger<PorterLease>.Instance));
    }
}
