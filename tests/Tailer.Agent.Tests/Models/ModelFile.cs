using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>A file that holds bytes of a content: the one it was written to, a copy, or an archive.</summary>
internal sealed class ModelFile(ModelContent content, int? length)
{
    /// <summary>Truncation makes it another one's.</summary>
    public ModelContent Content { get; set; } = content;

    /// <summary>Bytes of the content in it.</summary>
    public int Length => length ?? Content.Length;

    public bool IsOriginal => length is null;

    /// <summary>Its names.</summary>
    public List<string> Names { get; } = [];

    public bool IsPermitted { get; set; } = true;

    /// <summary>A program that has it open.</summary>
    public ITreeAppender? Writer { get; set; }
}
