using Tailer.Cli.Verify;

namespace Tailer.Cli.Inspect;

/// <summary>A file described: what it is, facts, tables, its first events, damage. Filled in by the inspection of its form.</summary>
internal sealed class Description(FileProof proof)
{
    public FileProof Proof => proof;

    public List<Fact> Facts { get; } = [];

    public List<Sheet> Sheets { get; } = [];

    public List<EventSample> Events { get; } = [];

    public void Add(string key, string label, Cell value) => Facts.Add(new Fact(key, label, value));
}
