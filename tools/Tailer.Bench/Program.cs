using System.Text.Json;
using Tailer.Bench;

Benchmark[] benchmarks =
[
    new("pipeline", "CPU of agent, bucks and porter together per raw GB, file to sealed archive", PipelineBenchmark.Run),
    new("latency", "a line written -> a GET /tail reader, and -> a line in a browser, at 100 lines/s", LatencyBenchmark.Run),
    new("stored", "bytes in a buck at 100 lines/s for ten minutes, nobody watching, against zstd -1 of the same lines", async settings => [await StoredBytes.Measure(settings)]),
    new("blocks", "CPU and bytes of blocks of 256 KiB of lines, against zstd -1 of the same; bytes of packets of 1, 2 and 10 lines", BlocksBenchmark.Run),
    new("agent", "CPU of an agent that catches up with a file, two acknowledged copies, against zstd -1 of the file; speed, memory", AgentBenchmark.Run),
    new("idle", "the packaged agent with 10,000 idle files, at 1,000 lines/s, and with 100 hot files among them", IdleBenchmark.Run),
    new("viewers", "1,000 viewers of a buck, a tenth of them stalled: lateness, exact drops, ingest beside them, memory", ViewersBenchmark.Run),
    new("ingest", "CPU and memory of a buck that takes real packets over 1, 2 and 4 connections; CPU of a packet of one line", IngestBenchmark.Run),
    new("agents", "10,000 agents that send a packet each in 10 s beside one at full speed: lateness of acknowledgements, memory", AgentsBenchmark.Run),
    new("scrub", "CPU of a buck that only scrubs, at the rate it is shipped with", ScrubBenchmark.Run),
    new("segment", "bytes of sealed segments, against zstd -19 --long=27; share of filters; sealing and decoding speed; memory", SegmentBenchmark.Run),
    new("search", "a rare term, a substring, expressions and a host's lines in sealed segments, against zstd -3 -dc | rg; memory", SearchBenchmark.Run),
];

if (args is [PartProcess.Word, string part, .. string[] rest])
    return await OrFailure(() => PartProcess.Serve(part, rest));
if (!BenchArguments.TryRead(args, out BenchArguments? arguments, out string problem))
    return Refuse(problem);
if (arguments.Names.FirstOrDefault(name => name != "list" && benchmarks.All(b => b.Name != name)) is { } unknown)
    return Refuse($"nothing is called '{unknown}'; there are: list, {string.Join(", ", benchmarks.Select(b => b.Name))}");
if (arguments.Names.Contains("list"))
{
    foreach (Benchmark benchmark in benchmarks)
        Console.WriteLine($"{benchmark.Name,-12} {benchmark.Description}");
    return 0;
}

return await OrFailure(async () =>
{
    var rows = new List<BenchRow>();
    foreach (string name in arguments.Names)
        rows.AddRange(await benchmarks.First(b => b.Name == name).Run(new BenchSettings(arguments.Quick, arguments.CorpusFile)));
    BenchTable.Print(rows, Console.Out);
    if (arguments.JsonFile is { } file)
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(rows, BenchRowsJson.Default.ListBenchRow));
    return 0;
});

static int Refuse(string problem)
{
    Console.Error.WriteLine($"tools/bench: {problem}");
    Console.Error.WriteLine(BenchArguments.Usage);
    return 64;
}

// A measurement that proves wrong, or cannot be made, gives no rows at all.
static async Task<int> OrFailure(Func<Task<int>> run)
{
    try
    {
        return await run();
    }
    catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException)
    {
        await Console.Error.WriteLineAsync($"tools/bench: {e.Message}");
        return 1;
    }
}
