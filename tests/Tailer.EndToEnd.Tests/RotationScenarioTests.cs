using Tailer.Reliability;
using Xunit.Abstractions;

namespace Tailer.EndToEnd.Tests;

/// <summary>Rotation faster than anybody rotates, with real processes: docs/reliability.md.</summary>
public sealed class RotationScenarioTests(ITestOutputHelper output)
{
    private readonly ScenarioCheck check = new(output);

    [Fact]
    public Task Rotation_by_renaming_loses_and_repeats_nothing() => check.IsPerfect(RotationScenarios.AllKept);

    /// <summary>A machine that is busy enough may give nobody a chance to see a file that lives for a third of a second.</summary>
    [Fact]
    public Task Rotation_that_keeps_five_files_repeats_nothing_and_loses_nothing_that_was_seen() => check.NamesWhatIsLost(RotationScenarios.FiveKept);

    [Fact]
    public async Task What_is_deleted_while_nothing_can_be_read_is_reported_to_the_byte()
    {
        Verdict verdict = await check.NamesWhatIsLost(RotationScenarios.DeletedUnread);
        Assert.True(verdict.ReportedBytes > 0, "something was deleted unread");
    }

    /// <summary>What was not read before a truncation is read from the copy, of which five are kept.</summary>
    [Fact]
    public async Task Copytruncate_repeats_nothing_and_loses_nothing_that_was_seen() => await check.NamesWhatIsLost(RotationScenarios.CopyTruncate);
}
