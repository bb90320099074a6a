using Tailer.Reliability;
using Xunit.Abstractions;

namespace Tailer.EndToEnd.Tests;

/// <summary>
/// Runs the scenarios of tools/reliability at a size that fits a test run; with TAILER_SOAK=1 at their full one. What must hold does not
/// depend on how fast the machine is.
/// </summary>
internal sealed class ScenarioCheck(ITestOutputHelper output)
{
    private static readonly ScenarioSize Size = Environment.GetEnvironmentVariable("TAILER_SOAK") == "1" ? ScenarioSize.Full : ScenarioSize.Short;

    /// <summary>Nothing lost, nothing repeated, every file the same by SHA-256, audit complete.</summary>
    public async Task IsPerfect(Func<ScenarioSize, Task<Outcome>> scenario)
    {
        Outcome outcome = await Run(scenario);
        Assert.True(outcome.IsPerfect, outcome.ToString());
    }

    /// <summary>Nothing repeated, and every lost byte named, with no other; what came and went without anybody seeing it is nobody's to name.</summary>
    public async Task<Verdict> NamesWhatIsLost(Func<ScenarioSize, Task<Outcome>> scenario)
    {
        Outcome outcome = await Run(scenario);
        Assert.True(outcome.KeepsPromise, outcome.ToString());
        return outcome.Verdict;
    }

    public async Task KeepsPromises(Func<ScenarioSize, Task<TrialOutcome>> trial)
    {
        TrialOutcome outcome = await trial(Size);
        output.WriteLine(outcome.ToString());
        Assert.True(outcome.KeepsPromise, outcome.ToString());
    }

    private async Task<Outcome> Run(Func<ScenarioSize, Task<Outcome>> scenario)
    {
        Outcome outcome = await scenario(Size);
        output.WriteLine(outcome.ToString());
        return outcome;
    }
}
