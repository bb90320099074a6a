using System.Globalization;
using System.Text;
using Tailer.Blocks;

namespace Tailer.Queries.Tests;

/// <summary>A query built by a test: it can write itself as text, and say by the slowest means what it matches.</summary>
internal abstract record Part
{
    public abstract string Write();

    public abstract bool Matches(Sample sample);

    public sealed record All : Part
    {
        public override string Write() => "*";
        public override bool Matches(Sample sample) => true;
    }

    public sealed record Words(string[] Pieces) : Part
    {
        public override string Write() => string.Join('*', Pieces.Select(Quote));
        public override bool Matches(Sample sample) => Naive.HasText(Naive.Decode(sample.Line), Pieces);
    }

    public sealed record Substring(string Text, bool IgnoreCase) : Part
    {
        public override string Write() => Quote(Text) + (IgnoreCase ? "~i" : "~");
        public override bool Matches(Sample sample) => Naive.HasSubstring(Naive.Decode(sample.Line), Text, IgnoreCase);
    }

    public sealed record Field(string Name, string[] Pieces) : Part
    {
        public override string Write() => $"{Name}:{Write(Pieces)}";

        public override bool Matches(Sample sample) => (Name switch
        {
            "host" => [sample.Host],
            "app" => [sample.App],
            "agent" => [sample.Agent],
            "tag" => sample.Tags.Select(tag => $"{tag.Key}={tag.Value}"),
            _ => (IEnumerable<string>)[sample.Path],
        }).Any(value => Naive.IsLike(Naive.Decode(Encoding.UTF8.GetBytes(value)), Pieces, Name != "path"));
    }

    public sealed record Pair(string Key, string[] Pieces) : Part
    {
        public override string Write() => $"{Key}={Write(Pieces)}";
        public override bool Matches(Sample sample) => Naive.HasPair(sample.Line, Key, Pieces);
    }

    public sealed record Level(Severity Least) : Part
    {
        public override string Write() => $"level:>={SeverityNames.NameOf(Least)}";
        public override bool Matches(Sample sample) => sample.Severity != Severity.Unknown && sample.Severity <= Least;
    }

    public sealed record Pid(uint Value) : Part
    {
        public override string Write() => string.Create(CultureInfo.InvariantCulture, $"pid:{Value}");
        public override bool Matches(Sample sample) => sample.Pid == Value;
    }

    public sealed record Not(Part Inner) : Part
    {
        public override string Write() => $"-({Inner.Write()})";
        public override bool Matches(Sample sample) => !Inner.Matches(sample);
    }

    public sealed record Both(Part Left, Part Right) : Part
    {
        public override string Write() => $"({Left.Write()}) {Right.Write()}";
        public override bool Matches(Sample sample) => Left.Matches(sample) && Right.Matches(sample);
    }

    public sealed record Either(Part Left, Part Right) : Part
    {
        public override string Write() => $"(({Left.Write()}) OR ({Right.Write()}))";
        public override bool Matches(Sample sample) => Left.Matches(sample) || Right.Matches(sample);
    }

    private static string Write(string[] pieces) => pieces is [""] ? "\"\"" : string.Join('*', pieces.Select(Quote));

    private static string Quote(string text) => text.Length == 0 ? "" : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
