using Tailer.Reliability;
using Xunit.Abstractions;

namespace Tailer.EndToEnd.Tests;

/// <summary>
/// The scenarios of tools/reliability, at a size that fits a test run; with TAILER_SOAK=1 at their full one. What must hold does not depend
/// on how fast the machine is: nothing repeated, nothing made up, nothing lost that was there to be read, and every lost byte named.
/// </summary>
public sealed class ReliabilityTests(ITestOutputHelper output)
{
    private static readonly ScenarioSize Size = Environment.GetEnvironmentVariable("TAILER_SOAK") == "1" ? ScenarioSize.Full : ScenarioSize.Short;

    [Fact]
    public Task Rotation_by_renaming_loses_and_repeats_nothing() => LosesNothing(RotationScenarios.AllKept);

    [Fact]
    public Task Kills_of_the_agent_under_load_lose_and_repeat_nothing() => LosesNothing(KillScenarios.TwentyKills);

    [Fact]
    public Task Kills_that_come_before_the_agent_has_done_anything_lose_and_repeat_nothing() => LosesNothing(KillScenarios.KillsForAMinute);

    [Fact]
    public Task Killing_both_bucks_of_a_pair_and_then_the_third_loses_and_repeats_nothing() => LosesNothing(KillScenarios.BothBucks);

    [MountFact]
    public Task A_full_disk_under_two_bucks_loses_and_repeats_nothing() => LosesNothing(FullDiskScenarios.BuckData);

    /// <summary>A machine that is busy enough may give nobody a chance to see a file that lives for a third of a second.</summary>
    [Fact]
    public async Task Rotation_that_keeps_five_files_repeats_nothing_and_loses_nothing_that_was_seen()
    {
        Outcome outcome = await RotationScenarios.FiveKept(Size);
        output.WriteLine(outcome.ToString());
        Assert.True(outcome.KeepsPromise, outcome.ToString());
    }

    [Fact]
    public async Task What_is_deleted_while_nothing_can_be_read_is_reported_to_the_byte()
    {
        Outcome outcome = await RotationScenarios.DeletedUnread(Size);
        output.WriteLine(outcome.ToString());
        Assert.True(outcome.KeepsPromise, outcome.ToString());
        Assert.True(outcome.Verdict.ReportedBytes > 0, "something was deleted unread");
    }

    private async Task LosesNothing(Func<ScenarioSize, Task<Outcome>> scenario)
    {
        Outcome outcome = await scenario(Size);
        output.WriteLine(outcome.ToString());
        Assert.True(outcome.IsPerfect, outcome.ToString());
    }
}
