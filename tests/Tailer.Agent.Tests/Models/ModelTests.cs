using System.Globalization;
using System.Text;
using Tailer.Testing;
using Xunit.Abstractions;

namespace Tailer.Agent.Tests;

/// <summary>
/// Random actions on files and on the agent, against <see cref="FileModel"/>. The seed is in each failure; TAILER_SEED replays one,
/// TAILER_SEQUENCES sets how many are tried of each kind, TAILER_SOAK makes them a million together. In memory a seed replays exactly; on the machine's file
/// system stamps depend on the moment, so that TAILER_SEQUENCES says how often it is tried.
/// </summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private const int StepsPerSequence = 60;
    private const int Sequences = 1_700;
    private const int SequencesSoak = 170_000;

    /// <summary>Failures shown at once.</summary>
    private const int FailuresMax = 6;

    /// <summary>The same seeds every time, so that a failure is of what was changed; a soak, and whoever sets TAILER_SEQUENCES, takes new ones.</summary>
    private const int FirstSeed = 20_261_128;

    private static readonly int? OnlySeed = Number("TAILER_SEED");

    [Theory]
    [InlineData(Misfortune.None)]
    [InlineData(Misfortune.Links)]
    [InlineData(Misfortune.PowerLoss)]
    [InlineData(Misfortune.ClockSet)]
    [InlineData(Misfortune.LostState)]
    [InlineData(Misfortune.Permissions)]
    public void Whatever_happens_to_files_and_agent_what_was_there_to_be_read_comes_out_once_and_in_order(Misfortune happens)
    {
        bool isSoak = Environment.GetEnvironmentVariable("TAILER_SOAK") == "1";
        int sequences = Number("TAILER_SEQUENCES") ?? (isSoak ? SequencesSoak : Sequences);
        int first = OnlySeed ?? (isSoak || Number("TAILER_SEQUENCES") is not null ? Environment.TickCount & 0xffffff : FirstSeed);
        output.WriteLine($"seeds from {first} on");
        var failures = new List<string>();
        for (int i = 0; i < (OnlySeed is null ? sequences : 1); i++)
        {
            var clock = new MemoryClock(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
            var disk = new MemoryDisk();
            using var rig = new AgentRig(new MemoryFileTree(clock, TimeSpan.FromMilliseconds(4)), disk, clock);
            using var model = new FileModel(first + i, rig, disk, happens);
            if (Run(model, first + i) is { } failure)
                failures.Add(failure);
            if (failures.Count == FailuresMax)
                break;
        }
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    [Fact]
    public void On_a_real_file_system_as_in_memory()
    {
        int sequences = Number("TAILER_SEQUENCES") ?? 40;
        // Without a number asked for it must not hold others up.
        TimeSpan most = Number("TAILER_SEQUENCES") is null ? TimeSpan.FromSeconds(8) : TimeSpan.MaxValue;
        var elapsed = System.Diagnostics.Stopwatch.StartNew();
        int first = OnlySeed ?? Environment.TickCount & 0xffffff;
        output.WriteLine($"seeds from {first} on");
        for (int i = 0; i < sequences && elapsed.Elapsed < most; i++)
        {
            int seed = OnlySeed ?? first + i;
            using var rig = new AgentRig();
            using var model = new FileModel(seed, rig, disk: null, Misfortune.Links);
            Assert.Null(Run(model, seed));
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : null;

    private static string? Run(FileModel model, int seed)
    {
        try
        {
            model.Run(StepsPerSequence);
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, it is shown with what led to it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return $"TAILER_SEED={seed} replays this: {e.Message}\n{model.History}\n{e.StackTrace}";
        }
    }
}
