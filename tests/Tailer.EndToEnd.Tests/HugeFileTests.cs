using Tailer.Reliability;
using Xunit.Abstractions;

namespace Tailer.EndToEnd.Tests;

/// <summary>A line, and a file without any, that are longer than anything holds in memory; with TAILER_SOAK=1 of 1 GB.</summary>
public sealed class HugeFileTests(ITestOutputHelper output)
{
    private readonly ScenarioCheck check = new(output);

    [Fact]
    public Task A_very_long_line_between_lines_at_every_limit_comes_back_exact_in_bounded_memory_and_its_parts_are_found() => check.KeepsPromises(HugeFileTrials.Line);

    [Fact]
    public Task A_file_of_nothing_but_nuls_comes_back_exact_in_bounded_memory() => check.KeepsPromises(HugeFileTrials.Nuls);
}
