using System.Text.RegularExpressions;
using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Agent;

/// <summary>
/// Says which lines continue the record before them: by a pattern that every first line of a record matches, by ready-made kinds, or,
/// where a container runtime cut a line, by its chunks. Never holds a line back. Not thread-safe.
/// </summary>
internal sealed class RecordRule(TraceKinds kinds, Regex? start)
{
    private readonly LineView view = new();
    private readonly ViewedText chars = new();

    /// <summary>For container logs without a rule.</summary>
    public static RecordRule ChunksOnly() => new(TraceKinds.None, null);

    /// <summary>Judges a line, or its first part; <paramref name="after"/> is what the next one needs to know.</summary>
    public bool Continues(SourceView of, RecordState before, ReadOnlySpan<byte> bytes, out RecordState after)
    {
        ReadOnlySpan<byte> text = view.Read(of, bytes);
        bool continues;
        if (start is null || before is RecordState.Start or RecordState.Chunk)
        {
            continues = TraceLines.Continues(kinds, before, text);
        }
        else
        {
            chars.Read(of, bytes);
            continues = !start.IsMatch(chars.Chars);
        }
        after = IsChunk(of, bytes) ? RecordState.Chunk : TraceLines.After(before, text, continues);
        return continues;
    }

    /// <summary>The state after an event that was spooled; the same as <see cref="Continues"/> gave.</summary>
    public static RecordState After(LineView view, SourceView of, RecordState before, ReadOnlySpan<byte> bytes, EventFlags flags) =>
        IsChunk(of, bytes) ? RecordState.Chunk : TraceLines.After(before, view.Read(of, bytes), flags.HasFlag(EventFlags.Continues));

    /// <summary>CRI says so by a P; Docker's text then has no line end of its own.</summary>
    private static bool IsChunk(SourceView of, ReadOnlySpan<byte> bytes) => of switch
    {
        SourceView.DockerJson => IsDockerChunk(bytes),
        SourceView.Cri => IsCriChunk(bytes),
        _ => false,
    };

    private static bool IsDockerChunk(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> start = LineView.DockerStart;
        if (!line.StartsWith(start))
            return false;
        int end = line[start.Length..].IndexOf("\",\"stream\":"u8);
        return end >= 0 && !line[..(start.Length + end)].EndsWith("\\n"u8);
    }

    private static bool IsCriChunk(ReadOnlySpan<byte> line)
    {
        int stream = line.IndexOf(" std"u8);
        return stream > 0 && line.Length > stream + 9 && line[stream + 8] == 'P' && line[stream + 9] is (byte)' ' or (byte)':';
    }
}
