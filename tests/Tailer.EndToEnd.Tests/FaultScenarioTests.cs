using Tailer.Reliability;
using Xunit.Abstractions;

namespace Tailer.EndToEnd.Tests;

/// <summary>kill -9 and full disks under load, with real processes: docs/reliability.md.</summary>
public sealed class FaultScenarioTests(ITestOutputHelper output)
{
    private readonly ScenarioCheck check = new(output);

    [Fact]
    public Task Kills_of_the_agent_under_load_lose_and_repeat_nothing() => check.IsPerfect(KillScenarios.TwentyKills);

    [Fact]
    public Task Kills_that_come_before_the_agent_has_done_anything_lose_and_repeat_nothing() => check.IsPerfect(KillScenarios.KillsForAMinute);

    [Fact]
    public Task Killing_both_bucks_of_a_pair_and_then_the_third_loses_and_repeats_nothing() => check.IsPerfect(KillScenarios.BothBucks);

    [MountFact]
    public Task A_full_disk_under_two_bucks_loses_and_repeats_nothing() => check.IsPerfect(FullDiskScenarios.BuckData);

    [MountFact]
    public Task Bucks_of_which_a_disk_fills_up_or_is_not_mounted_lose_and_repeat_nothing() => check.IsPerfect(BuckDisksScenario.Run);

    [MountFact]
    public Task A_full_disk_under_the_agent_loses_and_repeats_nothing() => check.IsPerfect(FullDiskScenarios.AgentState);
}
