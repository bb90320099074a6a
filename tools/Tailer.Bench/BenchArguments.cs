using System.Diagnostics.CodeAnalysis;

namespace Tailer.Bench;

/// <summary>The command line: names of benchmarks and options.</summary>
internal sealed record BenchArguments(IReadOnlyList<string> Names, bool Quick, string? JsonFile, string? CorpusFile)
{
    public const string Usage = "usage: tools/bench list | NAME... [--quick] [--corpus FILE] [--json FILE]";

    /// <summary>False with what is wrong with it.</summary>
    public static bool TryRead(string[] args, [NotNullWhen(true)] out BenchArguments? read, out string problem)
    {
        List<string> names = [];
        bool quick = false;
        Dictionary<string, string> files = [];
        read = null;
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    quick = true;
                    break;
                case "--json" or "--corpus" when i + 1 < args.Length:
                    files[args[i]] = args[i + 1];
                    i++;
                    break;
                case ['-', '-', ..]:
                    problem = $"'{args[i]}' is no option, or lacks its file";
                    return false;
                default:
                    names.Add(args[i]);
                    break;
            }
        }
        problem = names.Count == 0 ? "nothing to do"
            : files.TryGetValue("--corpus", out string? corpus) && !File.Exists(corpus) ? $"there is no file {corpus}; --corpus names an existing log file"
            : "";
        read = new BenchArguments(names, quick, files.GetValueOrDefault("--json"), files.GetValueOrDefault("--corpus"));
        return problem.Length == 0;
    }
}
