using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>What was written to a path from a file's creation, or its truncation, to the next one: what the agent calls a source.</summary>
internal sealed class ModelContent(string path, int number)
{
    private readonly ByteList bytes = new();

    /// <summary>The path it was written to.</summary>
    public string Path => path;

    public int Number => number;

    public int Length => bytes.Length;

    public ReadOnlySpan<byte> Bytes => bytes.Bytes;

    /// <summary>Files that hold its bytes or the first ones of them; empty when all are gone.</summary>
    public List<ModelFile> Files { get; } = [];

    /// <summary>The file to which they were written.</summary>
    public ModelFile? Origin { get; set; }

    /// <summary>So many first bytes must come out whatever happens to its files.</summary>
    public int Secured { get; set; }

    /// <summary>The size the running agent was shown last.</summary>
    public int Shown { get; set; }

    /// <summary>The agent forgot everything since: its bytes may come once more, as another source.</summary>
    public bool MayRepeat { get; set; }

    /// <summary>A new agent that knows nothing does not read it: it has the name of a rotated file.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Its first byte was written when the file had the name of a rotation already.</summary>
    public bool BeganRotated { get; set; }

    public SourceDescriptor? Source { get; set; }

    /// <summary>So many first bytes can be had now.</summary>
    public int Available => IsForgotten || Files.Count == 0 ? 0 : Files.Max(f => f.Length);

    public void Append(ReadOnlySpan<byte> more) => bytes.Append(more);
}
