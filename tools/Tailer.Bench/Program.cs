using System.Text.Json;
using Tailer.Bench;

Benchmark[] benchmarks =
[
    new("pipeline", "CPU of agent, bucks and porter together per raw GB, file to sealed archive", PipelineBenchmark.Run),
    new("latency", "a line written -> a GET /tail reader, and -> a line in a browser, at 100 lines/s", LatencyBenchmark.Run),
];

bool quick = args.Contains("--quick");
int jsonAt = Array.IndexOf(args, "--json");
string? jsonFile = jsonAt >= 0 && jsonAt + 1 < args.Length ? args[jsonAt + 1] : null;
string[] names = [.. args.Where((arg, i) => !arg.StartsWith("--", StringComparison.Ordinal) && (jsonAt < 0 || i != jsonAt + 1))];
string? unknown = names.FirstOrDefault(name => name != "list" && benchmarks.All(b => b.Name != name))
    ?? args.FirstOrDefault(arg => arg.StartsWith("--", StringComparison.Ordinal) && arg is not ("--quick" or "--json"));
if (names.Length == 0 || unknown is not null || (jsonAt >= 0 && jsonFile is null))
{
    if (unknown is not null)
        Console.Error.WriteLine($"tools/bench: nothing is called '{unknown}'; there are: list, {string.Join(", ", benchmarks.Select(b => b.Name))}");
    Console.Error.WriteLine("usage: tools/bench list | NAME... [--quick] [--json FILE]");
    return 64;
}
if (names.Contains("list"))
{
    foreach (Benchmark benchmark in benchmarks)
        Console.WriteLine($"{benchmark.Name,-12} {benchmark.Description}");
    return 0;
}

var rows = new List<BenchRow>();
foreach (string name in names)
    rows.AddRange(await benchmarks.First(b => b.Name == name).Run(new BenchSettings(quick)));
BenchTable.Print(rows, Console.Out);
if (jsonFile is not null)
    await File.WriteAllTextAsync(jsonFile, JsonSerializer.Serialize(rows, BenchRowsJson.Default.ListBenchRow));
return 0;
