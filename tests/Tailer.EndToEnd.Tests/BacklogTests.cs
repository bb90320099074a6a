using Tailer.Reliability;
using Xunit.Abstractions;

namespace Tailer.EndToEnd.Tests;

/// <summary>All bucks away for long and back, while lines go on: docs/reliability.md. How fast it is cleared is asked at full size only.</summary>
public sealed class BacklogTests(ITestOutputHelper output)
{
    private readonly ScenarioCheck check = new(output);

    [Fact]
    public Task A_backlog_is_delivered_whole_and_once_when_the_bucks_are_back() => check.KeepsPromises(BacklogTrials.BothBack);

    [Fact]
    public Task A_backlog_is_delivered_whole_and_once_when_one_buck_comes_back_later() => check.KeepsPromises(BacklogTrials.OneLater);

    [Fact]
    public Task A_backlog_is_delivered_whole_and_once_although_the_agent_is_killed_meanwhile() => check.KeepsPromises(BacklogTrials.AgentKilled);

    [Fact]
    public Task A_backlog_that_waits_in_the_file_because_the_spool_is_full_is_delivered_whole_and_once() => check.KeepsPromises(BacklogTrials.SpoolFull);
}
